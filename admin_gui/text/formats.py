"""How moments, durations, sizes and numbers are written: in the local zone and the user's language, UTC beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

translate = QCoreApplication.translate

DASH = "–"
# A telephone number as long as they become, for the width of what shows them.
TYPICAL_NUMBER = "+4915100000000"
# How days are written where the language has no way of its own.
ISO_DAY = "yyyy-MM-dd"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MIDNIGHT = "00:00"
_SHORT = 10  # below so many seconds their tenths matter


def moment(value: datetime | None) -> str:
    """Date and time in the local zone, such as 24.11.2026 19:03:07."""
    if value is None:
        return DASH
    local = _qt(value)
    return f"{_date(local)} {local.toString('HH:mm:ss')}"


def longest_moment() -> str:
    """A moment as long as they become, for the width of what shows them."""
    return moment(datetime(2028, 12, 28, 20, 48, 48, tzinfo=UTC))


def date(value: datetime) -> str:
    """The day alone, in the local zone."""
    return _date(_qt(value))


def short_moment(value: datetime | None, now: datetime | None = None) -> str:
    """The time alone when it is today, else date and time."""
    if value is None:
        return DASH
    local = _qt(value)
    today = _qt(now or datetime.now(UTC)).date()
    if local.date() == today:
        return local.toString("HH:mm:ss")
    return f"{_date(local)} {local.toString('HH:mm')}"


def moment_of_a_day(value: datetime, now: datetime) -> str:
    """The same where nothing around it says the day: "today, 12:47:52"."""
    words = short_moment(value, now)
    return f"{translate('formats', 'today')}, {words}" if _qt(value).date() == _qt(now).date() else words


def moment_of_a_week(value: datetime, now: datetime | None = None) -> str:
    """The same where it is of the last days: "12:47", "Tue 12:47"."""
    local, today = _qt(value), _qt(now or datetime.now(UTC)).date()
    time = local.toString("HH:mm")
    return time if local.date() == today else f"{QLocale().toString(local.date(), 'ddd')} {time}"


def writes_iso_days() -> bool:
    """Whether the language has no order of day, month and year of its own."""
    return QLocale().language() is QLocale.Language.C


def time_of_day(value: datetime) -> str:
    """Hours and minutes alone, in the local zone."""
    return _qt(value).toString("HH:mm")


def stretch(begin: datetime | None, end: datetime | None, now: datetime) -> str:
    """From one moment to another, always with the day: "today, 00:00 – 09:30", "25.11.26", "25.11.26 08:00 – …"."""
    first = None if begin is None else (_qt(begin).date(), _qt(begin).toString("HH:mm"))
    last = None if end is None else (_qt(end).date(), _qt(end).toString("HH:mm"))
    if last is not None and last[1] == _MIDNIGHT:
        last = (last[0].addDays(-1), "24:00")
    is_whole = (first is None or first[1] == _MIDNIGHT) and (last is None or last[1] == "24:00")
    if first is not None and last is not None and first[0] == last[0]:
        day = _day(first[0], now)
        return day if is_whole else f"{day}, {first[1]} – {last[1]}"
    ends = ["…" if one is None else _day(one[0], now) + ("" if is_whole else f" {one[1]}") for one in (first, last)]
    return " – ".join(ends)


def utc_tooltip(value: datetime | None) -> str:
    """What the tooltip of a moment says: the same in UTC, and the zone that is shown."""
    if value is None:
        return ""
    local = _qt(value)
    zone = local.timeZoneAbbreviation()
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n{moment(value)} {zone}"


def age(value: datetime | None, now: datetime) -> str:
    """How long ago, in words. `now` is the appliance's clock, not this machine's."""
    if value is None:
        return translate("formats", "never")
    seconds = (now - value).total_seconds()
    if seconds < 0:
        return (
            translate("formats", "in %1").replace("%1", span(-seconds))
            if seconds < -5
            else translate("formats", "just now")
        )
    if seconds < 5:
        return translate("formats", "just now")
    return translate("formats", "%1 ago").replace("%1", span(seconds))


def rough_age(value: datetime | None, now: datetime) -> str:
    """The same to one part, where seconds more or less say nothing."""
    if value is None:
        return age(value, now)
    seconds = (now - value).total_seconds()
    unit = next((one for one in (_DAY, _HOUR, _MINUTE) if seconds >= one), 1)
    return age(value + timedelta(seconds=seconds % unit), now)


def span(seconds: float | timedelta | None) -> str:
    """A stretch of time, to two parts: 3 d 4 h, 12 min, 8 s."""
    if seconds is None:
        return DASH
    exact = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    total = round(exact)
    if exact < _SHORT and exact != total:
        return f"{number(exact, 1)} s"
    if total < _MINUTE:
        return f"{total} s"
    if total < _HOUR:
        minutes, rest = divmod(total, _MINUTE)
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    if total < _DAY:
        hours, rest = divmod(total, _HOUR)
        return f"{hours} h {rest // _MINUTE} min" if rest >= _MINUTE else f"{hours} h"
    days, rest = divmod(total, _DAY)
    shown = translate("formats", "%1 d").replace("%1", number(days))
    return f"{shown} {rest // _HOUR} h" if rest >= _HOUR and days < 10 else shown


def minutes(seconds: float | None) -> str:
    """A length in minutes alone, however many they are: 0.5 min, 12,345 min."""
    if seconds is None:
        return DASH
    shown = seconds / _MINUTE
    return f"{number(shown, 0 if shown >= _SHORT or not shown else 1)} min"


def tick(value: datetime, bucket_seconds: int) -> str:
    """A moment below a chart: the time, or the day where a bucket is one."""
    local = _qt(value)
    return QLocale().toString(local.date(), "d MMM") if bucket_seconds >= _DAY else local.toString("HH:mm")


def playing_time(seconds: float | None) -> str:
    """A recording's length as players show it: 1:02, 1:00:05."""
    if seconds is None:
        return DASH
    total = round(seconds)
    hours, rest = divmod(total, _HOUR)
    if hours:
        return f"{hours}:{rest // _MINUTE:02}:{rest % _MINUTE:02}"
    return f"{rest // _MINUTE}:{rest % _MINUTE:02}"


def number(value: float | None, digits: int = 0) -> str:
    """A number with the language's separators."""
    if value is None:
        return DASH
    return QLocale().toString(float(value), "f", digits)


def percent(share: float | None) -> str:
    """A share of 1 as a percentage."""
    return DASH if share is None else f"{number(share * 100, 0 if share >= 0.1 or share == 0 else 1)} %"


def size(count: int | None) -> str:
    """Bytes in units of 1024, as file managers show them."""
    if count is None:
        return DASH
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def _day(day: QDate, now: datetime) -> str:
    return translate("formats", "today") if day == _qt(now).date() else _date(QDateTime(day, QTime()))


def _date(local: QDateTime) -> str:
    if writes_iso_days():
        return local.toString(ISO_DAY)
    return QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)


def _qt(value: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(value.timestamp()))  # in the local zone
