"""A customer's results that do not go out are told at once, in red, for as long as that lasts."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.system import Component, DeliveriesSeen, DisabledEndpoint, System
from admin_gui.local_storage.notification_settings import NotificationSettings
from admin_gui.models.notices import ledger
from admin_gui.shell import status_line
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click
from tests.admin_gui.shell.notices.fake_tray import FakeTray, look

HARBOUR, ADA = (
    DisabledEndpoint(customer_id=number, customer_name=name, reason="the receiver answered 410 Gone")
    for number, name in ((7, "Harbour Legal"), (8, "Ada Ltd"))
)
TOLD = "Bonn: No webhooks are sent to Harbour Legal: the receiver answered 410 Gone"


@pytest.fixture(autouse=True)
def unhurried(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be over in a moment is not told of; what is said otherwise fades at once."""
    monkeypatch.setattr(ledger, "SURE_SECONDS", 600.0)
    for name in ("MESSAGE_MS", "ERROR_MS"):
        monkeypatch.setattr(status_line, name, 1)


def disable(box: Box, *endpoints: DisabledEndpoint) -> None:
    box.system = System(
        health="healthy",
        components=[Component(name="webhooks", state="warning" if endpoints else "ok", reason="Some.")],
        deliveries=DeliveriesSeen(disabled_endpoints=list(endpoints)),
    )


def test_it_is_told_at_the_first_look_and_stays_until_it_is_over(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box
) -> None:
    lasting = window.status_line.lasting
    assert not lasting.isVisible()
    disable(bonn, HARBOUR)
    look(qtbot, window)
    assert (lasting.isVisible(), lasting.text) == (True, TOLD)
    assert lasting._label.styleSheet() == f"color: {window.context.theme.colors.bad};"
    qtbot.waitUntil(lambda: any(text == TOLD.removeprefix("Bonn: ") for _, text, _ in tray.said), timeout=WAIT_MS)
    window.context.say("The address copied", "good")
    assert not lasting.isVisible(), "another message takes its place"
    qtbot.waitUntil(lambda: window.status_line.message == "", timeout=WAIT_MS)
    assert lasting.isVisible(), "and fades, while this lasts"
    window.context.theme.set_mode("dark")
    assert lasting._label.styleSheet() == f"color: {window.context.theme.colors.bad};"
    window.context.theme.set_mode("light")
    disable(bonn)
    look(qtbot, window)
    assert not lasting.isVisible()
    over = ("Bonn", "Webhooks are sent to Harbour Legal again", "good")
    qtbot.waitUntil(lambda: over in tray.said, timeout=WAIT_MS)


def test_without_an_icon_beside_the_clock_it_is_not_said_a_second_time_and_lasts(
    qtbot: QtBot, window: MainWindow, tray: FakeTray, bonn: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_line, "ERROR_MS", 600_000)
    tray.is_shown = False
    said = list[str]()
    window.context.message_requested.connect(lambda text, *_rest: said.append(text))
    disable(bonn, HARBOUR)
    look(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.notices._told), timeout=WAIT_MS)
    assert said == []
    assert window.status_line.lasting.isVisible()


def test_it_is_put_away_by_its_button_and_told_again_when_it_comes_again(
    qtbot: QtBot, window: MainWindow, bonn: Box
) -> None:
    lasting = window.status_line.lasting
    disable(bonn, HARBOUR)
    look(qtbot, window)
    disable(bonn, HARBOUR, ADA)
    look(qtbot, window)
    assert lasting.text.startswith("Bonn: No webhooks are sent to Ada Ltd")
    assert lasting.text.endswith("– and 1 more")
    click(lasting.close_button)
    assert lasting.text == TOLD
    click(lasting.close_button)
    assert not lasting.isVisible()
    look(qtbot, window)
    assert not lasting.isVisible()
    disable(bonn)
    look(qtbot, window)
    disable(bonn, HARBOUR)
    look(qtbot, window)
    assert (lasting.isVisible(), lasting.text) == (True, TOLD)


def test_its_button_leads_to_the_place_and_it_stays_for_it_is_not_over(
    qtbot: QtBot, window: MainWindow, bonn: Box
) -> None:
    lasting = window.status_line.lasting
    disable(bonn, HARBOUR)
    look(qtbot, window)
    disable(bonn, HARBOUR, ADA)
    look(qtbot, window)
    for _ in range(2):
        click(lasting.show_button)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "customer/8", timeout=WAIT_MS)
    assert window.context.session.name == "Bonn"
    assert lasting.text.startswith("Bonn: No webhooks are sent to Ada Ltd")
    assert lasting.text.endswith("– and 1 more"), "a second click hits nothing else"


def test_it_is_told_still_where_its_place_cannot_be_reached(qtbot: QtBot, window: MainWindow, bonn: Box) -> None:
    lasting = window.status_line.lasting
    disable(bonn, HARBOUR)
    look(qtbot, window)
    bonn.stop()
    click(lasting.show_button)
    qtbot.waitUntil(lambda: window.context.session.situation.error is not None, timeout=WAIT_MS)
    assert window.page is None
    assert lasting.text == TOLD


def test_one_that_does_not_answer_says_nothing_of_whether_it_is_over(
    qtbot: QtBot, window: MainWindow, bonn: Box
) -> None:
    disable(bonn, HARBOUR)
    look(qtbot, window)
    bonn.stop()
    look(qtbot, window)
    assert window.status_line.lasting.isVisible()
    window.context.memory.forget_profile(bonn.profile)
    look(qtbot, window)
    assert not window.status_line.lasting.isVisible(), "it is no longer one of ours"


def test_who_wants_to_be_told_nothing_is_told_nothing(qtbot: QtBot, window: MainWindow, bonn: Box) -> None:
    disable(bonn, HARBOUR)
    window.notices.announcer.change(NotificationSettings(are_on=False))
    look(qtbot, window)
    assert not window.status_line.lasting.isVisible()
    window.notices.announcer.change(NotificationSettings())
    assert window.status_line.lasting.isVisible()


def test_failed_webhooks_last_also_while_whose_they_are_cannot_be_had(
    qtbot: QtBot, window: MainWindow, bonn: Box
) -> None:
    def fail(failed: dict[int, int]) -> None:
        disable(bonn)
        bonn.failed_webhooks = failed
        bonn.system = msgspec.structs.replace(
            bonn.system,
            components=[Component(name="webhooks", state="warning", reason="Some.")],
            deliveries=DeliveriesSeen(failed_last_24_hours=2),
        )
        look(qtbot, window)

    fail({})
    text = "that could not be delivered in the last 24 hours: 2"
    assert window.status_line.lasting.text == f"Bonn: Webhooks {text}"
    fail({7: 2})
    assert window.status_line.lasting.text == f"Bonn: Webhooks to Customer 7 {text}"
