"""A call that was analysed more than once shows when and why, what was delivered each time, and what differs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Turn
from admin_gui.client.revisions import RevisionResult
from admin_gui.models.calls.revision_texts import Line, compared
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.revisions.comparison import Comparison
from admin_gui.pages.webhooks.webhook_page import WebhookPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.fake_worker import that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

FIRST = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel from Uppsala is missing."},
    {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": "We look for it at once."},
]
SECOND = [FIRST[0], {**FIRST[1], "text": "We look for it <b>tomorrow</b>."}]


@pytest.fixture
def customer(appliance: TlsAppliance, receiver: WebhookReceiver) -> dict[str, Any]:
    return appliance.new_customer(company_name="Revised Twice Ltd", webhook_url=receiver.endpoint().url)


def sent_twice(appliance: TlsAppliance, customer: dict[str, Any]) -> str:
    """Under one id of the PBX's, with another recording the second time."""
    call_id = ""
    for recording in (that_says(stereo_conversation(), FIRST), that_says(silence(4.0), SECOND)):
        call_id = appliance.accepted(customer["api_key"], recording, external_id="pbx-twice")
        appliance.final_call(call_id)
        appliance.delivery_in_state(call_id, "delivered")
    return call_id


def a_page(qtbot: QtBot, window: MainWindow, call_id: str, lines: int) -> CallPage:
    page = opened(qtbot, window, f"call/{call_id}")
    assert isinstance(page, CallPage)
    qtbot.waitUntil(lambda: len(page.about.revisions.lines) == lines, timeout=WAIT_MS)
    return page


def comparison() -> Comparison | None:
    return next(
        (one for one in QApplication.topLevelWidgets() if isinstance(one, Comparison) and one.isVisible()), None
    )


def test_of_two_recordings_of_a_call_both_results_can_be_seen_and_compared(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    call_id = sent_twice(appliance, customer)
    section = a_page(qtbot, window, call_id, 2).about.revisions
    told = [(line.text().split(" · ")[0], line.text().split(" · ")[2]) for line in section.lines]
    assert told == [("2", "another recording received"), ("1", "recording received")]
    assert list(section.compare_buttons) == [1], "the latest is what the others are compared with"

    click(section.compare_buttons[1])
    qtbot.waitUntil(lambda: comparison() is not None, timeout=WAIT_MS)
    shown = comparison()
    assert shown is not None
    text = shown.text.toPlainText()
    assert "− 0:04  Called: We look for it at once." in text
    assert "+ 0:04  Called: We look for it <b>tomorrow</b>." in text
    assert "   0:01  Caller: My parcel from Uppsala is missing." in text
    shown.close()

    click(section.webhook_buttons[1])
    qtbot.waitUntil(lambda: isinstance(window.page, WebhookPage), timeout=WAIT_MS)
    webhook = window.page
    assert isinstance(webhook, WebhookPage)
    qtbot.waitUntil(lambda: "We look for it at once." in webhook.exchange.toPlainText(), timeout=WAIT_MS)
    body = webhook.exchange.toPlainText()
    assert json.loads(body[body.index("{") :])["revision"] == 1


def test_what_was_analysed_again_says_so_and_one_that_was_not_has_no_list(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), FIRST))
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"call/{call_id}")
    assert isinstance(page, CallPage)
    assert not page.about.revisions.isVisible()
    for body in ({}, {"caller_channel": "right"}):
        assert appliance.admin("POST", f"/api/calls/{call_id}/reprocess", json=body).status_code == 200
        appliance.final_call(call_id)
    qtbot.waitUntil(lambda: len(page.about.revisions.lines) == 3, timeout=WAIT_MS)
    causes = [line.text().split(" · ")[2] for line in page.about.revisions.lines]
    assert causes == ["analysed again, caller and called exchanged", "analysed again", "recording received"]


def a_result(number: int, *texts: str, **fields: Any) -> RevisionResult:
    turns = [Turn(start=float(at), end=at + 1.0, channel=0, party="caller", text=text) for at, text in enumerate(texts)]
    return RevisionResult(revision=number, segments=turns, **fields)


def test_only_what_differs_is_told_as_different(qtbot: QtBot) -> None:
    former = a_result(1, "Good morning.", "It is broken.", summary="A man called. It is broken.", sentiment="neutral")
    later = a_result(2, "Good morning.", "It is new.", summary="A man called. It is new.", sentiment="neutral")
    result, summary, transcript = compared(former, later)
    assert result.is_same
    assert summary.lines == (
        Line("both", "A man called."), Line("former", "It is broken."), Line("later", "It is new."),
    )  # fmt: skip
    assert [line.of for line in transcript.lines] == ["both", "former", "later"]


def test_two_results_that_are_the_same_are_called_so(qtbot: QtBot, window: MainWindow) -> None:
    parts = compared(a_result(1, "Hello."), a_result(2, "Hello."))
    shown = Comparison(window.context.theme, 1, 2, parts, window)
    qtbot.addWidget(shown)
    assert shown.legend.text() == "They are the same."
