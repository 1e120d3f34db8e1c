"""What the parts of several subjects of the api process stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, ProcessCollector

from appliance.api.shapes.event_frames import EventFrames
from appliance.domain.call import Call, CallState
from appliance.domain.clock import utc_now
from appliance.domain.dropped_reports import DropReason
from appliance.domain.live_event import LiveEvent, MuchChanged, Publish
from appliance.messages.reports import AttemptReport
from appliance.services.calls.joined_workers import JoinedWorkers
from appliance.services.calls.leases import Leases
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.customers.post_refusals import PostRefusals
from appliance.services.events.live_events import LiveEvents
from appliance.services.health.dropped_reports import DroppedReports
from appliance.services.health.prometheus.metrics import Metrics
from appliance.services.upkeep.housekeeping import WriteProbe
from appliance.settings import Settings
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls


@dataclass(frozen=True, slots=True)
class Basis:
    """What the parts of several subjects stand on."""

    settings: Settings
    folder: DataFolder
    keys: Keys
    database: Database
    recordings: RecordingStore
    open_calls: OpenCalls
    leases: Leases
    metrics: Metrics
    dropped_reports: DroppedReports
    write_probe: WriteProbe
    live_events: LiveEvents = field(default_factory=lambda: LiveEvents(EventFrames()))
    joined_workers: JoinedWorkers = field(default_factory=lambda: JoinedWorkers(utc_now))
    post_refusals: PostRefusals = field(default_factory=lambda: PostRefusals(utc_now))
    # Made before the relay and the housekeeping, which wait for them: who wakes those is made before them too.
    call_waits: asyncio.Event = field(default_factory=asyncio.Event)
    tidying_is_due: asyncio.Event = field(default_factory=asyncio.Event)
    on_finished: list[Callable[[Call], None]] = field(default_factory=list)
    on_published: list[Publish] = field(default_factory=list)

    def publish(self, event: LiveEvent | MuchChanged) -> None:
        """Tell everybody who watches, and those in here who wait for it."""
        self.live_events.publish(event)
        for tell in self.on_published:
            tell(event)

    @property
    def disk_floor_bytes(self) -> int:
        return _disk_floor_bytes(self.settings)

    def call_received(self) -> None:
        """A call was accepted, or taken in again."""
        self.metrics.calls_accepted.inc()
        self.call_waits.set()

    def call_finished(self, call: Call) -> None:
        """A call is final, with its result or without."""
        self.metrics.call_finished(call)
        for tell in self.on_finished:
            tell(call)

    def report_dropped(self, reason: DropReason, head: AttemptReport) -> None:
        """A report did not count. Who proved that an attempt was his has let go of it: its place is free."""
        self.dropped_reports.add(reason, head)
        if reason is DropReason.OUTDATED:
            self.leases.end_attempt(head.call_id, head.revision, head.attempt)
            self.call_waits.set()

    async def result_waits(self) -> bool:
        """A result cannot be stored yet; tells whether others could be. While none can, no lease ends."""
        writable = False
        try:
            writable = await self.write_probe.writable()
        finally:
            if not writable:  # also where it hangs, and whoever asked gave up
                self.leases.hold()
        return writable

    def call_settled(self, call_id: str) -> None:
        """A call became final."""
        self.leases.end(call_id)
        self.tidying_is_due.set()


async def open_basis(settings: Settings, folder: DataFolder, keys: Keys, database: Database) -> Basis:
    """Put together, with what the database knows of calls that are not final."""
    recordings = RecordingStore(folder.recordings, folder.incoming, keys)
    recordings.clear_incoming()
    open_calls = OpenCalls(await database.read(calls.unfinished_by_customer))
    leases = Leases(settings.lease_seconds)
    leases.restore(await database.read(lambda tx: calls.in_state(tx, CallState.PROCESSING)))
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    metrics = Metrics(registry)
    database.on_write_error = metrics.database_write_errors.inc
    probe = WriteProbe(database, _disk_floor_bytes(settings), utc_now)
    dropped = DroppedReports(metrics.report_dropped)
    return Basis(settings, folder, keys, database, recordings, open_calls, leases, metrics, dropped, probe)


def _disk_floor_bytes(settings: Settings) -> int:
    return settings.disk_floor_mb * 1024 * 1024
