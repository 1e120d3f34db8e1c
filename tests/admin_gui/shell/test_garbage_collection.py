"""Windows and timers that nobody needs any more are taken away where Qt allows it."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.shell.garbage_collection import GuiThreadCollector

OBJECTS = 200


class Cycle:
    """What a closed page is: it holds a timer, and is held by what it holds."""

    def __init__(self, ended_on: list[threading.Thread]) -> None:
        self.timer = QTimer()
        self.timer.start(1)
        self.itself = self
        weakref.finalize(self, lambda: ended_on.append(threading.current_thread()))


def allocate() -> None:
    """So much that the automatic collector would run several times."""
    kept = [[number] for number in range(200_000)]
    assert kept


def test_another_thread_takes_nothing_of_qt_away(qtbot: QtBot, qapp: QApplication) -> None:
    collector = GuiThreadCollector(qapp)
    ended_on: list[threading.Thread] = []
    for _ in range(OBJECTS):
        Cycle(ended_on)
    working = threading.Thread(target=allocate)
    working.start()
    working.join()
    assert ended_on == []

    # What the thread made is gone and counts no more, and what other tests left may go at any time and counts against
    # us: by this a collection is due again and again, whatever threshold Python has.
    due: list[list[int]] = []

    def are_gone() -> bool:
        due.extend([number] for number in range(2 * gc.get_threshold()[0]))
        return len(ended_on) == OBJECTS

    qtbot.waitUntil(are_gone, timeout=60_000)
    assert set(ended_on) == {threading.main_thread()}
    collector.deleteLater()


def test_the_programs_own_tests_run_with_it(qapp: QApplication) -> None:
    assert not gc.isenabled()
