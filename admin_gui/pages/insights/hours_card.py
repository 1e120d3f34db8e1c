"""When calls come: the week as a heat map, and what an hour of it holds in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.charts.heat_map import Cell, HeatMap, hour, weekday
from admin_gui.widgets.elided_label import ElidedLabel


class HoursCard(Card):
    """The busiest hour is said while nothing is pointed at."""

    opened = Signal(int, int)  # weekday from Monday, hour

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        name = self.tr("Calls by weekday and hour")
        heading = ElidedLabel(name)
        heading.setProperty("muted", True)
        self._sum_up = ""
        self.reading = ElidedLabel()
        self.reading.setObjectName("sectionTitle")
        self.map = HeatMap(context.theme)
        self.map.setAccessibleName(name)
        self.map.opened.connect(self.opened)
        self.map.read.connect(self._read)
        self.content.setSpacing(2)
        for widget in (heading, self.reading):
            self.content.addWidget(widget)
        self.content.addSpacing(8)
        self.content.addWidget(self.map)
        self.content.addStretch(1)

    def show_counts(self, counts: Sequence[Sequence[int]], measured: Collection[Cell]) -> None:
        """Seven days from Monday on, of 24 hours each; `measured`: which of these hours the time has."""
        self.map.show_counts(counts, measured)
        busiest = self.map.busiest
        if busiest is None:
            self._sum_up = self.tr("No calls")
        else:
            words = f"{weekday(busiest[0])} {hour(busiest[1])}"
            calls = self.tr("%n call(s)", "", self.map.count_of(busiest))
            self._sum_up = self.tr("Busiest: %1, %2").replace("%1", words).replace("%2", calls)
        self._read("")

    def _read(self, words: str) -> None:
        self.reading.setText(words or self._sum_up or formats.DASH)
