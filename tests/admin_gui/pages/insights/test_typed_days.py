"""Days that are typed into the fields of the insights: those are meant that stand there once it is finished."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.models.insights import MOST_DAYS
from admin_gui.pages.insights.choices import LAST_WEEK, Choices
from admin_gui.pages.insights.day_field import DayField, day_of
from admin_gui.pages.insights.insights_page import InsightsPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture(params=["en_US", "de_DE", "en_GB"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which way days are written."""
    former = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(former)


@pytest.fixture
def american() -> Iterator[None]:
    """`11/30/26`."""
    former = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(former)


@pytest.fixture
def choices(qtbot: QtBot, window: MainWindow) -> Choices:
    """With November between both fields."""
    page = opened(qtbot, window, f"insights?since={FIRST}&until={LAST}")
    assert isinstance(page, InsightsPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    return page.choices


def enter(field: DayField, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """In the place of what stands there."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, end)


def written(language: str, day: int, month: int, year: str) -> str:
    return {"en_US": f"{month}/{day}/{year}", "de_DE": f"{day}.{month}.{year}", "en_GB": f"{day}/{month}/{year}"}[
        language
    ]


@pytest.mark.parametrize("year", ["26", "2026"])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_day_is_taken_as_it_was_typed(language: str, choices: Choices, year: str, end: Qt.Key) -> None:
    enter(choices.last, written(language, 1, 12, year), end)
    assert (choices.first.day, choices.last.day) == (FIRST, date(2026, 12, 1))
    enter(choices.last, written(language, 15, 11, year), end)
    assert (choices.first.day, choices.last.day) == (FIRST, date(2026, 11, 15))
    enter(choices.first, written(language, 10, 11, year), end)
    assert choices.period.ends == (date(2026, 11, 10), date(2026, 11, 15))
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("american")
def test_while_it_is_typed_nothing_else_moves_and_nothing_is_asked(choices: Choices) -> None:
    told: list[object] = []
    choices.changed.connect(lambda: told.append(choices.period.ends))
    field = choices.last
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for place, key in enumerate("12/1/26", 1):
        QTest.keyClicks(field, key)
        assert field.text() == "12/1/26"[:place]
        assert (choices.first.day, told) == (FIRST, [])
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, "6")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == [(FIRST, date(2026, 12, 1))]


@pytest.mark.usefixtures("american")
def test_tab_goes_to_the_next_field_which_is_typed_over(choices: Choices) -> None:
    enter(choices.first, "11/5/26", Qt.Key.Key_Tab)
    assert choices.last.hasFocus()
    QTest.keyClicks(choices.last, "11/20/26")
    QTest.keyClick(choices.last, Qt.Key.Key_Tab)
    assert choices.period.ends == (date(2026, 11, 5), date(2026, 11, 20))


@pytest.mark.usefixtures("american")
def test_a_last_day_before_the_first_is_told_and_both_stay_as_typed(choices: Choices) -> None:
    enter(choices.first, "12/1/26")
    assert "before the first" in choices.problem.text()
    assert choices.problem.isVisible()
    assert (choices.first.day, choices.last.day) == (date(2026, 12, 1), LAST)
    assert choices.period.ends == (FIRST, LAST)
    enter(choices.last, "12/1/26")
    assert choices.period.ends == (date(2026, 12, 1), date(2026, 12, 1))
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("american")
def test_more_than_a_year_and_what_is_no_day_are_told(choices: Choices) -> None:
    enter(choices.first, "1/5/25")
    assert str(MOST_DAYS) in choices.problem.text()
    enter(choices.first, "2/31/26")
    assert choices.problem.text().startswith("“2/31/26” is not a day. ")
    assert str(MOST_DAYS) in choices.problem.text(), "these are still too many"
    assert choices.first.text() == "1/5/25"
    enter(choices.first, "2/28/26")
    assert choices.period.ends == (date(2026, 2, 28), LAST)
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("american")
def test_the_mouse_puts_the_cursor_between_what_is_typed_without_making_another_day_of_it(choices: Choices) -> None:
    field = choices.last
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "11/2")
    QTest.mouseClick(field.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(4, field.height() // 2))
    QTest.keyClick(field, Qt.Key.Key_End)
    assert choices.first.day == FIRST


@pytest.mark.usefixtures("american")
def test_escape_brings_back_what_stood_there_and_the_arrows_turn_it(choices: Choices) -> None:
    field = choices.last
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "12/")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "11/30/26"
    enter(field, "11/28/26")
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.day < date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "pattern", "wanted"),
    [
        ("12/1/26", "M/d/yy", date(2026, 12, 1)),
        ("1.12.2026", "dd.MM.yy", date(2026, 12, 1)),
        ("01122026", "dd.MM.yy", date(2026, 12, 1)),
        ("120126", "M/d/yy", date(2026, 12, 1)),
        ("2026-12-01", "dd.MM.yy", date(2026, 12, 1)),
        ("1.12.", "dd.MM.yy", date(2025, 12, 1)),
        ("31.2.26", "dd.MM.yy", None),
        ("1.12.1926", "dd.MM.yy", None),
        ("12", "dd.MM.yy", None),
        ("", "dd.MM.yy", None),
        ("tomorrow", "dd.MM.yy", None),
        ("2.12.26 г.", "d.MM.yy 'г'.", date(2026, 12, 2)),
        ("2.12.", "d.MM.yy 'г'.", date(2025, 12, 2)),
        ("2.12.26 д.", "d.MM.yy 'г'.", None),
        (f"1.12.{'9' * 5000}", "dd.MM.yy", None),
        (f"{'9' * 30}.12.2026", "dd.MM.yy", None),
    ],
)
def test_which_day_is_meant(text: str, pattern: str, wanted: date | None) -> None:
    assert day_of(text, pattern, 2025) == wanted


@pytest.mark.usefixtures("american")
@pytest.mark.parametrize("reason", [Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason])
def test_who_looks_at_another_window_or_menu_goes_on_typing_where_the_cursor_was(
    qtbot: QtBot, window: MainWindow, choices: Choices, reason: Qt.FocusReason
) -> None:
    field = choices.last
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "11//26")
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Left)
    if reason is Qt.FocusReason.ActiveWindowFocusReason:
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        other.activateWindow()
        qtbot.waitUntil(lambda: not field.hasFocus(), timeout=WAIT_MS)
        assert field.text() == "11//26"
        window.activateWindow()
        qtbot.waitUntil(field.hasFocus, timeout=WAIT_MS)
    else:
        for kind in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
            QApplication.sendEvent(field, QFocusEvent(kind, reason))
    assert field.text() == "11//26"
    QTest.keyClicks(field, "20")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choices.period.ends == (FIRST, date(2026, 11, 20))
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("language", ["bg_BG", "mk_MK"], indirect=True)
def test_a_day_is_changed_where_days_are_written_with_a_letter_behind_them(choices: Choices) -> None:
    field = choices.last
    assert field.text().endswith("г."), "as it is written there"
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Home)
    for _ in "30":
        QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, "28")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choices.period.ends == (FIRST, date(2026, 11, 28))
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("language", ["C"], indirect=True)
def test_where_days_have_no_order_of_their_own_they_come_back_as_elsewhere_in_the_program(choices: Choices) -> None:
    assert (choices.first.text(), choices.last.text()) == ("2026-11-01", "2026-11-30")
    for typed in ("20.11.2026", "20 11", "2026-11-20", "26-11-20", "11-20", "20261120"):
        enter(choices.last, "2026-11-30")
        enter(choices.last, typed)
        assert (choices.last.text(), typed) == ("2026-11-20", typed)


@pytest.mark.usefixtures("american")
def test_figures_do_not_stand_under_days_that_are_not_theirs(
    qtbot: QtBot, window: MainWindow, choices: Choices
) -> None:
    page = window.page
    assert isinstance(page, InsightsPage)
    qtbot.waitUntil(page.csv_button.isEnabled, timeout=WAIT_MS)
    assert page.tiles["calls"].isVisible()
    enter(choices.first, "12/1/26")
    assert not page.tiles["calls"].isVisible()
    assert not page.csv_button.isEnabled()
    page.refresh()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not page.tiles["calls"].isVisible()
    enter(choices.last, "12/2/26")
    qtbot.waitUntil(page.csv_button.isEnabled, timeout=WAIT_MS)
    assert page.tiles["calls"].isVisible()


@pytest.mark.usefixtures("american")
def test_a_word_beside_days_the_wrong_way_round_leaves_their_note(choices: Choices) -> None:
    enter(choices.first, "12/1/26")
    enter(choices.last, "soon")
    assert choices.problem.text() == "“soon” is not a day. The last day is before the first"
    enter(choices.last, "12/1/26")
    assert choices.problem.isHidden()


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("de_DE", date(2026, 11, 16), date(2026, 11, 22)),
        ("en_US", date(2026, 11, 15), date(2026, 11, 21)),
        ("C", date(2026, 11, 16), date(2026, 11, 22)),
    ],
    indirect=["language"],
)
@pytest.mark.parametrize("today", [23, 27])
def test_last_week_is_the_one_before_this(
    window: MainWindow, choices: Choices, monkeypatch: pytest.MonkeyPatch, first: date, last: date, today: int
) -> None:
    monkeypatch.setattr(window.context.session, "now", lambda: datetime(2026, 11, today, 12).astimezone())
    click(choices.buttons[LAST_WEEK])
    assert choices.period.ends == (first, last)
    assert choices.buttons[LAST_WEEK].isChecked()
    assert not choices.first.isVisible()
