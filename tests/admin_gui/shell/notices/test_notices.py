"""The icon beside the clock, what pops up, and what the close button does."""

from __future__ import annotations

import threading

import msgspec
import pytest
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.system import Component, DeliveriesSeen, System
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.notification_settings import NotificationSettings, QuietHours, read_settings
from admin_gui.models.notices.standing import State
from admin_gui.pages.page import Page
from admin_gui.session import State as SessionState
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.notices.closing import ClosingQuestion
from admin_gui.shell.notices.program_dialog import ProgramDialog
from admin_gui.shell.notices.second_start import call_forward
from admin_gui.shell.notices.tray_icon import SystemTray
from admin_gui.widgets.banner import Banner
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS, shown
from tests.admin_gui.driving import click
from tests.admin_gui.keychain_in_memory import Keychain
from tests.admin_gui.shell.notices.fake_tray import SILENT, FakeTray, broken, look


def test_the_icon_shows_the_worst_and_its_menu_leads_to_the_place(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box, bonn: Box
) -> None:
    assert (tray.state, tray.lines[1]) == (State.UNASKED, "No appliance has been asked yet")
    look(qtbot, window)
    assert (tray.state, tray.tooltip) == (State.WELL, "Berlin: All is well\nBonn: All is well")
    assert tray.lines == [
        "Open the window",
        "All is well",
        "Pause notifications for an hour",
        "Notifications …",
        "Quit",
    ]
    broken(bonn)
    look(qtbot, window)
    assert tray.state is State.LOOK
    assert tray.tooltip == "Bonn: Calls are accepted, but wait\nBerlin: All is well"
    assert tray.lines[1] == "Bonn: The queue does not answer: calls are accepted and wait"
    assert tray.lines[2].startswith("Bonn: Berger <b>GmbH</b> has fallen silent")
    window.hide()
    tray.choose("Bonn: The queue")
    assert window.isVisible()
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "system", timeout=WAIT_MS)
    assert window.context.session.name == "Bonn"


def test_all_is_well_only_if_all_were_asked(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box, keychain: Keychain
) -> None:
    del keychain.kept["vbot-admin", bonn.profile.key]
    look(qtbot, window)
    assert tray.lines[1:3] == ["Not asked: Bonn", "The others are well"]
    broken(bonn)
    window.context.session.open(Connection(bonn.url, bonn.token, bonn.fingerprint), "Bonn")
    qtbot.waitUntil(lambda: tray.lines[1].startswith("Bonn: The queue does not answer"), timeout=WAIT_MS)
    assert "Not asked: Bonn" not in tray.lines


def test_what_is_wrong_pops_up_once_also_of_an_appliance_that_is_not_open(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box, bonn: Box
) -> None:
    berlin.system = System(health="healthy", silent_pbxs=list(SILENT))
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    ((title, text, tone),) = tray.said
    assert (title, text, tone) == (
        "Berlin",
        "Berger <b>GmbH</b> has fallen silent when it usually sends calls; the last one came never",
        "warn",
    )
    look(qtbot, window)
    assert not window.notices.announcer._news
    window.hide()
    tray.message_clicked.emit()
    assert window.isVisible()
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "customer/7", timeout=WAIT_MS)
    assert window.context.session.name == "Berlin"
    berlin.system = System(health="healthy")
    window.context.session.poll_now()
    again = ("Berlin", "Berger <b>GmbH</b> sends calls again", "good")
    qtbot.waitUntil(lambda: again in tray.said, timeout=WAIT_MS)


def test_another_customers_endpoint_that_goes_down_is_told_while_the_first_ones_failures_are_counted_still(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    def fail(failed: dict[int, int]) -> None:
        bonn.failed_webhooks = failed
        bonn.system = System(
            health="degraded",
            components=[Component(name="webhooks", state="warning", reason="Some.")],
            deliveries=DeliveriesSeen(failed_last_24_hours=sum(failed.values())),
        )
        look(qtbot, window)

    fail({7: 1})
    first = "Webhooks to Customer 7 that could not be delivered in the last 24 hours: 1"
    qtbot.waitUntil(lambda: [text for _, text, _ in tray.said] == [first], timeout=WAIT_MS)
    fail({7: 1, 8: 900})
    second = "Webhooks to Customer 8 that could not be delivered in the last 24 hours: 900"
    qtbot.waitUntil(lambda: [text for _, text, _ in tray.said] == [first, second], timeout=WAIT_MS)
    fail({7: 2, 8: 901})
    assert len(tray.said) == 2
    assert not window.notices.announcer._news


def test_a_click_goes_nowhere_wrong_where_several_were_told_of_several_appliances(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box, bonn: Box
) -> None:
    berlin.system = System(health="healthy", silent_pbxs=list(SILENT))
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    broken(bonn)
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 2, timeout=WAIT_MS)
    window.hide()
    tray.message_clicked.emit()  # of either: nobody is told of which
    assert window.isVisible()
    assert window.page is None, "neither is opened"
    message = window.status_line.message
    assert "Bonn" in message.partition(" · ")[0]
    assert "The queue does not answer" in message.partition(" · ")[0]
    assert "Berlin" in message
    assert "Berger <b>GmbH</b> has fallen silent" in message


def test_a_click_shows_all_that_is_wrong_where_several_were_told_of_one_appliance(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    bonn.system = System(health="healthy", silent_pbxs=list(SILENT))
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    broken(bonn)
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 2, timeout=WAIT_MS)
    tray.message_clicked.emit()
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "overview", timeout=WAIT_MS)
    assert window.context.session.name == "Bonn"


def test_what_came_of_long_work_is_told_beside_the_clock_while_no_window_is_seen(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box
) -> None:
    page, end = at_customers(qtbot, window, berlin), threading.Event()

    def done(_result: bool) -> None:
        window.context.say("570 done, 30 not: Ada Ltd: Refused", "bad")

    window.context.run_long(page, "Erasing", lambda _progress, _stop: end.wait(WAIT_MS / 1000), done)
    window.hide()
    end.set()
    told = ("Berlin", "Erasing: 570 done, 30 not: Ada Ltd: Refused", "warn")
    qtbot.waitUntil(lambda: told in tray.said, timeout=WAIT_MS)
    tray.message_clicked.emit()
    assert window.isVisible()
    assert window.page is page
    (banner,) = [one for one in page.findChildren(Banner) if one.isVisible()]
    assert banner.text == told[1]


def test_what_came_of_long_work_is_not_told_while_notifications_pause(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box
) -> None:
    page, said = at_customers(qtbot, window, berlin), list[str]()
    window.notices.announcer.pause()
    window.context.message_requested.connect(lambda text, *_rest: said.append(text))
    window.hide()
    window.context.run_long(page, "Erasing", lambda *_task: None, lambda _done: window.context.say("3 erased", "good"))
    qtbot.waitUntil(lambda: said == ["3 erased"], timeout=WAIT_MS)
    assert tray.said == []


def at_customers(qtbot: QtBot, window: MainWindow, box: Box) -> Page:
    window.context.session.connected.connect(lambda: window.context.go("customers"))
    window.appliances.go(box.profile)
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    assert window.page is not None
    return window.page


def test_without_a_tray_it_is_told_at_the_foot_of_the_window(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    tray.is_shown = False
    broken(bonn)
    look(qtbot, window)
    qtbot.waitUntil(lambda: window.status_line.message != "", timeout=WAIT_MS)
    assert window.status_line.message.startswith(
        "Bonn: The queue does not answer: calls are accepted and wait · Berger"
    )
    window.close()
    assert window.findChild(ClosingQuestion) is None
    assert not window.isVisible()


def test_the_close_button_asks_once_and_then_leaves_the_program_in_the_tray(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    window.close()
    question = window.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    assert window.isVisible()
    click(question.keep_button)
    assert not window.isVisible()
    assert not QApplication.quitOnLastWindowClosed()
    broken(bonn)
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    tray.opened.emit()
    assert window.isVisible()
    assert QApplication.quitOnLastWindowClosed()
    qtbot.waitUntil(lambda: window.findChild(ClosingQuestion) is None, timeout=WAIT_MS)
    window.close()
    assert not window.isVisible(), "it is not asked again"
    assert window.findChild(ClosingQuestion) is None
    window.notices.come_forward()
    window.quit()
    assert not window.isVisible()
    assert QApplication.quitOnLastWindowClosed()


@pytest.mark.parametrize("is_hidden", [False, True])
def test_who_starts_the_program_again_gets_its_window_and_no_second_one(
    qtbot: QtBot, window: MainWindow, context: AppContext, is_hidden: bool
) -> None:
    file = context.memory.file
    window.notices.announcer.change(NotificationSettings(on_close="keep"))
    if is_hidden:
        window.close()
    else:
        window.showMinimized()
    answers: list[bool] = []
    second = threading.Thread(target=lambda: answers.append(call_forward(file, WAIT_MS / 1000)))
    second.start()
    qtbot.waitUntil(lambda: bool(answers) or not second.is_alive(), timeout=WAIT_MS)
    second.join()
    assert answers == [True]
    assert window.isVisible()
    assert not window.isMinimized()
    assert not call_forward(file, 0.0), "one that hangs is not waited for"
    window.notices.end()
    assert not call_forward(file), "nobody runs any more"


def test_who_starts_the_program_again_while_it_asks_whether_to_stay_gets_no_second_one(
    qtbot: QtBot, window: MainWindow, context: AppContext
) -> None:
    window.close()
    question = window.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    answers: list[bool] = []
    second = threading.Thread(target=lambda: answers.append(call_forward(context.memory.file, WAIT_MS / 1000)))
    second.start()
    qtbot.waitUntil(lambda: bool(answers) or not second.is_alive(), timeout=WAIT_MS)
    second.join()
    assert answers == [True]
    assert question.isVisible()
    click(question.quit_button)
    assert not window.isVisible()


@pytest.mark.parametrize("left", [b"", b"no number"])
def test_a_lock_file_that_names_nobody_holds_nothing_up(
    qtbot: QtBot, context: AppContext, tray: FakeTray, left: bytes
) -> None:
    """A computer that lost its power leaves an empty one."""
    file = context.memory.file
    lock = file.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_bytes(left)
    window = shown(qtbot, MainWindow(context, tray=tray))
    window.notices.begin()
    qtbot.waitUntil(lambda: tray.menu is not None, timeout=WAIT_MS)
    assert not call_forward(file, 0.0), "it is held, and hangs here: this test waits for it"
    window.notices.end()
    lock.write_bytes(left)
    assert not call_forward(file, WAIT_MS / 1000)
    assert not lock.exists(), "it is not waited for to the end"


def test_a_second_one_beside_one_that_hangs_tells_nothing_until_that_has_ended(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, context: AppContext, bonn: Box
) -> None:
    other_tray = FakeTray()
    other = shown(qtbot, MainWindow(context, tray=other_tray))
    other.notices.begin()
    broken(bonn)
    look(qtbot, window)
    look(qtbot, other)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    assert other_tray.menu is None
    assert other_tray.said == []
    window.notices.end()
    qtbot.waitUntil(lambda: other_tray.menu is not None, timeout=WAIT_MS)
    other.notices.end()


def test_esc_is_no_answer_and_whoever_quits_is_not_asked_again(qtbot: QtBot, window: MainWindow) -> None:
    window.close()
    question = window.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    question.reject()
    assert window.isVisible()
    assert read_settings(window.context.memory).on_close == ""
    qtbot.waitUntil(lambda: window.findChild(ClosingQuestion) is None, timeout=WAIT_MS)
    window.close()
    question = window.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    click(question.quit_button)
    assert not window.isVisible()
    assert QApplication.quitOnLastWindowClosed()
    assert read_settings(window.context.memory).on_close == "quit"


def test_without_an_appliance_there_is_nothing_to_keep_running_for(
    qtbot: QtBot, window: MainWindow, berlin: Box, bonn: Box
) -> None:
    for box in (berlin, bonn):
        window.context.memory.forget_profile(box.profile)
    window.close()
    assert not window.isVisible()


def test_the_settings_are_kept(qtbot: QtBot, window: MainWindow, tray: FakeTray) -> None:
    tray.choose("Notifications")
    dialog = window.findChild(ProgramDialog)
    assert isinstance(dialog, ProgramDialog)
    hours = dialog.notifications
    assert not hours.begin.isEnabled()
    hours.quiet.click()
    hours.begin.setTime(QTime(21, 30))
    hours.end.setTime(QTime(6, 15))
    hours.days[4].click()
    hours.weekends.click()
    dialog.appearance.on_close.setCurrentIndex(1)
    dialog.appearance.on_close.activated.emit(1)
    click(dialog.close_button)
    kept = read_settings(window.context.memory)
    days = (0, 1, 2, 3, 5, 6)
    assert kept.quiet_hours == QuietHours(begin=21 * 60 + 30, end=6 * 60 + 15, days=days, weekends=True)
    assert kept.on_close == "keep"
    qtbot.waitUntil(lambda: window.findChild(ProgramDialog) is None, timeout=WAIT_MS)
    window.notices.open_settings()
    again = window.findChild(ProgramDialog)
    assert isinstance(again, ProgramDialog)
    assert (again.notifications.begin.time(), again.notifications.days[4].isChecked()) == (QTime(21, 30), False)
    again.notifications.on.click()
    assert not read_settings(window.context.memory).are_on
    assert read_settings(window.context.memory).quiet_hours == kept.quiet_hours


def test_notifications_pause_for_an_hour_by_the_menu_and_by_the_palette(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    tray.choose("Pause notifications for an hour")
    assert any(line.startswith("Notifications pause until ") for line in tray.lines)
    broken(bonn)
    look(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.notices.announcer._held), timeout=WAIT_MS)
    assert tray.said == []
    command = next(one for one in window.commands.all() if one.title == "End the pause of notifications")
    assert window.commands.available(command)
    window.commands.run(command)
    ((title, text, _tone),) = tray.said
    assert title == "Bonn"
    assert text.startswith("While it was quiet: Bonn: The queue does not answer")
    assert not window.commands.available(command)


def test_the_real_icon_shows_no_markup_and_is_not_there_on_a_screen_without_a_tray(qtbot: QtBot) -> None:
    tray = SystemTray()
    tray.begin(QMenu())
    for state in State:
        tray.show_state(state, "Berger <b>GmbH</b>")
    assert tray._icon.toolTip() == "Berger ‹b›GmbH‹/b›"
    tray.say("Berger", "<b>", "bad")
    assert not tray.is_there
    tray.end()


def test_when_the_session_ends_its_appliance_is_told_of_still(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, berlin: Box
) -> None:
    window.appliances.go(berlin.profile)
    session = window.context.session
    qtbot.waitUntil(lambda: session.situation.state is SessionState.LIVE, timeout=WAIT_MS)
    session.close()
    berlin.system = msgspec.structs.replace(berlin.system, silent_pbxs=list(SILENT))
    look(qtbot, window)
    qtbot.waitUntil(lambda: len(tray.said) == 1, timeout=WAIT_MS)
    assert tray.said[0][0] == "Berlin"
