"""A small chart over time. What pyqtgraph computes with is loaded on a thread, while the page is built."""

from __future__ import annotations

import bisect
import importlib
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.card import CARD_MARGIN, Card
from admin_gui.widgets.charts.drawn_series import BAR_SHARE, Canvas, Series
from admin_gui.widgets.charts.legend import Legend, bar_color
from admin_gui.widgets.charts.scale import label_values
from admin_gui.widgets.charts.time_axis import DAY_SECONDS, round_ticks
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.keyboard_cover import KeyboardCover

translate = QCoreApplication.translate

PLOT_HEIGHT = 130
AXIS_WIDTH = 52
AXIS_AIR = 10
EDGE = 0.01  # free at both ends, of the whole


class Plot(Card):
    """One chart with its heading and, below the pointer, the moment and the values."""

    loaded = Signal()  # it can draw from now on
    # A bucket, by its place: somebody wants to see what it is made of; of one series, by its place, or None: of all.
    opened = Signal(int, object)

    def __init__(
        self,
        context: AppContext,
        title: str,
        kind: Literal["bars", "line"],
        write: Callable[[float], str],
        steps: Sequence[float],
        parent: QWidget | None = None,
    ) -> None:
        """`write` writes a value with its unit; `steps` are those that its labels may go in, the smallest first."""
        super().__init__(parent=parent)
        self._context = context
        self._kind = kind
        self._write = write
        self._steps = steps
        self._labels: list[tuple[float, str]] = []
        self._title = title
        self._starts: Sequence[datetime] = ()
        self._bucket_seconds = 3600
        self._series: Sequence[Series] = ()
        self._sum_up = ""
        self._opens = False
        self._tell_part: Callable[[int, int], str] = lambda _part, _count: ""
        self._keys: KeyboardCover | None = None
        self._at: int | None = None  # the bucket that the keyboard is on
        self._pg: Any = None
        self._plot: Any = None
        heading = ElidedLabel(title)
        heading.setProperty("muted", True)
        self._legend = Legend(context.theme, bar_color)
        self._legend.hide()
        self._reading = ElidedLabel()
        self._reading.setObjectName("sectionTitle")
        # Nothing moves while it is read.
        self._reading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.content.setSpacing(2)
        self.content.addWidget(heading)
        self.content.addWidget(self._reading)
        self._place = QVBoxLayout()
        self.content.addLayout(self._place)
        self.content.addWidget(self._legend)
        self.setMinimumHeight(PLOT_HEIGHT + 80)
        context.theme.changed.connect(self._draw)
        context.calls.start(self, _load, self._loaded)

    def show_legend(self, parts: Sequence[tuple[str, Tone]]) -> None:
        """What its colours mean, below it."""
        self._legend.show_parts(parts)
        self._legend.show()
        # It has room of its own: where cards are as low as they may be, it would lie over the plot.
        self.setMinimumHeight(PLOT_HEIGHT + 80 + self._legend.sizeHint().height() + self.content.spacing())

    def let_open(self, tell_part: Callable[[int, int], str]) -> None:
        """Buckets can be opened, by a click or by the arrow keys and Enter; by a click also one part of their bar.

        `tell_part`: so many of that series, as the tooltip says it.
        """
        self._opens = True
        self._tell_part = tell_part
        self._keys = KeyboardCover(self)
        self._keys.setAccessibleName(self.accessibleName())
        self.setFocusProxy(self._keys)

    def show_series(
        self, starts: Sequence[datetime], bucket_seconds: int, series: Sequence[Series], sum_up: str
    ) -> None:
        """`starts`: where each bucket begins (UTC). `sum_up`: what is said while nothing is pointed at."""
        self._starts, self._bucket_seconds, self._series = starts, bucket_seconds, series
        self._sum_up = sum_up
        self._at = None
        self._reading.setText(sum_up)
        self.setAccessibleName(f"{self._title}: {sum_up}")
        if self._keys is not None:
            self._keys.setAccessibleName(self.accessibleName())
        self._draw()

    @property
    def is_loaded(self) -> bool:
        return self._plot is not None

    @property
    def reading(self) -> str:
        """What stands over the chart."""
        return self._reading.text()

    @property
    def buckets(self) -> tuple[int, int]:
        """How many there are, and how many seconds each is long."""
        return len(self._starts), self._bucket_seconds

    @property
    def canvas(self) -> QWidget:
        """What the pointer moves over."""
        viewport: QWidget = self._plot.viewport()
        return viewport

    @property
    def value_labels(self) -> list[tuple[float, str]]:
        """The values at its left edge, and how they are written."""
        return self._labels

    # Drawing

    def _loaded(self, _numpy: Any) -> None:
        # Here, on the GUI thread: while it is loaded it touches every class of Qt, and makes some of its own. On
        # another thread that ended the process when the GUI thread did the same at that moment.
        pg = importlib.import_module("pyqtgraph")
        pg.setConfigOptions(antialias=True)
        self._pg = pg
        plot = pg.PlotWidget(enableMenu=False)
        plot.setFixedHeight(PLOT_HEIGHT)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setFrameStyle(0)
        plot.getPlotItem().setContentsMargins(0, 6, 0, 0)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        # The page scrolls, not the chart.
        plot.wheelEvent = lambda event: event.ignore()
        self._plot = plot
        self._place.addWidget(plot)
        self._draw()
        self.loaded.emit()

    def _draw(self) -> None:
        if self._plot is None:
            return
        pg, plot, colors = self._pg, self._plot, self._context.theme.colors
        plot.clear()
        plot.setBackground(colors.surface)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(colors.border))
            axis.setTextPen(pg.mkPen(colors.muted))
            axis.setStyle(tickLength=0)
        # The first may stand below the values' own labels, where nothing else does.
        plot.getAxis("bottom").setStyle(hideOverlappingLabels=AXIS_WIDTH)
        if not self._starts:
            return
        grid = QColor(colors.border)
        plot.addItem(pg.InfiniteLine(pos=0, angle=0, pen=pg.mkPen(grid)))
        times = [start.timestamp() for start in self._starts]
        canvas = Canvas(pg, plot, colors, times, self._bucket_seconds)
        highest = (canvas.draw_bars if self._kind == "bars" else canvas.draw_line)(self._series)
        plot.setXRange(times[0], times[-1] + self._bucket_seconds, padding=EDGE)
        top = max(highest * 1.15 or 1.0, self._steps[0])
        plot.setYRange(0, top, padding=0)
        canvas.draw_gaps(self._series, top)
        # Numbers as the user's language writes them, with their unit; one that is wider than the axis is not drawn.
        self._labels = [(value, self._write(value)) for value in label_values(top, self._steps)]
        axis = plot.getAxis("left")
        axis.setTicks([self._labels])
        axis.setWidth(self._axis_width())
        plot.getAxis("bottom").setTicks([self._ticks()])

    def _axis_width(self) -> int:
        widest = max((self.fontMetrics().horizontalAdvance(text) for _, text in self._labels), default=0)
        return max(AXIS_WIDTH, widest + AXIS_AIR)

    def _ticks(self) -> list[tuple[float, str]]:
        """Moments of the local clock, as many as there is room for."""
        room = (self.contentsRect().width() - 2 * CARD_MARGIN - self._axis_width()) / (1 + 2 * EDGE)
        return round_ticks(self._starts, self._bucket_seconds, room, self.fontMetrics().horizontalAdvance)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        if self._keys is not None:
            self._keys.setGeometry(self.rect())
            self._keys.raise_()
        super().resizeEvent(event)
        if self._plot is not None and self._starts:
            self._plot.getAxis("bottom").setTicks([self._ticks()])

    # Reading

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if self._starts and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._read(event.position())
            if self._opens:
                opens = self._place_at(event.position()) is not None
                self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        elif self._opens and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            place = self._place_at(event.position())
            if place is not None:
                self.opened.emit(place, self._part_at(place, event.position()))
        elif self._opens and isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tooltip_at(QPointF(event.pos()))), self.canvas)
            return True
        elif event.type() == QEvent.Type.Leave:
            self._reading.setText(self._sum_up)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """From bucket to bucket, as the pointer does."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -len(self._starts)}
        steps[Qt.Key.Key_End] = len(self._starts)
        last = len(self._starts) - 1
        if not self._opens or not self._starts:
            super().keyPressEvent(event)
        elif event.key() in steps:
            step = steps[Qt.Key(event.key())]
            self._at = last if self._at is None and step < 0 else (self._at or 0) + step * (self._at is not None)
            self._at = min(last, max(0, self._at))
            self._tell(self._at)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.opened.emit(min(last, self._at), None)
        else:
            super().keyPressEvent(event)

    def _read(self, at: QPointF) -> None:
        place = self._place_at(at)
        if place is not None:
            self._tell(place)

    def tooltip_at(self, at: QPointF) -> str:
        """What is said of the part of a bar that is pointed at; empty beside the bars."""
        place = self._place_at(at)
        part = None if place is None else self._part_at(place, at)
        return (
            "" if place is None or part is None else self._tell_part(part, int(self._series[part].values[place] or 0))
        )

    def _part_at(self, place: int, at: QPointF) -> int | None:
        """Which series is seen there in the bar of this bucket."""
        there = self._value_at(at)
        middle = self._starts[place].timestamp() + self._bucket_seconds / 2
        if there.y() < 0 or abs(there.x() - middle) > self._bucket_seconds * BAR_SHARE / 2:
            return None
        tops = accumulate(one.values[place] or 0.0 for one in self._series)
        return next((part for part, top in enumerate(tops) if there.y() < top), None)

    def _value_at(self, at: QPointF) -> QPointF:
        found: QPointF = self._plot.getPlotItem().vb.mapSceneToView(self._plot.mapToScene(at.toPoint()))
        return found

    def _place_at(self, at: QPointF) -> int | None:
        x = self._value_at(at).x()
        place = bisect.bisect_right([start.timestamp() for start in self._starts], x) - 1
        return place if 0 <= place < len(self._starts) else None

    def _tell(self, place: int) -> None:
        parts = []
        for one in self._series:
            value = one.values[place]
            if value is not None:
                parts.append(f"{one.name} {self._write(value)}".strip())
        start = self._starts[place]
        when = formats.date(start) if self._bucket_seconds >= DAY_SECONDS else formats.moment_of_a_week(start)
        nothing = translate("charts", "no data")
        self._reading.setText(f"{when}   {'   '.join(parts) or nothing}")
        self.setAccessibleDescription(self._reading.text())


def _load() -> Any:
    """On a thread: the part of it that knows nothing of Qt."""
    return importlib.import_module("numpy")
