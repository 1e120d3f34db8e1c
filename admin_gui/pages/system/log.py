"""The end of the appliance's log, as it grows: by level, searched, followed, and with a way to what a line is about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QStackedWidget

from admin_gui.app_context import AppContext
from admin_gui.client.log import LEVELS, MOST_LINES, LogLine
from admin_gui.client.transport.errors import Forbidden
from admin_gui.commands import Command
from admin_gui.models.system.log import fresh_lines, holds
from admin_gui.pages.system.log_text import LogText
from admin_gui.pages.system.tab import SystemTab
from admin_gui.text import error_messages, formats
from admin_gui.widgets.banner import EmptyState
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel

LOOK_MS = 2_000
SEARCH_DELAY_MS = 200
# Painting all of them again takes no longer than a key may wait.
KEPT_LINES = 2 * MOST_LINES


class LogTab(SystemTab):
    """Oldest first, as a terminal shows it; what comes is asked for as long as it is seen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._lines: list[LogLine] = []
        self._last: Sequence[LogLine] = ()  # of the last look
        self._wanted = ""
        self.level = QComboBox()
        self.level.setAccessibleName(self.tr("Level"))
        for text, value in (
            (self.tr("Everything"), None),
            (self.tr("Info and above"), LEVELS[1]),
            (self.tr("Warnings and above"), LEVELS[2]),
            (self.tr("Errors only"), LEVELS[3]),
        ):
            self.level.addItem(text, value)
        self.level.setCurrentIndex(1)
        self.level.activated.connect(lambda *_: self._anew())
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the log"))
        self.search.setAccessibleName(self.tr("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(130)
        self.search.setMaximumWidth(320)
        pause = QTimer(self)
        pause.setSingleShot(True)
        pause.setInterval(SEARCH_DELAY_MS)
        pause.timeout.connect(self._narrow)
        self.search.textChanged.connect(lambda _text: pause.start())
        self.reads = QCheckBox(self.tr("Reads too"))
        self.reads.setToolTip(self.tr("Also lines that only say what was read: this program reads every few seconds."))
        self.reads.toggled.connect(lambda _on: self._anew())
        self.follow = QCheckBox(self.tr("Follow"))
        self.follow.setToolTip(
            self.tr("Stay at the newest line. Scrolling up leaves it, scrolling to the end takes it up.")
        )
        self.follow.setChecked(True)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self.copy)
        self.counted = PlainLabel()
        self.counted.setProperty("muted", True)
        self.text = LogText(context.theme)
        self.text.opened.connect(context.go)
        self.follow.toggled.connect(self.text.set_following)
        self.text.following_changed.connect(self.follow.setChecked)
        self.empty = EmptyState(
            context.theme,
            "shield",
            self.tr("Only an administrator may read the log"),
            self.tr("It may name what a viewer is not shown. Ask for an administrator's token, or ask one to look."),
        )
        self._views = QStackedWidget()
        self._views.addWidget(self.text)
        self._views.addWidget(self.empty)
        self._tools = (self.search, self.level, self.reads, self.follow, self.counted, self.copy_button)
        tools = WrappingRow()
        for tool in self._tools:
            tools.addWidget(tool)
        self.outer.addLayout(tools)
        self.outer.addWidget(self._views, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        context.theme.changed.connect(self._paint_again)

    @property
    def may_read(self) -> bool:
        """Whether the appliance lets us."""
        return self._views.currentWidget() is self.text

    def _look(self) -> None:
        if not self.context.calls.is_under_way(self, "log"):  # a slow line is waited for: to ask anew begins anew
            self.refresh()

    def refresh(self) -> None:
        if self.context.session.is_viewer:
            self._refuse()
            return
        log, level, reads = self.context.appliance.log, self.level.currentData(), self.reads.isChecked()
        self.context.calls.start(
            self, lambda: log.newest(MOST_LINES, level, reads=reads), self._show, self._failed, latest="log"
        )

    def commands(self) -> list[Command]:
        group = self.tr("Log")
        return [
            Command(self.tr("Search the log"), self.search.setFocus, "Ctrl+F", group, enabled=lambda: self.may_read),
            Command(
                self.tr("Open what the line is about"),
                self.text.open_here,
                "",
                group,
                enabled=lambda: self.text.link_here is not None,
            ),
            Command(
                self.tr("Copy the log"),
                self.copy,
                "Ctrl+Shift+C",
                group,
                enabled=lambda: self.may_read,
                button=self.copy_button,
            ),
            Command(self.tr("Follow the log, or stay"), self.follow.toggle, "Ctrl+L", group),
            Command(self.tr("Show in the log what was read, or leave it out"), self.reads.toggle, "", group),
        ]

    def copy(self) -> None:
        """What is selected, or all of it."""
        self.text.copy_text()
        self.context.say(self.tr("Log copied"), "good")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._timer.stop()

    def _anew(self) -> None:
        self._lines, self._last = [], ()
        self.text.clear()
        self.refresh()

    def _show(self, newest: list[LogLine]) -> None:
        self._views.setCurrentWidget(self.text)
        lines = newest[::-1]
        fresh = fresh_lines(self._last, lines)
        if fresh is None:  # more has come than one look shows
            self._lines, fresh = [], lines
            self.text.clear()
        self._last = lines
        self._lines = [*self._lines, *fresh][-KEPT_LINES:]
        self.text.add_lines(self._found(fresh))
        self._count()
        self.ready.emit()

    def _found(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        return [line for line in lines if holds(line, self._wanted)] if self._wanted else lines

    def _narrow(self) -> None:
        self._wanted = self.search.text().strip()
        self._paint_again()

    def _count(self) -> None:
        found = len(self._found(self._lines))
        words = self.tr("%n line(s)", "", len(self._lines))
        if self._wanted:
            words = self.tr("%1 of %2").replace("%1", formats.number(found)).replace("%2", words)
        self.counted.setText(words)
        if not found:
            self.text.setPlaceholderText(
                self.tr("No line holds that.")
                if self._wanted and self._lines
                else self.tr("No line of this level since the appliance started.")
            )

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Forbidden):
            self._refuse()
            return
        if not self._lines:
            self.text.setPlaceholderText(error_messages.message_of(error))
        self.ready.emit()

    def _refuse(self) -> None:
        self._timer.stop()
        for widget in self._tools:
            widget.hide()
        self._views.setCurrentWidget(self.empty)
        self.ready.emit()

    def _paint_again(self) -> None:
        self.text.show_lines(self._found(self._lines), self._wanted)
        self._count()
