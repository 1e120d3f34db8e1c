"""Of an analysis only the moods that the customer wants by now are stored, sent and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from appliance.messages.call_result import CallResult, PartiesResult, PartyResult, SegmentResult
from appliance.messages.reports import CallAnalysed
from appliance.services.calls import moods
from appliance.services.calls.moods import with_wanted_moods
from engine.language.sentiment import mood_scope
from engine.language.summary import note
from tests.appliance.builders import AN_ADMIN, a_result
from tests.support.parts import Parts, head_of, parts

GLAD = PartyResult(talk_seconds=1.5, sentiment="positive", sentiment_score=0.8125)
CROSS = PartyResult(talk_seconds=2.5, sentiment="negative", sentiment_score=-0.6875)


def of_everybody(*parties: str, sentiment: str = "positive") -> CallResult:
    """What a worker of before makes of a call in which these parties speak."""
    segments = [
        SegmentResult(start=at, end=at + 1, channel=0, party=party, text="Hello.", confidence=0.9)  # type: ignore[arg-type]
        for at, party in enumerate(parties)
    ]
    return a_result(sentiment=sentiment, segments=segments, parties=PartiesResult(caller=GLAD, called=CROSS))


def moods_of(result: CallResult) -> tuple[str | None, float | None, str | None, float | None]:
    caller, called = result.parties.caller, result.parties.called
    assert (caller.talk_seconds, called.talk_seconds) == (1.5, 2.5)
    return caller.sentiment, caller.sentiment_score, called.sentiment, called.sentiment_score


def test_where_both_are_wanted_nothing_is_taken_away() -> None:
    for direction in (None, "inbound", "outbound", "internal"):
        assert with_wanted_moods(of_everybody("caller", "called"), "both", direction) == of_everybody(
            "caller", "called"
        )


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (None, ("positive", 0.8125, None, None)),
        ("inbound", ("positive", 0.8125, None, None)),
        ("outbound", (None, None, "negative", -0.6875)),
    ],
)
def test_of_the_inside_party_nothing_is_left(direction: str | None, expected: tuple[object, ...]) -> None:
    result = with_wanted_moods(of_everybody("caller", "called", "unknown"), "outside", direction)

    assert moods_of(result) == expected
    assert (result.sentiment, result.sentiment_basis) == ("positive", "text")
    assert "sentiment" not in result.models


@pytest.mark.parametrize(
    ("wanted", "direction", "parties", "why"),
    [
        ("none", None, ("caller", "called"), mood_scope.OFF),
        ("none", "internal", ("unknown",), mood_scope.OFF),
        ("outside", "internal", ("caller", "called"), mood_scope.INTERNAL),
        ("outside", "inbound", ("unknown", "unknown"), mood_scope.UNKNOWN),
    ],
)
def test_where_nobodys_is_wanted_the_call_says_why_in_the_engines_words(
    wanted: str, direction: str | None, parties: tuple[str, ...], why: str
) -> None:
    result = with_wanted_moods(of_everybody(*parties), wanted, direction)

    assert moods_of(result) == (None, None, None, None)
    assert (result.sentiment, result.sentiment_basis) == ("neutral", None)
    assert result.models == {"asr": "whisper-base", "sentiment": why}
    assert why in (moods.OFF, moods.INTERNAL, moods.UNKNOWN)


def test_where_the_outside_party_says_nothing_the_others_mood_is_not_the_calls() -> None:
    result = with_wanted_moods(of_everybody("called", sentiment="negative"), "outside", None)
    assert (result.sentiment, result.sentiment_basis) == ("neutral", None)
    assert result.models["sentiment"] == mood_scope.OUTSIDE_SILENT == moods.OUTSIDE_SILENT
    assert (
        with_wanted_moods(of_everybody("called", sentiment="negative"), "outside", "outbound").sentiment == "negative"
    )


@pytest.mark.parametrize("wanted", ["outside", "both"])
def test_where_nobody_speaks_no_mood_was_read_whatever_a_worker_of_before_says(wanted: str) -> None:
    silent = with_wanted_moods(of_everybody(sentiment="neutral"), wanted, "inbound")
    assert (silent.sentiment, silent.sentiment_basis) == ("neutral", None)
    assert silent.models["sentiment"] == mood_scope.SILENCE == moods.SILENCE


@pytest.mark.parametrize("wanted", ["outside", "both", "none"])
@pytest.mark.parametrize("direction", [None, "outbound", "internal"])
@pytest.mark.parametrize("parties", [(), ("caller",), ("called",), ("caller", "called"), ("unknown",)])
def test_what_was_taken_away_once_stays_away_and_no_more_goes(
    wanted: str, direction: str | None, parties: tuple[str, ...]
) -> None:
    once = with_wanted_moods(of_everybody(*parties), wanted, direction)
    assert with_wanted_moods(once, wanted, direction) == once


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def finished(box: Parts, *, switched_to: str | None = None, **fields: Any) -> tuple[str | None, str]:
    """The mood that is counted of a call, and what is stored of it, when a worker tells all moods."""
    customer = await box.customer(**fields)
    call = await box.submitted(customer)
    await box.claim_call(box.claim(call))
    held = await box.call(call.call_id)
    if switched_to is not None:
        await box.customers.update(AN_ADMIN, customer.id, webhook_secret=None, sentiment_of=switched_to)
    report = CallAnalysed(**head_of(held), result=of_everybody("caller", "called"))
    await box.finish_call.report(report)
    (result,), (delivery,) = await box.table("result"), await box.table("delivery")
    return (await box.call(call.call_id)).sentiment, result["body"] + bytes(delivery["body"]).decode()


async def test_what_a_worker_of_before_tells_of_the_inside_party_is_neither_stored_nor_sent(box: Parts) -> None:
    counted, stored = await finished(box)
    assert counted == "positive"
    assert stored.count("0.8125") == 2
    assert "-0.6875" not in stored
    assert "negative" not in stored


async def test_where_nobodys_mood_is_wanted_none_is_counted(box: Parts) -> None:
    counted, stored = await finished(box, sentiment_of="none")
    assert counted is None
    assert not [word for word in ("0.8125", "-0.6875", "positive", "negative") if word in stored]


async def test_what_is_switched_off_while_a_call_is_analysed_is_not_stored(box: Parts) -> None:
    counted, stored = await finished(box, sentiment_of="both", switched_to="none")
    assert counted is None
    assert "0.8125" not in stored


async def test_where_both_are_wanted_both_are_stored(box: Parts) -> None:
    counted, stored = await finished(box, sentiment_of="both")
    assert counted == "positive"
    assert (stored.count("0.8125"), stored.count("-0.6875")) == (2, 2)


@pytest.mark.parametrize("who", ["Mrs. Ottaway", "The caller", "Ann Lee of Fell & Co. Ltd"])
@pytest.mark.parametrize("closing", note._CLOSING.values())
def test_how_somebody_left_goes_out_of_the_summary_too(who: str, closing: str) -> None:
    """In the very words in which the engine says it."""
    kept = f"{who} called Tidewell Hearing: “It whistles.”"
    told = replace(
        of_everybody("caller", "called"), summary=f"{kept} {closing.format(who)}", summary_sources=[[0], [0]]
    )
    off = with_wanted_moods(told, "none", "inbound")
    assert (off.summary, off.summary_sources) == (kept, [[0]])
    quoted = replace(told, summary="The caller called Acme: “He left satisfied.”")
    assert with_wanted_moods(quoted, "none", "inbound").summary == quoted.summary
