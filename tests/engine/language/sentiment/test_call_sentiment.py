"""The sentiment of calls whose references say what is right, and of calls that are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ModelPackError
from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment import sentiment_head
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.transcript import Direction, Party
from tests.engine.calls import ASIDE, reference_calls
from tests.engine.language.transcripts import CALLS, Analyse, SentimentOf, transcript_of


@pytest.mark.slow
def test_nearly_every_sentiment_is_right(embedded_calls: dict[str, EmbeddedTranscript], analyse: Analyse) -> None:
    wrong = []
    for call in CALLS:
        sentiment, expected = analyse(embedded_calls[call.name]), call.expected
        found = {
            "overall": sentiment.overall(call.direction),
            "caller": sentiment.of_party(Party.CALLER),
            "called": sentiment.of_party(Party.CALLED),
        }
        wrong += [(call.name, who) for who, one in found.items() if expected[who] and one.label not in expected[who]]
    assert len(wrong) <= 2, wrong


@pytest.mark.slow
def test_the_end_of_a_call_weighs_more_than_its_beginning(sentiment_of: SentimentOf) -> None:
    bad = "This is ridiculous, I am fed up with it."
    good = "Oh wonderful, thank you so much for that. You've been brilliant, I'm really grateful."
    calmed = sentiment_of(transcript_of((Party.CALLER, bad), (Party.CALLER, good)))
    soured = sentiment_of(transcript_of((Party.CALLER, good), (Party.CALLER, bad)))
    assert calmed.of_party(Party.CALLER).label == "positive"
    assert soured.of_party(Party.CALLER).label == "negative"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Good morning, thanks for calling Bowden Carpets, how can I help? No problem. Goodbye.",
        "Thank you for holding, sorry to keep you waiting. Please tell me your postcode. Thank you. Cheers, bye.",
        "Lovely, I'll put that down. Perfect, thanks. Of course.",
    ],
)
def test_courtesies_are_no_joy(text: str, sentiment_of: SentimentOf) -> None:
    assert sentiment_of(transcript_of((Party.CALLED, text))).of_party(Party.CALLED).label == "neutral"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "He is in a meeting.",
        "Room twelve, second floor.",
        "Twenty pounds.",
        "The meeting is at ten on Tuesday.",
        "Okay.",
        "Hello?",
        "?!",
    ],
)
def test_a_few_words_without_feeling_are_neutral(text: str, sentiment_of: SentimentOf) -> None:
    sentiment = sentiment_of(transcript_of((Party.CALLER, text), (Party.CALLED, "Okay.")))
    assert sentiment.of_party(Party.CALLER).label == sentiment.of_party(Party.CALLED).label == "neutral"
    assert sentiment.overall(None).label == "neutral"


@pytest.mark.slow
def test_the_outside_partys_sentiment_is_the_calls(sentiment_of: SentimentOf) -> None:
    sentiment = sentiment_of(
        transcript_of(
            (Party.CALLER, "It is marvellous, you will love it."),
            (Party.CALLED, "I am not interested, take me off your list. It is a disgrace."),
        )
    )
    assert sentiment.overall(Direction.OUTBOUND).label == "negative"
    assert sentiment.overall(Direction.INBOUND).label == "positive"


@pytest.mark.slow
def test_where_parties_are_unknown_everybody_counts(sentiment_of: SentimentOf) -> None:
    assert (
        sentiment_of(transcript_of((Party.UNKNOWN, "You have been so kind, wonderful."))).overall(None).label
        == "positive"
    )


@pytest.mark.slow
def test_where_the_outside_party_is_silent_the_other_counts(sentiment_of: SentimentOf) -> None:
    voicemail = transcript_of((Party.CALLER, "This is a disgrace, nobody called me back."))
    assert sentiment_of(voicemail).overall(Direction.OUTBOUND).label == "negative"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "praise"),
    [
        ("I am not happy with it.", "I am happy with it."),
        ("It was not good enough.", "It was really good."),
        ("I was never satisfied.", "I was always satisfied."),
    ],
)
def test_a_denial_turns_praise_into_its_opposite(text: str, praise: str, sentiment_of: SentimentOf) -> None:
    denied, praised = (sentiment_of(transcript_of((Party.CALLER, said))) for said in (text, praise))
    assert denied.scores[0] < 0 < praised.scores[0]
    assert denied.of_party(Party.CALLER).score < praised.of_party(Party.CALLER).score


def test_a_sentiment_head_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "head.safetensors"
    changed.write_bytes(sentiment_head.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(sentiment_head, "WEIGHTS", changed)
    with pytest.raises(ModelPackError, match="damaged"):
        load_sentiment_head()


@pytest.mark.slow
@pytest.mark.long
def test_sentiments_of_calls_that_nothing_was_fitted_to_are_mostly_right(embedder: Embedder, analyse: Analyse) -> None:
    right = [
        analyse(embed_transcript(call.transcript, embedder)).overall(call.direction).label in call.expected["overall"]
        for call in reference_calls(ASIDE)
    ]
    assert sum(right) >= 13, right
