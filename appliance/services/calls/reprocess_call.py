"""Analyse a call again, as its next revision: a better model may have come, or the parties were exchanged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind, Value
from appliance.domain.call import Call, next_revision
from appliance.domain.clock import Clock
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.errors import Conflict, NotFound
from appliance.services.calls.open_calls import OpenCalls
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording


class ReprocessCall:
    """The use case; `on_received` wakes the relay."""

    def __init__(
        self,
        database: Database,
        open_calls: OpenCalls,
        now: Clock,
        on_received: Callable[[], None],
        publish: Publish = publish_to_nobody,
        *,
        prove: Callable[[str, int], None],
    ) -> None:
        """`prove` reads a stored recording whole; it raises OSError for one that is not what was written."""
        self._prove = prove
        self._database = database
        self._open_calls = open_calls
        self._now = now
        self._on_received = on_received
        self._publish = publish

    async def __call__(self, actor: Actor, call_id: str, caller_channel: str | None = None) -> Call:
        """Let the call wait for a worker again; `caller_channel` corrects on which channel the caller speaks.

        Raises NotFound; Conflict when it is not final, or its audio is gone or damaged: it would fail, and what it came
        to before would be lost for nothing.
        """
        await self._check_recording(call_id)

        def begin(tx: Connection) -> Call:
            call = calls.get(tx, call_id)
            if call is None:
                raise NotFound(f"there is no call {call_id}")
            if not call.state.final:
                raise Conflict("state", "the call is not final yet")
            recording = stored_recordings.get(tx, call_id, call.revision)
            if recording is None or recording.erased_at is not None:
                raise Conflict("recording", "the call's recording was erased")
            again = next_revision(call)
            if caller_channel is not None:
                again = replace(again, caller_channel=caller_channel)
            calls.update(tx, again)
            now = self._now()
            stored_recordings.insert(tx, replace(recording, revision=again.revision, received_at=now))
            subject = Subject(SubjectKind.CALL, call_id)
            before, after = _audited(call), _audited(again)
            if again.caller_channel != call.caller_channel:
                before["caller_channel"], after["caller_channel"] = call.caller_channel, again.caller_channel
            line = AuditLine(now, actor, Action.CALL_REPROCESSED, subject, before, after, customer_id=call.customer_id)
            audit.add(tx, line)
            return again

        call = await self._database.write(begin)
        self._open_calls.accepted(call.customer_id, call.call_id)
        self._publish(CallChanged(call))
        self._on_received()
        return call

    async def _check_recording(self, call_id: str) -> None:
        def find(tx: Connection) -> StoredRecording | None:
            call = calls.get(tx, call_id)
            return None if call is None else stored_recordings.get(tx, call_id, call.revision)

        found = await self._database.read(find)
        if found is not None and found.erased_at is None:
            try:
                await asyncio.to_thread(self._prove, found.file, found.bytes)
            except OSError as error:
                why = f"the appliance's disk does not give it back ({error.strerror}): what it came to stays as it is"
                raise Conflict("recording", why) from error


def _audited(call: Call) -> dict[str, Value]:
    return {"revision": call.revision, "state": call.state.value}
