"""The end of the appliance's log, as it grows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QPlainTextEdit, QPushButton, QStackedWidget

from admin_gui.app_context import AppContext
from admin_gui.client.log import LEVELS, MOST_LINES, LogLine
from admin_gui.client.transport.errors import Forbidden
from admin_gui.commands import Command
from admin_gui.models.system.log import fresh_lines, line_tone, shown_line
from admin_gui.pages.system.tab import SystemTab
from admin_gui.text import error_messages
from admin_gui.widgets.banner import EmptyState
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel

LOOK_MS = 2_000


class LogTab(SystemTab):
    """Oldest first, as a terminal shows it; following goes on by itself."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._lines: list[LogLine] = []
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
        self.follow = QCheckBox(self.tr("Follow"))
        self.follow.setChecked(True)
        self.follow.toggled.connect(self._follow)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self.copy)
        self.counted = PlainLabel()
        self.counted.setProperty("muted", True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("mono", True)
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMaximumBlockCount(20 * MOST_LINES)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.empty = EmptyState(
            context.theme,
            "shield",
            self.tr("Only an administrator may read the log"),
            self.tr("It may name what a viewer is not shown. Ask for an administrator's token, or ask one to look."),
        )
        self._views = QStackedWidget()
        self._views.addWidget(self.text)
        self._views.addWidget(self.empty)
        self._tools = (self.level, self.follow, self.counted, self.copy_button)
        self.outer.addLayout(row(*self._tools, stretch_after=1))
        self.outer.addWidget(self._views, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        context.theme.changed.connect(self._paint_again)

    @property
    def may_read(self) -> bool:
        """Whether the appliance lets us."""
        return self._views.currentWidget() is self.text

    def refresh(self) -> None:
        if self.context.session.is_viewer:
            self._refuse()
            return
        log, level = self.context.appliance.log, self.level.currentData()
        self.context.calls.start(self, lambda: log.newest(MOST_LINES, level), self._show, self._failed, latest="log")

    def commands(self) -> list[Command]:
        group = self.tr("Log")
        return [
            Command(self.tr("Copy the log"), self.copy, "Ctrl+Shift+C", group, enabled=lambda: self.may_read),
            Command(self.tr("Follow the log, or stay"), self.follow.toggle, "Ctrl+L", group),
        ]

    def copy(self) -> None:
        """What is selected, or all of it."""
        selected = self.text.textCursor().selectedText().replace("\u2029", "\n")
        QApplication.clipboard().setText(selected or self.text.toPlainText())
        self.context.say(self.tr("Log copied"), "good")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self.follow.isChecked():
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._timer.stop()

    def _follow(self, on: bool) -> None:
        if not on:
            self._timer.stop()
            return
        self._timer.start()
        self._to_end()
        self.refresh()

    def _anew(self) -> None:
        self._lines = []
        self.text.clear()
        self.refresh()

    def _show(self, newest: list[LogLine]) -> None:
        self._views.setCurrentWidget(self.text)
        lines = newest[::-1]
        fresh = fresh_lines(self._lines, lines)
        if fresh is None:
            self.text.clear()
            fresh = lines
        self._append(fresh)
        self._lines = lines
        self.counted.setText(self.tr("%n line(s)", "", self.text.document().blockCount() if lines else 0))
        if not lines:
            self.text.setPlaceholderText(self.tr("No line of this level since the appliance started."))
        self.ready.emit()

    def _append(self, lines: Sequence[LogLine]) -> None:
        if not lines:
            return
        bar, across = self.text.verticalScrollBar(), self.text.horizontalScrollBar()
        place, side = bar.value(), across.value()
        colors = self.context.theme.colors
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for line in lines:
            tone = line_tone(line.level)
            form = QTextCharFormat()
            form.setForeground(QColor(colors.text if tone == "calm" else colors.tone(tone)))
            if not cursor.atStart():
                cursor.insertBlock()
            cursor.insertText(shown_line(line), form)
        cursor.endEditBlock()
        if self.follow.isChecked():
            self._to_end()
        else:
            bar.setValue(place)
            across.setValue(side)

    def _to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

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
        lines, self._lines = self._lines, []
        self.text.clear()
        self._append(lines)
        self._lines = lines
