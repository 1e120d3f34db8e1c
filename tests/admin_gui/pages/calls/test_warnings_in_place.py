"""What is the matter with a call is told where it is: between its turns, at its recording, at its details."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Turn
from admin_gui.models.calls.call_warnings import TimedWarning
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.call.conversation import Conversation
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.fake_worker import that_says
from tests.support.recordings import stereo_conversation

TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel from Uppsala is missing."},
    {"start": 4.0, "end": 6.0, "channel": 1, "party": "called", "text": "We look for it at once."},
]
LOST = (
    "From 0:03 on the recording holds no sound at all of the caller party, not even the noise of a line, while the "
    "other one goes on speaking: it had hung up, was muted, or the telephone system recorded it no more. What it may "
    "have said is missing."
)
HEADER = "The header does not say how long the recording is; all 6.0 s of it are read."
FIELD = "`agnt` is no field of this form and is left out (is `agent` meant?)."


def a_page(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, *warnings: str) -> CallPage:
    customer: dict[str, Any] = appliance.new_customer()
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS, warnings))
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"call/{call_id}")
    assert isinstance(page, CallPage)
    qtbot.waitUntil(page.listening.waveform.isVisible, timeout=WAIT_MS)
    return page


def test_each_warning_stands_where_it_belongs(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    page = a_page(qtbot, window, appliance, LOST, HEADER, FIELD, "Something new.")
    assert page.course.warnings.text == "Something new."
    assert page.listening.warnings.text == HEADER
    assert page.about.warnings.text == FIELD
    assert not page.course.of_conversation.isVisible()
    model = page.conversation.model()
    spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert spoken[0].endswith(f"missing.\n0:03  {LOST}"), "below the turn that had begun by then"
    assert LOST not in spoken[1]


def test_of_a_call_without_warnings_nothing_is_told(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    page = a_page(qtbot, window, appliance)
    for banner in (page.course.warnings, page.course.of_conversation, page.listening.warnings, page.about.warnings):
        assert not banner.isVisible()


@pytest.fixture
def conversation(qtbot: QtBot, window: MainWindow) -> Conversation:
    made = Conversation(window.context.theme)
    qtbot.addWidget(made)
    made.resize(600, 400)
    turns = [Turn(start=1.0, end=3.0, channel=0, party="caller", text="Hello."),
             Turn(start=9.0, end=12.0, channel=1, party="called", text="Good morning.")]  # fmt: skip
    made.show_turns(turns)
    made.show()
    return made


def test_a_note_has_its_room_below_the_turn_and_a_click_on_it_plays_from_its_moment(
    qtbot: QtBot, conversation: Conversation
) -> None:
    qtbot.waitUntil(lambda: conversation.is_laid_out(1), timeout=WAIT_MS)
    bare = conversation.visualRect(conversation.model().index(0, 0)).height()
    conversation.show_warnings([TimedWarning(5.0, "Nothing is heard of the caller any more. " * 5)])
    qtbot.waitUntil(lambda: conversation.is_laid_out(1), timeout=WAIT_MS)
    row = conversation.visualRect(conversation.model().index(0, 0))
    assert row.height() > bare + 2 * conversation.fontMetrics().height()
    heard: list[float] = []
    conversation.chosen.connect(heard.append)
    for x, y in ((row.center().x(), row.top() + bare + 10), (row.left() + 20, row.top() + 20)):
        QTest.mouseClick(conversation.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert heard == [5.0, 1.0]


def test_a_note_of_before_the_first_turn_and_one_without_turns(conversation: Conversation) -> None:
    conversation.show_warnings([TimedWarning(0.5, "Early.")])
    assert "0:00  Early." in conversation.model().index(0, 0).data()
    conversation.show_turns([])
    conversation.show_warnings([TimedWarning(0.5, "Early.")])
    assert conversation.model().rowCount() == 0
