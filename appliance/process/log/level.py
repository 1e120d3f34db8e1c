"""The level of what vBot's own parts log: another one for a while, without a restart, and back by itself.

Libraries stay where they are: at `debug` they write addresses with what is secret in them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

logger = logging.getLogger(__name__)

OURS = ("appliance", "engine")
LEVELS = ("debug", "info", "warning", "error")
LONGEST_SECONDS = 24 * 3600
# What is told anew every few seconds is no other choice for a few seconds' delay.
SAME_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ChosenLevel:
    """One of LEVELS; `seconds_left` until it goes back, None for the one that a service starts with."""

    level: str
    seconds_left: float | None = None


USUAL = ChosenLevel("info")


class LogLevel:
    """Of one process. Thread-safe."""

    def __init__(self, names: Sequence[str] = OURS, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._loggers = [logging.getLogger(name) for name in names]
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._chosen: tuple[str, float] | None = None  # and until when
        self._timer: threading.Timer | None = None

    @property
    def current(self) -> ChosenLevel:
        with self._lock:
            if self._chosen is None:
                return USUAL
            level, until = self._chosen
            return ChosenLevel(level, max(0.0, until - self._monotonic()))

    def choose(self, level: str, seconds: float) -> None:
        """For so long; the usual one: from now on."""
        before = self.current.level
        if level == "error" != before:
            logger.warning("the log level becomes %s for %.0f s", level, seconds)  # after that this line would be none
        with self._lock:
            until = self._monotonic() + min(seconds, LONGEST_SECONDS)
            if level == USUAL.level:
                self._forget()
            elif not self._is_chosen(level, until):
                self._forget()
                self._chosen = (level, until)
                for one in self._loggers:
                    one.setLevel(level.upper())
                self._timer = threading.Timer(until - self._monotonic(), self._end, [self._chosen])
                self._timer.daemon = True
                self._timer.start()
        self._say(before)

    def _is_chosen(self, level: str, until: float) -> bool:
        return (
            self._chosen is not None and self._chosen[0] == level and abs(self._chosen[1] - until) < SAME_WITHIN_SECONDS
        )

    def _end(self, chosen: tuple[str, float]) -> None:
        """Its time is over, unless another was chosen meanwhile."""
        before = self.current.level
        with self._lock:
            if self._chosen == chosen:
                self._forget()
        self._say(before)

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._chosen = None
        for one in self._loggers:
            one.setLevel(logging.NOTSET)

    def _say(self, before: str) -> None:
        now = self.current
        if now.level != before:
            until = f" for {now.seconds_left:.0f} s" if now.seconds_left else ""
            logger.warning("the log level is %s%s", now.level, until)

    # Told by the api to workers, in a header of what they ask it anyway.

    def told(self) -> str:
        """Such as `debug 812`: the level, and for how many seconds yet."""
        current = self.current
        return f"{current.level} {current.seconds_left or 0:.0f}"

    def follow(self, told: str | None) -> None:
        """Choose what was told; nothing, by an api of an older version, or what is not understood, changes nothing."""
        level, _, seconds = (told or "").partition(" ")
        if level in LEVELS and seconds.isascii() and seconds.isdecimal():
            self.choose(level, float(seconds[:9]))
