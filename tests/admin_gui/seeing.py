"""What a user sees of a page, and everything that can be pressed on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from admin_gui.links import Link
from admin_gui.pages.page import Page
from admin_gui.shell.appliances.switcher import ApplianceSwitcher
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.call.find_bar import FindBar
from admin_gui.widgets.confirm_erase import ConfirmErase
from tests.admin_gui.conftest import WAIT_MS


class Eyes:
    """Somebody who sees the window, and presses whatever can be pressed."""

    def __init__(self, qtbot: QtBot, window: MainWindow, folder: Path) -> None:
        self._qtbot = qtbot
        self._window = window
        self._folder = folder
        self.links: list[Link] = []

    @property
    def page(self) -> Page:
        page = self._window.page
        assert page is not None
        return page

    # What is seen

    def text(self) -> str:
        """All words in the window but those of the line at its foot, which tells what was done a while ago.

        And of the appliances' buttons, which tell what is wrong with each, and with whose webhooks.
        """
        found = [self._window.windowTitle()]
        for widget in self._window.centralWidget().findChildren(QWidget):
            if widget.isVisible() and not isinstance(widget.parent(), ApplianceSwitcher):
                found += _words_in(widget)
        return "\n".join(found)

    def fields(self) -> list[QLineEdit]:
        """What can be typed into."""
        return [one for one in self.page.findChildren(QLineEdit) if one.isVisible() and _may_be_typed_into(one)]

    def enabled_buttons(self) -> list[QAbstractButton]:
        """Of the page, and those beside its title."""
        return [one for one in self._buttons() if one.isEnabled()]

    def available_commands(self) -> list[str]:
        """Of the page, as the palette offers them."""
        return [one.title for one in self.page.commands() if self._window.commands.available(one)]

    # What is done

    def type_somewhere(self, text: str) -> bool:
        """Into the first field that there is; whether there is one."""
        for field in self.fields():
            field.selectAll()
            QTest.keyClicks(field, text)
            return True
        return False

    def press_everything(self) -> list[Path]:
        """Every button, every command, every row; the files that were saved. Links are noted, not followed."""
        known = set(self._folder.iterdir())
        self.links.clear()
        self._window.context.navigation_requested.disconnect(self._window._go)
        self._window.context.navigation_requested.connect(self._note)
        try:
            pressed: set[QAbstractButton] = set()
            for _ in range(3):  # a button may bring others: the question before an erasure
                for button in self._buttons():
                    if button not in pressed and button.isEnabled() and button.isVisible():
                        pressed.add(button)
                        self._press(button)
                self._settle()
                self._confirm()
            for view in self.page.findChildren(QAbstractItemView):
                if view.isVisible() and view.isEnabled():
                    view.clicked.emit(view.model().index(0, 0, QModelIndex()))
            for command in self.page.commands():
                self._window.commands.run(command)
                self._answer_dialogs()
                self._settle()
        finally:
            self._window.context.navigation_requested.disconnect(self._note)
            self._window.context.navigation_requested.connect(self._window._go)
        self._settle()
        return sorted(set(self._folder.iterdir()) - known)

    def _press(self, button: QAbstractButton) -> None:
        menu = button.menu() if isinstance(button, QPushButton) else None
        if menu is not None:
            for action in menu.actions():
                action.trigger()
                self._answer_dialogs()
        else:
            button.click()
            self._answer_dialogs()

    def _answer_dialogs(self) -> None:
        for chooser in self.page.findChildren(QFileDialog):
            if chooser.isVisible():
                name = Path(chooser.selectedFiles()[0]).name
                chooser.fileSelected.emit(str(self._folder / f"{len(list(self._folder.iterdir()))}-{name}"))
                chooser.reject()

    def _confirm(self) -> None:
        for question in self.page.findChildren(ConfirmErase):
            if question.isVisible():
                question.word_field.setText(question._word)

    def _settle(self) -> None:
        self._qtbot.waitUntil(lambda: self._window.context.calls.under_way == 0, timeout=WAIT_MS)

    def _note(self, link: Link, _instead: bool) -> None:
        self.links.append(link)

    def _buttons(self) -> list[QAbstractButton]:
        # The tools are beside the title while the page is seen.
        around = [*self.page.findChildren(QAbstractButton), *self.page.tools.findChildren(QAbstractButton)]
        return list(dict.fromkeys(around))


def _may_be_typed_into(field: QLineEdit) -> bool:
    parent = field.parent()
    return (
        field.isEnabled()
        and not field.isReadOnly()
        and not isinstance(parent, QAbstractSpinBox | QComboBox | ConfirmErase | FindBar)
    )


def _words_in(widget: QWidget) -> list[str]:
    match widget:
        case QLabel() | QLineEdit() | QAbstractButton():
            return [widget.text(), widget.toolTip()]
        case QPlainTextEdit():
            return [widget.toPlainText()]
        case QComboBox():
            return [widget.currentText()]
        case QAbstractItemView():
            return _cells(widget)
    return []


def _cells(view: QAbstractItemView) -> list[str]:
    model = view.model()
    columns = model.columnCount() if isinstance(model, QAbstractTableModel) else 1
    return [
        str(model.index(row, column, QModelIndex()).data(Qt.ItemDataRole.DisplayRole))
        for row in range(model.rowCount())
        for column in range(columns)
    ]
