"""The worker's loop: take a call, claim it, have it analysed, report. What is held shows in the heartbeats.

Whatever goes wrong here, the call is not lost: it is handed back, or its lease ends, or its message is seen to be
missing. So nothing is ever acknowledged that was not reported.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from appliance import __version__
from appliance.errors import ApplianceError, Obsolete, Unavailable
from appliance.messages import (
    AnalyseCall,
    CallAnalysed,
    CallCrashed,
    CallFailed,
    CallReleased,
    CallResult,
    Failure,
    Held,
    WorkerHeartbeat,
    WorkerReport,
)
from appliance.queue.broker import ReportQueue
from appliance.queue.recording_fetch import RecordingFetcher

logger = logging.getLogger(__name__)

BEAT_EVERY_SECONDS = 2.0
TRY_AGAIN_AFTER_SECONDS = 1.0
# An engine that says nothing for so long hangs. It speaks after every turn, and the largest model on the slowest
# processor hears the longest turn in less.
STUCK_AFTER_SECONDS = 1800.0
# One call says little about a worker's speed: short ones take longer for each second of theirs.
SPEED_OVER_CALLS = 20


class RecordingAtFault(ApplianceError):
    """The recording cannot be analysed, and could not be the next time either."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Engine(Protocol):
    """The seam to the engine: what a worker needs of it."""

    device: str
    model: str

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        """Analyse a recording; raises RecordingAtFault."""
        ...


@dataclass(slots=True)
class _Holding:
    call: AnalyseCall
    progress: float = 0.0
    moved_at: float | None = None  # when its analysis last showed progress; None: it is not being analysed


class Speed:
    """How many seconds of audio a worker analyses in a second, over its last calls."""

    def __init__(self) -> None:
        self._last: deque[tuple[float, float]] = deque(maxlen=SPEED_OVER_CALLS)

    def note(self, audio_seconds: float, seconds: float) -> None:
        """A call of this length was analysed in this time."""
        self._last.append((audio_seconds, seconds))

    @property
    def measured(self) -> float | None:
        """None before the first call."""
        seconds = sum(taken for _, taken in self._last)
        return round(sum(audio for audio, _ in self._last) / seconds, 2) if seconds > 0 else None


class CallConsumer:
    """One worker: takes one call at a time."""

    def __init__(
        self,
        name: str,
        queue: ReportQueue,
        fetcher: RecordingFetcher,
        device: str,
        model: str,
        monotonic: Callable[[], float] = time.monotonic,
        end_process: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.boot = uuid4().hex
        self._queue = queue
        self._fetcher = fetcher
        self._device = device
        self._model = model
        self._engine: Engine | None = None
        self._held: dict[str, _Holding] = {}
        self._lock = threading.Lock()
        self._beat = 0
        self._calls_done = 0
        self._speed = Speed()
        self._monotonic = monotonic
        self._end_process = end_process
        self._stopping = threading.Event()

    def ready(self, engine: Engine) -> None:
        """The models are loaded: where, and which, the engine knows best."""
        self._engine = engine
        self._device, self._model = engine.device, engine.model
        self.beat()

    def beat(self) -> None:
        """Show once that we live; a queue that cannot be reached is tried again with the next beat."""
        with self._lock:
            self._beat += 1
            held = [
                Held(
                    call_id=item.call.call_id,
                    revision=item.call.revision,
                    attempt=item.call.attempt,
                    progress=round(item.progress, 3),
                )
                for item in self._held.values()
            ]
            heartbeat = WorkerHeartbeat(
                worker=self.name,
                boot=self.boot,
                beat=self._beat,
                device=self._device,
                model=self._model,
                ready=self._engine is not None,
                held=held,
                program=__version__,
                calls_done=self._calls_done,
                measured_speed=self._speed.measured,
            )
        try:
            self._queue.beat(heartbeat)
        except Unavailable as error:
            logger.debug("no heartbeat: %s", error)

    def beat_forever(self) -> None:
        """Until we stop."""
        while not self._stopping.wait(BEAT_EVERY_SECONDS):
            self.beat()
            self.end_if_stuck()

    def end_if_stuck(self) -> None:
        """An analysis that hangs is a crash of this call: tell it, and end this process, which nothing else frees."""
        horizon = self._monotonic() - STUCK_AFTER_SECONDS
        with self._lock:
            stuck = [item.call for item in self._held.values() if item.moved_at is not None and item.moved_at < horizon]
        if not stuck:
            return
        self._stopping.set()
        message = f"the analysis made no progress for {STUCK_AFTER_SECONDS:.0f} s"
        for call in stuck:
            logger.error("call %s attempt %d: %s; this worker ends", call.call_id, call.attempt, message)
            failure = Failure(code="engine_error", message=message)
            try:
                self._queue.report(CallCrashed(**_address(call), failure=failure))
            except Unavailable as error:
                logger.warning("could not report it: %s", error)  # then its lease ends, or our next life is seen
        self._end_process()

    def receive(self, body: dict[str, Any]) -> None:
        """The actor: one message of the queue."""
        try:
            call = msgspec.convert(body, AnalyseCall)
        except msgspec.ValidationError:
            logger.exception("a message that we do not understand was dropped")
            return
        holding = _Holding(call)
        with self._lock:
            # Before the fetch, which is the claim: from then on `hand_back` must give it back.
            if not self._stopping.is_set():
                self._held[call.call_id] = holding
        if self._stopping.is_set():
            # Not acknowledged before this process ends; the api notices that it was passed over.
            threading.Event().wait()
        with tempfile.TemporaryDirectory(prefix="vbot-") as folder:
            recording = Path(folder) / "recording"
            try:
                self._fetcher.fetch(call.recording_path, recording, self.name, self.boot, self._stopping)
            except (Obsolete, Unavailable) as error:
                logger.info("call %s attempt %d is not ours: %s", call.call_id, call.attempt, error)
            else:
                self._work(call, recording, holding)
            finally:
                with self._lock:
                    self._held.pop(call.call_id, None)

    def _work(self, call: AnalyseCall, recording: Path, holding: _Holding) -> None:
        self.beat()
        logger.info("call %s attempt %d: analysing", call.call_id, call.attempt)
        began = self._monotonic()
        report = self._analyse(call, recording, holding)
        took = self._monotonic() - began
        if self._stopping.is_set():
            threading.Event().wait()  # `hand_back` has spoken for us
        self._report(report)
        self._calls_done += 1
        if isinstance(report, CallAnalysed):
            self._speed.note(report.result.duration_seconds, took)
        logger.info("call %s attempt %d: %.1f s", call.call_id, call.attempt, took)

    def _analyse(self, call: AnalyseCall, recording: Path, holding: _Holding) -> WorkerReport:
        def on_progress(share: float) -> None:
            holding.progress, holding.moved_at = share, self._monotonic()

        holding.moved_at = self._monotonic()
        assert self._engine is not None  # noqa: S101 - we take calls only once it is loaded
        try:
            result = self._engine.analyse(recording, call, on_progress)
        except RecordingAtFault as fault:
            logger.warning("call %s: %s", call.call_id, fault)
            return CallFailed(**_address(call), failure=fault.failure)
        except Exception as error:
            logger.exception("call %s attempt %d broke the engine", call.call_id, call.attempt)
            failure = Failure(code="engine_error", message=f"the analysis broke: {type(error).__name__}")
            return CallCrashed(**_address(call), failure=failure)
        finally:
            holding.moved_at = None
        return CallAnalysed(**_address(call), result=result)

    def _report(self, report: WorkerReport) -> None:
        """Until it is in the queue: what we found out is nowhere else."""
        while True:
            try:
                self._queue.report(report)
            except Unavailable as error:
                logger.warning("cannot report yet: %s", error)
                if self._stopping.wait(TRY_AGAIN_AFTER_SECONDS):
                    threading.Event().wait()
            else:
                return

    def hand_back(self) -> None:
        """SIGTERM: give back what is held; nobody is to wait for its lease to end."""
        self._stopping.set()
        with self._lock:
            held = [item.call for item in self._held.values()]
        try:
            for call in held:
                self._queue.report(
                    CallReleased(
                        call_id=call.call_id,
                        revision=call.revision,
                        attempt=call.attempt,
                        reason="the worker was stopped",
                    )
                )
                logger.info("call %s attempt %d: handed back", call.call_id, call.attempt)
            self._queue.leave(self.name)
        except Unavailable as error:
            logger.warning("could not hand back: %s", error)


def _address(call: AnalyseCall) -> Any:
    """Which attempt a report is about."""
    return {"call_id": call.call_id, "revision": call.revision, "attempt": call.attempt}
