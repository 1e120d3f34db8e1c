"""Calls: found, watched, read, heard, kept, analysed again, erased. On a real appliance with a fake engine."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QToolButton
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, CallFault, Calls
from admin_gui.client.events import Event
from admin_gui.client.many import Outcome
from admin_gui.client.transport.errors import Conflict, FieldProblem
from admin_gui.client.transport.paging import Order, Page
from admin_gui.models.states import call_tone
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.calls.without_words import WithoutWords
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.search_field import DELAY_MS
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, click_heading, opened
from tests.admin_gui.fitting import cut_cells
from tests.admin_gui.sound_sink import SoundSink
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence, stereo_conversation
from tests.support.spool import recording as work_of

TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel from Uppsala is missing."},
    {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": "We look for it at once."},
]


@pytest.fixture
def customer(appliance: TlsAppliance, receiver: WebhookReceiver) -> dict[str, Any]:
    return appliance.new_customer(company_name="Talk Ltd", webhook_url=receiver.endpoint().url)


def a_call(appliance: TlsAppliance, customer: dict[str, Any]) -> str:
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    appliance.delivery_in_state(call_id, "delivered")
    return call_id


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]) -> CallPage:
    found = opened(qtbot, window, f"call/{a_call(appliance, customer)}")
    assert isinstance(found, CallPage)
    return found


def a_call_of(appliance: TlsAppliance, customer: dict[str, Any]) -> str:
    """Without a webhook."""
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    appliance.final_call(call_id)
    return call_id


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A file that calls are held by; gone at the end, however that comes, or they kept the worker from all others'."""
    made = tmp_path / "held"
    made.touch()
    yield made
    made.unlink(missing_ok=True)


def no_worker_is_free(appliance: TlsAppliance, held: Path) -> None:
    """Until `held` is gone each of the worker's two places has a call of another customer, for one gets no two of them.

    What is only accepted is no hindrance: an older call that is analysed again goes before it.
    """
    keys = [appliance.new_customer()["api_key"] for _ in range(2)]
    calls = [appliance.accepted(key, work_of(0.1, held_by=held)) for key in keys]

    def state(call_id: str) -> object:
        return appliance.admin("GET", f"/api/calls/{call_id}").json()["state"]

    assert wait_until(lambda: {state(call_id) for call_id in calls} == {"processing"}, 60)


def painted(view: QListView, row: int) -> range:
    """From where to where, in pixels, a row of a list has something in it."""
    image = view.viewport().grab(view.visualRect(view.model().index(row, 0))).toImage()
    bare = image.pixelColor(image.width() // 2, image.height() - 1)
    places = [x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) != bare]
    return range(min(places), max(places) + 1)


def shown(page: CallsPage) -> list[str]:
    return [call.call_id for call in page.table.model.rows]


def test_a_call_is_found_by_what_was_said_and_opened(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    call_id = a_call(appliance, customer)
    appliance.accepted(customer["api_key"], silence(0.5))
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 2, timeout=WAIT_MS)
    QTest.keyClicks(page.table.search, "uppsala")
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    assert dict(page.link.query) == {"customer_id": str(customer["id"]), "q": "uppsala"}
    page.table.view.selectRow(0)
    QTest.keyClick(page.table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, CallPage) and window.page.is_ready, timeout=WAIT_MS)
    call_page = window.page
    assert isinstance(call_page, CallPage)
    assert len(call_page.listening.find_bar.hits) == 1, "and what was searched for is lit there"
    assert call_page.conversation.hasFocus()


@pytest.mark.long
def test_at_1280_pixels_the_time_of_a_call_is_not_cut(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))  # its dates are the longest
    try:
        window.resize(1280, 800)
        a_call(appliance, customer)
        page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
        qtbot.waitUntil(lambda: len(shown(page)) == 1, timeout=WAIT_MS)
        view = page.table.view
        assert view.sizeHintForColumn(0) <= view.columnWidth(0)
        visible = sum(view.columnWidth(place) for place in range(view.model().columnCount()))
        assert visible <= view.viewport().width()
    finally:
        QLocale.setDefault(before)


def test_two_telephone_numbers_that_end_differently_look_different(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    window.resize(1024, 640)
    appliance.accepted(customer["api_key"], silence(0.5), caller_number="+491510000123", called_number="+493000000456")
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 1, timeout=WAIT_MS)
    assert cut_cells(page.table, "received", "state", "caller", "called") == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"summary": "It is late.\nIt comes on Friday."}, "It is late. It comes on Friday."),
        ({"state": "failed", "error": CallFault(code="unreadable", message="No audio in it.")}, "No audio in it."),
        ({"error": CallFault(code="damaged", message="It cannot be read.")}, "Damaged: it can be analysed again"),
        ({"summary": "", "no_speech": True}, "Nobody speaks"),
        ({"summary": "", "no_speech": True, "empty": True}, "Nothing was recorded"),
        ({"empty": True}, "Nothing was recorded"),
        ({"state": "queued"}, ""),
    ],
)
def test_a_row_tells_what_a_call_came_to_or_why_to_nothing(
    context: AppContext, fields: dict[str, Any], told: str
) -> None:
    call = Call(
        **{"call_id": "1", "customer_id": 1, "caller_number": "1", "called_number": "2", "state": "completed"} | fields,
        received_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    columns = {column.key: column for column in CallsPage(context).table.model.columns}
    assert columns["summary"].text(call) == told
    assert columns["sentiment"].text(call) == "", "and no pill around a dash"


def test_a_call_in_which_nothing_was_recorded_is_shown_as_empty_and_not_as_failed(context: AppContext) -> None:
    call = Call(
        call_id="1", customer_id=1, caller_number="1", called_number="2", state="completed", empty=True,
        received_at=datetime(2026, 11, 25, tzinfo=UTC), warnings=["It ends where its header does."],
    )  # fmt: skip
    columns = {column.key: column for column in CallsPage(context).table.model.columns}
    words = WithoutWords(context)

    words.show_call(call, None)

    assert (columns["state"].text(call), call_tone(call.shown_state)) == ("empty", "calm")
    shown = [label.text() for label in words.findChildren(PlainLabel)]
    assert "Nothing was recorded in this call" in shown
    assert any("It ends where its header does." in text for text in shown)


@pytest.mark.long
def test_a_search_that_a_link_ends_leaves_no_button_to_end_it(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    button = page.table.search.findChild(QToolButton)
    QTest.keyClicks(page.table.search, "uppsala")
    qtbot.waitUntil(lambda: page.link.query.get("q") == "uppsala" and button.isVisible(), timeout=WAIT_MS)
    opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: not button.isVisible(), timeout=WAIT_MS)
    qtbot.wait(2 * DELAY_MS)
    assert str(page.link) == f"calls?customer_id={customer['id']}", "and nobody took it for typed"


def test_the_chosen_customer_is_seen_whole(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    named = appliance.new_customer(company_name="Berger Möbelhaus GmbH")
    page = opened(qtbot, window, f"calls?customer_id={named['id']}")
    qtbot.waitUntil(lambda: page.customer.currentText() == "Berger Möbelhaus GmbH", timeout=WAIT_MS)
    field = page.customer.lineEdit()
    assert field is not None
    qtbot.waitUntil(
        lambda: field.fontMetrics().horizontalAdvance("Berger Möbelhaus GmbH") < field.width(), timeout=WAIT_MS
    )


def test_calls_are_found_by_number(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    rare = appliance.accepted(customer["api_key"], silence(0.5), caller_number="+46180000001")
    appliance.accepted(customer["api_key"], silence(0.5))
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    QTest.keyClicks(page.number, "46180000001")
    qtbot.waitUntil(lambda: shown(page) == [rare], timeout=WAIT_MS)


def test_a_call_comes_in_and_finishes_by_itself(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.table.model.rows[0].state == "completed", timeout=WAIT_MS)


@pytest.mark.long
def test_the_appliance_sorts_calls_and_one_that_comes_in_finds_its_place(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    def accepted(number: str) -> str:
        return appliance.accepted(customer["api_key"], silence(0.5), caller_number=number)

    first, third = accepted("+461"), accepted("+463")
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [third, first], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    click_heading(page.table, "caller")
    qtbot.waitUntil(lambda: shown(page) == [first, third], timeout=WAIT_MS)
    second = accepted("+462")
    qtbot.waitUntil(lambda: shown(page) == [first, second, third], timeout=WAIT_MS)
    click_heading(page.table, "caller")
    qtbot.waitUntil(lambda: shown(page) == [third, second, first], timeout=WAIT_MS)


def test_every_column_of_calls_that_the_appliance_sorts_by_is_one_of_the_api(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    appliance.accepted(customer["api_key"], silence(0.5))
    page = opened(qtbot, window, "calls")
    sortable = [column for column in page.table.model.columns if column.sort is not None]
    assert sortable
    for column in sortable:
        assert column.field is not None
        found = window.context.appliance.calls.page(None, 2, None, Order(column.field, descending=True))
        assert found.rows


@pytest.mark.long
def test_what_was_found_by_its_words_is_sorted_here(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    older = a_call(appliance, customer)
    time.sleep(1.1)  # times are told in whole seconds, and equal ones stay as they came
    newer = a_call(appliance, customer)
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}&q=uppsala")
    qtbot.waitUntil(lambda: shown(page) == [newer, older], timeout=WAIT_MS)
    click_heading(page.table, "received")
    assert shown(page) == [older, newer]


def test_what_was_found_by_its_words_is_kept_up_to_date(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    found, other = a_call(appliance, customer), appliance.accepted(customer["api_key"], silence(0.5))
    appliance.final_call(other)
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}&q=uppsala")
    qtbot.waitUntil(lambda: shown(page) == [found], timeout=WAIT_MS)
    for call_id in (other, found):
        appliance.admin("PUT", f"/api/calls/{call_id}/tags", json={"tags": ["elsewhere"]})
    qtbot.waitUntil(lambda: page.table.model.row_at(0).tags == ["elsewhere"], timeout=WAIT_MS)
    assert shown(page) == [found], "an event does not tell what was said in another one"


@pytest.mark.usefixtures("same_day")
def test_the_page_tells_who_said_what_and_how_it_went(qtbot: QtBot, page: CallPage) -> None:
    assert [turn.text for turn in page.conversation.turns] == [turn["text"] for turn in TURNS]
    assert "Uppsala" in page.summary.text
    assert page.about.mood.value("caller") == "neutral, speaks 0:02"
    assert page.about.mood.value("called") == "speaks 0:02", "whose mood is not computed"
    assert page.about.facts.value("length") == "0:06"
    assert page.about.way.value("0").startswith("today, ")  # received
    assert page.about.way.value("3")  # delivered
    assert not page.notice.isVisible()
    qtbot.waitUntil(page.listening.waveform.isVisible, timeout=WAIT_MS)  # the recording comes after the words


def test_the_page_tells_how_the_conversation_went(page: CallPage) -> None:
    assert page.course.line.text().startswith("Caller 0:02, called 0:02  ·  silence 0:04 (longest 0:02)")
    assert not page.course.warnings.isVisible()


def test_voices_that_nobody_named_are_left_and_right_and_what_was_wrong_is_told(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    turns = [{**turn, "party": "unknown", "channel": 0, "voice": voice} for voice, turn in enumerate(TURNS, start=1)]
    warning = "The recording is cut off: <b>of 9.0 s</b>, 6.5 s are there."
    call_id = appliance.accepted(customer["api_key"], that_says(silence(0.5), turns, [warning]))
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"call/{call_id}")

    view = page.conversation
    texts = [view.model().index(row, 0).data() for row in range(2)]
    assert [text.partition("  ")[0] for text in texts] == ["Voice 1", "Voice 2"]
    drawn = [painted(view, row) for row in range(2)]
    width = view.viewport().width()
    assert drawn[0].start < 10
    assert drawn[0].stop < width - 100
    assert drawn[1].start > 100
    assert drawn[1].stop > width - 10
    assert page.course.warnings.text == warning
    assert page.course.warnings.isVisible()


def test_a_call_is_saved_as_text_json_and_sound(qtbot: QtBot, page: CallPage, tmp_path: Path) -> None:
    calls, call_id = page.context.appliance.calls, page.link.target or ""
    page.export.save_to(tmp_path / "a.json", lambda file, _progress, _stop: file.write_bytes(calls.as_json(call_id)))
    page.export.save_to(
        tmp_path / "a.wav", lambda file, progress, stop: calls.save_recording(call_id, file, progress, stop)
    )
    qtbot.waitUntil(lambda: (tmp_path / "a.json").exists() and (tmp_path / "a.wav").exists(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert json.loads((tmp_path / "a.json").read_text())["call_id"] == call_id
    assert (tmp_path / "a.wav").read_bytes() == that_says(stereo_conversation(), TURNS)


def test_a_call_is_analysed_again_as_the_next_revision(qtbot: QtBot, window: MainWindow, page: CallPage) -> None:
    sent = "The new result is sent to its customer."
    assert sent in page.again_button.toolTip()
    assert sent in page.about.exchange_button.toolTip().replace("\n", " ")
    click(page.again_button)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "2", timeout=WAIT_MS)
    # An event may tell of the new revision before the answer has come.
    qtbot.waitUntil(lambda: sent in window.status_line.message, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)


@pytest.mark.long
def test_what_is_analysed_again_of_a_customer_without_a_webhook_is_sent_nowhere(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="No Hook Ltd")
    page = opened(qtbot, window, f"call/{a_call_of(appliance, customer)}")
    assert "customer" not in page.again_button.toolTip()
    click(page.again_button)
    qtbot.waitUntil(lambda: window.status_line.message == "It is analysed again, as a new revision", timeout=WAIT_MS)


@pytest.mark.long
def test_the_keyboard_is_not_left_on_what_erases_while_a_call_is_analysed_again(
    qtbot: QtBot, window: MainWindow, page: CallPage, appliance: TlsAppliance, held: Path
) -> None:
    no_worker_is_free(appliance, held)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    page.again_button.setFocus()
    QTest.keyClick(page.again_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.again_button.isEnabled(), timeout=WAIT_MS)
    qtbot.waitUntil(page.without_words.isVisible, timeout=WAIT_MS)
    assert window.focusWidget() is page.without_words
    held.unlink()
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)
    assert window.focusWidget() is page.conversation


def test_caller_and_called_are_exchanged_and_exchanged_back(
    qtbot: QtBot, window: MainWindow, page: CallPage, appliance: TlsAppliance
) -> None:
    click(page.about.exchange_button)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "2", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)
    told = appliance.admin("GET", f"/api/audit?subject=call:{page.link.target}&action=call.reprocessed").json()
    assert told["audit"][0]["after"]["caller_channel"] == "right"
    qtbot.waitUntil(lambda: window.status_line.message.startswith("Caller and called exchanged: "), timeout=WAIT_MS)
    window.status_line.undo_button.click()
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "3", timeout=WAIT_MS)
    qtbot.waitUntil(
        lambda: window.status_line.message.startswith("Caller and called exchanged back: "), timeout=WAIT_MS
    )
    told = appliance.admin("GET", f"/api/audit?subject=call:{page.link.target}&action=call.reprocessed").json()
    assert told["audit"][0]["after"]["caller_channel"] == "left"


def test_an_exchange_that_is_still_being_analysed_can_be_taken_back_once_that_is_done(
    qtbot: QtBot, window: MainWindow, page: CallPage, appliance: TlsAppliance, held: Path
) -> None:
    """The appliance refuses it until then, however long that takes, and the way back is offered then."""
    line = window.status_line
    no_worker_is_free(appliance, held)
    click(page.about.exchange_button)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    click(line.undo_button)
    qtbot.waitUntil(lambda: "you can take it back once that is done" in line.message, timeout=WAIT_MS)
    assert not line.undo_button.isVisible(), "it would be refused again"
    line._fade.timeout.emit()  # it takes longer than anything is said
    assert line.message == ""
    held.unlink()
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    assert line.message == "It is analysed: you can take the exchange back now"
    click(line.undo_button)
    qtbot.waitUntil(lambda: line.message.startswith("Caller and called exchanged back: "), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "3", timeout=WAIT_MS)


def as_answered(field: str, problem: str) -> Conflict:
    """As the appliance refuses what does not fit the present state."""
    return Conflict("Conflict with the present state", status=409, details=(FieldProblem(field, problem),))


def test_an_exchange_that_is_analysed_by_the_time_it_is_refused_can_be_taken_back_at_once(
    qtbot: QtBot, window: MainWindow, page: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, refused = window.status_line, list[str]()
    reprocess = Calls.reprocess

    def busy(self: Calls, call_id: str, caller_channel: str | None = None) -> Call:
        if caller_channel == "left" and not refused:
            refused.append(call_id)
            raise as_answered("state", "the call is not final yet")
        return reprocess(self, call_id, caller_channel)

    monkeypatch.setattr(Calls, "reprocess", busy)
    click(page.about.exchange_button)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "2", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)
    click(line.undo_button)
    qtbot.waitUntil(lambda: line.message == "It is analysed: you can take the exchange back now", timeout=WAIT_MS)
    click(line.undo_button)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "3", timeout=WAIT_MS)


def test_an_exchange_whose_recording_is_gone_by_then_is_refused_in_the_appliances_words_and_offered_no_more(
    qtbot: QtBot, window: MainWindow, page: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, said = window.status_line, list[str]()
    reprocess = Calls.reprocess

    def erased(self: Calls, call_id: str, caller_channel: str | None = None) -> Call:
        if caller_channel == "left":
            raise as_answered("recording", "the call's recording was erased")
        return reprocess(self, call_id, caller_channel)

    monkeypatch.setattr(Calls, "reprocess", erased)
    click(page.about.exchange_button)
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "2", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.state.text == "completed", timeout=WAIT_MS)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    window.context.message_requested.connect(lambda text, *_: said.append(text))
    click(line.undo_button)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    assert "the call's recording was erased" in said[0]
    page.refresh()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert len(said) == 1, "it is offered again"
    assert not line.undo_button.isVisible()


def test_a_newer_exchange_ends_the_way_back_of_the_one_before(
    qtbot: QtBot, window: MainWindow, page: CallPage, appliance: TlsAppliance, held: Path
) -> None:
    """Whoever was elsewhere when a colleague exchanged them back is not offered to do just that."""
    line, said, call_id = window.status_line, list[str](), page.link.target
    no_worker_is_free(appliance, held)
    click(page.about.exchange_button)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    click(line.undo_button)
    qtbot.waitUntil(lambda: "you can take it back once that is done" in line.message, timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    window.context.message_requested.connect(lambda text, *_: said.append(text))
    held.unlink()
    assert appliance.final_call(call_id)["revision"] == 2
    answer = appliance.admin("POST", f"/api/calls/{call_id}/reprocess", json={"caller_channel": "left"})
    assert answer.status_code == 200
    assert appliance.final_call(call_id)["revision"] == 3
    opened(qtbot, window, f"call/{call_id}")
    qtbot.waitUntil(lambda: page.about.facts.value("revision") == "3", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert said == []


def test_two_exchanges_that_are_still_being_analysed_can_both_be_taken_back(
    qtbot: QtBot, window: MainWindow, page: CallPage, appliance: TlsAppliance, customer: dict[str, Any], held: Path
) -> None:
    line, first, second = window.status_line, page.link.target, a_call(appliance, customer)
    no_worker_is_free(appliance, held)
    for call_id in (first, second):
        opened(qtbot, window, f"call/{call_id}")
        click(page.about.exchange_button)
        qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
        click(line.undo_button)
        qtbot.waitUntil(lambda: "you can take it back once that is done" in line.message, timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    held.unlink()
    for call_id in (first, second):
        assert appliance.final_call(str(call_id))["revision"] == 2
        opened(qtbot, window, f"call/{call_id}")
        qtbot.waitUntil(lambda: line.message == "It is analysed: you can take the exchange back now", timeout=WAIT_MS)
        line._fade.timeout.emit()


def test_a_failed_call_says_why_and_what_can_be_done(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    call_id = appliance.accepted(customer["api_key"], silence(0.5) + UNREADABLE)
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"call/{call_id}")
    assert not page.conversation.isVisible()
    assert page.without_words.isVisible()
    assert page.without_words.title == "It failed: the recording cannot be read"
    assert "let the PBX send an intact one" in page.without_words.text
    assert "the bytes are no audio (unreadable_recording)" in page.without_words.text


def test_a_call_that_is_not_finished_says_what_it_waits_for(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any], held: Path
) -> None:
    key = customer["api_key"]
    # Two take all of the worker's places, until both pages were looked at.
    first, second = (appliance.accepted(key, work_of(0.1, held_by=held)) for _ in range(2))
    path = f"/api/calls/{first}"
    assert wait_until(lambda: appliance.admin("GET", path).json()["state"] == "processing", 60)
    last = appliance.accepted(key, silence(0.5))
    page = opened(qtbot, window, f"call/{last}")
    qtbot.waitUntil(lambda: page.without_words.title == "It waits for a worker", timeout=WAIT_MS)
    window.context.session.poll_now()
    waits = re.compile(r"\d+ (call\(s\) wait|calls? waits?) in all")
    qtbot.waitUntil(lambda: waits.search(page.without_words.text) is not None, timeout=WAIT_MS)
    assert "This page fills in by itself." in page.without_words.text
    page = opened(qtbot, window, f"call/{first}")
    qtbot.waitUntil(lambda: page.without_words.title == "It is being analysed", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "by the worker" in page.without_words.text, timeout=WAIT_MS)
    held.unlink()
    for call_id in (first, second, last):
        appliance.final_call(call_id)


def test_calls_of_a_customer_that_was_deleted_say_so(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    gone = appliance.new_customer(company_name="Left Ltd")
    call_id = a_call_of(appliance, gone)
    page = opened(qtbot, window, f"calls?customer_id={gone['id']}")
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    texts = {column.key: column.text for column in page.table.model.columns}
    qtbot.waitUntil(lambda: texts["customer"](page.table.model.rows[0]) == "Left Ltd", timeout=WAIT_MS)
    assert appliance.admin("DELETE", f"/api/customers/{gone['id']}").status_code == 200
    qtbot.waitUntil(lambda: texts["customer"](page.table.model.rows[0]) == f"{gone['id']} (deleted)", timeout=WAIT_MS)

    def is_erased() -> bool:
        page.refresh()
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        return texts["state"](page.table.model.rows[0]) == "erased"

    qtbot.waitUntil(is_erased, timeout=WAIT_MS)
    assert texts["summary"](page.table.model.rows[0]).startswith("Erased")
    page = opened(qtbot, window, f"call/{call_id}")
    assert page.without_words.title == "What was said in this call was erased"
    assert page.state.text == "erased"
    assert not page.again_button.isEnabled()
    assert [action.text() for action in page.export.button.menu().actions() if action.isEnabled()] == ["JSON …"]


@pytest.mark.long
def test_a_list_that_comes_late_forgets_nothing_that_was_told_meanwhile(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tagged, erased = (a_call_of(appliance, customer) for _ in range(2))
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    rows, calls, go_on = page.table.model, page.context.appliance.calls, threading.Event()
    qtbot.waitUntil(lambda: window.context.session.stream_open and rows.rowCount() == 2, timeout=WAIT_MS)
    ask = calls.page

    def slow(*asked: Any) -> Any:
        answer = ask(*asked)
        answered.set()
        go_on.wait(60)
        return answer

    answered = threading.Event()
    monkeypatch.setattr(calls, "page", slow)
    page.refresh()
    assert answered.wait(60)
    appliance.admin("PUT", f"/api/calls/{tagged}/tags", json={"tags": ["urgent"]})
    appliance.admin("DELETE", f"/api/calls/{erased}")
    new = a_call_of(appliance, customer)

    def as_it_is() -> bool:
        return [(call.call_id, call.state, call.tags) for call in rows.rows] == [
            (new, "completed", []),
            (tagged, "completed", ["urgent"]),
        ]

    qtbot.waitUntil(as_it_is, timeout=WAIT_MS)
    with qtbot.waitSignal(page.table.loaded, timeout=WAIT_MS):
        go_on.set()
    assert as_it_is()


def test_of_a_list_that_is_narrowed_meanwhile_no_other_row_stays(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    """What was written on a call is shown where it stands, and nowhere else."""
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")  # into which no other one comes
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    one = Call(
        call_id="1",
        customer_id=customer["id"],
        caller_number="1",
        called_number="2",
        state="completed",
        received_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    page.table.model.take_page([one], None, first=True)
    page.table.set_fetch(lambda _cursor, _limit, _order: Page([], None))
    page.selected.tags._show_written(Outcome(done=[(one, ["urgent"])]))
    assert [call.tags for call in page.table.model.rows] == [["urgent"]]
    with qtbot.waitSignal(page.table.loaded, timeout=WAIT_MS):
        pass
    assert shown(page) == []


def test_a_call_that_an_event_tells_without_its_texts_is_not_taken_for_an_erased_one() -> None:
    basic = {"call_id": "1", "customer_id": 1, "caller_number": "1", "called_number": "2"}
    known = Call(**basic, state="processing", received_at=datetime(2026, 11, 25, tzinfo=UTC))
    told = Event(id="1", kind="call", data={**basic, "state": "completed", "received_at": "2026-11-25T00:00:00Z"})
    news = told.call
    assert news is not None
    assert known.told_anew(news).shown_state == "completed"
    again = Call(**basic, state="completed", received_at=known.received_at)
    assert again.shown_state == "erased", "of one that was asked for"
    assert again.told_anew(news).shown_state == "erased"


def test_the_customer_is_named_and_one_click_away(qtbot: QtBot, page: CallPage, window: MainWindow) -> None:
    assert page.about.customer_button.text() == "Talk Ltd"
    click(page.about.customer_button)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage), timeout=WAIT_MS)


def test_a_call_is_erased_after_it_was_said_what_goes(
    qtbot: QtBot, page: CallPage, window: MainWindow, appliance: TlsAppliance
) -> None:
    said: list[str] = []
    page.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    click(page.erase_button)
    assert page.confirm.isVisible()
    click(page.confirm.no_button)
    assert appliance.admin("GET", f"/api/calls/{page.link.target}").status_code == 200
    click(page.erase_button)
    click(page.confirm.yes_button)
    qtbot.waitUntil(lambda: isinstance(window.page, CallsPage), timeout=WAIT_MS)
    assert appliance.admin("GET", f"/api/calls/{page.link.target}").status_code == 404
    assert any("1 recording(s)," in text for text in said)


def test_a_call_that_is_not_there_is_told(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    page = opened(qtbot, window, "call/no-such-call")
    assert "does not exist" in page.notice.text


def test_a_webhook_without_an_address_is_called_so_as_in_the_list(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Nowhere Ltd")
    call_id = a_call_of(appliance, customer)
    appliance.delivery_in_state(call_id, "disabled")
    page = opened(qtbot, window, f"call/{call_id}")
    qtbot.waitUntil(lambda: page.about.way.value("webhook") == "no address", timeout=WAIT_MS)


@pytest.mark.long
def test_its_webhooks_are_one_key_away(qtbot: QtBot, page: CallPage, window: MainWindow) -> None:
    click(page.webhooks_button)
    qtbot.waitUntil(lambda: isinstance(window.page, WebhooksPage) and window.page.is_ready, timeout=WAIT_MS)
    assert page.link.target in window.page.of_call.text  # type: ignore[operator, union-attr]


def test_a_viewer_reads_and_hears_and_changes_nothing(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any], sinks: list[SoundSink]
) -> None:
    call_id = a_call(appliance, customer)
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, empty_window, f"call/{call_id}")
    qtbot.waitUntil(lambda: empty_window.connection_text == "Live Read only", timeout=WAIT_MS)
    assert len(page.conversation.turns) == 2
    assert not page.again_button.isEnabled()
    assert not page.erase_button.isEnabled()
    page.listening.play_from(0.0)
    qtbot.waitUntil(lambda: bool(sinks) and sinks[-1].is_playing, timeout=WAIT_MS)
