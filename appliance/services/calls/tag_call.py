"""Write tags on a call, and see which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.domain.clock import Clock
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.domain.tags import TagCount, tidied_tags
from appliance.errors import Conflict, NotFound
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, call_tags, calls


class TagCall:
    """The use case."""

    def __init__(self, database: Database, now: Clock, publish: Publish = publish_to_nobody) -> None:
        self._database = database
        self._now = now
        self._publish = publish

    async def __call__(self, actor: Actor, call_id: str, tags: Sequence[str]) -> Call:
        """Give the call these tags in the place of those that it had, each written as other calls have it.

        Raises NotFound, and Conflict where its texts are erased.
        """

        def write(tx: Connection) -> tuple[Call, bool]:
            call = calls.get(tx, call_id)
            if call is None:
                raise NotFound(f"there is no call {call_id}")
            wanted = tidied_tags(tags)
            tagged = replace(call, tags=tidied_tags(call_tags.as_on_other_calls(tx, call_id, wanted)))
            if tagged.tags and call.texts_erased:
                raise Conflict("tags", "the texts of this call are erased, and tags go with them")
            if tagged.tags == call.tags:
                return call, False
            call_tags.put(tx, call_id, tagged.tags)
            audit.add(tx, self._line(actor, call, tagged))
            return tagged, True

        call, is_other = await self._database.write(write)
        if is_other:
            self._publish(CallChanged(call, None if call.texts_erased else call.sentiment))
        return call

    async def known(self, only: frozenset[int] | None) -> list[TagCount]:
        """Which tags calls have, of these customers only where `only` says so."""
        return await self._database.read(lambda tx: call_tags.known(tx, only))

    def _line(self, actor: Actor, before: Call, after: Call) -> AuditLine:
        """How many there were and are: what somebody wrote on a call may name a person."""
        return AuditLine(
            self._now(),
            actor,
            Action.CALL_TAGGED,
            Subject(SubjectKind.CALL, before.call_id),
            {"tags": len(before.tags)},
            {"tags": len(after.tags)},
            customer_id=before.customer_id,
        )
