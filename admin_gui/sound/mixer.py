"""Both parties as one sound for both ears, each as loud as one wants it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from admin_gui.client.calls import Turn
    from admin_gui.sound.recording import Recording
    from admin_gui.sound.wave import Floats


class Mixer:
    """Reads a recording as one channel.

    Where each party has a channel of its own, that one is as loud as its party; where they share one, its turns are.
    """

    def __init__(self, recording: Recording, turns: Sequence[Turn]) -> None:
        self._recording = recording
        self._gains: dict[str, float] = {}
        self._shared: list[list[Turn]] = []
        self._ends: list[list[float]] = []
        self._alone: list[str] = []
        for channel in range(recording.channels):
            # A recording of one channel has all turns on it, whatever is written of them.
            own = [turn for turn in turns if recording.channels == 1 or turn.channel == channel]
            speakers = {turn.speaker for turn in own}
            self._alone.append(speakers.pop() if len(speakers) == 1 else "")
            ordered = sorted(own, key=lambda turn: turn.start)
            self._shared.append(ordered)
            # The latest end so far: it does not fall, so one can look for a moment in it.
            self._ends.append(list(accumulate((turn.end for turn in ordered), max)))

    def set_gains(self, gains: dict[str, float]) -> None:
        """How loud each speaker is, 0–1; who is not named is as loud as recorded."""
        self._gains = dict(gains)

    def read(self, first: int, count: int) -> Floats:
        """So many frames from this one on, which may lie outside: there it is silent."""
        import numpy as np  # noqa: PLC0415

        gains = self._gains  # another dictionary when it changes, also while we read
        mixed = np.zeros(count, dtype=np.float32)
        begin = max(0, first)
        samples = self._recording.read(begin, max(0, first + count - begin)) if begin < self._recording.frames else None
        if samples is None or not len(samples):
            return mixed
        sound = mixed[begin - first : begin - first + len(samples)]
        for channel in range(samples.shape[1]):
            sound += samples[:, channel] * self._gain(channel, begin, len(samples), gains)
        return np.clip(mixed, -1.0, 1.0)

    def _gain(self, channel: int, first: int, count: int, gains: dict[str, float]) -> Floats | float:
        import numpy as np  # noqa: PLC0415

        alone = self._alone[channel]
        if alone or not gains:
            return gains.get(alone, 1.0)
        rate, turns = self._recording.rate_hz, self._shared[channel]
        curve = np.full(count, -1.0, dtype=np.float32)
        for turn in turns[bisect_left(self._ends[channel], first / rate) :]:
            start = max(0, round(turn.start * rate) - first)
            if start >= count:
                break
            own = curve[start : max(0, round(turn.end * rate) - first)]
            np.maximum(own, gains.get(turn.speaker, 1.0), out=own)  # of two at once the louder counts
        return np.where(curve < 0, np.float32(1.0), curve)
