"""How the appliance stands: gathered from everything that knows a part of it. Cheap: a window asks every 2 seconds."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from appliance.domain.clock import Clock
from appliance.domain.health import health_of
from appliance.domain.statistics import midnight
from appliance.domain.system import (
    BackupsSeen,
    Certificate,
    CurrentCall,
    Disk,
    Limits,
    PlainWebhooks,
    Postponed,
    RefusedPosts,
    Retention,
    SilentPbx,
    System,
    Worker,
    WorkerState,
)
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.services.access.audit_export import ExportState
from appliance.services.calls.joined_workers import JoinedWorker
from appliance.services.calls.leases import WORKER_ABSENT_AFTER_SECONDS, Leases
from appliance.services.configuration.shown_settings import shown_settings
from appliance.services.health.background import Background
from appliance.services.health.components import components
from appliance.services.health.damaged_recordings import ReadDamagedRecordings
from appliance.services.health.dropped_reports import DroppedReports
from appliance.services.health.failures import ReadFailures
from appliance.services.health.findings import Findings
from appliance.services.health.peer_clocks import PeerClock
from appliance.services.upkeep.first_boot_note import left_since
from appliance.services.upkeep.housekeeping import WriteProbe
from appliance.settings import Settings
from appliance.settings.own_file import OWN_FILE, damage_once, read_own_file
from appliance.storage.audit_chain import Verdict
from appliance.storage.database import Connection, Database
from appliance.storage.figures import overview
from appliance.storage.figures.overview import Overview
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.tables import tokens

# A worker that is gone for longer was taken away; its name stays in the queue.
FORGET_WORKERS_AFTER_SECONDS = 24 * 3600.0
# Adding up all recordings reads a column of every call: room does not change so quickly.
MEASURE_RECORDINGS_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Boot:
    """This life of the api process."""

    started_at: datetime
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Sources:
    """Who knows what."""

    boot: Boot
    settings: Settings
    folder: DataFolder
    database: Database
    leases: Leases
    background: Background
    write_probe: WriteProbe
    queue_reachable: Callable[[], bool]
    results_obstacle: Callable[[], str | None]
    dropped_reports: DroppedReports
    lacking: Callable[[], list[str]]
    read_failures: ReadFailures
    read_damaged_recordings: ReadDamagedRecordings
    backups: Callable[[], Awaitable[BackupsSeen]]
    certificate: Callable[[], Certificate | None]
    silent_pbxs: Callable[[], tuple[SilentPbx, ...]]
    export: Callable[[], ExportState | None] = lambda: None
    plain_webhooks: Callable[[], PlainWebhooks] = PlainWebhooks
    missing_protections: Callable[[], tuple[str, ...]] = tuple
    rewriting_postponed: Callable[[], Postponed | None] = lambda: None
    encryption_postponed: Callable[[], Postponed | None] = lambda: None
    erasing_postponed: Callable[[], Postponed | None] = lambda: None
    peer_clocks: Callable[[], tuple[PeerClock, ...]] = tuple
    audit_verdict: Callable[[], Verdict | None] = lambda: None
    joined_worker: Callable[[str], JoinedWorker | None] = lambda _: None
    upgrade: Callable[[datetime], str | None] = lambda _: None
    unrecorded_attempts: Callable[[], int] = int
    refused_posts: Callable[[], tuple[RefusedPosts, ...]] = tuple


class DescribeSystem:
    """The use case."""

    def __init__(self, sources: Sources, now: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sources = sources
        self._now = now
        self._monotonic = monotonic
        self._settings = sources.settings
        self._recordings_bytes = 0
        self._recordings_measured_at = float("-inf")

    def follow(self, settings: Settings) -> None:
        """These are in force from now on."""
        self._settings = settings

    async def __call__(self) -> System:
        sources, now = self._sources, self._now()
        writable = await sources.write_probe.accepts()
        counts, backups, failures, damaged, held = await asyncio.gather(
            self._count(now),
            sources.backups(),
            sources.read_failures(),
            sources.read_damaged_recordings(),
            sources.database.read(tokens.listing),
        )
        disk = await asyncio.to_thread(self._look_at_disk)
        max_storage_bytes = await asyncio.to_thread(getattr, self._settings, "max_storage_bytes")
        certificate = sources.certificate()
        workers = self._workers(now)
        verdict = sources.audit_verdict()
        refused = sources.refused_posts()
        findings = Findings(
            now=now,
            obstacle=None if writable else sources.write_probe.obstacle,
            queue_reachable=sources.queue_reachable(),
            results_obstacle=sources.results_obstacle(),
            dropped_lately=sources.dropped_reports.lately(),
            workers=workers,
            running=sources.background.running,
            disk=disk,
            certificate=certificate,
            backups=backups,
            deliveries=counts.deliveries,
            failures=failures,
            damaged_recordings=damaged,
            tokens=tuple(held),
            export=sources.export(),
            plain_webhooks=sources.plain_webhooks(),
            missing_protections=sources.missing_protections(),
            rewriting_postponed=sources.rewriting_postponed(),
            encryption_postponed=sources.encryption_postponed(),
            erasing_postponed=sources.erasing_postponed(),
            peer_clocks=sources.peer_clocks(),
            settings_at_fault=await asyncio.to_thread(self._settings_at_fault),
            upgrade=await asyncio.to_thread(sources.upgrade, now),
            unrecorded_attempts=sources.unrecorded_attempts(),
            refused_posts=refused,
            first_boot_note=await asyncio.to_thread(left_since, sources.folder),
            damage=sources.database.damage.sentence() if sources.database.damage is not None else None,
            is_plain=sources.database.is_to_be_encrypted,
            broken_audit_line=None if verdict is None else verdict.broken,
        )
        return System(
            boot_id=sources.boot.id,
            started_at=sources.boot.started_at,
            uptime_seconds=self._monotonic() - sources.boot.began,
            now=now,
            health=health_of(writable=writable, lacking=sources.lacking(), failing=failures.through_own_fault),
            components=tuple(components(findings)),
            calls=counts.calls,
            oldest_waiting_since=counts.oldest_waiting_since,
            last_hour=counts.last_hour,
            workers=workers,
            disk=disk,
            certificate=certificate,
            backups=backups,
            deliveries=counts.deliveries,
            failures=failures,
            dropped_reports=sources.dropped_reports.counts,
            silent_pbxs=sources.silent_pbxs(),
            refused_posts=refused,
            damaged_recordings=damaged,
            retention=Retention(*self._settings.retention_days),
            limits=Limits(
                self._settings.rate_limit_per_minute,
                self._settings.max_concurrent_calls,
                max_storage_bytes,
                self._settings.max_audio_hours_per_day,
                self._settings.max_recording_bytes,
            ),
            settings=shown_settings(self._settings),
            audit_broken=None if verdict is None else verdict.broken is not None,
        )

    def _settings_at_fault(self) -> str | None:
        """What of the file is passed over, as long as it is; what was damaged of it, until somebody has seen to it."""
        folder, at_start = self._sources.folder, self._settings.passed_over
        if passed_over := read_own_file(folder.own_settings).passed_over:
            # At the start it was also known whether the retention is set elsewhere.
            is_the_same = at_start[: len(passed_over)] == passed_over
            return f"passed over: {'; '.join(at_start if is_the_same else passed_over)}"
        if at_start:
            return f"{OWN_FILE} was mended by hand: what stands there is in force after a restart"
        return damage_once(folder.damaged_settings)

    async def _count(self, now: datetime) -> Overview:
        measure = self._monotonic() - self._recordings_measured_at >= MEASURE_RECORDINGS_EVERY_SECONDS

        def look(tx: Connection) -> Overview:
            if measure:
                self._recordings_bytes = overview.recordings_bytes(tx)
            return overview.look(tx, midnight(now.date()), now - timedelta(days=1), now - timedelta(hours=1))

        if measure:
            self._recordings_measured_at = self._monotonic()
        return await self._sources.database.read(look)

    def _look_at_disk(self) -> Disk:
        folder = self._sources.folder
        usage = shutil.disk_usage(folder.root)
        return Disk(
            total_bytes=usage.total,
            free_bytes=usage.free,
            floor_bytes=self._settings.disk_floor_mb * 1024 * 1024,
            recordings_bytes=self._recordings_bytes,
            database_bytes=sum(_size(path) for path in folder.root.glob(f"{folder.database.name}*")),
            backups_bytes=sum(_size(path) for path in folder.backups.glob("*.tar")),
        )

    def _workers(self, now: datetime) -> tuple[Worker, ...]:
        known = sorted(self._sources.leases.known_workers(), key=lambda one: one[0].worker)
        return tuple(
            _worker(beat, ago, known_for, now, self._sources.joined_worker(beat.worker))
            for beat, ago, known_for in known
            if ago < FORGET_WORKERS_AFTER_SECONDS
        )


def _worker(
    heartbeat: WorkerHeartbeat,
    seconds_ago: float,
    known_for_seconds: float,
    now: datetime,
    joined: JoinedWorker | None,
) -> Worker:
    state = WorkerState.READY if heartbeat.ready else WorkerState.LOADING
    state = WorkerState.OUTDATED if heartbeat.outdated else state
    gone = seconds_ago > WORKER_ABSENT_AFTER_SECONDS
    held = [] if gone else heartbeat.held
    return Worker(
        name=heartbeat.worker,
        device=heartbeat.device,
        model=heartbeat.model,
        code_packs=tuple(heartbeat.code_packs),
        state=WorkerState.GONE if gone else state,
        calls_in_hand=tuple(CurrentCall(one.call_id, one.revision, one.attempt, one.progress) for one in held),
        measured_speed=heartbeat.measured_speed,
        last_heartbeat_at=now - timedelta(seconds=seconds_ago),
        known_for_seconds=known_for_seconds,
        calls_done=heartbeat.calls_done,
        version=heartbeat.program,
        deaths_while_loading=heartbeat.deaths_while_loading,
        last_error=heartbeat.last_error or None,
        missing_protections=() if gone else tuple(heartbeat.missing_protections),
        since=now - timedelta(seconds=known_for_seconds),
        joined_by=None if joined is None else joined.token.name,
        address=None if joined is None else joined.address,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
