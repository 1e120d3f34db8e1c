"""A worker's way with each call: claim it, have it analysed, report. What is held shows in the heartbeats.

Whatever goes wrong here, the call is not lost: it is handed back, or its lease ends, or its message is seen to be
missing. So nothing is ever acknowledged that was not reported.
"""

from __future__ import annotations

import logging
import math
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from appliance import __version__
from appliance.errors import Obsolete, Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.bounds import MAX_SENTENCE, fit_text
from appliance.messages.call_result import Failure
from appliance.messages.claim_headers import PROTOCOL, boot_of
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.messages.lease_renewal import LeaseRenewal
from appliance.messages.reports import CallAnalysed, CallCrashed, CallFailed, CallReleased, WorkerReport, check_report
from appliance.process.log.subject import lines_about
from appliance.queue.report_queue import ReportQueue
from appliance.worker.broker import CallsInHand
from appliance.worker.engine import DeviceFailed, DeviceFull, Engine, RecordingAtFault, WaitsForMemory
from appliance.worker.failed_starts import FailedStarts
from appliance.worker.held_calls import HeldCalls, Holding, is_stuck, log_of_call, wait_for_end
from appliance.worker.recording_fetch import NoRoomForEver, RecordingDamaged, RecordingFetcher
from appliance.worker.speed import Speed
from appliance.worker.stall_detector import STILL_AFTER_SECONDS, STUCK_AFTER_SECONDS, StallDetector

logger = logging.getLogger(__name__)

BEAT_EVERY_SECONDS = 2.0
TRY_AGAIN_AFTER_SECONDS = 1.0
# A claim is answered at once, unless the api is being restarted.
CLAIM_ANSWER_SECONDS = 2.0
# A heartbeat may have to wait for the queue, twice.
LATE_AFTER_SECONDS = 30.0


class CallConsumer:
    """One worker: what it does with the calls that Dramatiq's threads bring, each on a thread of its own."""

    def __init__(
        self,
        name: str,
        queue: ReportQueue,
        fetcher: RecordingFetcher,
        device: str,
        model: str,
        hands: CallsInHand,
        monotonic: Callable[[], float] = time.monotonic,
        end_process: Callable[[], None] = lambda: None,
        stall_detector: StallDetector | None = None,
        machine: str = "",
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.name = name
        self._secret = secrets.token_hex(32)
        self.boot = boot_of(self._secret)
        self._machine = machine
        self._queue, self._fetcher = queue, fetcher
        self._device, self._model = device, model
        self._engine: Engine | None = None
        self._hands = hands
        self._held = HeldCalls(hands)
        self._lock = threading.Lock()
        # Heartbeats go out one after the other; after the last one there is none.
        self._beating, self._ending = threading.Lock(), threading.Lock()
        self._beat = self._calls_done = 0
        self._code_packs: tuple[str, ...] = ()
        self._missing_protections: tuple[str, ...] = ()
        self._languages: tuple[str, ...] = ()
        self._failed_starts: FailedStarts | None = None  # unknown until the queue was reached
        self._ended = False
        self._speed, self._memory = Speed(monotonic), WaitsForMemory()
        self._monotonic, self._end_process = monotonic, end_process
        self._stall_detector = stall_detector or StallDetector()
        self._looked_at = monotonic()
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait  # returns whether we are to stop

    def ready(self, engine: Engine) -> None:
        """The models are loaded: where, and which, the engine knows best."""
        self._engine = engine
        self._device, self._model = engine.device, engine.model
        self._code_packs, self._languages = engine.code_packs, engine.languages
        self.beat()

    def lacks(self, protections: tuple[str, ...]) -> None:
        """What is not in force here; the heartbeats tell."""
        for one in protections:
            logger.warning("%s", one)
        self._missing_protections = tuple(fit_text(one, MAX_SENTENCE) for one in protections)

    def beat(self) -> None:
        """Show once that we live; a queue that cannot be reached is tried again with the next beat."""
        with self._beating:
            if not self._ended:
                self._send_heartbeat()

    def end(self, error: str) -> None:
        """We die, while loading or of our device: leave the reason in the queue, as our last heartbeat."""
        with self._beating:
            self._ended = True
            self._send_heartbeat(error)
        self._stopping.set()

    def _send_heartbeat(self, error: str | None = None) -> None:
        try:
            if self._failed_starts is None:
                self._failed_starts = FailedStarts.known_from(self._queue.last_heartbeat(self.name))
            self._queue.beat(self._heartbeat(self._failed_starts, error))
        except Unavailable as unavailable:
            logger.debug("no heartbeat: %s", unavailable)

    def _heartbeat(self, earlier: FailedStarts, error: str | None) -> WorkerHeartbeat:
        failed = earlier.seen_from(loaded=self._engine is not None, error=error, device=self._device)
        with self._lock:
            self._beat += 1
            return WorkerHeartbeat(
                worker=self.name,
                boot=self.boot,
                beat=self._beat,
                device=self._device,
                model=self._model,
                ready=self._engine is not None and error is None,
                held=self._held.shown(),
                program=__version__,
                calls_done=self._calls_done,
                measured_speed=self._speed.measured,
                deaths_while_loading=failed.deaths,
                last_error=fit_text(failed.last_error or self._fetcher.obstacle, MAX_SENTENCE),
                ended=error is not None,
                machine=self._machine,
                calls_at_once=self._hands.calls_at_once,
                code_packs=list(self._code_packs),
                protocol=PROTOCOL,
                missing_protections=list(self._missing_protections),
                languages=list(self._languages),
            )

    def beat_forever(self) -> None:
        """Until we stop."""
        while not self._stopping.wait(BEAT_EVERY_SECONDS):
            self.beat()
            self.end_if_stuck()
            self._looked_at = self._monotonic()

    def renew_leases(self) -> None:
        """Until we stop, tell the api itself what we hold: heartbeats could be anybody's."""
        while not self._stopping.wait(BEAT_EVERY_SECONDS):
            if held := self._held.claimed_calls():
                try:
                    self._fetcher.renew(LeaseRenewal(worker=self.name, boot=self.boot, held=held))
                except Unavailable as error:  # it is told the next time
                    logger.debug("no leases renewed: %s", error)
                except Exception:  # a thread that ended would cost every call in hand its lease
                    logger.exception("no leases renewed")

    @property
    def looks_after_itself(self) -> bool:
        """Whether `beat_forever` goes on, which ends this process when a call hangs."""
        return self._monotonic() - self._looked_at < LATE_AFTER_SECONDS

    def end_if_stuck(self) -> None:
        """An analysis that hangs is a crash of its call: tell it, and end this process, which nothing else frees."""
        horizon = self._monotonic() - STUCK_AFTER_SECONDS
        if self._stall_detector.look(self._held.under_way()) * BEAT_EVERY_SECONDS >= STILL_AFTER_SECONDS:
            self._end_stuck(math.inf, f"the analysis neither progressed nor computed for {STILL_AFTER_SECONDS:.0f} s")
        elif self._held.stuck(horizon):
            self._end_stuck(horizon, f"the analysis made no progress for {STUCK_AFTER_SECONDS:.0f} s")

    def _end_stuck(self, horizon: float, message: str) -> None:
        self._stopping.set()
        with ExitStack() as ending:
            ending.callback(self._end_process)  # whatever becomes of the reports: nothing else ends it
            self._give_up(lambda one: is_stuck(one, horizon), message, "its worker hung with another call")

    def _end_with_its_device(self, failed: DeviceFailed) -> None:
        """End, once for all that find it out; which of them it was, if any can be, is found out when each is alone."""
        with self._ending:
            if self._stopping.is_set():
                return
            self._stopping.set()
        error, may_be_a_calls = str(failed), not failed.of_the_machine
        logger.error("%s; this worker ends", error)
        with ExitStack() as ending:  # whatever becomes of the reports
            ending.callback(self._end_process)
            ending.callback(self.end, error)
            self._give_up(lambda one: may_be_a_calls and one.moved_at is not None, error, "its worker's device failed")

    def _give_up(self, crashed: Callable[[Holding], bool], message: str, reason: str) -> None:
        """Report the calls in hand, some as crashes, before this process ends."""
        in_hand = self._held.begun()
        failure = Failure(code="engine_error", message=fit_text(message, MAX_SENTENCE))
        try:
            for one in self._held.close():
                if crashed(one):
                    log_of_call(logging.ERROR, one.call, f"{message}; this worker ends")
                    self._queue.report(CallCrashed(**self._head(one), failure=failure, in_hand=in_hand))
                else:
                    self._queue.report(CallReleased(**self._head(one), reason=reason))
        except Unavailable as error:
            logger.warning("could not report it: %s", error)  # then our next life is seen, or the leases end

    def receive(self, body: dict[str, Any]) -> None:
        """The actor: one message of the queue."""
        try:
            call = msgspec.convert(body, AnalyseCall)
        except msgspec.ValidationError:
            logger.exception("a message that we do not understand was dropped")
            return
        # Before the fetch, which is the claim: from then on `hand_back` must give it back.
        holding = self._held.pick_up(call)
        if holding is None:
            return
        try:
            self._held.begin(holding)
            with tempfile.TemporaryDirectory(prefix="vbot-") as folder, lines_about(call_id=call.call_id):
                self._claim_and_work(holding, Path(folder) / "recording")
        finally:
            self._held.put_down(holding)

    def _claim_and_work(self, holding: Holding, recording: Path) -> None:
        call = holding.call
        try:
            self._fetcher.fetch(
                call.recording_path,
                recording,
                self.name,
                self._secret,
                self._stopping,
                lambda token: self._held.claimed(holding, token),
            )
        except (Obsolete, Unavailable) as error:
            logger.info("call %s attempt %d is not ours: %s", call.call_id, call.attempt, error)
            if isinstance(error, Unavailable) and holding.claim_token and not self._stopping.is_set():
                # It is: claimed, and no fault of its recording's that it could not be brought here.
                self._report(CallReleased(**self._head(holding), reason=fit_text(str(error), MAX_SENTENCE)))
        except NoRoomForEver as error:
            self._report(self._broke(holding, str(error)))
        except RecordingDamaged as error:
            logger.warning("call %s: %s", call.call_id, error)
            failure = Failure(code="recording_damaged", message=str(error))
            self._report(CallFailed(**self._head(holding), failure=failure))
        else:
            self._work(holding, recording)

    def _work(self, holding: Holding, recording: Path) -> None:
        self.beat()
        call = holding.call
        logger.info("call %s attempt %d: analysing", call.call_id, call.attempt)
        began = self._monotonic()
        self._speed.begin()
        report = self._analyse(call, recording, holding)
        self._speed.end(report.result.duration_seconds if isinstance(report, CallAnalysed) else None)
        took = self._monotonic() - began
        if self._stopping.is_set():
            wait_for_end()  # `hand_back` has reported for us
        self._report(report)
        with self._lock:
            self._calls_done += 1
        logger.info("call %s attempt %d: %.1f s", call.call_id, call.attempt, took)

    def _analyse(self, call: AnalyseCall, recording: Path, holding: Holding) -> WorkerReport:
        began = holding.moved_at = self._monotonic()

        def on_progress(share: float) -> None:
            holding.progress, holding.moved_at = share, self._monotonic()

        def wait(seconds: float) -> None:
            nonlocal began
            if self._wait(seconds):
                wait_for_end()
            began = holding.moved_at = self._monotonic()

        engine = self._engine
        assert engine is not None  # noqa: S101 - we take calls only once it is loaded
        try:
            result = self._memory.analyse(call.call_id, lambda: engine.analyse(recording, call, on_progress), wait)
        except RecordingAtFault as fault:
            logger.warning("call %s: %s", call.call_id, fault)
            message = fit_text(fault.failure.message, MAX_SENTENCE)
            return CallFailed(**self._head(holding), failure=Failure(code=fault.failure.code, message=message))
        except DeviceFull as error:
            logger.warning("call %s attempt %d is given back: %s", call.call_id, call.attempt, error)
            return CallReleased(**self._head(holding), reason=fit_text(str(error), MAX_SENTENCE))
        except DeviceFailed as error:
            self._end_with_its_device(error)
            wait_for_end()
        except Exception as error:
            logger.exception("call %s attempt %d broke the engine", call.call_id, call.attempt)
            return self._broke(holding, f"the analysis broke: {type(error).__name__}")
        finally:
            holding.moved_at = None
        report = CallAnalysed(**self._head(holding), result=result)
        try:
            check_report(report)
        except msgspec.ValidationError as error:
            logger.error("call %s attempt %d: %s", call.call_id, call.attempt, error)  # noqa: TRY400 - the engine's
            return self._broke(holding, f"the analysis gave what cannot be: {error}")
        self._hands.analysed(self._monotonic() - began)
        return report

    def _broke(self, holding: Holding, message: str) -> CallCrashed:
        failure = Failure(code="engine_error", message=fit_text(message, MAX_SENTENCE))
        return CallCrashed(**self._head(holding), failure=failure, in_hand=self._held.begun())

    def _head(self, holding: Holding) -> Any:
        return holding.head(self.name, self.boot)

    def _report(self, report: WorkerReport) -> None:
        """Until it is in the queue: what we found out is nowhere else."""
        while True:
            try:
                self._queue.report(report)
            except Unavailable as error:
                logger.warning("cannot report yet: %s", error)
                if self._stopping.wait(TRY_AGAIN_AFTER_SECONDS):
                    wait_for_end()
            else:
                return

    def hand_back(self) -> None:
        """SIGTERM: give back what is held; nobody is to wait for its lease to end."""
        self._stopping.set()
        try:
            held = self._held.close()
            self._held.wait_for_answers(CLAIM_ANSWER_SECONDS)
            for one in held:
                if one.claim_token is None:
                    continue  # not claimed, or it is not known: the api takes no word for it
                self._queue.report(CallReleased(**self._head(one), reason="the worker was stopped"))
                log_of_call(logging.INFO, one.call, "handed back")
            with self._beating:
                self._ended = True
                self._queue.leave(self.name)
        except Unavailable as error:
            logger.warning("could not hand back: %s", error)
