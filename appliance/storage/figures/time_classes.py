"""Times to a result counted by class, so that the percentiles of a long time are added up from its days.

A class holds the times that differ by less than 2 %, or are shorter than a millisecond. A percentile that is read from
classes is the mean of the class that it lies in, and so no further from the exact one than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Migration 0008 says the same of what had been stored before: a class is a number on disk.
CLASS_OF_TIME = "floor(ln(greatest(time_to_result_seconds, 0.001)) / ln(1.02))::SMALLINT"


@dataclass(frozen=True, slots=True)
class TimeClass:
    """How many calls took so long, and how many seconds all of them together."""

    calls: int
    seconds: float


def percentile(classes: Sequence[TimeClass], percent: int) -> float | None:
    """The time that so many percent of the calls took at most; `classes` from the shortest times on."""
    # As of the times one by one: the first of them that has so many at or below it.
    rank = -(-sum(one.calls for one in classes) * percent // 100)
    below = 0
    for one in classes:
        below += one.calls
        if below >= rank:
            return one.seconds / one.calls
    return None
