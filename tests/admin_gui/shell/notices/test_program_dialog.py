"""What belongs to the program: what was told, the language, the colours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QTimeEdit
from pytestqt.qtbot import QtBot

from admin_gui import translations
from admin_gui.client.system import System
from admin_gui.local_storage.language import read_language, save_language
from admin_gui.local_storage.notification_settings import NotificationSettings, QuietHours
from admin_gui.models.notices.history import KEPT, MOST_KEPT, History
from admin_gui.models.notices.ledger import News
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.notices.program_dialog import ProgramDialog
from admin_gui.shell.palette.command_palette import CommandPalette
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click
from tests.admin_gui.shell.notices.fake_tray import SILENT, broken, look
from tests.admin_gui.speaking import speaking

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PROGRAM = "Notifications, language and colours of the program"


def opened(window: MainWindow) -> ProgramDialog:
    click(next(button for button, _icon in window.sidebar._icons if button.accessibleName() == "Program"))
    dialog = window.findChild(ProgramDialog)
    assert isinstance(dialog, ProgramDialog)
    return dialog


def news(number: int, appliance: str = "https://box:8443") -> News:
    return News(appliance=appliance, key=f"silent/{number}", text=f"{number} is silent", link=f"customer/{number}")


def test_nothing_was_told_yet(window: MainWindow) -> None:
    told = opened(window).told
    assert told.texts == []
    assert (told.nothing.isVisible(), told.list.isVisible()) == (True, False)
    assert told.nothing.text() == "Nothing was told yet."


def test_what_was_told_is_listed_the_newest_first_and_a_click_leads_to_its_place(
    qtbot: QtBot, window: MainWindow, berlin: Box, bonn: Box
) -> None:
    berlin.system = System(health="healthy", silent_pbxs=list(SILENT))
    look(qtbot, window)
    berlin.system = System(health="healthy")
    look(qtbot, window)
    broken(bonn)
    look(qtbot, window)
    dialog = opened(window)
    texts = [text.partition("  ")[2] for text in dialog.told.texts]
    silent = "Berger <b>GmbH</b> has fallen silent when it usually sends calls; the last one came never"
    queue = "Bonn: The queue does not answer: calls are accepted and wait"
    assert texts[:2] == [queue, f"Bonn: {silent}"], "of one moment the worst first"
    assert texts[2:] == ["Berlin: Berger <b>GmbH</b> sends calls again", f"Berlin: {silent}"]
    # Of today it is the time alone; what was told before midnight has its date, too.
    assert all(":" in text.partition("  ")[0] for text in dialog.told.texts), "each with its time"
    colors = window.context.theme.colors
    inks = {dialog.told.texts[row].partition("  ")[2]: dialog.told.list.item(row).foreground() for row in range(4)}
    assert inks[queue].color().name() == colors.bad
    place = dialog.told.list.visualItemRect(dialog.told.list.item(3))
    dialog.told.list.scrollToItem(dialog.told.list.item(3))
    place = dialog.told.list.visualItemRect(dialog.told.list.item(3))
    QTest.mouseClick(dialog.told.list.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "customer/7", timeout=WAIT_MS)
    assert window.context.session.name == "Berlin"
    qtbot.waitUntil(lambda: window.findChild(ProgramDialog) is None, timeout=WAIT_MS)


def test_a_line_is_chosen_by_the_keyboard_too(qtbot: QtBot, window: MainWindow, bonn: Box) -> None:
    broken(bonn)
    look(qtbot, window)
    told = opened(window).told
    told.list.setCurrentRow(0)
    QTest.keyClick(told.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is not None, timeout=WAIT_MS)
    assert window.context.session.name == "Bonn"


def test_what_was_told_outlasts_a_restart_is_bounded_and_goes_with_its_appliance(window: MainWindow) -> None:
    memory = window.context.memory
    first = History(memory)
    first.note([news(0)], NOON - KEPT)
    first.note([news(1, "https://other:8443")], NOON - timedelta(days=1))
    assert len(first.newest_first(NOON)) == 1, "after a week it is forgotten"
    for number in range(2, MOST_KEPT + 10):
        first.note([news(number)], NOON + timedelta(seconds=number))
    second, later = History(memory), NOON + timedelta(hours=1)
    told = second.newest_first(later)
    assert len(told) == MOST_KEPT
    assert told[0].news == news(MOST_KEPT + 9)
    second.note([news(1, "https://other:8443")], later)
    second.forget("https://box:8443", later)
    assert [one.news.appliance for one in History(memory).newest_first(later)] == ["https://other:8443"]
    memory.remember("told-history", "{")
    assert History(memory).newest_first(later) == []


def test_colours_change_at_once_and_are_kept(window: MainWindow) -> None:
    choice = opened(window).appearance.colors
    assert choice.currentData() == "light"
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    assert window.context.theme.colors.dark
    assert window.context.memory.text("theme") == "dark"


def test_the_language_is_kept_for_the_next_start(window: MainWindow) -> None:
    dialog = opened(window)
    choice, note = dialog.appearance.language, dialog.appearance.language_note
    assert [choice.itemText(place) for place in range(choice.count())] == ["as the system", "English", "Deutsch"]
    assert (choice.currentData(), note.isVisible()) == ("", False)
    choice.setCurrentIndex(choice.findData("de"))
    choice.activated.emit(choice.currentIndex())
    assert note.isVisible()
    assert read_language(window.context.memory) == "de"
    save_language(window.context.memory, "xx")
    assert read_language(window.context.memory) == ""


def test_the_wheel_over_a_field_scrolls_the_dialog_and_changes_nothing_of_it(qtbot: QtBot, window: MainWindow) -> None:
    window.notices.announcer.change(NotificationSettings(quiet_hours=QuietHours()))
    dialog = opened(window)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=WAIT_MS)
    dialog.close_button.setFocus()
    fields: list[QComboBox | QTimeEdit] = [*dialog.findChildren(QComboBox), *dialog.findChildren(QTimeEdit)]
    assert len(fields) == 5

    def values() -> list[object]:
        return [one.currentData() if isinstance(one, QComboBox) else one.time() for one in fields]

    def takes_the_wheel(field: QComboBox | QTimeEdit) -> bool:
        """Else it is left to the column, which is scrolled by it."""
        at = QPointF(field.rect().center())
        no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        down = QPoint(0, -120)
        wheel = QWheelEvent(at, at, QPoint(), down, no_button, no_key, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(field, wheel)
        return wheel.isAccepted()

    before, settings = values(), window.notices.announcer.settings
    assert [takes_the_wheel(field) for field in fields] == [False] * 5
    assert values() == before
    assert window.notices.announcer.settings == settings
    assert read_language(window.context.memory) == ""
    for field in fields:
        assert field.focusPolicy() == Qt.FocusPolicy.StrongFocus, "the wheel brings no keyboard there"
        field.setFocus()
        assert takes_the_wheel(field)
    assert not any(now == then for now, then in zip(values(), before, strict=True)), "unless the keyboard is on it"


@pytest.mark.parametrize("typed", ["language", "german", "deutsch", "sprache", "dark", "notifications", "program"])
def test_it_is_found_in_the_palette(qtbot: QtBot, window: MainWindow, typed: str) -> None:
    assert PROGRAM in titles_for(qtbot, window, typed)
    assert ("Dark colours" in titles_for(qtbot, window, typed)) or typed != "dark"


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    with speaking("de_DE"):
        yield


@pytest.mark.parametrize("typed", ["language", "deutsch", "englisch", "sprache", "dunkel", "Meldungen"])
def test_it_is_found_in_the_german_palette(german: None, qtbot: QtBot, window: MainWindow, typed: str) -> None:
    assert "Meldungen, Sprache und Farben des Programms" in titles_for(qtbot, window, typed)


def titles_for(qtbot: QtBot, window: MainWindow, typed: str) -> list[str]:
    window.open_palette()
    palette = next(one for one in window.findChildren(CommandPalette) if one.isVisible())
    palette.field.setText(typed)
    found: list[str] = []

    def there() -> bool:
        found[:] = [one.title for one in palette.list.entries()]
        return bool(found)

    qtbot.waitUntil(there, timeout=WAIT_MS)
    palette.close()
    return found


@pytest.mark.parametrize(
    ("language", "system", "country"),
    [
        ("de", "en_GB", "DE"),
        ("en", "en_GB", "GB"),
        ("en", "de_DE", "US"),
        (None, "de_AT", "AT"),
        ("de_CH", "de_DE", "CH"),
    ],
)
def test_who_chooses_the_systems_language_has_its_countrys_dates(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str | None, system: str, country: str
) -> None:
    application, former = QCoreApplication.instance(), QLocale()
    assert application is not None
    monkeypatch.setattr(translations.QLocale, "system", lambda: QLocale(system))
    installed = translations.install(application, language)
    found = QLocale().name()
    for translator in installed:
        application.removeTranslator(translator)
    QLocale.setDefault(former)
    assert found.endswith(country)
