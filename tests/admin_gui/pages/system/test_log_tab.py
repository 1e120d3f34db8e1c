"""The log's tab: what is left out, searched, followed, and where a line leads."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider
from pytestqt.qtbot import QtBot

from admin_gui.appearance.theme import Theme
from admin_gui.client.log import LogLine
from admin_gui.models.system.log import holds, split_by
from admin_gui.pages.system import log
from admin_gui.pages.system.log import LogTab
from admin_gui.pages.system.log_text import LogText
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.admin_gui.models.system.test_system_models import line
from tests.support.recordings import silence


@pytest.fixture
def tab(qtbot: QtBot, window: MainWindow) -> LogTab:
    page = opened(qtbot, window, "system?tab=log")
    found = page.tab  # type: ignore[attr-defined]
    assert isinstance(found, LogTab)
    return found


def test_what_the_program_itself_reads_is_left_out_until_it_is_wanted(
    qtbot: QtBot, tab: LogTab, appliance: TlsAppliance
) -> None:
    appliance.admin("GET", "/api/statistics-that-are-none")
    qtbot.waitUntil(lambda: "statistics-that-are-none" in tab.text.toPlainText(), timeout=WAIT_MS)
    assert "GET /api/log 200" not in tab.text.toPlainText()
    click(tab.reads)
    qtbot.waitUntil(lambda: "GET /api/log 200" in tab.text.toPlainText(), timeout=WAIT_MS)
    click(tab.reads)
    qtbot.waitUntil(lambda: "GET /api/log 200" not in tab.text.toPlainText(), timeout=WAIT_MS)


def test_an_answer_that_takes_longer_than_a_look_is_waited_for(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, asked = threading.Event(), list[int]()

    def slow(*_: object, **__: object) -> list[LogLine]:
        asked.append(1)
        let_go.wait(60)
        return [line(1, "late but here")]

    monkeypatch.setattr(log, "LOOK_MS", 50)
    monkeypatch.setattr(window.context.appliance.log, "newest", slow)
    window.context.go("system?tab=log")
    tab = window.page.tab  # type: ignore[union-attr]
    looks: list[int] = []
    tab._timer.timeout.connect(lambda: looks.append(1))
    qtbot.waitUntil(lambda: len(looks) >= 5, timeout=WAIT_MS)
    assert len(asked) == 1, "the one that is under way is not asked for again"
    let_go.set()
    qtbot.waitUntil(lambda: "late but here" in tab.text.toPlainText(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(asked) > 2, timeout=WAIT_MS)


def test_only_lines_with_the_words_are_shown_and_the_words_are_lit(
    qtbot: QtBot, tab: LogTab, appliance: TlsAppliance
) -> None:
    appliance.admin("GET", "/api/sought-here")
    appliance.admin("GET", "/api/other-there")
    qtbot.waitUntil(lambda: "other-there" in tab.text.toPlainText(), timeout=WAIT_MS)
    QTest.keyClick(tab.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(tab.search.hasFocus, timeout=WAIT_MS)
    QTest.keyClicks(tab.search, "SOUGHT-here")
    qtbot.waitUntil(lambda: "other-there" not in tab.text.toPlainText(), timeout=WAIT_MS)
    assert "sought-here" in tab.text.toPlainText()
    assert tab.counted.text().startswith("1 ")
    assert _lit(tab.text) == ["sought-here"]
    tab.search.clear()
    qtbot.waitUntil(lambda: "other-there" in tab.text.toPlainText(), timeout=WAIT_MS)


def test_a_line_leads_to_its_call_by_mouse_and_keys(
    qtbot: QtBot, window: MainWindow, tab: LogTab, appliance: TlsAppliance
) -> None:
    call = appliance.accepted(appliance.new_customer()["api_key"], silence(0.5))
    qtbot.waitUntil(lambda: _line_with(tab.text, "/api/process-call", f"call/{call}"), timeout=WAIT_MS)
    assert tab.text.link_here == f"call/{call}"
    tab.text.setFocus()
    QTest.keyClick(tab.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is not None and window.page.link.target == call, timeout=WAIT_MS)
    window.context.go("system?tab=log")
    qtbot.waitUntil(tab.text.isVisible, timeout=WAIT_MS)
    # Sought anew: the lines came once more, and in the place of the former one may be another by now.
    qtbot.waitUntil(lambda: _line_with(tab.text, "/api/process-call", f"call/{call}"), timeout=WAIT_MS)
    QTest.mouseClick(tab.text.viewport(), Qt.MouseButton.LeftButton, pos=_place_of_link(tab.text))
    qtbot.waitUntil(lambda: window.page is not None and window.page.link.target == call, timeout=WAIT_MS)


def test_scrolling_up_stays_there_until_one_is_back_at_the_end(qtbot: QtBot) -> None:
    text = LogText(Theme("light"))
    qtbot.addWidget(text)
    text.resize(600, 300)
    with qtbot.waitExposed(text, timeout=WAIT_MS):
        text.show()
    text.show_lines([line(number) for number in range(200)])
    bar = text.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.triggerAction(QAbstractSlider.SliderAction.SliderPageStepSub)
    place = bar.value()
    assert (text.following, place < bar.maximum()) == (False, True)
    text.add_lines([line(200, "newest")])
    assert bar.value() == place
    assert text.new_button.isVisible()
    click(text.new_button)
    assert (bar.value(), text.following, text.new_button.isVisible()) == (bar.maximum(), True, False)
    text.add_lines([line(number) for number in range(201, 230)])
    assert bar.value() == bar.maximum()
    text.set_following(False)
    text.add_lines([line(number) for number in range(230, 250)])
    assert bar.value() < bar.maximum()
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    assert text.following
    text.resize(300, 200)
    assert text.following, "what Qt moves by itself is nobody's scrolling"
    QTest.keyClick(text, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert (text.following, bar.value()) == (False, 0)


def test_the_box_says_whether_it_follows(tab: LogTab) -> None:
    click(tab.follow)
    assert not tab.text.following
    tab.text.set_following(True)
    assert tab.follow.isChecked()


def test_words_are_found_in_whatever_case() -> None:
    told = LogLine(at=line(0).at, level="info", logger="a.b", message="The queue (valkey) is away", call_id="6e0c")
    assert [holds(told, one) for one in ("QUEUE", "6e0c", "A.B", "nowhere")] == [True, True, True, False]
    assert split_by("a(b)A(B)", "(b)") == ["a", "(b)", "A", "(B)", ""]
    assert split_by("as it is", "") == ["as it is"]


def _lit(text: LogText) -> list[str]:
    found = []
    block = text.document().begin()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            if part.fragment().charFormat().background().style() is not Qt.BrushStyle.NoBrush:
                found.append(part.fragment().text())
            part += 1
        block = block.next()
    return found


def _line_with(text: LogText, words: str, link: str) -> bool:
    """Put the cursor on the line that holds the words and leads there."""
    cursor = QTextCursor(text.document())
    while not (cursor := text.document().find(words, cursor)).isNull():
        text.setTextCursor(cursor)
        if text.link_here == link:
            return True
    return False


def _place_of_link(text: LogText) -> QPoint:
    cursor = text.document().find("Open call", text.textCursor().block().position())
    text.setTextCursor(QTextCursor(cursor.block()))
    cursor.setPosition(cursor.selectionStart() + 2)
    text.ensureCursorVisible()
    return text.cursorRect(cursor).center()
