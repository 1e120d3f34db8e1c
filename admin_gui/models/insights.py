"""Which time is looked at and what it is compared with; what has changed, in words; all of it as rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone

from admin_gui.appearance.colors import Tone
from admin_gui.client.insights import Insights, Span, Tally
from admin_gui.text import formats

translate = QCoreApplication.translate

REACHES = (1, 7, 30, 90)  # one is today
MOST_DAYS = 365  # the appliance looks back a year
# Less than this is chance.
LEAST_CHANGE = 0.005
WEEK_DAYS = 7
HOUR = timedelta(hours=1)
MOOD_TONES: tuple[Tone, Tone, Tone] = ("good", "calm", "bad")


@dataclass(frozen=True, slots=True)
class Period:
    """So many days up to now; or from one day to another, both in it."""

    days: int = 30
    ends: tuple[date, date] | None = None

    @classmethod
    def yesterday(cls, now: datetime) -> Period:
        """The day before, whole."""
        day = today(now) - timedelta(days=1)
        return cls(ends=(day, day))

    @classmethod
    def last_week(cls, now: datetime) -> Period:
        """The calendar's week before this one, whole; which day is its first says the language."""
        into_this = (today(now).isoweekday() - QLocale().firstDayOfWeek().value) % WEEK_DAYS
        first = today(now) - timedelta(days=into_this + WEEK_DAYS)
        return cls(ends=(first, first + timedelta(days=WEEK_DAYS - 1)))

    def first_day(self, now: datetime) -> date:
        return self.ends[0] if self.ends is not None else today(now) - timedelta(days=self.days - 1)

    def last_day(self, now: datetime) -> date:
        return self.ends[1] if self.ends is not None else today(now)

    def span(self, now: datetime) -> Span:
        """From midnight on, to midnight or now."""
        since = midnight(self.first_day(now))
        return since, max(since, min(midnight(self.last_day(now) + timedelta(days=1)), now))

    def span_before(self, now: datetime) -> Span:
        """As long, and as far into its last day, right before it."""
        length = self.last_day(now) - self.first_day(now) + timedelta(days=1)
        since, until = self.span(now)
        return _earlier(since, length), _earlier(until, length)


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return datetime.combine(day, time()).astimezone()


def end_of_day(moment: datetime) -> datetime:
    """The midnight that it is, or the next one."""
    begin = midnight(today(moment))
    return begin if begin == moment else midnight(today(moment) + timedelta(days=1))


def _earlier(moment: datetime, length: timedelta) -> datetime:
    """At the same time of day, also where clocks were set in between."""
    return (moment.astimezone().replace(tzinfo=None) - length).astimezone()


def today(now: datetime) -> date:
    """Which day it is here."""
    return now.astimezone().date()


def office_zone() -> str:
    """The zone of this computer, as the appliance takes it."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    if "/" in name or name == "UTC":
        return name
    minutes = QDateTime.currentDateTime().offsetFromUtc() // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def hours_of(weekday: int, hour: int, span: Span) -> list[Span]:
    """When a weekday had that hour in the time, the newest first; one that is not over yet is whole, too."""
    found = []
    day = today(span[0])
    while midnight(day) < span[1]:
        if day.weekday() == weekday:
            start = datetime.combine(day, time(hour)).astimezone()
            begin, end = max(start, span[0]), start + HOUR
            if begin < min(end, span[1]):
                found.append((begin, end))
        day += timedelta(days=1)
    return found[::-1]


def hours_in(span: Span) -> frozenset[tuple[int, int]]:
    """Which hours of a week a time has, each by its weekday from Monday and its hour."""
    quarters = range((WEEK_DAYS + 1) * 24 * 4)  # of an hour: it may begin within one
    moments = (span[0] + HOUR / 4 * number for number in quarters)
    local = (moment.astimezone() for moment in moments if moment < span[1])
    return frozenset((moment.weekday(), moment.hour) for moment in local)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a tally: `is_share` is from 0 to 1; `more_is` says whether more of it is good or bad."""

    key: str
    name: str
    of: Callable[[Tally], float | None]
    write: Callable[[float | None], str]
    is_share: bool = False
    more_is: Tone = "calm"
    # What it is, for who wonders.
    meaning: str = ""
    # Of how many calls it is a share: `4 of 18`, empty where none is known; None: `write` says all.
    counted: Callable[[Tally], str] | None = None

    def text(self, of: Tally) -> str:
        """The figure, and where it is a share of some calls alone, how many those are."""
        return " · ".join(filter(None, (self.counts(of), self.write(self.of(of)))))

    def counts(self, of: Tally) -> str:
        """How many calls of how many it is; empty where that says nothing."""
        return "" if self.counted is None else self.counted(of)

    def change(self, now: Tally, before: Tally | None) -> str:
        """`+12 %`, or of a share `+3 points`; empty where there is nothing to compare."""
        return "" if before is None else change(self.of(now), self.of(before), is_share=self.is_share)

    def tone(self, now: Tally, before: Tally | None) -> Tone:
        """Whether the change is a good one."""
        opposite: dict[Tone, Tone] = {"good": "bad", "bad": "good"}
        then, value = None if before is None else self.of(before), self.of(now)
        if value is None or then is None or not self.change(now, before) or value == then:
            return "calm"
        return self.more_is if value > then else opposite.get(self.more_is, "calm")


def change(now: float | None, before: float | None, *, is_share: bool = False) -> str:
    """What has changed, with its sign; empty where that cannot be said."""
    if now is None or before is None:
        return ""
    if is_share:
        return _signed(now - before, translate("insights", "%1 points"))
    if not before:
        return translate("insights", "new") if now else ""
    return _signed((now - before) / before, "%1 %")


def _signed(share: float, words: str) -> str:
    if abs(share) < LEAST_CHANGE:
        return words.replace("%1", "±0")
    sign = "+" if share > 0 else "−"
    return words.replace("%1", f"{sign}{formats.number(abs(share) * 100)}")


def figures() -> tuple[Figure, ...]:
    """In the order in which they are shown."""
    return (
        Figure("calls", translate("insights", "Calls"), lambda one: float(one.calls), formats.number),
        Figure(
            "minutes",
            translate("insights", "Minutes of calls"),
            lambda one: one.audio_seconds,
            formats.minutes,
            meaning=translate("insights", "How long the recordings of the calls are, all together."),
        ),
        Figure("talk", translate("insights", "Time talked"), lambda one: one.speech_seconds, formats.span),
        replace(
            _share("dissatisfied", translate("insights", "Dissatisfied"), lambda one: one.mood.dissatisfied_share),
            more_is="bad",
            meaning=translate("insights", "Of the calls with a mood: in others the outside party said too little."),
            counted=_dissatisfied,
        ),
        replace(
            _share("outside", outside_talk_words(), lambda one: one.outside_talk_share),
            meaning=translate(
                "insights",
                "How much of what is said the outside party says: who calls in, or who is called from the office.",
            ),
        ),
        _share("silence", translate("insights", "Silence"), lambda one: one.silence_share),
    )


def _share(key: str, name: str, of: Callable[[Tally], float | None]) -> Figure:
    return Figure(key, name, of, formats.percent, is_share=True)


def _dissatisfied(of: Tally) -> str:
    """`4 of 18`."""
    if not of.mood.known:
        return ""
    counts = translate("insights", "%1 of %2").replace("%1", formats.number(of.mood.dissatisfied))
    return counts.replace("%2", formats.number(of.mood.known))


def outside_talk_words() -> str:
    """What the share of the outside party's words is called."""
    return translate("insights", "Outside party talks")


def mood_words() -> tuple[str, str, str]:
    """How the outside party left, from good to bad; as `states` calls the moods of single calls."""
    return translate("insights", "satisfied"), translate("insights", "neutral"), translate("insights", "dissatisfied")


def note_of(figure: Figure, now: Tally, before: Tally | None) -> str:
    """What stands below a figure: what has changed, and what it was."""
    if before is None:
        return ""
    then = translate("insights", "before: %1").replace("%1", figure.write(figure.of(before)))
    return "\n".join(filter(None, (figure.change(now, before), then)))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One figure in a file."""

    part: str
    name: str
    figure: str
    now: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """To which calls insights are narrowed, in words; empty: to none."""

    customer: str = ""
    direction: str = ""
    queue: str = ""

    def whose(self, everyone: str) -> str:
        """Whose calls they are about: a company's, or `everyone`'s; and which of them."""
        queue = translate("insights", "Queue %1").replace("%1", self.queue) if self.queue else ""
        return " · ".join(filter(None, (self.customer or everyone, self.direction, queue)))

    def file_rows(self) -> Iterator[FileRow]:
        """Each with what it is."""
        part = translate("insights", "Narrowed to")
        for figure, value in (
            (translate("insights", "Customer"), self.customer),
            (translate("insights", "Direction"), self.direction),
            (translate("insights", "Queue"), self.queue),
        ):
            if value:
                yield FileRow(part, value, figure, "")


def file_rows(found: Insights, customer_name: Callable[[int], str], narrowed: Narrowed) -> Iterator[FileRow]:
    """All figures; numbers as they are, for whoever reckons with them. Before them, to what they are narrowed."""
    yield from narrowed.file_rows()
    everything = translate("insights", "All calls")
    yield from _tally_rows(everything, "", found.totals.now, found.totals.before)
    for day in found.days:
        part, mood = translate("insights", "Day"), day.mood
        counts: list[tuple[str, int]] = [
            (translate("insights", "Calls"), day.calls),
            (translate("insights", "Seconds talked"), round(day.speech_seconds)),
            *zip(mood_words(), (mood.satisfied, mood.neutral, mood.dissatisfied), strict=True),
        ]
        for figure, value in counts:
            yield FileRow(part, day.day.isoformat(), figure, str(value))
    for weekday, hours in enumerate(found.hours):
        for hour, calls in enumerate(hours):
            part = translate("insights", "Weekday and hour")
            yield FileRow(part, f"{weekday + 1} {hour:02}:00", translate("insights", "Calls"), str(calls))
    for one in found.keywords:
        before = "" if one.before is None else str(one.before)
        part = translate("insights", "Keyword")
        yield FileRow(part, one.keyword, translate("insights", "Calls"), str(one.calls), before)
    for customer in found.customers:
        name = customer_name(customer.customer_id)
        yield from _tally_rows(translate("insights", "Customer"), name, customer.now, customer.before)
    for queue in found.queues:
        yield from _tally_rows(translate("insights", "Queue"), queue.queue, queue.now, queue.before)


def _tally_rows(part: str, name: str, now: Tally, before: Tally | None) -> Iterator[FileRow]:
    satisfied, neutral, dissatisfied = mood_words()
    counted: tuple[tuple[str, Callable[[Tally], float | None]], ...] = (
        (translate("insights", "Calls"), lambda one: one.calls),
        (translate("insights", "Seconds of calls"), lambda one: round(one.audio_seconds)),
        (translate("insights", "Seconds talked"), lambda one: round(one.speech_seconds)),
        (satisfied, lambda one: one.mood.satisfied),
        (neutral, lambda one: one.mood.neutral),
        (dissatisfied, lambda one: one.mood.dissatisfied),
        (outside_talk_words(), lambda one: one.outside_talk_share),
        (translate("insights", "Silence"), lambda one: one.silence_share),
    )
    for figure, of in counted:
        yield FileRow(part, name, figure, _plain(of(now)), "" if before is None else _plain(of(before)))


def _plain(value: float | None) -> str:
    return "" if value is None else str(value)
