"""A call in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from admin_gui.client.calls import Call, Conversation, Talk, Turn
from admin_gui.client.deliveries import Attempt, Delivery
from admin_gui.models.call_texts import as_text, course, stations, undelivered

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_call(**fields: object) -> Call:
    basic = {"call_id": "c-1", "customer_id": 7, "caller_number": "+491", "called_number": "+492", "state": "completed"}
    return Call(**{**basic, **fields}, received_at=NOON)  # type: ignore[arg-type]


def test_only_the_stations_that_were_reached_are_told() -> None:
    assert [one.name for one in stations(a_call(), [])] == ["Received"]


def test_each_station_says_how_long_it_took() -> None:
    call = a_call(started_at=NOON + 2 * SECOND, finished_at=NOON + 10 * SECOND)
    tries = [Attempt(at=NOON + 11 * SECOND, status=500), Attempt(at=NOON + 21 * SECOND, status=200)]
    sent = Delivery(id="d", call_id="c-1", customer_id=7, event="call.completed", state="delivered", attempts=tries)
    told = [(one.name, one.took_seconds) for one in stations(call, [sent])]
    assert told == [("Received", None), ("Started", 2.0), ("Finished", 8.0), ("Delivered", 11.0)]


def test_what_an_earlier_revision_was_told_by_is_no_station_of_this_one() -> None:
    earlier = Delivery(
        id="d", call_id="c-1", customer_id=7, event="call.completed", state="delivered",
        attempts=[Attempt(at=NOON + 20 * SECOND, status=200)],
    )  # fmt: skip
    in_work = a_call(state="processing", revision=2, started_at=NOON + 60 * SECOND)
    assert [one.name for one in stations(in_work, [earlier])] == ["Received", "Started"]
    ended = a_call(revision=2, started_at=NOON + 60 * SECOND, finished_at=NOON + 70 * SECOND)
    told = [(one.name, one.took_seconds) for one in stations(ended, [earlier])]
    assert told == [("Received", None), ("Started", None), ("Finished", 10.0)]
    own = Delivery(
        id="e", call_id="c-1", customer_id=7, event="call.completed", state="delivered",
        attempts=[Attempt(at=NOON + 71 * SECOND, status=200)],
    )  # fmt: skip
    assert [one.took_seconds for one in stations(ended, [own, earlier])][-1] == 1.0
    refused = Delivery(
        id="d", call_id="c-1", customer_id=7, event="call.completed", state="failed",
        attempts=[Attempt(at=NOON + 20 * SECOND, status=500)],
    )  # fmt: skip
    assert undelivered(ended, [refused]) is None


def test_no_station_takes_less_than_no_time() -> None:
    call = a_call(started_at=NOON - SECOND, finished_at=NOON + SECOND)
    assert [one.took_seconds for one in stations(call, [])] == [None, None, 2.0]


def test_the_saved_text_names_who_spoke_and_when() -> None:
    turns = [
        Turn(start=1.2, end=3, party="caller", text="Good morning."),
        Turn(start=65, end=70, party="unknown", text="Hm."),
    ]
    text = as_text(a_call(segments=turns, summary="A greeting."))
    assert "+491 → +492" in text
    assert "A greeting." in text
    assert "0:01  Caller: Good morning." in text
    assert "1:05  Speaker: Hm." in text


def test_voices_that_nobody_named_are_told_apart_in_the_saved_text() -> None:
    turns = [
        Turn(start=1, end=3, party="unknown", voice=1, text="Good morning."),
        Turn(start=4, end=5, party="unknown", voice=2, text="Hello."),
        Turn(start=6, end=7, party="caller", voice=1, text="It is me."),
    ]
    text = as_text(a_call(segments=turns))
    assert "0:01  Voice 1: Good morning." in text
    assert "0:04  Voice 2: Hello." in text
    assert "0:06  Caller: It is me." in text


def test_how_a_conversation_went_is_one_line() -> None:
    went = Conversation(
        silence_seconds=13,
        longest_silence_seconds=4,
        overlap_seconds=1,
        caller=Talk(talk_seconds=65, turns=3, interruptions=2),
        called=Talk(talk_seconds=20, turns=2),
    )
    assert course(a_call(conversation=went)) == (
        "Caller 1:05, called 0:20  ·  silence 0:13 (longest 0:04)  ·  both at once 0:01  ·  "
        "interruptions by the caller 2, by the called 0"
    )


def test_both_at_once_for_no_time_is_not_told_beside_interruptions() -> None:
    went = Conversation(
        silence_seconds=3,
        longest_silence_seconds=1,
        overlap_seconds=0.3,
        caller=Talk(talk_seconds=65, turns=3, interruptions=1),
        called=Talk(talk_seconds=20, turns=2),
    )
    assert course(a_call(conversation=went)).endswith("  ·  interruptions by the caller 1, by the called 0")
    smooth = Conversation(silence_seconds=3, longest_silence_seconds=1, caller=Talk(talk_seconds=5, turns=1))
    assert course(a_call(conversation=smooth)) == "Caller 0:05, called 0:00  ·  silence 0:03 (longest 0:01)"


def test_of_parties_that_are_unknown_the_silence_alone_is_told() -> None:
    went = Conversation(silence_seconds=13, longest_silence_seconds=4)
    assert course(a_call(conversation=went)) == "Silence 0:13 (longest 0:04)"


def test_of_a_call_that_nobody_measured_nothing_is_told() -> None:
    assert course(a_call()) == ""
    assert course(a_call(conversation=Conversation(silence_seconds=9), no_speech=True)) == ""
