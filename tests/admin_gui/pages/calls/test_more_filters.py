"""Calls are narrowed by mood, direction, length, keyword, queue and warnings; each filter is seen, and goes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, Turn
from admin_gui.models import call_filters
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.calls.columns import call_columns, clipped_match, what_matches
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.pill import CELL_PADDING
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.admin_gui.fitting import misfits
from tests.support.fake_worker import that_says
from tests.support.recordings import stereo_conversation

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def turns(last_word: str, seconds: float) -> list[dict[str, Any]]:
    """The fake engine takes the last word of a turn for a keyword, and its end for the call's."""
    return [{"start": 0.0, "end": seconds, "channel": 0, "party": "caller", "text": f"It is about a {last_word}."}]


@pytest.fixture(scope="module")
def talk(appliance: TlsAppliance) -> tuple[str, list[str]]:
    """A customer's id and its calls: a short one that comes in, and a long one to the support that goes out."""
    customer = appliance.new_customer(company_name="Filtered Ltd")
    short = that_says(stereo_conversation(), turns("boiler", 20.0), ["It is strange."])
    long = that_says(stereo_conversation(), turns("boilerplate", 90.0))
    key = customer["api_key"]
    sent = [
        appliance.accepted(key, short, direction="inbound", external_id="17.1"),
        appliance.accepted(key, long, direction="outbound", queue="support"),
    ]
    for call_id in sent:
        appliance.final_call(call_id)
    return str(customer["id"]), sent


def shown(page: CallsPage) -> list[str]:
    return [call.call_id for call in page.table.model.rows]


def test_how_many_filters_are_folded_away_is_said_and_none_found_can_be_cleared(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    page = opened(qtbot, window, f"calls?customer_id={talk[0]}&sentiment=negative&min_seconds=4000")
    assert page.more.button.text() == "More filters (2)"
    assert page.more.shortest.accessibleName() == "Length from (s)"
    qtbot.waitUntil(lambda: page.table.empty.title == "No call matches", timeout=WAIT_MS)
    click(page.more.button)
    assert page.more.button.text() == "More filters"
    click(page.more.button)
    assert page.more.button.text() == "More filters (2)"
    qtbot.waitUntil(page.table.empty.button.isVisible, timeout=WAIT_MS)
    assert page.table.empty.button.text() == "Clear the filters"
    click(page.table.empty.button)
    qtbot.waitUntil(lambda: set(talk[1]) <= set(shown(page)), timeout=WAIT_MS)
    assert page.more.button.text() == "More filters"
    assert str(page.link) == "calls"


def test_calls_are_narrowed_by_what_more_filters_has(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    customer, (short, long) = talk
    page = opened(qtbot, window, f"calls?customer_id={customer}")
    assert not page.more.isVisible()
    click(page.more.button)
    assert page.more.isVisible()

    def only(expected: list[str], *chips: str) -> None:
        qtbot.waitUntil(lambda: shown(page) == expected, timeout=WAIT_MS)
        assert page.chips.texts == list(chips)

    page.more.direction.setCurrentIndex(page.more.direction.findData("outbound"))
    page.more.direction.activated.emit(page.more.direction.currentIndex())
    only([long], "Direction: outgoing")
    click(page.chips.button("direction"))
    only([long, short])
    assert page.more.direction.value is None, "what a chip takes away goes from its field as well"
    QTest.keyClicks(page.more.keyword, "boiler")
    QTest.keyClick(page.more.keyword, Qt.Key.Key_Return)
    only([short], "Keyword: boiler")
    page.more.keyword.clear()
    QTest.keyClick(page.more.keyword, Qt.Key.Key_Return)
    only([long, short])
    page.more.shortest.stepUp()
    only([long], "Length: 0:30 or more")
    page.more.shortest.setValue(0)
    click(page.more.warned)
    only([short], "With warnings")
    assert dict(page.link.query) == {"customer_id": customer, "warnings": "true"}


def test_what_is_typed_narrows_the_list_after_a_pause(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    customer, (short, long) = talk
    page = opened(qtbot, window, f"calls?customer_id={customer}")
    click(page.more.button)
    for field, text, expected in (
        (page.more.keyword, "boiler", [short]),
        (page.more.queue, "support", [long]),
        (page.more.tag, "none has it", []),
    ):
        click(field)
        QTest.keyClicks(field, text)
        qtbot.waitUntil(lambda expected=expected: shown(page) == expected, timeout=WAIT_MS)
        assert field.hasFocus()
        click(field.findChild(QToolButton))  # the cross in it
        qtbot.waitUntil(lambda: shown(page) == [long, short], timeout=WAIT_MS)
    assert page.chips.texts == []


def test_a_click_on_the_customer_opens_all_and_typing_narrows_them(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, talk: tuple[str, list[str]]
) -> None:
    customer, (short, long) = talk
    beside = appliance.new_customer(company_name="Beside It Ltd")
    page = opened(qtbot, window, "calls")
    choice = page.customer
    qtbot.waitUntil(lambda: choice.findData(beside["id"]) >= 0, timeout=WAIT_MS)
    popup, field = choice.completer().popup(), choice.lineEdit()
    click(field)
    assert popup.isVisible()
    assert popup.model().rowCount() == choice.count()
    assert field.selectedText() == "All customers"
    QTest.keyClicks(field, "filter")
    assert (field.text(), popup.model().rowCount()) == ("filter", 1)
    click_row(popup, 0)
    qtbot.waitUntil(lambda: shown(page) == [long, short], timeout=WAIT_MS)
    assert page.link.query == {"customer_id": customer}
    click(field)
    assert (popup.isVisible(), popup.model().rowCount()) == (True, choice.count())
    click_row(popup, 0)
    qtbot.waitUntil(lambda: page.link.query == {}, timeout=WAIT_MS)


def click_row(popup: QAbstractItemView, row: int) -> None:
    at = popup.visualRect(popup.model().index(row, 0)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_link_says_what_the_list_is_narrowed_to(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    customer, (_, long) = talk
    link = f"calls?customer_id={customer}&queue=support&min_seconds=60&max_seconds=600"
    page = opened(qtbot, window, link)
    qtbot.waitUntil(lambda: shown(page) == [long], timeout=WAIT_MS)
    assert page.chips.texts == ["Length: 1:00 – 10:00", "Queue: support"]
    assert (page.more.queue.text(), page.more.shortest.value()) == ("support", 60)
    click(page.chips.button("min_seconds"))
    qtbot.waitUntil(lambda: page.chips.texts == ["Queue: support"], timeout=WAIT_MS)
    assert dict(page.link.query) == {"customer_id": customer, "queue": "support"}


def test_the_pbxs_id_and_the_keywords_have_columns(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    customer, (short, _) = talk
    page = opened(qtbot, window, f"calls?customer_id={customer}&external_id=17.1")
    qtbot.waitUntil(lambda: shown(page) == [short], timeout=WAIT_MS)
    columns = {column.key: column for column in page.table.model.columns}
    (row,) = page.table.model.rows
    told = {key: columns[key].text(row) for key in ("external", "keywords", "direction")}
    assert told == {"external": "17.1", "keywords": "boiler", "direction": "incoming"}


def test_tags_that_came_since_the_filters_were_opened_are_offered_and_seen_whole(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, talk: tuple[str, list[str]]
) -> None:
    customer, (short, _) = talk
    page = opened(qtbot, window, f"calls?customer_id={customer}")
    click(page.more.button)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    appliance.admin("PUT", f"/api/calls/{short}/tags", json={"tags": ["complaints"]})
    window.context.go("customers")
    window.context.go(f"calls?customer_id={customer}")
    completer = page.more.tag.completer()
    completer.setCompletionPrefix("plain")
    qtbot.waitUntil(lambda: completer.currentCompletion() == "complaints", timeout=WAIT_MS)
    assert page.more.tag.width() > page.more.tag.fontMetrics().horizontalAdvance("complaints") + 40


def test_what_was_searched_for_is_told_with_the_turn_in_which_it_is_said() -> None:
    turns = [Turn(start=0, end=1, text="Good morning."), Turn(start=1, end=2, text="My boiler has no water.")]
    call = Call(
        call_id="a", customer_id=1, caller_number="", called_number="", state="completed", received_at=NOON,
        segments=turns,
    )  # fmt: skip
    assert what_matches(call, "BOILER has") == "“My boiler has no water.”"
    assert what_matches(call, "water boiler") == "“My boiler has no water.”"
    assert what_matches(call, "parcel") == ""
    assert what_matches(call, "") == ""


def test_the_list_shows_what_was_searched_for_where_a_narrow_cell_has_it() -> None:
    said = "Good morning, I ring about the old boiler in the cellar, it has no water."
    call = Call(
        call_id="a", customer_id=1, caller_number="", called_number="", state="completed", received_at=NOON,
        summary="She asks for help.", segments=[Turn(start=0, end=1, text=said)],
    )  # fmt: skip
    searched = "boiler"
    column = next(one for one in call_columns(str, lambda: searched) if one.key == "summary")
    assert column.text(call) == "“… the old boiler in the cellar, it has no water.”"
    assert column.export is not None
    assert column.export(call) == "She asks for help."
    assert clipped_match(call, "good") == f"“{said}”"
    assert clipped_match(call, "water boiler").startswith("“… the old boiler")
    searched = "parcel"
    assert column.text(call) == "She asks for help."
    searched = "help"
    assert column.text(call) == "… for help.", "it is said in the summary alone"


@pytest.mark.parametrize(
    "said",
    [
        "Good morning, I ring about the old boiler in the cellar, it has no water.",
        "Our wonderful boiler has no water.",
        "Would you mind to look at Whitmore's boiler?",
        "Boilers are dear.",
        "I bought it at the Warmwasserspeichergrosshandel; boiler and all.",
    ],
)
def test_what_was_searched_for_is_seen_within_the_columns_width(qtbot: QtBot, context: AppContext, said: str) -> None:
    call = Call(
        call_id="a", customer_id=1, caller_number="", called_number="", state="completed", received_at=NOON,
        segments=[Turn(start=0, end=1, text=said)],
    )  # fmt: skip
    column = next(one for one in call_columns(str, lambda: "boiler") if one.key == "summary")
    table = QTableView()
    qtbot.addWidget(table)
    table.ensurePolished()  # in the font of the style sheet
    text = column.text(call)
    until_its_end = text[: text.casefold().index("boiler") + len("boiler")]
    assert table.fontMetrics().horizontalAdvance(until_its_end + "…") <= column.width - 2 * CELL_PADDING


def test_where_several_words_find_nothing_each_of_them_is_offered_alone(
    qtbot: QtBot, window: MainWindow, talk: tuple[str, list[str]]
) -> None:
    window.resize(1024, 640)
    customer, (short, long) = talk
    page = opened(qtbot, window, f"calls?customer_id={customer}")
    QTest.keyClicks(page.table.search, "my broken about boiler")
    qtbot.waitUntil(page.table.empty.isVisible, timeout=WAIT_MS)
    assert page.table.empty.title == "No call matches “my broken about boiler”"
    offers = page.table.empty.offers
    assert [one.text() for one in offers] == ["broken", "about", "boiler"]
    qtbot.waitUntil(lambda: misfits(window) == [], timeout=WAIT_MS)
    offers[0].setFocus()
    QTest.keyClick(offers[0], Qt.Key.Key_Tab)
    assert offers[1].hasFocus()
    QTest.keyClick(offers[1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown(page) == [long, short], timeout=WAIT_MS)
    assert page.link.query["q"] == page.table.search.text() == "about"
    type_over(page.table.search, "broken")
    qtbot.waitUntil(page.table.empty.isVisible, timeout=WAIT_MS)
    assert (page.table.empty.title, page.table.empty.offers) == ("No call matches", [])


@pytest.mark.parametrize(
    ("searched", "words"),
    [
        ("", []),
        ("boiler", []),
        ("a boiler", ["boiler"]),
        ("broken, BROKEN boiler!", ["BROKEN", "boiler"]),
        ("no it is", []),
        ("one two three four five six", ["one", "two", "three", "four", "five"]),
    ],
)
def test_words_worth_looking_for_alone(searched: str, words: list[str]) -> None:
    assert call_filters.single_words(searched) == words


def test_more_filters_fit_a_small_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1024, 640)
    page = opened(qtbot, window, "calls?sentiment=negative&direction=internal&min_seconds=60&keyword=a&warnings=true")
    click(page.more.button)
    qtbot.waitUntil(lambda: misfits(window) == [], timeout=WAIT_MS)


@pytest.mark.parametrize(
    "query",
    [
        {"sentiment": "angry"},
        {"direction": "up"},
        {"min_seconds": "-3"},
        {"max_seconds": "long"},
        {"warnings": "perhaps"},
        {"keyword": "  "},
        {"since": "2026-11-25T12:00:00"},
        {"customer_id": "7"},
    ],
)
def test_what_a_link_says_wrongly_is_left_out(query: dict[str, str]) -> None:
    assert call_filters.from_link({**query, "queue": "support"}) == {"queue": "support"}


def test_filters_are_told_in_words() -> None:
    values = call_filters.from_link(
        {"max_seconds": "59", "warnings": "false", "sentiment": "negative", "did": "+49 1", "until": NOON.isoformat()}
    )
    told = call_filters.in_words(values, NOON)
    assert [text for _, text in told if "…" not in text] == [
        "Mood: dissatisfied", "Length: up to 0:59", "Without warnings", "Dialled number: +49 1",
    ]  # fmt: skip
    assert [name for name, text in told if "…" in text] == ["since"]
