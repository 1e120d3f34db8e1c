"""How many calls a worker analyses in an hour, and how many workers an office needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

HOUR_SECONDS = 3600.0
# Of a worker's time. Calls do not come evenly: nearer to all of it, those that wait become many.
BUSY_SHARE = 0.7
# An office's, where nothing is known of its own: calls of an extension in its busiest hour, and how long one lasts.
USUAL_CALLS_OF_AN_EXTENSION = 4.0
USUAL_CALL_SECONDS = 180.0
# Fewer say little about how long calls are.
CALLS_THAT_TELL = 20

FORMULA = (
    "calls an hour = 3600 × speed × busy share / seconds of a call; "
    "workers = extensions × calls of one in the busiest hour / calls an hour, rounded up"
)


@dataclass(frozen=True, slots=True)
class Sizing:
    """What is known: `speed` is seconds of audio that one worker analyses in a second, `call_seconds` a mean."""

    speed: float
    call_seconds: float = USUAL_CALL_SECONDS
    calls_of_an_extension: float = USUAL_CALLS_OF_AN_EXTENSION

    @property
    def calls_an_hour(self) -> float:
        """What one worker does with time to spare."""
        return HOUR_SECONDS * self.speed * BUSY_SHARE / self.call_seconds

    def calls_of(self, extensions: int) -> float:
        """In the busiest hour."""
        return extensions * self.calls_of_an_extension

    def workers_for(self, extensions: int) -> int:
        """One at the least."""
        # A hair above a whole number is that number: the speed is known to two digits.
        return max(1, math.ceil(self.calls_of(extensions) / self.calls_an_hour - 1e-6))

    def extensions_for(self, workers: int) -> int:
        """For how many so many workers are enough."""
        return int(workers * self.calls_an_hour / self.calls_of_an_extension + 1e-6)
