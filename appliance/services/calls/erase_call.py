"""Erase one call on demand: audio, texts, webhook bodies. What stays is that it was erased."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.domain.clock import Clock
from appliance.domain.live_event import CallErased, Publish, publish_to_nobody
from appliance.errors import NotFound
from appliance.services.calls.open_calls import OpenCalls
from appliance.storage.database import Connection, Database
from appliance.storage.erasure import erase_call, keep_erasures
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import audit, calls, stored_recordings

# `appliance.services.upkeep.rewrite_database` keeps this.
TRACES_GONE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What was erased: recordings (files), results and deliveries, by number."""

    call_id: str
    received_at: datetime
    erased_at: datetime
    recordings: int
    results: int
    deliveries: int

    @property
    def traces_gone_by(self) -> datetime:
        """When no file of the data folder holds any of its words and numbers any more, at the latest."""
        return self.erased_at + TRACES_GONE_AFTER


class EraseCall:
    """The use case; `on_settled` ends a lease that a worker may still hold."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        open_calls: OpenCalls,
        now: Clock,
        on_settled: Callable[[str], None],
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._open_calls = open_calls
        self._now = now
        self._on_settled = on_settled
        self._publish = publish

    async def __call__(self, actor: Actor, call_id: str) -> ErasureReceipt:
        """Erase the call for good. Raises NotFound.

        A worker that has it in hand reports to nobody. The rows go first: what a kill leaves of the files is swept as
        orphans.
        """
        uploads = await self._uploads(call_id)

        def erase(tx: Connection) -> tuple[Call, set[str], ErasureReceipt]:
            call = calls.get(tx, call_id)
            if call is None:
                raise NotFound(f"there is no call {call_id}")
            now = self._now()
            files = {item.file for item in stored_recordings.of_call(tx, call_id) if item.erased_at is None}
            erased = erase_call(tx, call_id, now)
            keep_erasures(tx, dict.fromkeys(uploads, now))
            receipt = ErasureReceipt(call_id, call.received_at, now, len(files), erased.results, erased.deliveries)
            audit.add(tx, _line(actor, call, receipt))
            return call, files, receipt

        call, files, receipt = await self._database.write(erase)
        self._publish(CallErased(call))
        self._open_calls.finished(call.customer_id, call_id)
        self._on_settled(call_id)
        for file in files:
            await asyncio.get_running_loop().run_in_executor(None, self._recordings.remove, file)
        return receipt

    async def _uploads(self, call_id: str) -> set[str]:
        """The ids that its recordings tell: where one outlives its row, it is not to become a call again."""
        found = await self._database.read(lambda tx: stored_recordings.of_call(tx, call_id))
        files = [item.file for item in found if item.erased_at is None]

        def read() -> set[str]:
            return {accepted for accepted in map(self._recordings.accepted_as, files) if accepted is not None}

        return await asyncio.get_running_loop().run_in_executor(None, read)


def _line(actor: Actor, call: Call, receipt: ErasureReceipt) -> AuditLine:
    """That it was erased, and how much: nothing of what it was about."""
    gone = {
        "customer_id": call.customer_id,
        "state": call.state.value,
        "recordings": receipt.recordings,
        "results": receipt.results,
        "deliveries": receipt.deliveries,
    }
    return AuditLine(
        receipt.erased_at,
        actor,
        Action.CALL_ERASED,
        Subject(SubjectKind.CALL, call.call_id),
        gone,
        customer_id=call.customer_id,
    )
