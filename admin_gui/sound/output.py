"""Where sound goes: the computer's default sound device, by miniaudio.

Chosen of three: QtMultimedia (PySide6-Addons, LGPL) is a wheel of 175 MB with an ffmpeg of its own, and hides what is
heard at which moment; sounddevice (MIT) wants PortAudio installed on Linux; miniaudio (MIT) is 0.6 MB, brings all it
needs, finds PulseAudio, PipeWire, ALSA, WASAPI and Core Audio by itself, and takes the recording's own rate.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from miniaudio import Backend, PlaybackDevice

    from admin_gui.sound.wave import Floats

    Pull = Callable[[int], Floats]

logger = logging.getLogger(__name__)

PERIOD_MS, PERIODS = 20, 4
# How many periods wait to be heard when the next one is asked for. Most of miniaudio's drivers ask when the last one is
# in the device's room, which is full then (measured with ALSA; so is WASAPI's code). These ask when their server does,
# which keeps one (measured with PulseAudio 17 and PipeWire 1.4; so is the others' code).
_WAITING_PERIODS = {"PulseAudio": 1, "Core Audio": 1, "JACK": 1}
# A device that asks for nothing for so long is gone: unplugged, or its server died.
GONE_SECONDS = 3.0


class Output(Protocol):
    """Pulls frames and makes them heard. No method blocks; a failure shows itself in `failure` after a while."""

    @property
    def failure(self) -> Exception | None: ...

    def start(self, rate_hz: int, pull: Pull) -> None:
        """Begin anew: `pull(count)` gives the next frames, −1 … 1, on a thread of the device."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def close(self) -> None:
        """Give the device back; it is not used again."""
        ...

    def heard_frames(self) -> int:
        """How many frames were heard since it was started: those that only wait in the device are not counted."""
        ...


class NoSoundDevice(Exception):
    """This computer has none, or it does not work."""


class SoundFailed(Exception):
    """The device works, and there is nothing to give it: what makes the sound has failed."""


class DeviceOutput:
    """The computer's own. All that may block is done on one thread, in order."""

    def __init__(self, backends: list[Backend] | None = None) -> None:
        """`backends`: those of miniaudio to be tried; by default all that make sound."""
        self._backends = backends
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._device: PlaybackDevice | None = None
        self._run: _Run | None = None
        self._failure: Exception | None = None

    @property
    def failure(self) -> Exception | None:
        run = self._run
        if self._failure is not None or run is None:
            return self._failure
        if run.failure is None and run.silent_seconds > GONE_SECONDS:
            return NoSoundDevice("the sound device asks for nothing any more")
        return run.failure

    def start(self, rate_hz: int, pull: Pull) -> None:
        run = _Run(rate_hz, pull)
        self._end_run()
        self._run, self._failure = run, None
        self._do(lambda: self._open(run))

    def stop(self) -> None:
        self._end_run()
        self._do(self._shut)

    def close(self) -> None:
        self.stop()
        self._jobs.put(None)
        self._thread = None

    def heard_frames(self) -> int:
        return 0 if self._run is None else self._run.heard_frames()

    def _end_run(self) -> None:
        """Not another frame of it is asked for, though the device may take a moment to stop."""
        if self._run is not None:
            self._run.is_over = True

    def _do(self, job: Callable[[], None]) -> None:
        if self._thread is None:
            # Not one that the program waits for at its end: a sound server may hang.
            self._thread = threading.Thread(target=self._work, name="sound device", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    # On the thread

    def _open(self, run: _Run) -> None:
        self._shut()
        if run.is_over:
            return
        try:
            self._device = _opened(run.rate_hz, self._backends)
            run.waiting_frames = run.rate_hz * PERIOD_MS * _WAITING_PERIODS.get(self._device.backend, PERIODS) // 1000
            frames = run.frames()
            next(frames)
            self._device.start(frames)
            run.has_begun()
        except Exception as error:  # noqa: BLE001 - a driver's, of whatever kind: there is no sound
            self._shut()
            self._failure = NoSoundDevice(str(error))

    def _shut(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


def _opened(rate_hz: int, backends: list[Backend] | None) -> PlaybackDevice:
    import miniaudio  # noqa: PLC0415 - loaded when something is to be heard

    kinds = miniaudio.Backend
    # Without this list the last that it tries is one that plays to nobody.
    real = [kind for kind in kinds if kind not in (kinds.NULL, kinds.CUSTOM)]
    return miniaudio.PlaybackDevice(
        miniaudio.SampleFormat.FLOAT32, 1, rate_hz, PERIOD_MS, None, PERIODS, backends or real, app_name="vBot"
    )


class _Run:
    """From a start to the next: what was asked for when, which tells what is heard by now."""

    def __init__(self, rate_hz: int, pull: Pull) -> None:
        self.rate_hz = rate_hz
        self.is_over = False
        self.failure: SoundFailed | None = None
        self._pull = pull
        self._lock = threading.Lock()
        self._given = 0
        self.waiting_frames = 0  # when more is asked for
        # At this moment so many had been heard.
        self._at, self._heard = time.monotonic(), 0.0
        self._latest = 0
        self._began = False

    def has_begun(self) -> None:
        with self._lock:
            self._began = True
            if not self._given:
                self._at = time.monotonic()  # to open it took a while

    @property
    def silent_seconds(self) -> float:
        """For how long it was asked for nothing, though it should be."""
        with self._lock:
            return time.monotonic() - self._at if self._began and not self.is_over else 0.0

    def frames(self) -> Generator[Any, int, None]:
        """As miniaudio wants them."""
        count = yield b""
        while not self.is_over:
            with self._lock:
                self._heard = max(self._heard, float(self._given - self.waiting_frames))
                self._at = time.monotonic()
                self._given += count
            try:
                samples = self._pull(count)
            except Exception as error:
                # On the device's thread nobody else would hear of it, and the device would seem to be gone.
                logger.exception("the sound failed")
                self.failure, self.is_over = SoundFailed(str(error)), True
                return
            count = yield samples.reshape(-1, 1)

    def heard_frames(self) -> int:
        """By the clock since the device asked last; never more than it was given, and never fewer than before."""
        with self._lock:
            heard = self._heard + (time.monotonic() - self._at) * self.rate_hz
            self._latest = max(self._latest, min(int(heard), self._given))
            return self._latest
