"""What the plots show: calls, minutes of audio and time to result over an hour, a day or a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Literal

from admin_gui.client.appliance import Appliance
from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.stats import Figures
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS

Range = Literal["hour", "day", "month"]
RANGES: tuple[Range, ...] = ("hour", "day", "month")
# Beyond this the hour is counted from the newest calls only: they come with their texts, and that takes its time.
MOST_CALLS = 2 * LARGEST_PAGE_ROWS
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Activity:
    """Three series over the same buckets; `since` is later than asked for where there was too much to look at."""

    starts: tuple[datetime, ...]
    bucket_seconds: int
    calls: tuple[float, ...]
    failed: tuple[float, ...]
    audio_minutes: tuple[float, ...]
    seconds_to_result: tuple[float | None, ...]

    @property
    def is_empty(self) -> bool:
        return not any(self.calls)


@dataclass(frozen=True, slots=True)
class OwnCalls:
    """What a token counts that sees some customers alone: `today` since midnight UTC, the others at this moment."""

    today: Figures
    waiting: int
    in_work: int


def today_since(now: datetime) -> datetime:
    """The midnight from which the appliance counts a day: of UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def own_calls(appliance: Appliance, now: datetime) -> OwnCalls:
    """Ask the appliance, which tells of these customers only. Blocks: for a thread."""
    midnight = today_since(now)

    def count(state: str) -> int:
        return len(_calls(appliance, CallFilter(state=state)))

    return OwnCalls(
        today=appliance.stats.between(midnight, now, bucket="range").totals,
        waiting=count("received") + count("queued"),
        in_work=count("processing"),
    )


def activity(appliance: Appliance, reach: Range, now: datetime) -> Activity:
    """Ask the appliance. Blocks: for a thread."""
    if reach == "hour":
        return _of_the_hour(_calls(appliance, CallFilter(since=now - timedelta(minutes=MINUTES))), now)
    hours = reach == "day"
    since = now - (timedelta(hours=23) if hours else timedelta(days=29))
    found = appliance.stats.between(since, now, bucket="hour" if hours else "day")
    return Activity(
        starts=tuple(row.start if hours else _same_day_here(row.start) for row in found.rows),
        bucket_seconds=3600 if hours else 86400,
        calls=tuple(float(row.calls.accepted) for row in found.rows),
        failed=tuple(float(row.calls.failed) for row in found.rows),
        audio_minutes=tuple(row.audio_seconds / 60 for row in found.rows),
        seconds_to_result=tuple(row.time_to_result_p50_seconds for row in found.rows),
    )


def _same_day_here(midnight: datetime) -> datetime:
    """The appliance counts days of UTC: each keeps its date, which is another one here at that moment."""
    return midnight.astimezone(UTC).replace(tzinfo=None).astimezone()


def _calls(appliance: Appliance, narrowed: CallFilter) -> list[Call]:
    """The newest of them."""
    calls: list[Call] = []
    cursor: str | None = None
    while len(calls) < MOST_CALLS:
        page = appliance.calls.page(cursor, LARGEST_PAGE_ROWS, narrowed)
        calls += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
    return calls


def _of_the_hour(calls: list[Call], now: datetime) -> Activity:
    """By minutes."""
    last = now.replace(second=0, microsecond=0)
    starts = tuple(last - timedelta(minutes=MINUTES - 1 - number) for number in range(MINUTES))
    by_minute: list[list[Call]] = [[] for _ in starts]
    for call in calls:
        place = int((call.received_at - starts[0]).total_seconds() // 60)
        if 0 <= place < MINUTES:
            by_minute[place].append(call)
    return Activity(
        starts=starts,
        bucket_seconds=60,
        calls=tuple(float(len(some)) for some in by_minute),
        failed=tuple(float(sum(call.state == "failed" for call in some)) for some in by_minute),
        audio_minutes=tuple(sum(call.duration_seconds or 0.0 for call in some) / 60 for some in by_minute),
        seconds_to_result=tuple(_typical_seconds(some) for some in by_minute),
    )


def _typical_seconds(calls: list[Call]) -> float | None:
    taken = [(call.finished_at - call.received_at).total_seconds() for call in calls if call.finished_at is not None]
    return median(taken) if taken else None
