"""How the appliance stands: everything that shows, from what really is there."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest

from appliance import __version__
from appliance.commands.checks.finding import command_in
from appliance.domain.call import Call, CallError, CallState
from appliance.domain.delivery import DeliveryState, WebhookEvent
from appliance.domain.dropped_reports import DropReason
from appliance.domain.failures import Ended
from appliance.domain.system import (
    BackupsSeen,
    CallsToday,
    Certificate,
    ComponentState,
    LastHour,
    Postponed,
    System,
    WorkerState,
)
from appliance.domain.token import Role
from appliance.messages.heartbeat import Held
from appliance.process.protections import without_jail
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.audit_export import ExportState
from appliance.services.access.certificate import create_certificate
from appliance.services.calls.leases import WORKER_ABSENT_AFTER_SECONDS, Leases
from appliance.services.health.background import Background
from appliance.services.health.components import LOADING_SECONDS
from appliance.services.health.damaged_recordings import ReadDamagedRecordings
from appliance.services.health.dropped_reports import DroppedReports
from appliance.services.health.failures import ReadFailures
from appliance.services.health.system import (
    FORGET_WORKERS_AFTER_SECONDS,
    MEASURE_RECORDINGS_EVERY_SECONDS,
    Boot,
    DescribeSystem,
    Sources,
)
from appliance.services.upkeep.housekeeping import WriteProbe
from appliance.settings import Settings
from appliance.storage.database import Connection, Database
from appliance.storage.erasure import erase_call
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.tables import calls, customers, deliveries, stored_recordings, tokens
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.builders import NOON, FakeClock, a_call, a_customer, a_delivery
from tests.support.own_records import own_records
from tests.support.parts import heartbeat

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0, minute=0, second=0, microsecond=0)


class Box:
    """An appliance to look at; time goes on when a test says so."""

    def __init__(self, folder: DataFolder, database: Database, clock: FakeClock, **settings: Any) -> None:
        self.folder = folder
        self.database = database
        self.clock = clock
        self.seconds = 1000.0
        self.leases = Leases(900.0, self.monotonic)
        self.background = Background()
        self.queue_reachable = True
        self.results_obstacle: str | None = None
        self.dropped_reports = DroppedReports(lambda _reason: None, self.monotonic)
        self.certificate: Certificate | None = None
        self.export: ExportState | None = None
        self.rewriting_postponed: Postponed | None = None
        self.encryption_postponed: Postponed | None = None
        self.erasing_postponed: Postponed | None = None
        self.backups = BackupsSeen(None, None, clock() + DAY, 0)
        self.settings = Settings(data_dir=folder.root, models_dir=folder.root, **{"tls": "off", **settings})
        self.unrecorded_attempts = 0
        self.describe = DescribeSystem(self._sources(), clock, self.monotonic)

    def _sources(self) -> Sources:
        async def backups() -> BackupsSeen:
            return self.backups

        return Sources(
            boot=Boot(self.clock(), began=self.seconds),
            settings=self.settings,
            folder=self.folder,
            database=self.database,
            leases=self.leases,
            background=self.background,
            write_probe=WriteProbe(self.database, self.settings.disk_floor_mb * 1024 * 1024, self.clock),
            queue_reachable=lambda: self.queue_reachable,
            results_obstacle=lambda: self.results_obstacle,
            dropped_reports=self.dropped_reports,
            lacking=lambda: [] if self.queue_reachable and self.leases.present_workers() else ["something"],
            read_failures=ReadFailures(self.database, self.clock(), self.clock, self.monotonic),
            read_damaged_recordings=ReadDamagedRecordings(self.database, self.clock, self.monotonic),
            backups=backups,
            certificate=lambda: self.certificate,
            silent_pbxs=tuple,
            export=lambda: self.export,
            rewriting_postponed=lambda: self.rewriting_postponed,
            encryption_postponed=lambda: self.encryption_postponed,
            erasing_postponed=lambda: self.erasing_postponed,
            unrecorded_attempts=lambda: self.unrecorded_attempts,
        )

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.advance(seconds=seconds)

    async def store(self, *items: Any) -> None:
        def insert(tx: Connection) -> None:
            for item in items:
                kind: Any = {"Call": calls.insert, "Delivery": deliveries.insert}.get(
                    type(item).__name__, stored_recordings.insert
                )
                kind(tx, item)

        await self.database.write(insert)

    async def component(self, name: str) -> tuple[ComponentState, str]:
        found = {one.name: (one.state, one.reason) for one in (await self.describe()).components}
        return found[name]


@pytest.fixture
def box(folder: DataFolder, database: Database, clock: FakeClock) -> Box:
    return Box(folder, database, clock)


def states(system: System) -> dict[str, ComponentState]:
    return {one.name: one.state for one in system.components}


async def test_an_appliance_that_is_well_gives_no_reason_to_look_at_it(box: Box) -> None:
    box.leases.observe(heartbeat(1))
    box.background.start({"relay": asyncio.sleep(60), "deliverer": asyncio.sleep(60)})  # type: ignore[arg-type]

    system = await box.describe()

    assert (system.health, system.reasons) == ("healthy", [])
    assert set(states(system)) == {
        "api",
        "database",
        "disk",
        "queue",
        "worker",
        "results",
        "calls",
        "recordings",
        "relay",
        "deliverer",
        "webhooks",
        "clock",
        "erasure",
        "backups",
        "tokens",
    }
    await box.background.stop()


async def test_this_life_of_the_api_is_told_from_others(box: Box) -> None:
    box.advance(90.5)

    system = await box.describe()

    assert (system.started_at, system.now, system.uptime_seconds) == (NOON, box.clock(), 90.5)
    assert system.boot_id != (Boot(NOON)).id


async def test_what_is_missing_is_told_in_words(box: Box) -> None:
    box.queue_reachable = False

    system = await box.describe()

    assert system.health == "degraded"
    assert system.reasons == [
        "The queue does not answer: calls are accepted and wait.",
        "No worker is there: calls are accepted and wait.",
    ]


async def test_results_that_cannot_be_stored_are_told_with_the_reason(box: Box) -> None:
    box.results_obstacle = "the database cannot be written: No space left on device"

    state, reason = await box.component("results")

    assert state is ComponentState.FAILED
    assert reason == (
        "Results cannot be stored: the database cannot be written: No space left on device. They wait in the queue."
    )


async def test_reports_that_were_not_taken_are_told_for_an_hour(box: Box) -> None:
    for reason in (DropReason.UNPROVEN, DropReason.UNPROVEN, DropReason.MALFORMED, DropReason.OUTDATED):
        box.dropped_reports.add(reason)

    assert (await box.describe()).dropped_reports[DropReason.UNPROVEN] == 2
    assert await box.component("results") == (
        ComponentState.WARNING,
        "Reports of workers were not taken in the last hour: 1 that nobody understands, "
        "2 without the token of a claim (forged, or of a worker of an older version).",
    )
    box.advance(3601)
    assert (await box.component("results"))[0] is ComponentState.OK


async def test_of_a_flood_of_reports_that_are_not_taken_one_line_is_written_and_all_are_counted(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5000):
        box.dropped_reports.add(DropReason.UNPROVEN)
    box.advance(60)
    box.dropped_reports.add(DropReason.UNPROVEN)

    lines = [record.getMessage() for record in caplog.records if "was dropped" in record.getMessage()]
    assert (len(lines), box.dropped_reports.counts[DropReason.UNPROVEN]) == (2, 5001)
    assert "4999 more like it before" in lines[1]


async def test_calls_that_fail_are_a_reason_to_look_and_not_ill_health_while_recordings_are_at_fault(box: Box) -> None:
    box.leases.observe(heartbeat(1))
    at_fault = {"state": CallState.FAILED, "error": CallError("unreadable_recording", "no audio")}
    await box.store(*(a_call(finished_at=NOON - timedelta(minutes=1), **at_fault) for _ in range(5)))

    system = await box.describe()

    assert (system.health, states(system)["calls"]) == ("healthy", ComponentState.FAILED)
    words = "All 5 calls that ended in the last hour failed: mostly unreadable_recording of customer 1 (5)."
    assert system.reasons == [words]
    assert system.failures.ended == Ended(5, 5)


async def test_calls_that_fail_through_the_appliances_own_fault_degrade_its_health(box: Box) -> None:
    broken = {"state": CallState.FAILED, "error": CallError("engine_error", "the analysis broke")}
    await box.store(*(a_call(finished_at=NOON, **broken) for _ in range(5)))
    box.advance(60)
    box.leases.observe(heartbeat(1))

    system = await box.describe()

    assert (system.health, states(system)["calls"]) == ("degraded", ComponentState.FAILED)
    (reason,) = system.reasons
    assert reason.endswith("own: 5 of the 5 calls with sound recordings failed.")


async def test_recordings_found_damaged_are_told_with_their_calls_and_what_to_do_for_a_day(box: Box) -> None:
    def damaged(call_id: str) -> Call:
        error = CallError("recording_damaged", "the recording is damaged on the appliance's disk")
        return a_call(call_id, state=CallState.FAILED, finished_at=box.clock(), error=error)

    assert await box.component("recordings") == (
        ComponentState.OK,
        "None was found damaged in the last 24 hours.",
    )
    await box.store(damaged("one"))
    box.advance(60)
    await box.store(damaged("two"))
    box.advance(60)
    state, reason = await box.component("recordings")
    assert (state, reason.partition(". ")[0]) == (
        ComponentState.FAILED,
        "The recordings of 2 calls were found damaged on the disk since 2026-11-24T12:00:00Z: of calls two, one",
    )
    assert "look at it (`smartctl -a`, `journalctl -k`)" in reason
    told = (await box.describe()).damaged_recordings
    assert (told.call_ids, told.since) == (("two", "one"), NOON)
    # Analysed again, a call is not failed for a while: the disk is what it was.
    await box.database.write(lambda tx: tx.execute("UPDATE call SET state = 'queued' WHERE call_id = 'two'"))
    box.advance(10)
    assert (await box.component("recordings"))[0] is ComponentState.FAILED
    box.advance(24 * 3600)
    assert (await box.component("recordings"))[0] is ComponentState.OK


async def test_a_disk_below_its_floor_takes_no_calls(folder: DataFolder, database: Database, clock: FakeClock) -> None:
    box = Box(folder, database, clock, disk_floor_mb=10**9)

    system = await box.describe()

    assert system.health == "unhealthy"
    assert (await box.component("database"))[1] == f"No call can be stored: less than {10**9} MB are free on the disk."
    assert states(system)["disk"] is ComponentState.FAILED
    assert system.disk.floor_bytes == 10**9 * 1024 * 1024


async def test_a_disk_that_will_soon_be_full_is_warned_of(
    folder: DataFolder, database: Database, clock: FakeClock
) -> None:
    free_mb = (await Box(folder, database, clock).describe()).disk.free_bytes // 1024**2
    box = Box(folder, database, clock, disk_floor_mb=free_mb // 2)

    state, reason = await box.component("disk")

    assert state is ComponentState.WARNING
    assert "no calls are accepted" in reason


async def test_a_part_that_has_ended_is_a_reason_to_restart(box: Box) -> None:
    async def ends() -> None:
        return None

    box.background.start({"relay": ends()})
    await asyncio.sleep(0.01)

    assert await box.component("relay") == (
        ComponentState.FAILED,
        "What hands calls to the workers has ended: restart the api.",
    )


async def test_calls_since_midnight_are_counted_and_all_that_are_not_final(box: Box) -> None:
    done = {"state": CallState.COMPLETED, "finished_at": MIDNIGHT + HOUR}
    await box.store(
        a_call(received_at=MIDNIGHT - HOUR, **done),
        a_call(received_at=MIDNIGHT, **done),
        a_call(received_at=MIDNIGHT - HOUR, state=CallState.COMPLETED, finished_at=MIDNIGHT - HOUR),
        a_call(received_at=MIDNIGHT, empty=True, **done),
        a_call(received_at=NOON, state=CallState.FAILED, finished_at=NOON),
        a_call(received_at=MIDNIGHT - DAY, state=CallState.PROCESSING),
        a_call(received_at=NOON - 2 * HOUR, state=CallState.QUEUED),
        a_call(received_at=NOON - HOUR, state=CallState.RECEIVED),
    )

    system = await box.describe()

    assert system.calls == CallsToday(accepted=5, completed=2, empty=1, failed=1, processing=1, waiting=2)
    assert system.oldest_waiting_since == NOON - 2 * HOUR


async def test_what_came_and_what_was_done_in_the_last_hour_are_counted_apart(box: Box) -> None:
    minutes = HOUR / 60
    await box.store(
        a_call(received_at=NOON - 2 * HOUR, state=CallState.COMPLETED, finished_at=NOON - 59 * minutes),
        a_call(received_at=NOON - 59 * minutes, state=CallState.FAILED, finished_at=NOON - minutes),
        a_call(received_at=NOON - 61 * minutes, state=CallState.COMPLETED, finished_at=NOON - 61 * minutes),
        a_call(received_at=NOON - minutes, state=CallState.QUEUED),
        a_call(received_at=NOON - minutes, state=CallState.QUEUED),
    )
    assert (await box.describe()).last_hour == LastHour(came=3, done=2)
    # One that came, was done, and was done again within the hour is one that came and one that was done.
    again = a_call("again", revision=2, received_at=NOON - 9 * minutes, state=CallState.COMPLETED, finished_at=NOON)
    recordings = [StoredRecording("again", number, "file", 4, "sha", NOON - number * minutes) for number in (1, 2)]
    await box.store(again, *recordings)
    assert (await box.describe()).last_hour == LastHour(came=4, done=3)


async def test_a_call_that_was_erased_counts_on_today_as_in_the_statistics(box: Box) -> None:
    done = {"received_at": NOON, "state": CallState.COMPLETED, "finished_at": NOON}
    await box.store(a_call("erased", **done), a_call("erased too", empty=True, **done))
    before = (await box.describe()).calls
    for name in ("erased", "erased too"):
        await box.database.write(lambda tx, name=name: erase_call(tx, name, NOON) and None)

    after = (await box.describe()).calls
    assert after == before == CallsToday(accepted=2, completed=1, empty=1, failed=0, processing=0, waiting=0)


async def test_a_later_revision_waits_since_it_came_and_not_since_the_first(box: Box) -> None:
    again = a_call(received_at=NOON - 20 * DAY, state=CallState.RECEIVED, revision=2)
    await box.store(
        again,
        StoredRecording(again.call_id, 1, "a", 4, "sha", NOON - 20 * DAY),
        StoredRecording(again.call_id, 2, "b", 4, "sha", NOON - HOUR),
    )

    assert (await box.describe()).oldest_waiting_since == NOON - HOUR


@pytest.mark.parametrize("state", CallState)
async def test_each_state_is_known_as_final_or_not(box: Box, state: CallState) -> None:
    await box.store(a_call(received_at=NOON, state=state, finished_at=NOON if state.final else None))

    counted = (await box.describe()).calls

    assert (counted.waiting + counted.processing, counted.completed + counted.failed) == (
        (0, 1) if state.final else (1, 0)
    )


async def test_a_worker_is_shown_as_its_heartbeat_tells(box: Box) -> None:
    (told,) = heartbeat(1).values()
    held = [Held(call_id=f"call-{number}", revision=2, attempt=3, progress=number / 4) for number in (1, 2)]
    told = replace_struct(
        told, held=held, measured_speed=24.5, calls_done=7, program="1.2.3", device="cuda:0", code_packs=["ecapa"]
    )
    box.leases.observe({told.worker: told})
    box.advance(2)

    (worker,) = (await box.describe()).workers

    assert (worker.name, worker.device, worker.model, worker.state) == ("box/cpu", "cuda:0", "test", WorkerState.READY)
    assert [(call.call_id, call.progress) for call in worker.calls_in_hand] == [("call-1", 0.25), ("call-2", 0.5)]
    assert (worker.measured_speed, worker.calls_done, worker.version) == (24.5, 7, "1.2.3")
    assert (worker.code_packs, worker.last_heartbeat_at) == (("ecapa",), NOON)


def replace_struct(told: Any, **changes: Any) -> Any:
    return type(told)(**{**{name: getattr(told, name) for name in told.__struct_fields__}, **changes})


def dying(name: str, deaths: int, beat: int = 1, **changes: Any) -> dict[str, Any]:
    """What a worker shows that has died so often while it loaded."""
    (told,) = heartbeat(beat, worker=name, ready=False).values()
    return {name: replace_struct(told, deaths_while_loading=deaths, last_error="no device", **changes)}


async def test_a_worker_that_cannot_load_is_told_in_its_own_words(box: Box) -> None:
    box.leases.observe(dying("box/cpu", 6))

    sentence = "worker box/cpu died 6 times while loading: no device"
    assert await box.component("worker") == (ComponentState.FAILED, sentence)
    (worker,) = (await box.describe()).workers
    assert (worker.deaths_while_loading, worker.last_error) == (6, "no device")

    box.advance(WORKER_ABSENT_AFTER_SECONDS + 1)  # the service manager waits before it starts it again
    assert await box.component("worker") == (ComponentState.FAILED, sentence)

    box.leases.observe(heartbeat(1, boot="loaded"))
    assert await box.component("worker") == (ComponentState.OK, "box/cpu is ready.")


async def test_a_worker_that_is_ready_but_has_no_room_for_a_recording_is_a_warning(box: Box) -> None:
    (told,) = heartbeat(1, worker="box/cpu").values()
    why = "/var/tmp has no room for a recording of 900 MB"
    box.leases.observe({"box/cpu": msgspec.structs.replace(told, last_error=why)})
    assert await box.component("worker") == (ComponentState.WARNING, f"box/cpu: {why}.")


async def test_one_worker_of_several_that_cannot_load_is_a_warning(box: Box) -> None:
    box.leases.observe(dying("box/cuda:0", 3) | dying("box/cuda:1", 4) | heartbeat(1, worker="box/cpu"))

    assert await box.component("worker") == (
        ComponentState.WARNING,
        "worker box/cuda:0 died 3 times while loading: no device; "
        "worker box/cuda:1 died 4 times while loading: no device",
    )


async def test_a_worker_that_died_once_or_twice_may_still_come(box: Box) -> None:
    box.leases.observe(dying("box/cpu", 1))
    assert await box.component("worker") == (
        ComponentState.FAILED,
        "box/cpu is still loading, since 0 s: calls are accepted and wait "
        "(worker box/cpu died once while loading: no device).",
    )

    box.leases.observe(dying("box/cpu", 2, beat=2))
    box.advance(WORKER_ABSENT_AFTER_SECONDS + 1)
    assert await box.component("worker") == (
        ComponentState.FAILED,
        "No worker is there: calls are accepted and wait (worker box/cpu died 2 times while loading: no device).",
    )


async def test_a_worker_that_loads_and_one_that_is_gone_are_told_apart(box: Box) -> None:
    box.leases.observe(heartbeat(1, worker="gone/cpu"))
    box.advance(WORKER_ABSENT_AFTER_SECONDS + 1)
    box.leases.observe({**heartbeat(1, worker="gone/cpu"), **heartbeat(1, worker="new/cpu", ready=False)})

    assert {one.name: one.state for one in (await box.describe()).workers} == {
        "gone/cpu": WorkerState.GONE,
        "new/cpu": WorkerState.LOADING,
    }
    assert await box.component("worker") == (
        ComponentState.WARNING,
        "new/cpu is still loading, since 0 s: calls are accepted and wait.",
    )
    box.leases.observe({**heartbeat(1, worker="gone/cpu"), **heartbeat(2, worker="new/cpu")})
    assert await box.component("worker") == (ComponentState.WARNING, "Nothing is heard of gone/cpu any more.")


async def test_a_worker_whose_device_failed_says_so_while_it_starts_again_and_when_it_stays_away(box: Box) -> None:
    error = "DeviceFailed: cuda:0 does not compute any more: CUDA error: unknown error"
    loading = heartbeat(1, worker="box/cuda:0", ready=False)
    failed = {name: msgspec.structs.replace(one, last_error=error) for name, one in loading.items()}
    box.leases.observe(failed)
    assert await box.component("worker") == (
        ComponentState.WARNING,
        f"box/cuda:0 is still loading, since 0 s: calls are accepted and wait (box/cuda:0: {error}).",
    )
    box.advance(WORKER_ABSENT_AFTER_SECONDS + 1)
    box.leases.observe({**failed, **heartbeat(1, worker="box/cpu")})
    said = f"Nothing is heard of box/cuda:0 any more (box/cuda:0: {error})."
    assert await box.component("worker") == (ComponentState.WARNING, said)


async def test_a_worker_that_loads_is_no_fault_until_it_takes_too_long(box: Box) -> None:
    def beats(beat: int, boot: str) -> None:
        box.leases.observe(heartbeat(beat, ready=False, boot=boot))

    beats(1, "first")
    box.advance(75)
    beats(2, "first")
    said = "box/cpu is still loading, since 75 s: calls are accepted and wait."
    assert await box.component("worker") == (ComponentState.WARNING, said)
    box.advance(LOADING_SECONDS - 75)
    beats(3, "first")
    said = "box/cpu is still loading, since 10 minutes: calls are accepted and wait."
    assert await box.component("worker") == (ComponentState.FAILED, said)
    beats(1, "another life")
    assert (await box.component("worker"))[0] is ComponentState.WARNING


async def test_a_worker_of_an_older_version_is_named_and_does_not_count_as_one_that_is_there(box: Box) -> None:
    of_before = heartbeat(1, worker="annex/cpu", protocol=1)
    box.leases.observe(of_before)
    assert await box.component("worker") == (
        ComponentState.FAILED,
        "Workers of an older version get no calls, which are accepted and wait: annex/cpu (unknown). "
        f"Install version {__version__} there and restart them.",
    )
    assert [one.state for one in (await box.describe()).workers] == [WorkerState.OUTDATED]

    box.leases.observe({**of_before, **heartbeat(2)})
    state, reason = await box.component("worker")
    assert (state, reason.partition(":")[0]) == (ComponentState.WARNING, "Workers of an older version get no calls")


async def test_the_log_tells_once_in_its_life_that_a_worker_is_of_an_older_version(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    for beat in range(1, 4):
        box.leases.observe(heartbeat(beat, worker="annex/cpu", protocol=1))
    assert [one.getMessage() for one in own_records(caplog) if one.levelname == "WARNING"] == [
        "worker annex/cpu is of an older version (unknown): it gets no calls"
    ]


async def test_what_the_units_of_an_older_version_refuse_is_told_with_whom_it_concerns_and_what_mends_it(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOCATION_ID", "as systemd sets it")
    assert "protections" not in states(await box.describe())
    refused = without_jail("a recording's decoder", ["it can open whatever its user can (Operation not permitted)"])
    told = {name: heartbeat(1, worker=name)[name] for name in ("box/cpu", "box/cuda:0")}
    box.leases.observe(
        {name: msgspec.structs.replace(beat, missing_protections=list(refused)) for name, beat in told.items()}
    )
    state, reason = await box.component("protections")
    assert state is ComponentState.WARNING
    assert reason.startswith("worker box/cpu, worker box/cuda:0: a recording's decoder is not wholly held: it can open")
    assert "(Operation not permitted): `install -m 644 systemd/vbot.target systemd/vbot-*.service" in reason


async def test_a_note_of_the_first_boot_is_told_of_until_it_is_removed_and_fails_after_a_day(box: Box) -> None:
    assert "note" not in states(await box.describe())
    box.folder.first_boot_note.write_text("Recovery key: …")
    os.utime(box.folder.first_boot_note, (NOON.timestamp(),) * 2)
    assert await box.component("note") == (
        ComponentState.WARNING,
        "first-boot.txt shows the recovery key and the first admin token to whoever takes the disk: keep both "
        "elsewhere, then remove it by `vbot backup recovery-key --kept`.",
    )
    box.advance(25 * 3600)
    assert (await box.component("note"))[0] is ComponentState.FAILED
    box.folder.first_boot_note.unlink()
    assert "note" not in states(await box.describe())


async def test_a_postponed_erasure_is_told_since_when_and_why_and_fails_once_it_is_late(box: Box) -> None:
    assert await box.component("erasure") == (ComponentState.OK, "What was erased is gone in time.")
    box.rewriting_postponed = Postponed(NOON, "that takes 900 MB of free disk, and 10 MB are free")
    assert await box.component("erasure") == (
        ComponentState.WARNING,
        "What was erased leaves traces in the database; since 2026-11-24T12:00:00Z they cannot go: that takes 900 MB "
        "of free disk, and 10 MB are free.",
    )
    box.advance(7 * 3600)
    assert (await box.component("erasure"))[0] is ComponentState.FAILED
    box.rewriting_postponed = None
    box.encryption_postponed = Postponed(NOON, "3, the last of them because: Input/output error")
    assert await box.component("erasure") == (
        ComponentState.WARNING,
        "Recordings of an earlier version are not encrypted since 2026-11-24T12:00:00Z: 3, the last of them because: "
        "Input/output error.",
    )
    box.encryption_postponed, box.erasing_postponed = None, Postponed(NOON, "this box's clock has jumped ahead")
    assert await box.component("erasure") == (
        ComponentState.WARNING,
        "Nothing is erased by its age since 2026-11-24T12:00:00Z, as its clock has it: this box's clock has "
        "jumped ahead.",
    )


async def test_a_worker_that_was_taken_away_is_forgotten_after_a_day(box: Box) -> None:
    box.leases.observe(heartbeat(1))
    box.advance(FORGET_WORKERS_AFTER_SECONDS + 1)
    box.leases.observe(heartbeat(1))

    assert (await box.describe()).workers == ()


async def test_what_the_data_folder_takes_is_measured(box: Box) -> None:
    await box.store(
        StoredRecording("a", 1, "a", 1000, "sha", NOON),
        StoredRecording("b", 1, "b", 200, "sha", NOON),
        StoredRecording("b", 2, "b", 200, "sha", NOON),  # analysed again
        StoredRecording("c", 1, "c", 50, "sha", NOON, erased_at=NOON),
    )
    box.folder.backups.mkdir()
    (box.folder.backups / "vbot-20261124T000000Z.tar").write_bytes(bytes(300))

    disk = (await box.describe()).disk

    assert (disk.recordings_bytes, disk.backups_bytes) == (1200, 300)
    assert disk.database_bytes >= box.folder.database.stat().st_size
    assert 0 < disk.free_bytes < disk.total_bytes


async def test_recordings_are_added_up_once_a_minute(box: Box) -> None:
    assert (await box.describe()).disk.recordings_bytes == 0
    await box.store(StoredRecording("a", 1, "a", 1000, "sha", NOON))

    assert (await box.describe()).disk.recordings_bytes == 0
    box.advance(MEASURE_RECORDINGS_EVERY_SECONDS)
    assert (await box.describe()).disk.recordings_bytes == 1000


async def test_the_certificate_that_is_shown_is_told_and_warned_of_before_it_expires(box: Box) -> None:
    create_certificate(box.folder.certificate, box.folder.certificate_key, NOON)
    shown = box.certificate = ShownCertificate(box.folder.certificate, box.folder.certificate_key, {}).certificate

    assert (await box.describe()).certificate == shown
    assert (await box.component("certificate"))[0] is ComponentState.OK
    box.clock.now = shown.not_before - timedelta(hours=1)  # the box's clock has lost its battery
    state, reason = await box.component("certificate")
    assert state is ComponentState.FAILED
    assert reason.startswith(f"The certificate is valid from {shown.not_before:%Y-%m-%d %H:%M} UTC on only")
    box.clock.now = shown.not_after - timedelta(days=29, hours=12)
    assert await box.component("certificate") == (
        ComponentState.WARNING,
        f"The certificate expires on {shown.not_after:%Y-%m-%d}, in 29 days.",
    )
    box.clock.now = shown.not_after + timedelta(seconds=1)
    assert (await box.component("certificate"))[0] is ComponentState.FAILED


async def test_with_tls_off_there_is_no_certificate(box: Box) -> None:
    system = await box.describe()

    assert system.certificate is None
    assert "certificate" not in states(system)


async def test_webhooks_that_do_not_get_through_are_told(box: Box) -> None:
    customer = await box.database.write(
        lambda tx: customers.insert(
            tx, a_customer(name="Zoë", webhook_disabled_reason="410 Gone", webhook_failing_since=NOON - DAY)
        )
    )
    await box.database.write(
        lambda tx: customers.insert(tx, a_customer(webhook_disabled_reason="gone", deleted_at=NOON))
    )
    await box.store(
        a_delivery(state=DeliveryState.PENDING),
        a_delivery(state=DeliveryState.RETRYING),
        a_delivery(state=DeliveryState.RETRYING),
        a_delivery(state=DeliveryState.DELIVERED),
        a_delivery(state=DeliveryState.DISABLED),
        a_delivery(state=DeliveryState.DISABLED, customer_id=customer.id, created_at=NOON - 9 * DAY),
        a_delivery(state=DeliveryState.DISABLED, customer_id=customer.id, event=WebhookEvent.TEST),
        a_delivery(state=DeliveryState.FAILED, created_at=NOON - 23 * HOUR),
        a_delivery(state=DeliveryState.FAILED, created_at=NOON - 25 * HOUR),
        a_delivery(state=DeliveryState.FAILED, event=WebhookEvent.TEST),
    )

    found = (await box.describe()).deliveries

    assert (found.pending, found.retrying, found.failed_last_24_hours) == (1, 2, 1)
    (endpoint,) = found.disabled_endpoints
    assert (endpoint.customer_id, endpoint.customer_name, endpoint.reason) == (customer.id, "Zoë", "410 Gone")
    assert (endpoint.failing_since, endpoint.waiting) == (NOON - DAY, 2)
    state, reason = await box.component("webhooks")
    assert (state, "Zoë" in reason) == (ComponentState.WARNING, True)


async def test_attempts_that_cannot_be_written_down_are_a_warning(box: Box) -> None:
    box.unrecorded_attempts = 2
    assert await box.component("database") == (
        ComponentState.WARNING,
        "It does not take what came of 2 webhooks that were sent: the api's log says why. "
        "After a restart they are sent again.",
    )


async def test_webhooks_that_were_given_up_are_a_warning(box: Box) -> None:
    await box.store(a_delivery(state=DeliveryState.FAILED))

    assert await box.component("webhooks") == (
        ComponentState.WARNING,
        "1 webhook of the last 24 hours could not be delivered.",
    )


@pytest.mark.parametrize(
    ("retrying", "words"), [(1, "1 webhook was not taken and is tried again."), (13, "13 webhooks were not taken and")]
)
async def test_webhooks_that_are_refused_and_tried_again_are_a_warning(box: Box, retrying: int, words: str) -> None:
    await box.store(*(a_delivery(state=DeliveryState.RETRYING) for _ in range(retrying)))

    state, reason = await box.component("webhooks")
    assert (state, reason.startswith(words)) == (ComponentState.WARNING, True)


async def test_what_a_deleted_customer_did_not_get_is_no_warning(box: Box) -> None:
    gone = await box.database.write(lambda tx: customers.insert(tx, a_customer(deleted_at=NOON)))
    await box.store(
        a_delivery(state=DeliveryState.FAILED, customer_id=gone.id),
        a_delivery(state=DeliveryState.RETRYING, customer_id=gone.id),
    )

    assert await box.component("webhooks") == (ComponentState.OK, "All endpoints take them.")


@pytest.mark.parametrize(
    ("backups", "state", "words"),
    [
        (BackupsSeen(None, None, NOON, 0), ComponentState.OK, "There is no backup in its folder."),
        (
            BackupsSeen(None, None, None, 0),
            ComponentState.WARNING,
            "No backup is made by itself: VBOT_BACKUP_EVERY_HOURS is 0. There is no backup in its folder.",
        ),
        (
            BackupsSeen(NOON - 3 * DAY, None, None, 1),
            ComponentState.WARNING,
            "No backup is made by itself: VBOT_BACKUP_EVERY_HOURS is 0. The last one is of 2026-11-21T12:00:00Z.",
        ),
        (
            BackupsSeen(NOON + 3650 * DAY, None, None, 1),  # by a clock that was ahead: it may be of any age
            ComponentState.WARNING,
            "No backup is made by itself: VBOT_BACKUP_EVERY_HOURS is 0. The last one is of 2036-11-21T12:00:00Z.",
        ),
        (BackupsSeen(NOON - DAY, None, None, 1), ComponentState.OK, "The last one is of 2026-11-23T12:00:00Z."),
        (BackupsSeen(NOON, None, NOON + DAY, 1), ComponentState.OK, "The last one is of 2026-11-24T12:00:00Z."),
        (BackupsSeen(NOON, "no room", None, 1), ComponentState.WARNING, "The last backup failed: no room."),
        (
            BackupsSeen(None, None, NOON - 2 * HOUR, 0),
            ComponentState.WARNING,
            "A backup is due since 2026-11-24T10:00:00Z.",
        ),
    ],
)
async def test_how_backups_fare_is_told(box: Box, backups: BackupsSeen, state: ComponentState, words: str) -> None:
    box.backups = backups

    assert await box.component("backups") == (state, words)
    assert (await box.describe()).backups == backups


async def test_a_setting_that_was_passed_over_is_told_until_somebody_has_seen_to_it(box: Box) -> None:
    assert "settings" not in states(await box.describe())
    box.folder.own_settings.write_text("backup_keep = 0\n")
    state, reason = await box.component("settings")
    assert state is ComponentState.WARNING
    assert reason == f"Passed over: {box.folder.own_settings}: 'backup_keep' must be at least 1."
    box.folder.own_settings.write_text("backup_keep = 1\n")
    aside = box.folder.own_settings.with_name("settings.toml.damaged")
    aside.write_text("backup_keep = \0\n")
    state, reason = await box.component("settings")
    assert (state, command_in(reason)) == (ComponentState.WARNING, f"rm {aside}")
    aside.unlink()
    assert "settings" not in states(await box.describe())


async def test_of_a_setting_that_was_mended_by_hand_it_is_told_that_it_waits_for_a_restart(
    folder: DataFolder, database: Database, clock: FakeClock
) -> None:
    box = Box(folder, database, clock, passed_over=("of the start",))
    folder.own_settings.write_text("backup_keep = 0\n")
    _, reason = await box.component("settings")
    assert ("must be at least 1" in reason, "of the start" in reason) == (True, False)
    folder.own_settings.write_text("backup_keep = 1\n")
    _, reason = await box.component("settings")
    assert reason.endswith("in force after a restart.")


async def test_no_setting_that_is_secret_is_shown(folder: DataFolder, database: Database, clock: FakeClock) -> None:
    box = Box(
        folder,
        database,
        clock,
        admin_token="hunter1-hunter1-hunter1",
        redis_url="rediss://user:hunter2@queue.lan:6379/1?password=hunter3",
        webhook_allow=(ip_network("10.0.0.0/8"),),
        retention_days=(3, 40),
    )

    system = await box.describe()

    assert "hunter" not in repr(system.settings)
    assert system.settings["redis_url"] == "rediss://queue.lan:6379/1"
    assert system.settings["webhook_allow"] == ["10.0.0.0/8"]
    assert (system.retention.recordings_days, system.retention.texts_days) == (3, 40)
    assert (system.limits.rate_limit_per_minute, system.limits.max_recording_bytes) == (100, 512 * 1024 * 1024)


async def test_each_setting_is_shown_or_is_left_out_on_purpose(box: Box) -> None:
    shown = set((await box.describe()).settings)

    assert set(Settings.__slots__) - shown - {"sources", "passed_over"} == {
        "admin_token",
        "retention_days",
        "rate_limit_per_minute",
        "max_concurrent_calls",
        "max_storage_gb",
        "max_audio_hours_per_day",
        "max_recording_mb",
    }


async def test_tokens_that_end_soon_are_named_and_those_that_ended_or_never_do_are_not(box: Box) -> None:
    async def create(name: str, days: float | None) -> None:
        expires_at = None if days is None else NOON + days * DAY

        def insert(tx: Connection) -> None:
            tokens.insert(
                tx, name=name, role=Role.VIEWER, token_hash=name, created_at=NOON - DAY, expires_at=expires_at
            )

        await box.database.write(insert)

    for name, days in (("ended", -1.0), ("for ever", None), ("next year", 300.0)):
        await create(name, days)
    assert (await box.component("tokens"))[0] is ComponentState.OK
    await create("as long as they last", 29.0)
    assert (await box.component("tokens"))[0] is ComponentState.OK, "it was made yesterday"
    await create("ward 3", 0.3)
    state, reason = await box.component("tokens")
    assert (state, reason) == (
        ComponentState.WARNING,
        "Tokens end soon: ward 3 (5) on 2026-11-24. Create new ones before.",
    )


async def test_a_siem_that_does_not_answer_is_told_with_what_waits(box: Box) -> None:
    assert "siem" not in states(await box.describe())
    box.export = ExportState("tls://siem.lan:6514")
    assert await box.component("siem") == (ComponentState.OK, "The audit goes to tls://siem.lan:6514.")
    box.export = ExportState("tls://siem.lan:6514", NOON, "Connection refused", 7)
    state, reason = await box.component("siem")
    assert (state, reason) == (
        ComponentState.WARNING,
        "The audit cannot be exported to tls://siem.lan:6514 since 2026-11-24T12:00:00Z: Connection refused. "
        "7 lines wait; none is lost.",
    )
