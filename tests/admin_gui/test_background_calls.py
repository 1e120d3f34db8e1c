"""Client calls on threads: results and errors come back on the GUI thread, and only to who still wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from admin_gui.background_calls import BackgroundCalls, PendingCall
from admin_gui.client.transport.errors import NotFound
from admin_gui.client.transport.stop import Progress, Stop
from tests.admin_gui.conftest import WAIT_MS


class Caught:
    """What was delivered, and on which thread."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []


@pytest.fixture
def caught() -> Caught:
    return Caught()


@pytest.fixture
def calls(qtbot: QtBot, caught: Caught) -> Iterator[BackgroundCalls]:
    made = BackgroundCalls(caught.failures.append)
    yield made
    made.close()


def test_work_is_done_on_a_thread_and_its_result_comes_on_the_gui_thread(qtbot: QtBot, calls: BackgroundCalls) -> None:
    owner = QObject()
    threads: list[object] = []
    worked_on: list[int] = []

    def work() -> int:
        worked_on.append(threading.get_ident())
        return 7

    def done(result: int) -> None:
        assert result == 7
        threads.append(QThread.currentThread())

    calls.start(owner, work, done)
    qtbot.waitUntil(lambda: bool(threads), timeout=WAIT_MS)
    assert threads == [owner.thread()]
    assert worked_on != [threading.get_ident()]
    assert calls.under_way == 0


def test_answers_that_came_together_are_delivered_in_turns_of_their_own(qtbot: QtBot, calls: BackgroundCalls) -> None:
    """What is done with each may take as long as the window may stand still."""
    owner, turns, delivered_in = QObject(), QTimer(), []
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1

    turns.timeout.connect(count)
    for _ in range(3):
        calls.start(owner, lambda: None, lambda _: delivered_in.append(passed))
    calls._pool.waitForDone(WAIT_MS)  # the event loop stands still meanwhile
    turns.start(0)
    qtbot.waitUntil(lambda: len(delivered_in) == 3, timeout=WAIT_MS)
    assert len(set(delivered_in)) == 3


def test_an_error_comes_as_an_object(qtbot: QtBot, calls: BackgroundCalls, caught: Caught) -> None:
    owner = QObject()
    own: list[Exception] = []

    def work() -> None:
        raise NotFound

    calls.start(owner, work, failed=own.append)
    calls.start(owner, work)
    qtbot.waitUntil(lambda: len(own) == len(caught.failures) == 1, timeout=WAIT_MS)
    assert isinstance(own[0], NotFound)
    assert isinstance(caught.failures[0], NotFound)


def test_nothing_comes_to_an_owner_that_was_deleted(qtbot: QtBot, calls: BackgroundCalls, caught: Caught) -> None:
    owner = QObject()
    go_on = threading.Event()
    came: list[object] = []
    calls.start(owner, go_on.wait, came.append)
    shiboken6.delete(owner)
    go_on.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert came == []


def test_nothing_comes_of_a_call_that_was_cancelled(qtbot: QtBot, calls: BackgroundCalls) -> None:
    owner = QObject()
    go_on = threading.Event()
    came: list[object] = []
    calls.start(owner, go_on.wait, came.append).cancel()
    go_on.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert came == []


def test_of_several_refreshes_the_newest_is_delivered(qtbot: QtBot, calls: BackgroundCalls) -> None:
    owner, other = QObject(), QObject()
    first_may_end = threading.Event()
    came: list[str] = []

    def first() -> str:
        first_may_end.wait(10)
        return "first"

    calls.start(owner, first, came.append, latest="list")
    calls.start(owner, lambda: "second", came.append, latest="list")
    calls.start(owner, lambda: "another list", came.append, latest="other")
    calls.start(other, lambda: "somebody else's", came.append, latest="list")
    qtbot.waitUntil(lambda: len(came) == 3, timeout=WAIT_MS)
    first_may_end.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert sorted(came) == ["another list", "second", "somebody else's"]


def test_long_work_tells_how_far_it_is_and_is_stopped(qtbot: QtBot, calls: BackgroundCalls) -> None:
    owner = QObject()
    seen: list[tuple[int, int | None]] = []
    came: list[object] = []
    ended = threading.Event()

    def work(progress: Progress, stop: Stop) -> str:
        for number in range(10_000):
            if stop.requested:
                ended.set()
                break
            progress(number, 10_000)
            time.sleep(0.01)
        return "stopped in between"

    call = calls.start_long(owner, work, came.append, progress=lambda done, total: seen.append((done, total)))
    qtbot.waitUntil(lambda: len(seen) >= 2, timeout=WAIT_MS)
    call.cancel()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert ended.is_set()
    assert came == []
    assert seen[0][1] == 10_000


def test_who_stops_it_is_told_when_nothing_is_done_any_more(qtbot: QtBot, calls: BackgroundCalls) -> None:
    owner, has_begun, go_on, told = QObject(), threading.Event(), threading.Event(), list[str]()

    def work(_progress: object, _stop: Stop) -> None:
        has_begun.set()
        go_on.wait(60)
        told.append("worked")

    call = calls.start_long(owner, work, lambda _result: told.append("done"))
    call.on_cancel, call.on_stopped = lambda: told.append("cancelled"), lambda: told.append("stopped")
    assert has_begun.wait(60)
    call.cancel()
    assert told == ["cancelled"]
    go_on.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert told == ["cancelled", "worked", "stopped"]


def test_who_is_forgotten_hears_nothing_nor_does_what_is_within(qtbot: QtBot, calls: BackgroundCalls) -> None:
    page = QObject()
    table = QObject(page)
    go_on = threading.Event()
    came: list[object] = []
    calls.start(page, go_on.wait, came.append)
    calls.start(table, go_on.wait, came.append)
    calls.forget(page)
    go_on.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert came == []


def test_who_hears_that_it_is_forgotten_may_ask_for_something_else(qtbot: QtBot, calls: BackgroundCalls) -> None:
    page = QObject()
    go_on = threading.Event()
    came: list[object] = []
    for _ in range(2):
        call = calls.start(page, go_on.wait, came.append)
        call.on_cancel = lambda: calls.start(page, lambda: "else", came.append)
    calls.forget(page)
    go_on.set()
    qtbot.waitUntil(lambda: calls.under_way == 0, timeout=WAIT_MS)
    assert came == ["else", "else"]


def test_at_the_end_nothing_is_waited_for_for_long(qtbot: QtBot) -> None:
    owner = QObject()
    go_on = threading.Event()
    came: list[object] = []
    calls = BackgroundCalls(came.append)
    for _ in range(20):
        calls.start(owner, go_on.wait, came.append)
    began = time.monotonic()
    calls.close(0.2)
    assert time.monotonic() - began < 60  # none of them ends before it may
    assert calls.under_way == 0
    go_on.set()
    qtbot.wait(100)
    assert came == []


def test_what_was_let_go_before_a_thread_came_to_it_is_no_fault(
    calls: BackgroundCalls, caplog: pytest.LogCaptureFixture
) -> None:
    call: PendingCall[int] = PendingCall(QObject(calls), lambda _call: 7, None, None, None)
    call.let_go()
    calls._run(call)
    assert call.error is None
    assert caplog.text == ""


def test_a_fault_of_the_program_is_delivered_too_and_logged(
    qtbot: QtBot, calls: BackgroundCalls, caught: Caught, caplog: pytest.LogCaptureFixture
) -> None:
    calls.start(QObject(calls), lambda: 1 // 0)
    qtbot.waitUntil(lambda: bool(caught.failures), timeout=WAIT_MS)
    assert isinstance(caught.failures[0], ZeroDivisionError)
    assert "nobody foresaw" in caplog.text
