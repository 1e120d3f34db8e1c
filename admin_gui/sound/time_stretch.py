"""Speech at another speed and the same pitch: WSOLA (Verhelst and Roelands, 1993).

Short pieces of the sound are laid over each other further apart, or closer together, than they were; each is taken
where, within a few milliseconds, it goes on from the one before as the sound itself does. For speech at 0.75 to 2 times
that is as good as anything heavier. Of the libraries that do it the kept ones are under the GPL or want a compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from admin_gui.sound.wave import Floats

# Half a piece: longer than the period of the deepest voice, shorter than a consonant.
HOP_SECONDS = 0.015
# How far from its place a piece may be taken: half the period of the deepest voice.
SEARCH_SECONDS = 0.008


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples that follow each other, and from where to where in the source they are, in frames."""

    samples: Floats
    first: float
    last: float


class TimeStretch:
    """Gives out a source piece by piece; `read(first, count)` gives its samples, silence where there is none."""

    def __init__(self, read: Callable[[int, int], Floats], rate_hz: int) -> None:
        self._read = read
        self._hop = max(8, round(rate_hz * HOP_SECONDS))
        self._search = max(1, round(rate_hz * SEARCH_SECONDS))
        self._fade_in = _fade_in(self._hop)
        self._tail: Floats | None = None
        self.seek(0)

    @property
    def place(self) -> float:
        """The frame of the source that the next piece begins with."""
        return self._place

    def seek(self, frame: float) -> None:
        """Begin there; the first piece is faded in, so that nothing clicks."""
        self.jump(frame)
        self._tail = None

    def jump(self, frame: float) -> None:
        """Go on there: what is left of the last piece is faded out over the next one."""
        self._place = max(0.0, frame)
        # Where the sound itself would go on after the last piece; None after a jump.
        self._natural: int | None = None

    def step(self, speed: float) -> Piece:
        """The next piece, a hop long."""
        first, hop = self._place, self._hop
        start = self._best_start(speed)
        found = self._read(start, 2 * hop)
        head = found[:hop] * self._fade_in
        if self._tail is not None:
            head = head + self._tail
        self._tail = found[hop:] * self._fade_in[::-1]
        self._natural = start + hop
        self._place = first + hop * speed
        return Piece(head, first, self._place)

    def _best_start(self, speed: float) -> int:
        import numpy as np  # noqa: PLC0415

        wanted = round(self._place)
        if self._natural is None:
            return wanted
        if speed == 1 and abs(self._natural - wanted) <= self._search:
            self._place = float(self._natural)  # exactly the source
            return self._natural
        goes_on = self._read(self._natural, self._hop)
        region = self._read(wanted - self._search, self._hop + 2 * self._search)
        alike = np.correlate(region, goes_on, "valid")
        energy = np.concatenate([[0.0], np.cumsum(region.astype(np.float64) ** 2)])
        own = energy[self._hop :] - energy[: -self._hop]
        return wanted - self._search + int(np.argmax(alike / np.sqrt(np.maximum(own, 1e-9))))


def _fade_in(count: int) -> Floats:
    """Half a Hann window: it and its mirror image add up to one."""
    import numpy as np  # noqa: PLC0415

    return np.asarray(np.sin((np.arange(count) + 0.5) / count * np.pi / 2) ** 2, dtype=np.float32)
