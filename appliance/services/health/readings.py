"""How things stand right now: what waits, who is there, how much room is left."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from appliance.domain.call import CallState
from appliance.services.calls.leases import Leases
from appliance.services.calls.open_calls import OpenCalls
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, deliveries


@dataclass(frozen=True, slots=True)
class Readings:
    """Numbers of one moment."""

    SENTENCES: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "calls_waiting": "Calls accepted that no worker has in hand yet.",
            "calls_in_work": "Calls in a worker's hands.",
            "deliveries_waiting": "Webhooks not delivered yet that are still tried.",
            "queue_reachable": "Whether the queue answered at the last look, a second ago at most: 1 or 0.",
            "workers_present": "Workers that were heard of lately.",
            "workers_ready": "Those of them that have their model loaded.",
            "uploads_in_progress": "Recordings that are being received.",
            "silent_pbxs": "Customers whose PBX has fallen silent when it usually sends calls.",
            "disk_free_bytes": "Free room where database and recordings lie.",
        }
    )

    calls_waiting: int
    calls_in_work: int
    deliveries_waiting: int
    queue_reachable: bool
    workers_present: int
    workers_ready: int
    uploads_in_progress: int
    silent_pbxs: int
    disk_free_bytes: int


class TakeReadings:
    """The use case."""

    def __init__(
        self,
        database: Database,
        leases: Leases,
        open_calls: OpenCalls,
        queue_reachable: Callable[[], bool],
        count_silent_pbxs: Callable[[], int],
    ) -> None:
        self._database = database
        self._leases = leases
        self._open_calls = open_calls
        self._queue_reachable = queue_reachable
        self._count_silent_pbxs = count_silent_pbxs

    async def __call__(self) -> Readings:
        def count(tx: Connection) -> tuple[dict[CallState, int], int]:
            return calls.count_unfinished(tx), deliveries.count_waiting(tx)

        unfinished, deliveries_waiting = await self._database.read(count)
        usage = await asyncio.to_thread(shutil.disk_usage, self._database.path.parent)
        workers = self._leases.present_workers()
        return Readings(
            calls_waiting=unfinished.get(CallState.RECEIVED, 0) + unfinished.get(CallState.QUEUED, 0),
            calls_in_work=unfinished.get(CallState.PROCESSING, 0),
            deliveries_waiting=deliveries_waiting,
            queue_reachable=self._queue_reachable(),
            workers_present=len(workers),
            workers_ready=sum(worker.takes_calls for worker in workers),
            uploads_in_progress=self._open_calls.uploads_in_progress,
            silent_pbxs=self._count_silent_pbxs(),
            disk_free_bytes=usage.free,
        )
