"""A sound device that a test listens at: it plays as much as it is told to, and keeps it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

BLOCK_SECONDS = 0.02


class SoundSink:
    """In the place of `DeviceOutput`. As a device does, it asks for more than is heard yet."""

    def __init__(self, latency_seconds: float = 0.1) -> None:
        self.failure: Exception | None = None
        self.is_closed = False
        self.is_playing = False
        self.rate_hz = 0
        self.starts = 0
        self._latency_seconds = latency_seconds
        self._pull: Callable[[int], Samples] | None = None
        self._asked: list[Samples] = []
        self._asked_frames = 0
        self._heard = 0

    # What the program asks

    def start(self, rate_hz: int, pull: Callable[[int], Samples]) -> None:
        assert not self.is_closed
        self.rate_hz, self._pull = rate_hz, pull
        self._asked, self._asked_frames, self._heard = [], 0, 0
        self.is_playing = True
        self.starts += 1

    def stop(self) -> None:
        self.is_playing = False

    def close(self) -> None:
        self.is_closed, self.is_playing = True, False

    def heard_frames(self) -> int:
        return self._heard

    # What the test does

    def play(self, seconds: float) -> None:
        """So much more of it comes out of the loudspeaker."""
        assert self._pull is not None
        block = round(self.rate_hz * BLOCK_SECONDS)
        wanted = self._heard + round(seconds * self.rate_hz)
        while self._asked_frames < wanted + self._latency_seconds * self.rate_hz:
            self._asked.append(self._pull(block))
            self._asked_frames += block
        self._heard = wanted

    @property
    def heard(self) -> Samples:
        """What came out of it since it was started."""
        return np.concatenate([np.zeros(0, np.float32), *self._asked])[: self._heard]


class NoSound(SoundSink):
    """As on a server: it fails as soon as it is asked to play."""

    def start(self, rate_hz: int, pull: Callable[[int], Samples]) -> None:
        self.failure = OSError("no sound device")
