"""What came of long work while one looked at another page waits where it was begun."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import Offer
from admin_gui.client.transport.errors import Conflict
from admin_gui.client.transport.stop import Stop
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.pages.page import Page
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.banner import Banner
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    """Work waits for it."""
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> Page:
    made = opened(qtbot, window, "calls")
    assert isinstance(made, Page)
    return made


def waiting(page: Page) -> list[Banner]:
    return [one for one in page.findChildren(Banner) if one.isVisibleTo(page)]


def begin(page: Page, go_on: threading.Event, refused: int = 0) -> list[str]:
    """Something is done with each of three, of which so many are refused; answers what was taken back."""
    undone = list[str]()

    def work(one: int, _stop: Stop) -> None:
        go_on.wait(WAIT_MS / 1000)
        if one < refused:
            raise Conflict("busy")

    ManyAtOnce(page.context, page).do(
        "Erasing",
        range(3),
        work,
        lambda one: f"Call {one}",
        lambda count: f"{count} erased",
        undo=lambda outcome: undone.append(f"{len(outcome.done)} back"),
    )
    return undone


@pytest.mark.parametrize(
    ("refused", "told"),
    [(0, "3 erased"), (1, "Erasing: 2 done, 1 not: Call 0: That cannot be done in the present state")],
)
def test_it_stands_on_its_page_when_one_comes_back(
    qtbot: QtBot, window: MainWindow, page: Page, go_on: threading.Event, refused: int, told: str
) -> None:
    undone = begin(page, go_on, refused)
    opened(qtbot, window, "customers")
    go_on.set()
    qtbot.waitUntil(lambda: window.status_line.message == told.removeprefix("Erasing: "), timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    (banner,) = waiting(page)
    assert banner.text == told
    banner._act()  # take it back
    assert undone == [f"{3 - refused} back"]
    assert waiting(page) == []
    window.status_line.undo_button.click()
    assert undone == [f"{3 - refused} back"], "once is enough"


def test_who_looks_at_it_is_told_where_one_looks(
    qtbot: QtBot, window: MainWindow, page: Page, go_on: threading.Event
) -> None:
    begin(page, go_on)
    go_on.set()
    qtbot.waitUntil(lambda: window.status_line.message == "3 erased", timeout=WAIT_MS)
    assert waiting(page) == []


def test_an_error_of_long_work_waits_too_and_several_stand_one_under_the_other(
    qtbot: QtBot, window: MainWindow, page: Page, go_on: threading.Event
) -> None:
    def fail(*_task: object) -> None:
        go_on.wait(WAIT_MS / 1000)
        raise OSError(28, "No space left on device")

    window.context.run_long(page, "Exporting to calls.csv", fail)
    window.context.run_long(
        page,
        "Exporting to more.csv",
        lambda *_task: go_on.wait(WAIT_MS / 1000),
        lambda _done: window.context.say("12 rows written", "good", Offer("Show in folder", lambda: None)),
    )
    opened(qtbot, window, "customers")
    go_on.set()
    qtbot.waitUntil(lambda: window.status_line.tasks == [], timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    assert {one.text for one in waiting(page)} == {
        "Exporting to calls.csv: That did not work: No space left on device.",
        "12 rows written",
    }
    for banner in waiting(page):
        click(banner._button)
    assert waiting(page) == []
