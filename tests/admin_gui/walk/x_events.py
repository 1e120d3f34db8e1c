"""What the hands do comes from another process, through an X server, and past a window manager."""

from __future__ import annotations

import subprocess

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.walk.events import Events

# X's own names of keys whose letters it does not write.
NAMES = {".": "period", ",": "comma", "space": "space"}
MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
BETWEEN_LETTERS_MS, BETWEEN_CLICKS_MS = 4, 40
LEFT, WHEEL_UP, WHEEL_DOWN = "1", "4", "5"


class XEvents(Events):
    """By xdotool, to whichever window the server says. Each is waited for until the program has taken it."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self._arrivals = _Arrivals()

    def press_keys(self, at: QWidget, keys: str) -> None:
        *held, last = keys.lower().split("+")
        name = NAMES.get(last, last if len(last) == 1 else last.capitalize())
        self._send(QEvent.Type.KeyRelease, 1, "key", "+".join([*held, name]))

    def type(self, at: QWidget, text: str) -> None:
        """Some letters may go to a list that comes and goes under the field, which hands them on to it."""
        _run("type", "--delay", str(BETWEEN_LETTERS_MS), "--", text)
        self._qtbot.waitUntil(lambda: str(at.property("text")).endswith(text), timeout=WAIT_MS)

    def click(self, window: QWidget, place: QPoint, *, twice: bool = False) -> None:
        times = 2 if twice else 1
        clicks = ["click", "--repeat", str(times), "--delay", str(BETWEEN_CLICKS_MS), LEFT]
        self._send(QEvent.Type.MouseButtonRelease, times, *_pointer(window, place), *clicks)

    def roll(self, window: QWidget, place: QPoint, *, up: bool) -> None:
        self._send(QEvent.Type.Wheel, 1, *_pointer(window, place), "click", WHEEL_UP if up else WHEEL_DOWN)

    def bring_to_front(self, window: QWidget) -> None:
        """The window manager does, by itself; nobody asks it to."""
        self._qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)

    def _send(self, last: QEvent.Type, times: int, *command: str) -> None:
        """`last`: the events of this kind, so many, are the last that come of it."""
        before = _windows()
        self._arrivals.begin(last)
        _run(*command)
        # What the first half of a key or click has opened gets its second, and what it has closed gets none.
        self._qtbot.waitUntil(lambda: self._arrivals.count >= times or _windows() != before, timeout=WAIT_MS)


class _Arrivals(QObject):
    """Counts what comes to the program's windows from outside."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = QEvent.Type.None_
        self.count = 0

    def begin(self, kind: QEvent.Type) -> None:
        self._kind, self.count = kind, 0
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)  # once more is no more

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == self._kind and event.spontaneous():
            is_alone = not isinstance(event, QKeyEvent) or event.key() not in MODIFIERS
            self.count += is_alone
        return super().eventFilter(watched, event)


def _run(*command: str) -> None:
    subprocess.run(["xdotool", *command], check=True, timeout=WAIT_MS / 1000)


def _windows() -> list[int]:
    """Those that are seen."""
    return sorted(window.winId() for window in QGuiApplication.topLevelWindows() if window.isVisible())


def _pointer(window: QWidget, place: QPoint) -> list[str]:
    at = window.mapToGlobal(place)
    return ["mousemove", str(at.x()), str(at.y())]
