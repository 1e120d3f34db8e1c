"""A week in a table of hours: the more there was in one, the stronger its colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from admin_gui.appearance.colors import Colors
from admin_gui.appearance.theme import Theme
from admin_gui.text import formats

DAYS, HOURS = 7, 24
ROW_HEIGHT = 20
GAP = 2
AIR = 8
HOUR_STEPS = (3, 6, 12)  # of the hours that are named, those that have room
# What is not nothing is seen.
FAINTEST = 0.12
WIDEST_CELL = 40

Cell = tuple[int, int]  # weekday from Monday, hour
WEEK: frozenset[Cell] = frozenset((day, at) for day in range(DAYS) for at in range(HOURS))
translate = QCoreApplication.translate


def weekday(day: int) -> str:
    """A weekday, Monday being 0, as short as the language writes it."""
    return QLocale().standaloneDayName(day + 1, QLocale.FormatType.ShortFormat)


def hour(value: int) -> str:
    """An hour, from its beginning to its end."""
    return f"{value:02}:00–{(value + 1) % HOURS:02}:00"


def strength(count: int, most: int) -> float:
    """From 0 for nothing to 1 for the busiest hour."""
    return 0.0 if not count else FAINTEST + (1 - FAINTEST) * count / most


def paint_cells(
    painter: QPainter,
    area: QRectF,
    counts: Sequence[Sequence[int]],
    colors: Colors,
    measured: Collection[Cell] = WEEK,
) -> QRectF:
    """The cells with the words beside and below them; returns where the cells are.

    Hours that are not `measured`, as there are none of them in the time, are hatched.
    """
    metrics = painter.fontMetrics()
    left = max(metrics.horizontalAdvance(weekday(day)) for day in range(DAYS)) + AIR
    cells = QRectF(area.left() + left, area.top(), area.width() - left, area.height() - metrics.height() - GAP)
    cells.setWidth(min(cells.width(), HOURS * WIDEST_CELL))
    most = max((max(day, default=0) for day in counts), default=0)
    for day in range(DAYS):
        for at in range(HOURS):
            box = cell_box(cells, (day, at))
            if (day, at) not in measured:
                painter.fillRect(box, QBrush(QColor(colors.border), Qt.BrushStyle.BDiagPattern))
                continue
            painter.fillRect(box, QColor(colors.sunken))
            color = QColor(colors.accent)
            color.setAlphaF(strength(counts[day][at], most) if counts else 0.0)
            painter.fillRect(box, color)
        row = cell_box(cells, (day, 0))
        painter.setPen(QColor(colors.muted))
        right = QRectF(area.left(), row.top(), left - AIR, row.height())
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, weekday(day))
    width = max(metrics.horizontalAdvance(f"{at:02}") for at in range(HOURS)) + AIR
    step = next((one for one in HOUR_STEPS if cell_box(cells, (0, 0)).width() * one >= width), HOUR_STEPS[-1])
    for at in range(0, HOURS, step):
        box = cell_box(cells, (DAYS - 1, at))
        below = QRectF(box.left(), box.bottom() + GAP, box.width() * step, metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"{at:02}")
    return cells


def cell_box(cells: QRectF, cell: Cell) -> QRectF:
    """Where an hour is painted."""
    day, at = cell
    width, height = cells.width() / HOURS, cells.height() / DAYS
    return QRectF(cells.left() + at * width, cells.top() + day * height, width - GAP, height - GAP)


class HeatMap(QAbstractSlider):
    """Point at an hour to read it; a click, or the arrow keys and Enter, open it."""

    opened = Signal(int, int)  # weekday from Monday, hour
    read = Signal(str)  # what is pointed at, in words; nothing: the whole

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: Sequence[Sequence[int]] = ()
        self._measured: Collection[Cell] = WEEK
        self._cells = QRectF()
        self._at: Cell | None = None
        self.setRange(0, DAYS * HOURS - 1)  # to a screen reader, the hour of the week
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_counts(self, counts: Sequence[Sequence[int]], measured: Collection[Cell] = WEEK) -> None:
        """Seven days from Monday on, of 24 hours each; `measured`: which of these hours the time has."""
        self._counts, self._measured = counts, measured
        self._at = None
        self.update()

    @property
    def busiest(self) -> Cell | None:
        """The hour with the most; None where there is nothing."""
        cells = [(day, at) for day in range(DAYS) for at in range(HOURS)] if self._counts else []
        found = max(cells, key=self.count_of, default=None)
        return found if found is not None and self.count_of(found) else None

    def count_of(self, cell: Cell) -> int:
        return self._counts[cell[0]][cell[1]] if self._counts else 0

    def place_of(self, cell: Cell) -> QPointF:
        """Where an hour is seen."""
        return cell_box(self._cells, cell).center()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(360, DAYS * ROW_HEIGHT + self.fontMetrics().height() + GAP)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        self._cells = paint_cells(painter, QRectF(self.rect()), self._counts, self._theme.colors, self._measured)
        if self._at is not None:
            painter.setPen(QPen(QColor(self._theme.colors.text), 2))
            painter.drawRect(cell_box(self._cells, self._at))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._point_at(self._cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._point_at(self._cell_at(event.position()))
        self._open()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # it scrolls the page

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        if event.key() in steps:
            day, at = steps[Qt.Key(event.key())]
            here = self._at
            if here is None:
                self._point_at(self.busiest or (0, 0))
            else:
                self._point_at((min(DAYS - 1, max(0, here[0] + day)), min(HOURS - 1, max(0, here[1] + at))))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def _cell_at(self, at: QPointF) -> Cell | None:
        if not self._cells.contains(at):
            return None
        day = int((at.y() - self._cells.top()) / (self._cells.height() / DAYS))
        return day, int((at.x() - self._cells.left()) / (self._cells.width() / HOURS))

    def _point_at(self, cell: Cell | None) -> None:
        self._at = cell
        if cell is not None:
            self.setValue(cell[0] * HOURS + cell[1])
        self.update()
        words = "" if cell is None else f"{weekday(cell[0])} {hour(cell[1])}   {self._told(cell)}"
        self.setAccessibleDescription(words)
        self.read.emit(words)

    def _told(self, cell: Cell) -> str:
        """How many there are, or that nobody can say."""
        if cell not in self._measured:
            return translate("charts", "no data")
        return formats.number(self.count_of(cell))

    def _open(self) -> None:
        if self._at is not None and self.count_of(self._at):
            self.opened.emit(*self._at)
