"""How somebody works a program: with the mouse, or by the keyboard alone. Nothing is called, everything is pressed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.registry import PAGES
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.widgets.table.paged_table import PagedTable
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.walk.events import Events

MOST_TABS = 60  # and as many back
MOST_TURNS = 200  # of the wheel
STILL = 4  # looks, of 10 ms each
EDGE = 8  # so far from it a place is seen well


class Hands(ABC):
    """`keys` of a button are those that do the same, for whoever has no mouse."""

    def __init__(self, qtbot: QtBot, window: MainWindow, events: Events) -> None:
        self._qtbot = qtbot
        self._window = window
        self._events = events

    # What differs

    @abstractmethod
    def press(self, button: QWidget, keys: str = "") -> None:
        """A button, once it can be pressed."""

    @abstractmethod
    def take(self, field: QWidget, keys: str = "") -> None:
        """Let the keyboard be in this field."""

    @abstractmethod
    def go(self, section: str) -> None:
        """To another section of the program."""

    @abstractmethod
    def open_row(self, table: PagedTable, place: int = 0) -> None:
        """A row of a table, to be seen alone."""

    @abstractmethod
    def choose(self, choice: QComboBox, value: object) -> None:
        """One of several."""

    @abstractmethod
    def show_tab(self, bar: QTabBar, place: int) -> None:
        """Another tab."""

    @abstractmethod
    def hear_from(self, page: CallPage, row: int, number: int) -> None:
        """A word of a conversation, by what one reads."""

    @abstractmethod
    def open_palette(self) -> CommandPalette:
        """Where everything is found."""

    @abstractmethod
    def take_found(self, palette: CommandPalette, key: str) -> None:
        """One line of what it has found."""

    @abstractmethod
    def _accept(self, chooser: QFileDialog) -> None: ...

    # What is the same: one types with the keyboard

    def write(self, field: QWidget, text: str, keys: str = "") -> None:
        """In the place of what stands there; `keys` lead to the field."""
        self.take(field, keys)
        self.hit("Ctrl+A")
        self._type(text)

    def save_as(self, file: Path) -> None:
        """Under this name, in the dialog that asks for it."""
        self._qtbot.waitUntil(lambda: bool(self._choosers()), timeout=WAIT_MS)
        (chooser,) = self._choosers()
        self._front(chooser)
        field = chooser.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        self.write(field, str(file))
        popup = QApplication.activePopupWidget()
        if popup is not None:  # what it proposes
            self._events.press_keys(popup, "Escape")
        self._accept(chooser)
        self._qtbot.waitUntil(lambda: not self._choosers(), timeout=WAIT_MS)
        self._front(self._window)

    def hit(self, keys: str, times: int = 1) -> None:
        """Keys, wherever the keyboard is."""
        for _ in range(times):
            self._events.press_keys(self._focus(), keys)

    def _type(self, text: str) -> None:
        self._events.type(self._focus(), text)

    def _choosers(self) -> list[QFileDialog]:
        return [one for one in self._window.findChildren(QFileDialog) if one.isVisible()]

    def _palette(self) -> CommandPalette:
        self._qtbot.waitUntil(
            lambda: any(one.isVisible() for one in self._window.findChildren(CommandPalette)), timeout=WAIT_MS
        )
        return next(one for one in self._window.findChildren(CommandPalette) if one.isVisible())

    def _focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        if focus is None:
            self._front(self._window)
            focus = QApplication.focusWidget()
        return focus or self._window

    def _front(self, window: QWidget) -> None:
        self._events.bring_to_front(window)

    def _can_be_pressed(self, widget: QWidget) -> None:
        self._qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled(), timeout=WAIT_MS)


class Mouse(Hands):
    """Clicks on what lies under the pointer, after the wheel has brought it into sight."""

    def press(self, button: QWidget, keys: str = "") -> None:
        self._can_be_pressed(button)
        self._click(button)

    def take(self, field: QWidget, keys: str = "") -> None:
        self._can_be_pressed(field)
        self._click(field)
        assert field.hasFocus(), f"a click on {told(field)} leaves the keyboard on {told(QApplication.focusWidget())}"

    def go(self, section: str) -> None:
        self._click(self._window.sidebar.button(section))

    def open_row(self, table: PagedTable, place: int = 0) -> None:
        view = table.view
        self._qtbot.waitUntil(lambda: table.model.rowCount() > place, timeout=WAIT_MS)
        at = view.visualRect(table.model.index(place, view._first_column())).center()
        self._click(view.viewport(), at, twice=True)

    def choose(self, choice: QComboBox, value: object) -> None:
        self._can_be_pressed(choice)
        self._click(choice, QPoint(choice.width() - 10, choice.height() // 2))
        view = choice.view()
        self._qtbot.waitUntil(view.isVisible, timeout=WAIT_MS)
        index = view.model().index(choice.findData(value), 0)
        self._roll(view, lambda: view.visualRect(index).center())
        self._click(view.viewport(), view.visualRect(index).center())
        self._qtbot.waitUntil(lambda: choice.currentData() == value, timeout=WAIT_MS)

    def show_tab(self, bar: QTabBar, place: int) -> None:
        self._click(bar, bar.tabRect(place).center())

    def hear_from(self, page: CallPage, row: int, number: int) -> None:
        conversation = page.conversation
        self._roll(conversation, lambda: conversation.word_rect(row, number).center())
        self._click(conversation.viewport(), conversation.word_rect(row, number).center())

    def open_palette(self) -> CommandPalette:
        name = QCoreApplication.translate("MainWindow", "Commands")
        buttons = self._window.sidebar.findChildren(QPushButton)
        self._click(next(one for one in buttons if one.accessibleName() == name))
        return self._palette()

    def take_found(self, palette: CommandPalette, key: str) -> None:
        item = palette.list.item(_place_of(palette, key))
        self._roll(palette.list, lambda: palette.list.visualItemRect(item).center())
        self._click(palette.list.viewport(), palette.list.visualItemRect(item).center())

    def _accept(self, chooser: QFileDialog) -> None:
        self._click(_save_button(chooser))

    def _click(self, widget: QWidget, at: QPoint | None = None, *, twice: bool = False) -> None:
        if at is None:
            # A check box is pressed on its words, wherever its frame ends.
            at = QPoint(10, widget.height() // 2) if isinstance(widget, QCheckBox) else widget.rect().center()
        self._until_it_stands_still(widget)
        self._bring_into_sight(widget, at)
        self._until_it_stands_still(widget)
        top = widget.window()
        place = widget.mapTo(top, at)
        seen = top.childAt(place)
        is_on_top = seen is not None and (seen is widget or widget.isAncestorOf(seen))
        assert is_on_top, f"{told(seen)} lies over {told(widget)}"
        self._events.click(top, place, twice=twice)

    def _until_it_stands_still(self, widget: QWidget) -> None:
        """Nobody hits what has just come, and is laid out still."""
        seen: list[QPoint] = []

        def stands() -> bool:
            seen.append(widget.mapTo(widget.window(), QPoint()))
            return len(seen) > STILL and len(set(map(QPoint.toTuple, seen[-STILL:]))) == 1

        self._qtbot.waitUntil(lambda: self._window.context.calls.under_way == 0, timeout=WAIT_MS)
        self._qtbot.waitUntil(stands, timeout=WAIT_MS)

    def _bring_into_sight(self, widget: QWidget, at: QPoint) -> None:
        """By the wheel, over every part of the page that scrolls."""
        area = widget.parentWidget()
        while area is not None:
            if isinstance(area, QAbstractScrollArea) and area.viewport().isAncestorOf(widget):
                self._roll(area, partial(widget.mapTo, area.viewport(), at))
            area = area.parentWidget()

    def _roll(self, area: QAbstractScrollArea, place: Callable[[], QPoint]) -> None:
        """Until this place within it is seen."""
        port, bar = area.viewport(), area.verticalScrollBar()
        pointer = port.mapTo(port.window(), QPoint(3, 3))
        for _ in range(MOST_TURNS):
            QApplication.processEvents()
            y, before = place().y(), bar.value()
            if EDGE <= y <= port.height() - EDGE:
                return
            self._events.roll(port.window(), pointer, up=y < EDGE)
            QApplication.processEvents()
            if bar.value() == before:
                return  # it goes no further


class Keyboard(Hands):
    """Never the mouse: keys where there are some, else Tab until one is there."""

    def press(self, button: QWidget, keys: str = "") -> None:
        self._can_be_pressed(button)
        if keys:
            self._front(button.window())
            self.hit(keys)
            return
        self.take(button)
        self.hit("Space")

    def take(self, field: QWidget, keys: str = "") -> None:
        self._can_be_pressed(field)
        self._front(field.window())
        if keys:
            self.hit(keys)
            assert field.hasFocus(), f"{keys} does not lead to {told(field)}"
            return
        wanted = field
        while (proxy := wanted.focusProxy()) is not None:
            wanted = proxy
        passed = []
        for step in ["Tab"] * MOST_TABS + ["Shift+Tab"] * MOST_TABS:
            focus = self._focus()
            if focus is wanted:
                return
            passed.append(told(focus))
            self._events.press_keys(focus, step)
        raise AssertionError(
            f"neither Tab nor Shift+Tab comes to {told(wanted)}; it came to {list(dict.fromkeys(passed))}"
        )

    def go(self, section: str) -> None:
        sections = [entry.section for entry in PAGES if entry.label is not None]
        self._front(self._window)
        self.hit(f"Ctrl+{sections.index(section) + 1}")

    def open_row(self, table: PagedTable, place: int = 0) -> None:
        self._qtbot.waitUntil(lambda: table.model.rowCount() > place, timeout=WAIT_MS)
        self.take(table.view)
        self.hit("Ctrl+Home")
        self.hit("Down", place)
        self.hit("Return")

    def choose(self, choice: QComboBox, value: object) -> None:
        self.take(choice)
        self.hit("Alt+Down")
        view = choice.view()
        self._qtbot.waitUntil(view.isVisible, timeout=WAIT_MS)
        way = choice.findData(value) - choice.currentIndex()
        for _ in range(abs(way)):
            self._events.press_keys(view, "Down" if way > 0 else "Up")
        self._events.press_keys(view, "Return")
        self._qtbot.waitUntil(lambda: choice.currentData() == value, timeout=WAIT_MS)

    def show_tab(self, bar: QTabBar, place: int) -> None:
        self.take(bar)
        self.hit("Right", place - bar.currentIndex())

    def hear_from(self, page: CallPage, row: int, number: int) -> None:
        """Find it, leave the line that finds, and play from where the playhead is by then."""
        if page.listening.player.is_playing:
            self.hit("Ctrl+P")
        self.hit("Ctrl+F")
        self._qtbot.waitUntil(page.listening.find_bar.field.hasFocus, timeout=WAIT_MS)
        self.hit("Ctrl+A")
        self._type(page.conversation.texts[row].split()[number])
        self.hit("Escape")
        self.hit("Space")

    def open_palette(self) -> CommandPalette:
        self._front(self._window)
        self.hit("Ctrl+K")
        return self._palette()

    def take_found(self, palette: CommandPalette, key: str) -> None:
        wanted = palette.list.entry(_place_of(palette, key))
        for _ in range(palette.list.count()):
            if palette.list.chosen is wanted:
                break
            self.hit("Down")
        self.hit("Return")

    def _accept(self, chooser: QFileDialog) -> None:
        self.hit("Return")


def _place_of(palette: CommandPalette, key: str) -> int:
    entries: list[Any] = [palette.list.entry(place) for place in range(palette.list.count())]
    return next(place for place, entry in enumerate(entries) if entry is not None and entry.key == key)


def _save_button(chooser: QFileDialog) -> QAbstractButton:
    box = chooser.findChild(QDialogButtonBox)
    assert box is not None
    return box.button(QDialogButtonBox.StandardButton.Save)


def told(widget: QWidget | None) -> str:
    """Which one it is, for whoever reads that it went wrong."""
    if widget is None:
        return "nothing"
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} “{words.strip() or widget.accessibleName()}”"
