"""The worker's loop with a made-up engine: what it tells the api, and what it gives back."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from appliance import __version__
from appliance.errors import Obsolete, Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult, Failure
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.messages.lease_renewal import ClaimedCall, LeaseRenewal
from appliance.messages.reports import CallAnalysed, CallCrashed, CallFailed, CallReleased, WorkerReport
from appliance.queue.broker import CallQueue, connect
from appliance.queue.report_queue import ReportQueue
from appliance.worker import engine
from appliance.worker.broker import PAUSE_SECONDS, CallsInHand
from appliance.worker.consumer import (
    BEAT_EVERY_SECONDS,
    LATE_AFTER_SECONDS,
    CallConsumer,
)
from appliance.worker.engine import FULL_PAUSES_SECONDS, DeviceFailed, DeviceFull, RecordingAtFault
from appliance.worker.recording_fetch import NoRoomForEver, RecordingDamaged
from appliance.worker.stall_detector import STILL_AFTER_SECONDS, STUCK_AFTER_SECONDS, StallDetector
from tests.support.parts import analysed
from tests.support.processes import wait_until
from tests.support.queue_ends import ReportTaker
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

CALL = AnalyseCall(call_id="call-1", revision=1, attempt=2, recording_path="/internal/recordings/call-1")
OTHER = AnalyseCall(call_id="call-2", revision=1, attempt=1, recording_path="/internal/recordings/call-2")
AGAIN = msgspec.structs.replace(CALL, attempt=3)


class Fetcher:
    """Gives the same few bytes, or what it was told to do."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.asked = threading.Event()
        self.claimed_at_once = False
        self.obstacle = ""
        self.renewed: list[LeaseRenewal] = []

    def renew(self, renewal: LeaseRenewal) -> None:
        self.renewed.append(renewal)
        if len(self.renewed) == 1:
            raise Unavailable("the api is being restarted")

    def fetch(
        self,
        address: str,
        target: Path,
        worker: str,
        secret: str,
        stopping: threading.Event,
        on_claimed: Callable[[str], None],
    ) -> None:
        if self.claimed_at_once:
            on_claimed("the token")
        self.asked.set()
        self.gate.wait(60)
        if self.error is not None:
            raise self.error
        on_claimed("the token")
        target.write_bytes(b"RIFF")


class Engine:
    """Analyses nothing; `gate` holds it up, `error` breaks it."""

    device = "cpu"
    model = "test"
    code_packs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    calls_at_once = 3

    def warm_up(self) -> None:
        """It is warm."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.full = 0  # so many tries find no memory
        self.result: CallResult | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()
        self.seen: list[Path] = []
        self.calls: list[AnalyseCall] = []

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        assert recording.read_bytes() == b"RIFF"
        on_progress(0.5)
        self.seen.append(recording)
        self.calls.append(call)  # who waits for it finds the progress told
        self.began.set()
        self.gate.wait(60)
        if self.error is not None:
            raise self.error
        if len(self.calls) <= self.full:
            raise DeviceFull("cuda:0 has no memory left")
        return self.result or analysed(call, "Hello.").result


class Bench:
    def __init__(self, valkey: Valkey, *, loaded: bool = True) -> None:
        self.valkey = valkey
        self.hands = CallsInHand(3)
        self.fetcher = Fetcher()
        self.engine = Engine()
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.ended = threading.Event()
        self.waited: list[float] = []
        self.stopped_in_wait = threading.Event()
        self.worker = CallConsumer(
            "box/cpu",
            ReportQueue(connect(valkey.url)),
            self.fetcher,
            "auto",
            "test",
            self.hands,
            lambda: self.seconds,
            self.ended.set,
            StallDetector(lambda: self.cpu_seconds),
            wait=self.wait,
        )
        if loaded:
            self.worker.ready(self.engine)

    def wait(self, seconds: float) -> bool:
        """Time passes, and the worker looks after itself meanwhile."""
        for _ in range(math.ceil(seconds / BEAT_EVERY_SECONDS)):
            self.seconds += BEAT_EVERY_SECONDS
            self.worker.end_if_stuck()
        self.waited.append(seconds)
        return self.stopped_in_wait.is_set()

    def receive(self, call: AnalyseCall = CALL) -> threading.Thread:
        """Hand the worker a message, as Dramatiq does, on a thread of its own."""
        thread = threading.Thread(target=self.worker.receive, args=(msgspec.to_builtins(call),), daemon=True)
        thread.start()
        return thread

    def let_go(self) -> None:
        """Of its threads, else those that a test has left waiting go on in the middle of another, which hears of it."""
        self.worker._stopping.set()
        self.fetcher.gate.set()
        self.engine.gate.set()

    def at_work_on(self, *calls: AnalyseCall) -> list[threading.Thread]:
        """Hand the worker these calls and wait until it is analysing all of them; the engine's gate holds them."""
        self.engine.gate.clear()
        threads = [self.receive(call) for call in calls]
        assert wait_until(lambda: len(self.engine.calls) == len(calls), 60)
        return threads

    def reports(self, count: int | None = None) -> list[WorkerReport]:
        """They are done with: else the next look, if it is a late one, finds them put back."""
        return ReportTaker(self.valkey.url).take(count, acknowledge=True)

    def heartbeat(self) -> WorkerHeartbeat:
        """The worker's latest."""
        return CallQueue(connect(self.valkey.url)).heartbeats()["box/cpu"]

    def held(self) -> list[tuple[str, int, float]]:
        """What the worker's latest heartbeat says it holds."""
        return [(one.call_id, one.attempt, one.progress) for one in self.heartbeat().held]


@pytest.fixture
def bench(valkey: Valkey) -> Iterator[Bench]:
    bench = Bench(valkey)
    yield bench
    bench.let_go()


def test_a_recording_that_is_not_what_was_received_is_the_calls_end(bench: Bench) -> None:
    bench.fetcher.error = RecordingDamaged("the recording is damaged on the appliance's disk")
    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallFailed)
    assert report.failure.code == "recording_damaged"
    assert bench.engine.seen == []


def test_an_analysed_call_is_reported_and_nothing_of_it_is_left(bench: Bench) -> None:
    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallAnalysed)
    assert (report.call_id, report.revision, report.attempt) == ("call-1", 1, 2)
    assert (report.worker, report.boot, report.claim_token) == ("box/cpu", bench.worker.boot, "the token")
    assert report.result.transcription == "Hello."
    assert not bench.engine.seen[0].exists()
    bench.worker.beat()
    assert bench.held() == []


def test_only_what_comes_to_a_result_tells_how_long_a_call_is_in_hand(bench: Bench) -> None:
    bench.hands.take("beside it", alone=False)
    bench.engine.error = RecordingAtFault(Failure(code="unreadable", message="it is no recording"))
    bench.receive().join(60)
    bench.engine.error, bench.fetcher.error = None, Obsolete("another has it")
    bench.receive().join(60)
    assert bench.hands.pause_seconds == PAUSE_SECONDS

    bench.fetcher.error = None
    bench.receive().join(60)

    assert bench.hands.pause_seconds == 0  # no time passes here


def test_a_call_in_hand_shows_in_the_heartbeats_with_its_progress(bench: Bench) -> None:
    bench.engine.gate.clear()
    thread = bench.receive()
    assert bench.engine.began.wait(60)

    bench.worker.beat()

    assert bench.held() == [("call-1", 2, 0.5)]
    bench.engine.gate.set()
    thread.join(60)


def test_a_worker_tells_the_api_itself_what_it_has_claimed_and_goes_on_where_that_was_not_heard(bench: Bench) -> None:
    bench.at_work_on(CALL, OTHER)
    bench.fetcher.gate.clear()
    bench.receive(AGAIN)  # not yet claimed
    threading.Thread(target=bench.worker.renew_leases, daemon=True).start()

    assert wait_until(lambda: len(bench.fetcher.renewed) >= 2, 60)

    for renewal in bench.fetcher.renewed[:2]:
        assert (renewal.worker, renewal.boot) == ("box/cpu", bench.worker.boot)
        assert sorted(renewal.held, key=lambda one: one.call_id) == [
            ClaimedCall(call_id=one.call_id, revision=1, attempt=one.attempt, claim_token="the token")
            for one in (CALL, OTHER)
        ]
    bench.engine.gate.set()
    bench.worker.hand_back()


def test_the_heartbeats_tell_how_quick_the_worker_was_and_how_much_it_has_done(bench: Bench) -> None:
    bench.worker.beat()
    assert (bench.heartbeat().calls_done, bench.heartbeat().measured_speed) == (0, None)

    for seconds in (1.0, 3.0):  # for recordings of 2 s each
        bench.engine.gate.clear()
        bench.engine.began.clear()
        thread = bench.receive()
        assert bench.engine.began.wait(60)
        bench.seconds += seconds
        bench.engine.gate.set()
        thread.join(60)
    bench.engine.error = RecordingAtFault(Failure(code="recording_broken", message="cannot be read"))
    bench.receive().join(60)

    bench.worker.beat()
    assert (bench.heartbeat().calls_done, bench.heartbeat().measured_speed) == (3, 1.0)


def test_the_heartbeats_tell_the_device_that_the_engine_runs_on_and_the_program(bench: Bench) -> None:
    bench.worker.beat()

    assert (bench.heartbeat().device, bench.heartbeat().model) == ("cpu", "test")
    assert bench.heartbeat().program == __version__


def test_a_claimed_call_whose_recording_could_not_be_brought_here_is_given_back(bench: Bench) -> None:
    bench.fetcher.claimed_at_once = True
    bench.fetcher.error = Unavailable("no room for it")
    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallReleased)
    assert (report.call_id, report.claim_token) == ("call-1", "the token")


def test_a_recording_that_there_is_never_room_for_is_a_crash_and_not_taken_for_ever(bench: Bench) -> None:
    bench.fetcher.claimed_at_once = True
    bench.fetcher.error = NoRoomForEver("/var/tmp has no room for a recording of 900 MB, for the 100th time")
    bench.fetcher.obstacle = "/var/tmp has no room for a recording of 900 MB"
    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallCrashed)
    assert (report.in_hand, report.failure.code, report.failure.message) == (
        1,
        "engine_error",
        "/var/tmp has no room for a recording of 900 MB, for the 100th time",
    )
    bench.worker.beat()
    assert bench.heartbeat().last_error == "/var/tmp has no room for a recording of 900 MB"


@pytest.mark.parametrize("error", [Obsolete("410"), Unavailable("gone for long")])
def test_an_attempt_that_the_api_does_not_give_is_neither_analysed_nor_reported(bench: Bench, error: Exception) -> None:
    bench.fetcher.error = error

    bench.receive().join(60)

    assert bench.engine.seen == []
    assert bench.reports() == []
    bench.worker.beat()
    assert bench.held() == []


def test_a_recording_at_fault_is_reported_with_its_name(bench: Bench) -> None:
    bench.engine.error = RecordingAtFault(Failure(code="recording_broken", message="cannot be read"))

    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallFailed)
    assert report.failure.code == "recording_broken"


def test_an_engine_that_breaks_is_a_crash_and_the_worker_goes_on(bench: Bench) -> None:
    bench.engine.error = MemoryError("no more")
    bench.receive().join(60)
    bench.engine.error = None
    bench.receive().join(60)

    first, second = bench.reports()
    assert isinstance(first, CallCrashed)
    assert "MemoryError" in first.failure.message
    assert isinstance(second, CallAnalysed)


def test_what_an_engine_gives_that_cannot_be_is_a_crash_and_is_never_sent(bench: Bench) -> None:
    bench.engine.result = msgspec.structs.replace(analysed(CALL).result, duration_seconds=float("inf"))
    bench.receive().join(60)

    (report,) = bench.reports()
    assert isinstance(report, CallCrashed)
    assert (report.failure.code, "duration_seconds" in report.failure.message) == ("engine_error", True)


def test_on_sigterm_a_claim_that_is_being_answered_is_waited_for_and_given_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the token that the answer brings, the api would not believe us."""
    monkeypatch.setattr("appliance.worker.consumer.CLAIM_ANSWER_SECONDS", 30.0)
    bench.fetcher.gate.clear()
    bench.receive()
    assert bench.fetcher.asked.wait(60)
    threading.Timer(0.3, bench.fetcher.gate.set).start()

    bench.worker.hand_back()

    (report,) = bench.reports()
    assert isinstance(report, CallReleased)
    assert report.claim_token == "the token"


def test_an_engine_that_hangs_is_a_crash_and_ends_the_worker(bench: Bench) -> None:
    bench.engine.gate.clear()
    thread = bench.receive()
    assert bench.engine.began.wait(60)
    bench.seconds += STUCK_AFTER_SECONDS - 1
    bench.worker.end_if_stuck()
    assert not bench.ended.is_set()

    bench.seconds += 2
    bench.worker.end_if_stuck()

    assert bench.ended.is_set()
    (report,) = bench.reports()
    assert isinstance(report, CallCrashed)
    assert (report.call_id, report.attempt) == ("call-1", 2)
    assert "no progress for 1800 s" in report.failure.message
    bench.engine.gate.set()  # too late: nothing more is told of this attempt
    thread.join(0.5)
    assert bench.reports() == []


def test_an_engine_that_neither_progresses_nor_computes_is_noticed_within_a_minute(bench: Bench) -> None:
    looks = round(STILL_AFTER_SECONDS / BEAT_EVERY_SECONDS)
    bench.engine.gate.clear()
    bench.receive()
    assert bench.engine.began.wait(60)
    bench.worker.end_if_stuck()
    for _ in range(looks - 1):
        bench.worker.end_if_stuck()
    assert not bench.ended.is_set()

    bench.cpu_seconds += 1.0  # the call computes: it is merely long
    for _ in range(looks):
        bench.worker.end_if_stuck()
    assert not bench.ended.is_set()

    bench.worker.end_if_stuck()

    assert bench.ended.is_set()
    (report,) = bench.reports()
    assert isinstance(report, CallCrashed)
    assert "neither progressed nor computed for 60 s" in report.failure.message


def test_whoever_waits_for_a_recording_does_not_hang_however_still_it_is(bench: Bench) -> None:
    bench.fetcher.gate.clear()
    thread = bench.receive()
    assert bench.fetcher.asked.wait(60)
    for _ in range(100):
        bench.worker.end_if_stuck()
    bench.fetcher.gate.set()
    thread.join(60)
    assert not bench.ended.is_set()


def test_a_worker_says_that_it_looks_after_itself_as_long_as_it_does(bench: Bench) -> None:
    assert bench.worker.looks_after_itself
    bench.seconds += LATE_AFTER_SECONDS
    assert not bench.worker.looks_after_itself


def test_a_worker_that_waits_for_its_recording_or_for_work_is_not_stuck(bench: Bench) -> None:
    bench.fetcher.gate.clear()
    thread = bench.receive()
    assert bench.fetcher.asked.wait(60)
    bench.seconds += 10 * STUCK_AFTER_SECONDS
    bench.worker.end_if_stuck()
    bench.fetcher.gate.set()
    thread.join(60)
    bench.seconds += 10 * STUCK_AFTER_SECONDS
    bench.worker.end_if_stuck()

    assert not bench.ended.is_set()


def test_on_sigterm_the_call_in_hand_is_given_back_and_its_result_is_not_told(bench: Bench) -> None:
    bench.engine.gate.clear()
    bench.receive()
    assert bench.engine.began.wait(60)

    bench.worker.hand_back()
    bench.engine.gate.set()

    (report,) = bench.reports()
    assert isinstance(report, CallReleased)
    assert (report.call_id, report.revision, report.attempt) == ("call-1", 1, 2)
    assert CallQueue(connect(bench.valkey.url)).heartbeats() == {}


def test_on_sigterm_a_call_whose_recording_is_still_on_its_way_is_given_back_too(bench: Bench) -> None:
    # The head of the answer was the claim: the api counts us as its holder from then on.
    bench.fetcher.claimed_at_once = True
    bench.fetcher.gate.clear()
    bench.receive()
    assert bench.fetcher.asked.wait(60)

    bench.worker.hand_back()

    (report,) = bench.reports()
    assert isinstance(report, CallReleased)
    assert report.claim_token == "the token"
    bench.fetcher.gate.set()


def test_on_sigterm_nothing_is_said_of_a_call_whose_claim_was_not_answered(bench: Bench) -> None:
    # A word without the claim's token would be taken for a forged one.
    bench.fetcher.gate.clear()
    bench.receive()
    assert bench.fetcher.asked.wait(60)

    bench.worker.hand_back()

    assert bench.reports() == []
    bench.fetcher.gate.set()


def test_after_sigterm_no_further_call_is_begun(bench: Bench) -> None:
    bench.worker.hand_back()

    thread = bench.receive()
    thread.join(0.5)

    assert thread.is_alive(), "not acknowledged: the process ends with the message in its hands"
    assert not bench.fetcher.asked.is_set()


def test_on_sigterm_a_worker_without_a_queue_ends_all_the_same(bench: Bench) -> None:
    bench.engine.gate.clear()
    bench.receive()
    assert bench.engine.began.wait(60)
    bench.valkey.kill()

    ending = threading.Thread(target=bench.worker.hand_back, daemon=True)
    ending.start()
    ending.join(30)

    assert not ending.is_alive()


def test_a_result_is_kept_until_the_queue_is_back(bench: Bench) -> None:
    bench.engine.gate.clear()
    thread = bench.receive()
    assert bench.engine.began.wait(60)
    bench.valkey.kill()
    bench.engine.gate.set()
    thread.join(1.5)
    assert thread.is_alive(), "it cannot have told anybody"

    bench.valkey.start()

    assert [type(report) for report in bench.reports(1)] == [CallAnalysed]
    thread.join(60)
    assert not thread.is_alive()


def test_heartbeats_go_on_after_the_queue_was_killed(bench: Bench) -> None:
    bench.valkey.kill()
    bench.worker.beat()
    bench.valkey.start()

    bench.worker.beat()

    assert list(CallQueue(connect(bench.valkey.url)).heartbeats()) == ["box/cpu"]


def test_a_message_that_nobody_understands_is_dropped(bench: Bench) -> None:
    bench.worker.receive({"call_id": 7})

    assert not bench.fetcher.asked.is_set()
    assert bench.reports() == []


def test_what_is_in_hand_lies_where_only_the_worker_can_read_it(bench: Bench) -> None:
    bench.engine.gate.clear()
    thread = bench.receive()
    assert bench.engine.began.wait(60)

    folder = bench.engine.seen[0].parent
    assert folder.stat().st_mode & 0o077 == 0
    assert folder.is_relative_to(tempfile.gettempdir())
    bench.engine.gate.set()
    thread.join(60)
    assert wait_until(lambda: not folder.exists(), 60)


def test_several_calls_are_analysed_at_the_same_time_and_all_show(bench: Bench) -> None:
    threads = bench.at_work_on(CALL, OTHER)

    bench.worker.beat()

    assert bench.held() == [("call-1", 2, 0.5), ("call-2", 1, 0.5)]
    bench.engine.gate.set()
    for thread in threads:
        thread.join(60)
    assert {report.call_id for report in bench.reports()} == {"call-1", "call-2"}


def test_on_sigterm_all_calls_in_hand_are_given_back_and_nothing_more_is_taken(bench: Bench) -> None:
    bench.at_work_on(CALL, OTHER)

    bench.worker.hand_back()

    assert {(type(report), report.call_id) for report in bench.reports()} == {
        (CallReleased, "call-1"),
        (CallReleased, "call-2"),
    }
    assert not bench.hands.wait_for_room(0)


def test_an_engine_that_breaks_beside_another_call_says_so(bench: Bench) -> None:
    threads = bench.at_work_on(CALL, OTHER)
    bench.engine.error = MemoryError("no more")
    bench.engine.gate.set()
    for thread in threads:
        thread.join(60)

    reports = [report for report in bench.reports() if isinstance(report, CallCrashed)]
    assert max(report.in_hand for report in reports) == 2


def test_an_engine_that_hangs_with_one_call_gives_the_other_back(bench: Bench) -> None:
    bench.at_work_on(CALL)
    bench.seconds += STUCK_AFTER_SECONDS
    bench.receive(OTHER)
    assert wait_until(lambda: len(bench.engine.calls) == 2, 60)
    bench.seconds += 1

    bench.worker.end_if_stuck()

    assert bench.ended.is_set()
    crashed, other = bench.reports()
    assert isinstance(crashed, CallCrashed)
    assert (crashed.call_id, crashed.in_hand) == ("call-1", 2)
    assert isinstance(other, CallReleased)
    assert other.call_id == "call-2"


def test_a_second_copy_of_a_message_is_not_worked_on(bench: Bench) -> None:
    (first,) = bench.at_work_on(CALL)

    bench.receive(CALL).join(60)

    assert bench.engine.calls == [CALL]
    bench.engine.gate.set()
    first.join(60)
    assert len(bench.reports()) == 1


def test_a_call_that_is_given_out_again_waits_for_the_work_that_is_being_done_on_it(bench: Bench) -> None:
    """The queue was wiped: our result is in time while nobody has claimed the next attempt."""
    (first,) = bench.at_work_on(CALL)
    bench.fetcher.asked.clear()
    second = bench.receive(AGAIN)

    def both_show() -> bool:
        bench.worker.beat()
        return [attempt for _, attempt, _ in bench.held()] == [2, 3]

    assert wait_until(both_show, 60)
    second.join(0.3)
    assert not bench.fetcher.asked.is_set()

    bench.engine.gate.set()
    first.join(60)
    second.join(60)

    assert [report.attempt for report in bench.reports()] == [2, 3]


def test_a_call_alone_is_claimed_when_nothing_else_is_in_hand(bench: Bench) -> None:
    (first,) = bench.at_work_on(CALL)
    bench.fetcher.asked.clear()
    bench.hands.take("message 1", alone=False)
    bench.hands.take("message 2", alone=True)
    second = bench.receive(msgspec.structs.replace(OTHER, alone=True))
    second.join(0.3)
    assert not bench.fetcher.asked.is_set()

    bench.engine.gate.set()
    first.join(60)
    bench.hands.put_down("message 1")  # acknowledged

    second.join(60)
    assert [call.call_id for call in bench.engine.calls] == ["call-1", "call-2"]


ASSERTED = "DeviceFailed: cuda:0 does not compute any more: CUDA error: device-side assert triggered"
ECC = "DeviceFailed: cuda:0 does not compute any more: CUDA error: uncorrectable ECC error encountered"


def test_a_device_that_fails_ends_the_worker_by_name_once_and_its_calls_go_back(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.at_work_on(CALL, OTHER)
    bench.engine.error = DeviceFailed(ASSERTED)
    bench.engine.gate.set()

    assert bench.ended.wait(60)

    reports = bench.reports()
    assert sorted(report.call_id for report in reports) == ["call-1", "call-2"]
    for report in reports:
        assert isinstance(report, CallCrashed)
        assert (report.failure.code, report.failure.message, report.in_hand) == ("engine_error", ASSERTED, 2)
    ended = [record.message for record in caplog.records if record.message == f"{ASSERTED}; this worker ends"]
    assert len(ended) == 1, "however many calls find it out"
    last = bench.heartbeat()
    assert (last.ready, last.ended, last.last_error, last.deaths_while_loading) == (False, True, ASSERTED, 0)


def test_a_machine_that_is_broken_costs_no_call(bench: Bench) -> None:
    """None of those in hand can have brought it about: they are only given back."""
    bench.at_work_on(CALL, OTHER)
    bench.engine.error = DeviceFailed(ECC, of_the_machine=True)
    bench.engine.gate.set()

    assert bench.ended.wait(60)

    reports = bench.reports()
    assert sorted(report.call_id for report in reports) == ["call-1", "call-2"]
    for report in reports:
        assert isinstance(report, CallReleased)
        assert report.reason == "its worker's device failed"
    assert (bench.heartbeat().ended, bench.heartbeat().last_error) == (True, ECC)


@pytest.mark.parametrize(("full", "waited"), [(1, 30.0), (2, 90.0), (9, 90.0)])
def test_a_call_that_finds_the_card_full_waits_and_is_given_back_where_it_stays_so(
    bench: Bench, full: int, waited: float
) -> None:
    """A neighbour has filled it: no fault of the call's, nor one that hangs."""
    bench.engine.full = full
    bench.receive().join(60)

    (report,) = bench.reports()
    assert not bench.ended.is_set()
    assert sum(bench.waited) == waited
    assert len(bench.engine.calls) == min(full, len(FULL_PAUSES_SECONDS)) + 1
    if full <= len(FULL_PAUSES_SECONDS):
        assert isinstance(report, CallAnalysed)
    else:
        assert isinstance(report, CallReleased)
        assert report.reason == "cuda:0 has no memory left"
    bench.worker.beat()
    assert bench.held() == []


def test_a_call_for_which_no_memory_is_ever_enough_is_not_given_back_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_TIMES_FULL", 3)
    bench.engine.full = 99
    for attempt in (1, 2, 3):
        bench.receive(msgspec.structs.replace(CALL, attempt=attempt)).join(60)

    assert [type(report) for report in bench.reports()] == [CallReleased, CallReleased, CallCrashed]


def test_a_call_that_waits_for_memory_is_given_back_on_sigterm_and_not_tried_again(bench: Bench) -> None:
    bench.engine.full = 9
    bench.stopped_in_wait.set()
    bench.receive()
    assert wait_until(lambda: len(bench.waited) == 1, 60)

    bench.worker.hand_back()

    (report,) = bench.reports()
    assert isinstance(report, CallReleased)
    assert report.reason == "the worker was stopped"
    assert (len(bench.engine.calls), len(bench.waited)) == (1, 1)


def test_a_worker_ends_also_where_its_reports_cannot_be_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> NoReturn:
        raise ValueError("a report that cannot be")

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(ReportQueue, "report", broken)
    bench.engine.error = DeviceFailed(ECC)
    thread = bench.receive()
    assert bench.ended.wait(60)
    thread.join(60)  # its error is told while nobody hears it
    assert bench.heartbeat().last_error == ECC

    hanging = Bench(bench.valkey)
    (stuck,) = hanging.at_work_on(CALL)
    hanging.seconds += STUCK_AFTER_SECONDS + 1
    with pytest.raises(ValueError, match="cannot be"):
        hanging.worker.end_if_stuck()
    assert hanging.ended.is_set()
    hanging.let_go()
    stuck.join(60)


def test_the_next_life_tells_of_the_device_until_it_is_ready(bench: Bench) -> None:
    bench.engine.error = DeviceFailed(ECC)
    bench.receive()
    assert bench.ended.wait(60)

    following = Bench(bench.valkey, loaded=False)
    following.worker.beat()
    loading = following.heartbeat()
    assert (loading.ready, loading.ended, loading.last_error, loading.deaths_while_loading) == (False, False, ECC, 0)
    following.engine.device = "cuda:0"
    following.worker.ready(following.engine)
    assert following.heartbeat().last_error == ""


def test_a_worker_that_goes_on_without_its_card_tells_of_it_until_it_has_one_again(bench: Bench) -> None:
    """By "auto" it is ready on the processor, at a hundredth of the speed."""
    bench.engine.error = DeviceFailed(ECC)
    bench.receive()
    assert bench.ended.wait(60)

    for device, tells in (("cpu", ECC), ("cpu", ECC), ("cuda", ""), ("cpu", "")):
        life = Bench(bench.valkey, loaded=False)
        life.worker.beat()
        life.engine.device = device
        life.worker.ready(life.engine)
        assert (life.heartbeat().ready, life.heartbeat().last_error) == (True, tells)
        life.worker.beat()
        assert life.heartbeat().last_error == tells


def test_a_device_that_fails_again_while_loading_is_counted(bench: Bench) -> None:
    bench.engine.error = DeviceFailed(ECC)
    bench.receive()
    assert bench.ended.wait(60)

    following = Bench(bench.valkey, loaded=False)
    following.worker.end(ECC)
    assert (following.heartbeat().deaths_while_loading, following.heartbeat().last_error) == (1, ECC)


def test_a_device_that_fails_after_sigterm_is_told_of_no_more(bench: Bench) -> None:
    bench.at_work_on(CALL)
    bench.worker.hand_back()
    bench.engine.error = DeviceFailed(ECC)
    bench.engine.gate.set()

    (report,) = bench.reports(1)
    assert isinstance(report, CallReleased)
    assert bench.reports() == []
    assert not bench.ended.is_set()
