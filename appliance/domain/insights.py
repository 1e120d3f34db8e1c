"""Insights: what the calls of a time say about an office, and what has changed. Never anything about one employee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAYS_BY_DEFAULT = 30
MOST_DAYS = 366
# To whose ends the time is rounded: no zone's hours or days begin within one.
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class WantedInsights:
    """Of which calls: accepted from `since` to before `until`, and for comparison in the time `compared`.

    `zone` names the office's time zone, in which its days and hours are.
    """

    since: datetime
    until: datetime
    compared: tuple[datetime, datetime] | None
    zone: str
    customer_id: int | None = None
    queue: str | None = None
    did: str | None = None
    direction: str | None = None
    only: tuple[int, ...] | None = None  # whose calls may be seen at all


@dataclass(frozen=True, slots=True)
class Moods:
    """Calls by how the outside party left them; those of which no mood is computed are in none, internal ones never."""

    satisfied: int = 0
    neutral: int = 0
    dissatisfied: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of some calls.

    Talk is of calls with an outside party, where it is known who spoke; silence is of `heard_seconds` of recordings, of
    which it is known. Both are known as long as the texts are kept.
    """

    calls: int = 0
    completed: int = 0
    audio_seconds: float = 0.0
    speech_seconds: float = 0.0
    moods: Moods = Moods()
    outside_talk_seconds: float = 0.0
    office_talk_seconds: float = 0.0
    silence_seconds: float = 0.0
    heard_seconds: float = 0.0

    @property
    def outside_talk_share(self) -> float | None:
        """How much of what both said the outside party said, from 0 to 1."""
        return _share(self.outside_talk_seconds, self.outside_talk_seconds + self.office_talk_seconds)

    @property
    def silence_share(self) -> float | None:
        """For how much of the calls nobody spoke, from 0 to 1."""
        return _share(self.silence_seconds, self.heard_seconds)


def _share(part: float, whole: float) -> float | None:
    return min(1.0, part / whole) if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Compared:
    """What is counted in the time, and in the one that it is compared with."""

    now: Tally
    before: Tally | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is counted in a quarter of an hour: `number` since 1970."""

    number: int
    calls: int
    completed: int
    speech_seconds: float
    moods: Moods


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the office, from midnight to midnight there, as far as it lies in the time."""

    day: date
    start: datetime
    end: datetime
    calls: int
    completed: int
    speech_seconds: float
    moods: Moods


@dataclass(frozen=True, slots=True)
class Keyword:
    """In how many calls something is a keyword."""

    keyword: str
    calls: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database counts; `customers` and `queues` are the busiest."""

    totals: Compared
    customers: tuple[tuple[int, Compared], ...]
    queues: tuple[tuple[str, Compared], ...]
    quarters: tuple[Quarter, ...]
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Insights:
    """The answer. `hours` are calls by weekday (Monday first) and hour, both the office's."""

    wanted: WantedInsights
    counted: Counted
    days: tuple[Day, ...]
    hours: tuple[tuple[int, ...], ...]
