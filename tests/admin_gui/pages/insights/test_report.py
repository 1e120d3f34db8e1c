"""What is painted on the report: it is read on paper, where nobody can point at anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from admin_gui.client.insights import (
    Compared,
    CustomerInsights,
    Day,
    Insights,
    Keyword,
    Moods,
    QueueInsights,
    Tally,
    TimeSpan,
)
from admin_gui.models.insights import Period
from admin_gui.pages.insights import report
from admin_gui.pages.insights.report import RESOLUTION, Report
from admin_gui.text import formats

FIRST = date(2026, 11, 2)
MOODS = [Moods(satisfied=20, neutral=12, dissatisfied=8), Moods(), Moods(satisfied=3)]
TALLY = Tally(
    calls=15,
    speech_seconds=84_000.0,
    mood=Moods(satisfied=10, neutral=3, dissatisfied=2),
    outside_talk_share=0.4,
    silence_share=0.2,
)


class Painted(QPainter):
    """Notes what is written, and filled, where."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.texts: list[tuple[str, QRectF]] = []
        self.filled: list[QRectF] = []

    def drawText(self, box: QRectF, flags: int, text: str) -> None:  # type: ignore[override]  # noqa: N802
        self.texts.append((text, self.boundingRect(box, flags, text)))

    def fillRect(self, box: QRectF, color: Any) -> None:  # type: ignore[override]  # noqa: N802
        self.filled.append(box)


@pytest.fixture
def painted(qtbot: QtBot) -> Painted:
    return painted_of()


def painted_of(**other: Any) -> Painted:
    days = [
        Day(
            day=FIRST + timedelta(days=number),
            since=datetime(2026, 11, 2, tzinfo=UTC),
            until=datetime(2026, 11, 3, tzinfo=UTC),
            calls=mood.known,
            mood=mood,
        )
        for number, mood in enumerate(MOODS)
    ]
    found = Insights(
        since=days[0].since,
        until=days[-1].until,
        totals=Compared(now=TALLY, before=TALLY),
        days=days,
        customers=[CustomerInsights(customer_id=7, now=TALLY, before=TALLY)],
        queues=[QueueInsights(queue="support", now=Tally(), before=None)],
    )
    found = msgspec.structs.replace(found, **other)
    image = QImage(1010, 1530, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(RESOLUTION / 0.0254))
    image.setDotsPerMeterY(round(RESOLUTION / 0.0254))
    painter = Painted(image)
    made = Report(found=found, whose="All customers", customers={7: "Boiler & Sons"}, made_at="today")
    report._Drawing(painter, QSizeF(image.width(), image.height()), made).draw()
    painter.end()
    return painter


def test_of_a_day_without_calls_nothing_is_painted(painted: Painted) -> None:
    """What has no height is a line in a PDF all the same, in the colour of the dissatisfied."""
    assert all(box.height() > 0 for box in painted.filled)


def test_heads_are_written_whole_and_a_share_says_of_how_many(painted: Painted) -> None:
    texts = [text for text, _box in painted.texts]
    assert [text for text in texts if "…" in text] == []
    assert texts.count("Outside party talks") == 3, "on its tile, and over both tables"
    assert "2 of 15 · 13 %" in texts
    assert "2 of 15" in texts


def test_nothing_is_written_over_something_else(painted: Painted) -> None:
    assert overlapping(painted) == []


def overlapping(painted: Painted) -> list[tuple[str, str]]:
    written = [one for one in painted.texts if one[0]]
    return [
        (text, other)
        for place, (text, box) in enumerate(written)
        for other, its in written[place + 1 :]
        if box.adjusted(1, 1, -1, -1).intersects(its.adjusted(1, 1, -1, -1))
    ]


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (Period(ends=(date(2026, 11, 19), date(2026, 11, 19))), "compared with 18 Nov 2026"),
        (Period(ends=(date(2026, 11, 1), date(2026, 11, 7))), "compared with 25 Oct 2026 to 31 Oct 2026"),
        (Period(7), "compared with 14 Nov 2026 to 20 Nov 2026"),
    ],
)
def test_the_days_that_it_is_compared_with_are_named(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, period: Period, told: str
) -> None:
    monkeypatch.setattr(formats, "date", lambda moment: f"{moment.astimezone():%-d %b %Y}")
    since, until = period.span_before(datetime(2026, 11, 27, 12).astimezone())
    texts = [text for text, _box in painted_of(compared=TimeSpan(since=since, until=until)).texts]
    (head,) = (text for text in texts if text.startswith("What the calls say"))
    assert head.endswith(told)


def test_what_there_is_no_room_for_is_counted(qtbot: QtBot) -> None:
    def tally(number: int) -> Tally:
        return Tally(calls=number)

    painted = painted_of(
        customers=[CustomerInsights(customer_id=number, now=tally(100 - number)) for number in range(1, 12)],
        queues=[QueueInsights(queue=f"queue {number}", now=tally(1000)) for number in range(10)],
        keywords=[Keyword(keyword=f"word {number}", calls=5) for number in range(40)],
    )
    texts = [text for text, _box in painted.texts]
    assert "Not listed: 3, with 270 of the calls" in texts
    assert "Not listed: 2, with 2000 of the calls" in texts
    assert "and others, in fewer calls each" in texts
    assert overlapping(painted) == []
    assert all(box.bottom() <= 1530 for _text, box in painted.texts)
    few = [text for text, _box in painted_of().texts]
    assert not any(text.startswith(("and ", "Not listed")) for text in few)
