"""The values of a chart as bars, or as a line that ends where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from admin_gui.appearance.colors import Colors
from admin_gui.widgets.charts.legend import bar_color

BAR_SHARE = 0.72  # of a bucket's width
POINT, LONE_POINT = 4, 7  # a point that no line leads to must be seen by itself


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the colour of a tone; None where there is none. Bars of one plot are stacked in their order."""

    name: str
    values: Sequence[float | None]
    tone: Literal["busy", "bad", "calm", "good"] = "busy"


@dataclass(frozen=True, slots=True)
class Canvas:
    """What is drawn on, with pyqtgraph (`pg`): `times` are where the buckets begin."""

    pg: Any
    plot: Any
    colors: Colors
    times: Sequence[float]
    bucket_seconds: int

    def draw_bars(self, series: Sequence[Series]) -> float:
        """Returns how high the highest is."""
        below = [0.0] * len(self.times)
        for one in series:
            heights = [value or 0.0 for value in one.values]
            self.plot.addItem(
                self.pg.BarGraphItem(
                    x=[self._middle(place) for place in range(len(self.times))],
                    y0=list(below),
                    height=heights,
                    width=self.bucket_seconds * BAR_SHARE,
                    brush=bar_color(self.colors, one.tone),
                    pen=None,
                )
            )
            below = [low + height for low, height in zip(below, heights, strict=True)]
        return max(below, default=0.0)

    def draw_line(self, series: Sequence[Series]) -> float:
        """Returns how high the highest point is."""
        highest = 0.0
        for one in series:
            pen, brush = (make(self.colors.tone(one.tone)) for make in (self.pg.mkPen, self.pg.mkBrush))
            pen.setWidth(2)
            for run in unbroken(one.values):
                ys = [one.values[place] or 0.0 for place in run]
                self.plot.plot(
                    [self._middle(place) for place in run],
                    ys,
                    pen=pen,
                    symbol="o",
                    symbolSize=POINT if len(run) > 1 else LONE_POINT,
                    symbolBrush=brush,
                    symbolPen=None,
                    antialias=True,
                )
                highest = max([highest, *ys])
        return highest

    def draw_gaps(self, series: Sequence[Series], top: float) -> None:
        """Hatched up to `top` where nothing was measured, unless that is nowhere or everywhere."""
        gaps = [time for place, time in enumerate(self.times) if is_gap(series, place)]
        if 0 < len(gaps) < len(self.times):
            brush = QBrush(QColor(self.colors.border), Qt.BrushStyle.BDiagPattern)
            width = self.bucket_seconds
            self.plot.addItem(self.pg.BarGraphItem(x0=gaps, y0=0, height=top, width=width, brush=brush, pen=None))

    def _middle(self, place: int) -> float:
        return self.times[place] + self.bucket_seconds / 2


def is_gap(series: Sequence[Series], place: int) -> bool:
    """Whether nothing is known of a bucket."""
    return bool(series) and all(one.values[place] is None for one in series)


def unbroken(values: Sequence[float | None]) -> list[list[int]]:
    """The places of values that follow each other, without a gap between them."""
    runs: list[list[int]] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
