"""What an analysis says of whose mood: of who is not wanted nothing, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.call_analysis import CallAnalysis
from engine.language.sentiment.mood_scope import SentimentOf
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.transcript import Direction, Party
from tests.engine.language.transcripts import transcript_of

pytestmark = pytest.mark.slow

HEADS = "textblob and a head on all-MiniLM-L6-v2"
CALL = transcript_of(
    (Party.CALLER, "This is a disgrace, I am furious and I want my money back."),
    (Party.CALLED, "Oh wonderful, you have been brilliant, I am really grateful."),
)


def moods_of(analysis: CallAnalysis) -> tuple[str | None, str | None]:
    for party in (analysis.parties.caller, analysis.parties.called):
        assert party.talk_seconds == 1
        assert (party.sentiment is None) is (party.sentiment_score is None)
    return analysis.parties.caller.sentiment, analysis.parties.called.sentiment


@pytest.mark.parametrize(
    ("sentiment_of", "direction", "overall", "moods", "told"),
    [
        ("outside", None, "negative", ("negative", None), HEADS),
        ("outside", Direction.OUTBOUND, "positive", (None, "positive"), HEADS),
        (
            "outside",
            Direction.INTERNAL,
            "neutral",
            (None, None),
            "not done: both parties of an internal call are inside",
        ),
        ("both", Direction.OUTBOUND, "positive", ("negative", "positive"), HEADS),
        ("both", Direction.INTERNAL, "negative", ("negative", "positive"), HEADS),
        ("none", Direction.INBOUND, "neutral", (None, None), "off"),
    ],
)
def test_a_mood_that_is_not_computed_is_none_and_the_call_says_why(
    models: Models,
    sentiment_of: SentimentOf,
    direction: Direction | None,
    overall: str,
    moods: tuple[str | None, str | None],
    told: str,
) -> None:
    analysis = analyse(CALL, AnalysisOptions(models, direction=direction, sentiment_of=sentiment_of))
    assert (analysis.sentiment, moods_of(analysis)) == (overall, moods)
    assert analysis.models["sentiment"] == told
    assert analysis.sentiment_basis == ("text" if told == HEADS else None)


def test_where_nobody_knows_who_is_outside_there_is_a_mood_only_if_both_are_wanted(models: Models) -> None:
    mix = replace(CALL, segments=tuple(replace(one, party=Party.UNKNOWN) for one in CALL.segments))
    outside, both = (analyse(mix, AnalysisOptions(models, sentiment_of=which)) for which in ("outside", "both"))
    assert (outside.sentiment, outside.sentiment_basis) == ("neutral", None)
    assert outside.models["sentiment"] == "not done: which party is outside is not known"
    assert (both.models["sentiment"], both.sentiment_basis) == (HEADS, "text")


def test_in_another_language_who_is_wanted_is_neutral_and_nothing_was_read(models: Models) -> None:
    german = replace(CALL, language="de")
    analysis = analyse(german, AnalysisOptions(models, sentiment_of="outside"))
    assert (analysis.sentiment, moods_of(analysis)) == ("neutral", ("neutral", None))
    assert (analysis.models["sentiment"], analysis.sentiment_basis) == ("not done: only for English", None)
