"""What the client knows of a call."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from admin_gui.client.calls import Call, Turn


@pytest.mark.parametrize(
    ("heard", "channel"),
    [
        ([("caller", 0), ("called", 1)], "left"),
        ([("called", 0), ("caller", 1)], "right"),
        ([("caller", 1)], "right"),
        ([("called", 0), ("unknown", 2)], "right"),
        ([("caller", 0), ("called", 0)], None),
        ([("unknown", 0)], None),
        ([], None),
    ],
)
def test_on_which_channel_the_caller_is(heard: list[tuple[str, int]], channel: str | None) -> None:
    call = Call(
        call_id="1",
        customer_id=1,
        caller_number="1",
        called_number="2",
        state="completed",
        received_at=datetime.now(UTC),
        segments=[Turn(start=0, end=1, text="Hello.", channel=place, party=party) for party, place in heard],
    )
    assert call.caller_channel == channel


def told(**fields: object) -> Call:
    """As the appliance tells it."""
    known = {"call_id": "1", "customer_id": 1, "caller_number": "1", "called_number": "2", "state": "completed"}
    return msgspec.convert({**known, "received_at": "2026-11-24T12:00:00Z", **fields}, Call)


def test_where_no_mood_was_computed_there_is_none_whatever_the_contract_calls_it() -> None:
    assert told(sentiment="neutral", sentiment_basis=None).mood is None
    assert told(sentiment="neutral", sentiment_basis="text").mood == "neutral"
    assert told(sentiment="positive").mood == "positive", "an older appliance computes all"


def test_an_event_which_does_not_tell_what_was_read_leaves_it_as_it_was() -> None:
    shown = told(transcription="Hello.", sentiment="neutral", sentiment_basis=None)
    assert shown.told_anew(told(sentiment=None)).mood is None
    read = told(transcription="Hello.", sentiment="negative", sentiment_basis="text")
    assert read.told_anew(told(sentiment=None)).mood == "negative"
    assert told(state="processing").told_anew(told(sentiment="positive")).mood == "positive"


def test_an_event_that_is_older_than_what_is_known_changes_nothing() -> None:
    done = told(revision=2, transcription="Hello.")
    for older in ({"revision": 1}, {"revision": 2, "state": "processing"}):
        assert done.told_anew(told(**older)) == done
    assert done.told_anew(told(revision=3, state="queued")).state == "queued", "it is analysed again"
    assert told(state="processing").told_anew(told(state="received")).state == "received", "its worker was lost"


def test_a_party_whose_mood_is_not_computed_has_none() -> None:
    silent = {"talk_seconds": 2.0, "sentiment": None, "sentiment_score": None}
    call = told(parties={"caller": silent | {"sentiment": "positive", "sentiment_score": 0.5}, "called": silent})
    assert call.parties is not None
    assert (call.parties.caller.sentiment, call.parties.called.sentiment) == ("positive", None)
