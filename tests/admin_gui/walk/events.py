"""How what the hands do reaches the program: within its process, by Qt's own test events."""

from __future__ import annotations

from abc import ABC, abstractmethod

from PySide6.QtCore import QEvent, QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.admin_gui.conftest import WAIT_MS

LEFT = Qt.MouseButton.LeftButton
STEP = 120  # of the wheel


class Events(ABC):
    """Places are in points of a window."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    @abstractmethod
    def press_keys(self, at: QWidget, keys: str) -> None:
        """One combination, as Qt writes it: "Ctrl+Shift+R". The keyboard is on this widget."""

    @abstractmethod
    def type(self, at: QWidget, text: str) -> None:
        """Letter by letter."""

    @abstractmethod
    def click(self, window: QWidget, place: QPoint, *, twice: bool = False) -> None:
        """With the left button."""

    @abstractmethod
    def roll(self, window: QWidget, place: QPoint, *, up: bool) -> None:
        """The wheel by one step, with the pointer there."""

    @abstractmethod
    def bring_to_front(self, window: QWidget) -> None:
        """So that the keyboard is in it."""


class QtEvents(Events):
    """On Qt's own screen in memory."""

    def press_keys(self, at: QWidget, keys: str) -> None:
        pressed: QKeyCombination = QKeySequence(keys)[0]  # type: ignore[index] - not in its types
        QTest.keyClick(at, pressed.key(), pressed.keyboardModifiers())

    def type(self, at: QWidget, text: str) -> None:
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(at, letter)
                continue
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):  # QTest knows no such keys
                QApplication.sendEvent(at, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))

    def click(self, window: QWidget, place: QPoint, *, twice: bool = False) -> None:
        handle = window.windowHandle()
        QTest.mouseMove(handle, place)
        if twice:
            QTest.mouseDClick(handle, LEFT, pos=place)
        else:
            QTest.mouseClick(handle, LEFT, pos=place)

    def roll(self, window: QWidget, place: QPoint, *, up: bool) -> None:
        # Of the mouse QTest tells Qt the place in points of the window, of the wheel in those of the screen.
        pointer = QPointF(place) * window.devicePixelRatio()
        QTest.wheelEvent(window.windowHandle(), pointer, QPoint(0, STEP if up else -STEP))

    def bring_to_front(self, window: QWidget) -> None:
        """Nothing but the test says which window is in front on a screen without a window manager."""
        window.activateWindow()
        self._qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
