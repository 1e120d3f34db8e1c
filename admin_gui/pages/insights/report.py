"""A report of one page, A4, in light colours: all that the page of insights shows, for whoever has no access to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from admin_gui.appearance.colors import LIGHT
from admin_gui.client.insights import Compared, Day, Insights, TimeSpan
from admin_gui.models.insights import MOOD_TONES, change, figures, hours_in, midnight, mood_words, note_of
from admin_gui.text import formats
from admin_gui.text.plain_text import visible
from admin_gui.widgets.charts.heat_map import paint_cells
from admin_gui.widgets.charts.legend import bar_color
from admin_gui.widgets.charts.scale import WHOLE_STEPS, label_values
from admin_gui.widgets.charts.time_axis import DAY_SECONDS, round_ticks

translate = QCoreApplication.translate

RESOLUTION = 144  # of a point of the page two
MARGIN_MM = 14.0
# In points of the drawing: of the page's 1190 by 1684 less its margins.
GAP = 16.0
TITLE, HEADING, TEXT, SMALL = 15.0, 9.5, 8.0, 7.0
TILE_HEIGHT, TILES_A_ROW, TILE_GAP = 92.0, 3, 10.0
CHART_HEIGHT = 212.0
MAP_HEIGHT = 320.0
LINE = 23.0
MOST_KEYWORDS, MOST_ROWS = 15, 8
LEAST_NAME = 0.17  # of a table's width

_Box = tuple[float, float]  # where a column begins, and how wide it is


@dataclass(frozen=True, slots=True)
class Report:
    """What it is made of; `made_at` is already written."""

    found: Insights
    whose: str
    customers: Mapping[int, str]
    made_at: str


def write_report(file: Path, report: Report) -> None:
    """Write it; the file is there whole or not at all. On a thread: it draws on nothing that is shown."""
    aside = file.with_name(f".{file.name}.part")
    try:
        aside.write_bytes(report_bytes(report))
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)


def report_bytes(report: Report) -> bytes:
    """The PDF."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    a4 = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(a4, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    writer.setTitle(f"{translate('insights', 'What the calls say')} · {visible(report.whose)}")
    painter = QPainter(writer)
    try:
        _Drawing(painter, QSizeF(writer.width(), writer.height()), report).draw()
    finally:
        painter.end()
        buffer.close()
    return bytes(data.data())


@dataclass(frozen=True, slots=True)
class _Column:
    """Of the tables of customers and queues."""

    head: str
    write: Callable[[Compared], str]
    color: str


class _Drawing:
    """From the top to the bottom of the page; `y` is how far it is."""

    def __init__(self, painter: QPainter, page: QSizeF, report: Report) -> None:
        self._painter = painter
        self._page = page
        self._report = report
        self._y = 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def draw(self) -> None:
        found = self._report.found
        self._head()
        self._tiles()
        self._moods(found.days)
        left = self._y
        half = (self._page.width() - GAP) / 2
        self._hours(QRectF(0, left, half, MAP_HEIGHT))
        self._keywords(QRectF(half + GAP, left, half, 0))
        self._y = left + MAP_HEIGHT + 3 * LINE + GAP
        customers = [
            (self._report.customers.get(one.customer_id, str(one.customer_id)), one) for one in found.customers
        ]
        queues = [(one.queue, one) for one in found.queues]
        columns = _columns()
        rows = [row for _name, row in (*customers[:MOST_ROWS], *queues[:MOST_ROWS])]
        boxes = self._boxes([[column.head, *(column.write(row) for row in rows)] for column in columns])
        self._table(translate("insights", "By customer"), customers, columns, boxes)
        self._table(translate("insights", "By queue"), queues, columns, boxes)
        self._foot()

    def _head(self) -> None:
        found = self._report.found
        self._text(QRectF(0, 0, self._page.width(), 44), self._report.whose, TITLE, bold=True)
        first, last = found.days[0].day, found.days[-1].day
        words = translate("insights", "What the calls say, %1 to %2")
        words = words.replace("%1", formats.date(midnight(first))).replace("%2", formats.date(midnight(last)))
        if found.compared is not None:
            words += f", {_compared_with(found.compared)}"
        self._text(QRectF(0, 46, self._page.width(), 26), words, HEADING, LIGHT.muted)
        self._y = 46 + 26 + GAP

    def _tiles(self) -> None:
        totals = self._report.found.totals
        width = (self._page.width() - TILE_GAP * (TILES_A_ROW - 1)) / TILES_A_ROW
        for place, figure in enumerate(figures()):
            line, column = divmod(place, TILES_A_ROW)
            left, top = column * (width + TILE_GAP), self._y + line * (TILE_HEIGHT + TILE_GAP)
            box = QRectF(left, top, width, TILE_HEIGHT)
            self._painter.setPen(QPen(QColor(LIGHT.border), 1))
            self._painter.drawRoundedRect(box, 6, 6)
            inner = box.adjusted(10, 6, -10, -6)
            self._text(QRectF(inner.left(), inner.top(), inner.width(), 22), figure.name, SMALL, LIGHT.muted)
            value, below = (
                figure.write(figure.of(totals.now)),
                QRectF(inner.left(), inner.top() + 22, inner.width(), 36),
            )
            self._text(below, value, TITLE - 3, bold=True)
            self._text(below, figure.counts(totals.now), SMALL, LIGHT.muted, Qt.AlignmentFlag.AlignRight)
            note = " · ".join(note_of(figure, totals.now, totals.before).splitlines())
            self._text(QRectF(inner.left(), inner.top() + 59, inner.width(), 22), note, SMALL, LIGHT.muted)
        rows = -(-len(figures()) // TILES_A_ROW)
        self._y += rows * (TILE_HEIGHT + TILE_GAP) - TILE_GAP + GAP

    def _moods(self, days: Sequence[Day]) -> None:
        colors = [bar_color(LIGHT, tone) for tone in MOOD_TONES]
        names = ("satisfied", "neutral", "dissatisfied")
        self._heading(0, translate("insights", "Mood per day"))
        mood, left = self._report.found.totals.now.mood, self._page.width() * 0.4
        for color, name, word in zip(colors, names, mood_words(), strict=True):
            self._painter.fillRect(QRectF(left, self._y - LINE + 2, 12, 12), color)
            words = f"{word} {formats.number(getattr(mood, name))}"
            self._text(QRectF(left + 18, self._y - LINE - 4, 200, 24), words, SMALL, LIGHT.muted)
            left += 190
        axis = 50.0
        # The highest label may stand at the top of it, and needs its half of a line below the heading.
        area = QRectF(axis, self._y, self._page.width() - axis, CHART_HEIGHT - LINE).adjusted(0, LINE / 2, 0, 0)
        top = max([day.mood.known for day in days] + [1])
        for value in label_values(top, WHOLE_STEPS):
            line = area.bottom() - area.height() * value / top
            self._painter.setPen(QPen(QColor(LIGHT.border), 1))
            self._painter.drawLine(int(area.left()), int(line), int(area.right()), int(line))
            where = QRectF(0, line - 12, axis - 8, 24)
            self._text(where, formats.number(value), SMALL, LIGHT.muted, Qt.AlignmentFlag.AlignRight)
        width = area.width() / len(days)
        self._days(days, area)
        for place, day in enumerate(days):
            bottom, x = area.bottom(), area.left() + place * width
            for color, name in zip(colors, names, strict=True):
                height = area.height() * getattr(day.mood, name) / top
                if not height:
                    continue  # in a PDF nothing is filled as a hairline
                self._painter.fillRect(QRectF(x + width * 0.14, bottom - height, width * 0.72, height), color)
                bottom -= height
        self._y += CHART_HEIGHT + GAP

    def _days(self, days: Sequence[Day], area: QRectF) -> None:
        """Some of them below a chart, each under the middle of its bars."""
        starts = [midnight(day.day) for day in days]
        width_of = QFontMetricsF(_font(SMALL), self._painter.device()).horizontalAdvance
        first = starts[0].timestamp()
        scale = area.width() / (starts[-1].timestamp() + DAY_SECONDS - first)
        for at, words in round_ticks(starts, DAY_SECONDS, area.width(), width_of):
            middle, width = area.left() + (at - first) * scale, width_of(words) + 2
            box = QRectF(middle - width / 2, area.bottom() + 3, width, 22)
            self._text(box, words, SMALL, LIGHT.muted, Qt.AlignmentFlag.AlignHCenter)

    def _hours(self, box: QRectF) -> None:
        self._heading(box.left(), translate("insights", "Calls by weekday and hour"))
        self._painter.setFont(_font(SMALL))
        area = QRectF(box.left(), self._y, box.width(), box.height())
        found = self._report.found
        paint_cells(self._painter, area, found.hours, LIGHT, hours_in((found.since, found.until)))
        self._y -= LINE + 6

    def _keywords(self, box: QRectF) -> None:
        self._heading(box.left(), translate("insights", "Keywords"))
        there = [one for one in self._report.found.keywords if one.calls]
        for place, one in enumerate(there[:MOST_KEYWORDS]):
            y = self._y + place * LINE
            self._text(QRectF(box.left(), y, box.width() * 0.6, LINE), one.keyword, TEXT)
            right = Qt.AlignmentFlag.AlignRight
            calls = QRectF(box.left() + box.width() * 0.6, y, box.width() * 0.15, LINE)
            self._text(calls, formats.number(one.calls), TEXT, align=right)
            moved = QRectF(calls.right(), y, box.width() * 0.25, LINE)
            self._text(moved, change(one.calls, one.before), TEXT, LIGHT.muted, right)
        if len(there) > MOST_KEYWORDS:  # how many more there are nobody knows: the appliance tells the most frequent
            where = QRectF(box.left(), self._y + MOST_KEYWORDS * LINE, box.width(), LINE)
            self._text(where, translate("insights", "and others, in fewer calls each"), TEXT, LIGHT.muted)

    def _table(
        self, title: str, rows: Sequence[tuple[str, Compared]], columns: Sequence[_Column], boxes: Sequence[_Box]
    ) -> None:
        if not rows:
            return
        self._heading(0, title)
        right = Qt.AlignmentFlag.AlignRight
        for (left, width), column in zip(boxes, columns, strict=True):
            self._text(QRectF(left, self._y, width, LINE), column.head, SMALL, LIGHT.muted, right)
        self._y += LINE
        for name, row in rows[:MOST_ROWS]:
            self._text(QRectF(0, self._y, boxes[0][0] - GAP, LINE), name, TEXT)
            for (left, width), column in zip(boxes, columns, strict=True):
                self._text(QRectF(left, self._y, width, LINE), column.write(row), TEXT, column.color, right)
            self._y += LINE
        others = [row for _name, row in rows[MOST_ROWS:]]
        if others:
            words = translate("insights", "Not listed: %1, with %2 of the calls")
            for place, count in (("%1", len(others)), ("%2", sum(row.now.calls for row in others))):
                words = words.replace(place, formats.number(count))
            self._text(QRectF(0, self._y, self._page.width(), LINE), words, TEXT, LIGHT.muted)
            self._y += LINE
        self._y += GAP

    def _boxes(self, texts: Sequence[Sequence[str]]) -> list[_Box]:
        """As wide as the widest text of each column, its head the first; names have the rest."""
        heads, cells = (QFontMetricsF(_font(size), self._painter.device()) for size in (SMALL, TEXT))
        wanted = [
            max([heads.horizontalAdvance(head), *(cells.horizontalAdvance(cell) for cell in column)]) + 2
            for head, *column in texts
        ]
        room = self._page.width() * (1 - LEAST_NAME) - GAP * len(wanted)
        squeezed = min(1.0, room / sum(wanted))
        boxes: list[_Box] = []
        right = self._page.width()
        for width in reversed([one * squeezed for one in wanted]):
            boxes.append((right - width, width))
            right -= width + GAP
        return boxes[::-1]

    def _foot(self) -> None:
        words = translate(
            "insights",
            "Made by vBot on %1. Moods are the outside party's, read from what was said; no employee is rated.",
        )
        box = QRectF(0, self._page.height() - LINE, self._page.width(), LINE)
        self._text(box, words.replace("%1", self._report.made_at), SMALL, LIGHT.muted)

    def _heading(self, left: float, words: str) -> None:
        self._text(QRectF(left, self._y, self._page.width() - left, LINE + 4), words, HEADING, bold=True)
        self._y += LINE + 6

    def _text(
        self,
        box: QRectF,
        words: str,
        size: float,
        color: str = LIGHT.text,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        bold: bool = False,
    ) -> None:
        """One line, which ends in … where there is no room for all of it."""
        self._painter.setFont(_font(size, bold=bold))
        self._painter.setPen(QColor(color))
        line = self._painter.fontMetrics().elidedText(visible(words), Qt.TextElideMode.ElideRight, int(box.width()))
        self._painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)


def _compared_with(span: TimeSpan) -> str:
    """Its days, the last one that lies in it: a whole one ends with the next one's midnight."""
    first, last = (formats.date(one) for one in (span.since, max(span.since, span.until - timedelta(microseconds=1))))
    if first == last:
        return translate("insights", "compared with %1").replace("%1", first)
    return translate("insights", "compared with %1 to %2").replace("%1", first).replace("%2", last)


def _columns() -> list[_Column]:
    """What has changed has a column of its own, where it says most."""
    columns = []
    for one in figures():
        columns.append(_Column(one.name, lambda row, one=one: one.text(row.now), LIGHT.text))  # type: ignore[misc]
        if one.key in ("calls", "dissatisfied"):
            columns.append(_Column("", lambda row, one=one: one.change(row.now, row.before), LIGHT.muted))  # type: ignore[misc]
    return columns


def _font(size: float, *, bold: bool = False) -> QFont:
    made = QFont()
    made.setPointSizeF(size)
    made.setBold(bold)
    return made
