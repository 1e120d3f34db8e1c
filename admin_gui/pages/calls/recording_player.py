"""A call's recording: fetched into memory, played, and gone with the page. Nothing of it is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from admin_gui.app_context import AppContext
from admin_gui.background_calls import PendingCall
from admin_gui.client.calls import Call
from admin_gui.client.transport.errors import DamagedFile, NotFound
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.sound.mixer import Mixer
from admin_gui.sound.output import Output, SoundFailed
from admin_gui.sound.playback import Playback, Span, silences
from admin_gui.sound.recording import loudness, open_recording

if TYPE_CHECKING:
    from admin_gui.sound.recording import Recording
    from admin_gui.sound.wave import Floats

    Found = tuple[Recording | None, Floats | None]

# Longer ones are fetched when somebody wants to hear them.
LONGEST_UNASKED_SECONDS = 3600
# The playhead moves 30 times for each second of the recording, so that it is as near to a sound that is fast.
TICK_MS = 33


class RecordingPlayer(QObject):
    """The recording of the call that is shown. Times are in seconds from its start."""

    waveform_ready = Signal(object)  # its loudness, or None: it is gone, or cannot be decoded
    moved = Signal(float)  # what is heard now
    changed = Signal()  # it plays, or does no more; there is a recording, or a reason why not

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._call: Call | None = None
        self._output: Output | None = None
        self._playback: Playback | None = None
        self._position = 0.0
        self._is_playing = False
        self._on_its_way = False
        self._problem = ""
        self._is_damaged = False
        # Both ways of fetching it: by itself, or because somebody wants to hear it.
        self._fetch: PendingCall[Found] | None = None
        # What is to be done when it has come: the last that was asked for.
        self._then: Callable[[], None] | None = None
        self._speed = 1.0
        self._skips_silence = False
        self._gains: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    # What it tells

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is being fetched without having been asked for; `waveform_ready` tells the end of it."""
        return self._on_its_way

    @property
    def waits_for_play(self) -> bool:
        """Whether it is so long that it is fetched only when it is played."""
        call = self._call
        return call is not None and self._playback is None and not self._problem and _is_long(call)

    @property
    def can_play(self) -> bool:
        """Whether it is there, or may come."""
        return self._playback is not None or (self._call is not None and not self._problem)

    @property
    def problem(self) -> str:
        """Why nothing can be heard, in words; empty where it can, as far as is known."""
        return self._problem

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    @property
    def position(self) -> float:
        return self._position

    @property
    def seconds(self) -> float:
        """How long it is."""
        if self._playback is not None:
            return self._playback.seconds
        return 0.0 if self._call is None else self._call.duration_seconds or 0.0

    # The call

    def forget(self) -> None:
        """The call is left: nothing of it is heard any more, and nothing of it is kept."""
        self.pause()
        if self._output is not None:
            self._output.close()
        if self._fetch is not None:
            self._fetch.cancel()
        self._call = self._playback = self._output = self._then = self._fetch = None
        self._on_its_way = self._is_damaged = False
        self._problem = ""
        self._position = 0.0
        self.changed.emit()

    def show_call(self, call: Call) -> None:
        """Fetch it in the background, unless it is long, or there already."""
        if self._call is not None and _identity(self._call) == _identity(call):
            return
        self.forget()
        self._call = call
        if _is_long(call):
            self.waveform_ready.emit(None)
            self.changed.emit()
            return
        self._on_its_way = True
        self._fetch = self._context.calls.start_long(
            self,
            self._fetching(call),
            lambda found: self._take(call, found),
            lambda error: self._not_there(call, error),
        )

    def fetch(self) -> None:
        """As if it were played, without playing it: for its waveform. What is to be done when it comes, is done."""
        if self._fetch is None or self._fetch.cancelled:
            self._when_there(lambda: None)

    # Playing

    def toggle(self) -> None:
        """Play on, or pause."""
        if self._is_playing:
            self.pause()
        else:
            at_end = self._position >= self.seconds - 0.05
            self.play_from(0.0 if at_end else self._position)

    def play_from(self, seconds: float) -> None:
        """To the end of the recording."""
        self._when_there(lambda: self._play([], seconds))

    def play_spans(self, spans: Sequence[Span]) -> None:
        """These alone, one after the other."""
        if spans:
            self._when_there(lambda: self._play(spans, spans[0][0]))

    def pause(self) -> None:
        self._then = None
        if self._is_playing and self._output is not None and self._playback is not None:
            self._position = self._shown_position(self._playback, self._output.heard_frames())
            self._output.stop()
            self._is_playing = False
            self._timer.stop()
            self.moved.emit(self._position)
            self.changed.emit()

    def seek(self, seconds: float) -> None:
        """Go there; it plays on from there if it plays."""
        self._position = min(max(0.0, seconds), self.seconds)
        if self._is_playing and self._playback is not None:
            self._playback.play_spans([])
            self._playback.seek(self._position)
        self.moved.emit(self._position)

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        self._apply()

    def set_skips_silence(self, skips: bool) -> None:
        self._skips_silence = skips
        self._apply()

    def set_gains(self, gains: Mapping[str, float]) -> None:
        """How loud each speaker is, 0–1."""
        self._gains = dict(gains)
        self._apply()

    def _apply(self) -> None:
        playback, call = self._playback, self._call
        self._timer.setInterval(round(TICK_MS / max(1.0, self._speed)))
        if playback is not None and call is not None:
            playback.speed = self._speed
            playback.mixer.set_gains(self._gains)
            playback.skipped = silences(call.segments or [], playback.seconds) if self._skips_silence else ()

    def _play(self, spans: Sequence[Span], seconds: float) -> None:
        playback = self._playback
        if playback is None:
            return
        if self._output is None:
            self._output = self._context.open_output()
        self._apply()
        playback.play_spans(spans)
        if self._is_playing:
            playback.seek(seconds)
        else:
            playback.begin(seconds)
            self._output.start(playback.rate_hz, playback.pull)
            self._is_playing = True
            self._timer.start()
        self._position = seconds
        self.moved.emit(self._position)
        self.changed.emit()

    def _tick(self) -> None:
        playback, output = self._playback, self._output
        if playback is None or output is None or not self._is_playing:
            return
        if output.failure is not None:
            self._stop_for(output.failure)
            return
        heard = output.heard_frames()
        position = self._shown_position(playback, heard)
        if position != self._position:
            self._position = position
            self.moved.emit(position)
        if playback.has_ended(heard):
            self.pause()
        elif heard and self._problem:
            self._problem = ""  # another device has been found
            self.changed.emit()

    def _shown_position(self, playback: Playback, heard: int) -> float:
        """It is seen until the next tick: so it is what is heard in the middle of that time."""
        return playback.position(heard, playback.rate_hz * self._timer.interval() // 2000)

    def _stop_for(self, failure: Exception) -> None:
        if isinstance(failure, SoundFailed):
            self._problem = self.tr("The recording cannot be played on from here: play another part, or save it.")
        else:
            self._problem = self.tr(
                "No sound device works on this computer: the conversation can be read, and the recording saved."
            )
        self.pause()
        self._context.say(self._problem, "bad")

    # Fetching it

    def _when_there(self, then: Callable[[], None]) -> None:
        call = self._call
        if call is None:
            return
        if self._playback is not None:
            then()
        elif self._fetch is not None and not self._fetch.cancelled:
            self._then = then
        elif self._is_damaged or not self._problem:
            self._fetch_and(call, then)
        else:
            self._context.say(self._problem, "bad")

    def _fetch_and(self, call: Call, then: Callable[[], None]) -> None:
        self._then = then
        self._fetch = self._context.run_long(
            self,
            self.tr("Fetching the recording"),
            self._fetching(call),
            lambda found: self._take(call, found),
            lambda error: self._not_there(call, error),
            is_lost=False,
        )

    def _fetching(self, call: Call) -> Callable[[Progress, Stop], Found]:
        """The work, for a thread."""
        calls = self._context.appliance.calls

        def fetch(progress: Progress, stop: Stop) -> Found:
            recording = open_recording(calls.recording(call.call_id, progress, stop))
            stop.check()
            return recording, None if recording is None else loudness(recording)

        return fetch

    def _take(self, call: Call, found: Found) -> None:
        recording, peaks = found
        if call is not self._call:
            return  # it was left meanwhile: what was to be heard then is not heard of another
        self._fetch = None
        self._on_its_way = self._is_damaged = False
        self._problem = ""
        if recording is None:
            self._problem = self.tr("This recording's format cannot be played here; it can be saved.")
        else:
            mixer = Mixer(recording, call.segments or [])
            self._playback = Playback(mixer, recording.rate_hz, recording.frames)
            self._apply()
        then, self._then = self._then, None
        self.waveform_ready.emit(peaks)
        self.changed.emit()
        if then is not None and self._playback is not None:
            then()
        elif then is not None:
            self._context.say(self._problem, "bad")

    def _say(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self._context.say(self.tr("The recording was erased when its retention ended"), "info")
        else:
            self._context.say_error(error)

    def _not_there(self, call: Call, error: Exception) -> None:
        """Where nobody has asked for it nobody need know, unless it is damaged."""
        if call is not self._call:
            return
        self._fetch = None
        self._on_its_way = False
        if self._then is not None:
            self._then = None
            self._say(error)
        self._note_problem(error)
        self.waveform_ready.emit(None)

    def _note_problem(self, error: Exception) -> None:
        self._is_damaged = isinstance(error, DamagedFile)
        if self._is_damaged:
            self._problem = self.tr(
                "The recording is damaged on the appliance's disk and cannot be played; the texts are kept."
            )
        elif isinstance(error, NotFound):
            self._problem = self.tr("The recording was erased when its retention ended")
        self.changed.emit()


def _identity(call: Call) -> tuple[str, int]:
    """Of its sound: calls have a first revision each."""
    return call.call_id, call.revision


def _is_long(call: Call) -> bool:
    return (call.duration_seconds or 0) > LONGEST_UNASKED_SECONDS
