"""Work that goes on, such as an export, does not end with the window without a question."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened

TITLE = "Exporting to a folder"


@pytest.fixture
def go_on(qtbot: QtBot, window: MainWindow) -> Iterator[threading.Event]:
    """Work is under way on the page that is seen, until this is set or it is stopped."""
    end = threading.Event()

    def work(_progress: Progress, stop: Stop) -> None:
        while not end.wait(0.01):
            stop.check()

    page = opened(qtbot, window, "calls")
    window.context.run_long(page, TITLE, work)
    assert window.status_line.tasks == [TITLE]
    yield end
    end.set()


def test_who_closes_the_window_is_asked_and_may_stay(window: MainWindow, go_on: threading.Event) -> None:
    assert not window.close()
    bar = window.unsaved_guard.bar
    assert bar.text.startswith(f"Not finished: “{TITLE}”. What the appliance has begun it finishes;")
    assert not bar.save_button.isVisible()
    assert bar.discard_button.text() == "Stop it and quit"
    click(bar.stay_button)
    assert window.isVisible()
    assert window.status_line.tasks == [TITLE]


def test_it_is_stopped_where_somebody_says_so(qtbot: QtBot, window: MainWindow, go_on: threading.Event) -> None:
    window.leave_appliance()
    bar = window.unsaved_guard.bar
    assert bar.discard_button.text() == "Stop it and disconnect"
    click(bar.discard_button)
    qtbot.waitUntil(lambda: not window.context.session.is_connected, timeout=WAIT_MS)
    assert window.status_line.tasks == []


def test_nobody_is_asked_once_it_has_ended(qtbot: QtBot, window: MainWindow, go_on: threading.Event) -> None:
    assert not window.close()
    go_on.set()
    qtbot.waitUntil(lambda: not window.unsaved_guard.bar.is_asking, timeout=WAIT_MS)
    assert window.status_line.tasks == []
