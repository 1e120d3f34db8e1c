"""What was told lately: each with its time, and a click that leads to its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.models.notices.history import Told
from admin_gui.models.notices.ledger import News
from admin_gui.text import formats
from admin_gui.text.plain_text import isolated, visible
from admin_gui.widgets.layout.layouts import section_title
from admin_gui.widgets.plain_label import PlainLabel

HEIGHT = 150


class ToldSection(QWidget):
    """`chosen` with the address of an appliance, and a link."""

    chosen = Signal(str, str)

    def __init__(self, told: Sequence[Told], names: Mapping[str, str], theme: Theme) -> None:
        """`told`: the newest first; `names`: what the user calls the appliances, by their addresses."""
        super().__init__()
        self._theme = theme
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What was told"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)  # its bar takes of the width
        self.list.setFixedHeight(HEIGHT)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)  # by Enter
        for one in told:
            item = QListWidgetItem(_line(one, names))
            item.setData(Qt.ItemDataRole.UserRole, one.news)
            self.list.addItem(item)
        self.nothing = PlainLabel(self.tr("Nothing was told yet."))
        self.nothing.setProperty("muted", True)
        (self.nothing if told else self.list).hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section_title(self.tr("What was told")))
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        theme.changed.connect(self._paint)
        self._paint()

    @property
    def texts(self) -> list[str]:
        """The lines, from above."""
        return [self.list.item(place).text() for place in range(self.list.count())]

    def _choose(self, item: QListWidgetItem) -> None:
        news: News = item.data(Qt.ItemDataRole.UserRole)
        self.chosen.emit(news.appliance, news.link)

    def _paint(self) -> None:
        colors = self._theme.colors
        for place in range(self.list.count()):
            item = self.list.item(place)
            is_bad = item.data(Qt.ItemDataRole.UserRole).tone == "bad"
            item.setForeground(QColor(colors.bad if is_bad else colors.text))


def _line(told: Told, names: Mapping[str, str]) -> str:
    news, when = told.news, formats.short_moment(told.at, datetime.now(UTC))
    whose = f"{isolated(names.get(news.appliance, news.appliance))}: " if len(names) > 1 else ""
    return visible(f"{when}  {whose}{news.text}")
