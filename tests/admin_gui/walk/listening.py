"""The day's calls come in; one of them is found, heard, and put right."""

from __future__ import annotations

from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.calls_page import CallsPage
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.walk import office
from tests.admin_gui.walk.beginning import Made
from tests.admin_gui.walk.person import Person

# What is looked for, and the word from which it is heard again.
SEARCHED, WORD = "dashwood", "selfish"
SPEED = 1.5


def sees_calls_come_in(person: Person, first: Made, second: Made, count: int, of_second: int) -> None:
    """All of them in the list, from the first that comes to the last that is analysed."""
    person.hands.go("calls")
    page = person.page(CallsPage)
    before = len(page.table.model.rows)
    arriving = [*office.calls(count)[1:], office.call_with_sound()]
    sending = [
        person.offices.send(second.key, arriving[:of_second]),
        person.offices.send(first.key, arriving[of_second:]),
    ]
    person.waits(lambda: len(page.table.model.rows) >= before + count // 3, 3 * WAIT_MS)
    person.sees("calls-arriving")
    accepted = {call_id for one in sending for call_id in one.result()}
    assert len(accepted) == count
    person.waits(
        lambda: accepted <= {call.call_id for call in page.table.model.rows if call.state == "completed"}, 3 * WAIT_MS
    )
    person.sees("calls-arrived")


def finds_a_call_by_its_words(person: Person) -> CallPage:
    """In the list of calls; what was searched for is lit in it."""
    page, hands = person.page(CallsPage), person.hands
    hands.write(page.table.search, SEARCHED, "Ctrl+F")
    person.waits(lambda: page.link.query.get("q") == SEARCHED)
    person.waits(lambda: len(page.table.model.rows) == 1)
    person.sees("calls-searched")
    hands.open_row(page.table)
    call = person.page(CallPage)
    person.waits(call.listening.waveform.isVisible)
    (hit,) = call.listening.find_bar.hits
    assert SEARCHED in call.conversation.texts[hit.row].casefold()
    person.sees("call")
    return call


def hears_it(person: Person, call: CallPage) -> None:
    """Half as fast again, and from a word on."""
    hands, player, bar = person.hands, call.listening.player, call.listening.bar
    hands.choose(bar.speed, SPEED)
    began = player.position  # at what was searched for
    hands.press(bar.play_button, "Ctrl+P")
    person.waits(lambda: player.is_playing)
    sink = person.sinks[-1]
    sink.play(2.0)
    person.waits(lambda: abs(player.position - began - 2.0 * SPEED) < 0.2)
    person.waits(lambda: call.conversation.spoken_words)
    person.sees("call-heard")
    row = next(row for row, text in enumerate(call.conversation.texts) if WORD in text.split())
    hands.hear_from(call, row, call.conversation.texts[row].split().index(WORD))
    person.waits(lambda: player.is_playing)
    person.sinks[-1].play(0.1)
    person.waits(lambda: call.conversation.spoken_words == [WORD])
    person.sees("call-heard-from-a-word")
    hands.press(bar.play_button, "Ctrl+P")
    person.waits(lambda: not player.is_playing)


def exchanges_its_parties(person: Person, call: CallPage) -> None:
    """Who was told as the caller was the one that was called."""
    before = [turn.speaker for turn in call.conversation.turns]
    person.hands.press(call.about.exchange_button, "Ctrl+Shift+X")
    other = {"caller": "called", "called": "caller"}
    person.waits(lambda: [turn.speaker for turn in call.conversation.turns] == [other[one] for one in before])
    person.waits(call.listening.waveform.isVisible)
    person.sees("call-exchanged")


def searches_all_calls(person: Person, words: str) -> None:
    """From wherever one is."""
    palette = person.hands.open_palette()
    person.hands.write(palette.field, words)
    key = f"search:{words}"
    person.waits(lambda: any(one.key == key for one in palette.list.entries()) and not palette.calls.is_looking)
    person.sees("palette")
    person.hands.take_found(palette, key)
    page = person.page(CallsPage)
    person.waits(lambda: page.link.query.get("q") == words and len(page.table.model.rows) > 1)
    person.sees("calls-with-these-words")
