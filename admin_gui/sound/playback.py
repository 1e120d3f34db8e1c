"""What is played of a recording: from where, how fast, what is left out, and what of it has been heard."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from admin_gui.sound.time_stretch import TimeStretch

if TYPE_CHECKING:
    from admin_gui.client.calls import Turn
    from admin_gui.sound.mixer import Mixer
    from admin_gui.sound.wave import Floats

Span = tuple[float, float]  # seconds

# Left of a silence before and after what is said, so that no word is cut.
KEPT_SECONDS = 0.3
# A silence has to be longer than this to be worth a jump.
SHORTEST_SKIP_SECONDS = 1.0
# Pieces whose places are remembered until they are heard: some seconds, and no device waits longer.
_REMEMBERED = 600


class Playback:
    """Handed to a sound device, whose thread pulls; everything else is the GUI thread's. Times are in seconds.

    `heard` is how many frames of this run have come out of the loudspeaker by now, as the device tells it.
    """

    def __init__(self, mixer: Mixer, rate_hz: int, frames: int) -> None:
        self.mixer = mixer
        self.rate_hz = rate_hz
        self.seconds = frames / rate_hz
        self.speed = 1.0
        self.skipped: Sequence[Span] = ()
        self._lock = threading.Lock()
        self._stretch = TimeStretch(mixer.read, rate_hz)
        self._spans: list[Span] = []
        self._begin_run(0.0)

    def _begin_run(self, seconds: float) -> None:
        self._stretch.seek(seconds * self.rate_hz)
        self._start = seconds
        self._rest: Floats | None = None
        self._made = 0  # frames, in this run
        self._pulled = 0
        self._marks: deque[tuple[int, float, float]] = deque(maxlen=_REMEMBERED)
        self._sought: tuple[int, float] | None = None
        self._end: int | None = None

    # The GUI thread

    def begin(self, seconds: float) -> None:
        """A device begins to pull, and what it pulls is from here on."""
        with self._lock:
            self._begin_run(min(max(0.0, seconds), self.seconds))

    def play_spans(self, spans: Sequence[Span]) -> None:
        """Only these, one after the other; then it has ended. None: to the end of the recording."""
        with self._lock:
            self._spans = list(spans)

    def seek(self, seconds: float) -> None:
        """Go on from there, while a device pulls."""
        with self._lock:
            seconds = min(max(0.0, seconds), self.seconds)
            self._stretch.seek(seconds * self.rate_hz)
            self._rest, self._end = None, None
            while self._marks and self._marks[-1][0] >= self._pulled:
                self._marks.pop()
            self._made = self._pulled
            self._sought = self._made, seconds

    def position(self, heard: int, ahead: int = 0) -> float:
        """What is heard so many frames from now; just after a jump where it goes, though the old may still be heard."""
        with self._lock:
            if self._sought is not None:
                place, seconds = self._sought
                if heard <= place:
                    return seconds
                self._sought = None
            heard += ahead
            marks = list(self._marks)
        at = bisect_right(marks, heard, key=lambda mark: mark[0]) - 1
        if at < 0:
            return self._start
        made, first, last = marks[at]
        following = marks[at + 1][0] if at + 1 < len(marks) else self._made
        share = (heard - made) / max(1, following - made)
        return min(self.seconds, first + (last - first) * min(1.0, share))

    def has_ended(self, heard: int) -> bool:
        """Whether all of it was heard."""
        end = self._end
        return end is not None and heard >= end

    # The device's thread

    def pull(self, count: int) -> Floats:
        """The next frames; silence when it has ended."""
        import numpy as np  # noqa: PLC0415

        out = np.zeros(count, dtype=np.float32)
        with self._lock:
            done = 0
            while done < count and self._next_piece():
                assert self._rest is not None  # noqa: S101 - there is a piece
                taken = self._rest[: count - done]
                out[done : done + len(taken)] = taken
                done += len(taken)
                self._rest = self._rest[len(taken) :]
            self._pulled += count
        return out

    def _next_piece(self) -> bool:
        """Whether there is something left to give out."""
        if self._rest is not None and len(self._rest):
            return True
        if self._end is not None or not self._is_more():
            if self._end is None:
                self._end = self._made
            return False
        piece = self._stretch.step(self.speed)
        self._marks.append((self._made, piece.first / self.rate_hz, piece.last / self.rate_hz))
        self._made += len(piece.samples)
        self._rest = piece.samples
        return True

    def _is_more(self) -> bool:
        """Jump over what is left out; whether anything comes then."""
        here = self._stretch.place / self.rate_hz
        if self._spans and here >= self._spans[0][1]:
            self._spans.pop(0)
            if not self._spans:
                return False
            here = self._jump(self._spans[0][0])
        skipped = self.skipped  # the GUI thread puts another one there
        at = bisect_right(skipped, here, key=lambda span: span[0]) - 1
        if at >= 0 and here < skipped[at][1]:
            here = self._jump(skipped[at][1])
        return here < self.seconds

    def _jump(self, seconds: float) -> float:
        self._stretch.jump(seconds * self.rate_hz)
        return seconds


def merged(spans: Sequence[Span]) -> list[Span]:
    """The same in their order, those that overlap or touch as one: nothing of it would be played twice."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def silences(turns: Sequence[Turn], seconds: float) -> list[Span]:
    """Where nobody speaks for so long that one may leave it out; nothing where no turns are known."""
    found: list[Span] = []
    if not turns:
        return found
    quiet_since = 0.0
    for turn in sorted(turns, key=lambda one: one.start):
        _note_silence(found, quiet_since, turn.start - KEPT_SECONDS)
        quiet_since = max(quiet_since, turn.end + KEPT_SECONDS)
    _note_silence(found, quiet_since, seconds)
    return found


def _note_silence(found: list[Span], start: float, end: float) -> None:
    if end - start >= SHORTEST_SKIP_SECONDS:
        found.append((start, end))
