"""Ways in which a clause may be shortened, and ways in which it may not."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.sentence_embedding import Embedder
from engine.language.summary.clauses import clauses
from engine.language.summary.compression import compressions, render
from engine.transcript import Party
from tests.engine.language.transcripts import transcript_of, words_of


def _versions(embedder: Embedder, text: str) -> set[str]:
    """The first clause of a text, whole and shortened in every way."""
    first = clauses(embed_transcript(transcript_of((Party.CALLER, text)), embedder))[0]
    return {render(first, one) for one in compressions(first, english=True)}


@pytest.mark.slow
def test_a_clause_may_lose_its_lead_and_its_end(embedder: Embedder) -> None:
    versions = _versions(embedder, "I'll send you the form by text as soon as we finish.")
    assert {
        "I'll send you the form by text as soon as we finish.",
        "Send you the form by text.",
        "I'll send you the form.",
    } <= versions


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("I don't want to cancel the order with you.", "cancel"),  # begins with it
        ("I can refund the fee if you send the statement.", "I can refund the fee."),
        ("It's two hundred and sixty pounds for the year.", "It's two hundred."),
        ("It comes to two thousand, eight hundred and ten pounds.", "Eight hundred and ten pounds."),
        ("My instructor has packed in on me this week.", "My instructor has packed."),
        ("We don't open until nine on Sundays.", "We don't open."),
        ("It isn't covered for water damage.", "It isn't covered."),
        ("We're only open on weekdays.", "We're only open."),
        ("We're open between Monday and Friday this week.", "We're open between Monday."),
        ("If it leaks again on Monday, call us back.", "If it leaks again."),
        ("I'll take it, but only if it's black.", "but"),
        ("We'll refund you the money, if the item is unused.", "We'll refund you the money."),
        ("We can do that for you, unless it's over fifty pounds.", "We can do that for you."),
        ("You can return it in thirty days, as long as it's unopened.", "You can return it in thirty days."),
        ("You can return it as long as it's unopened.", "You can return it."),
        ("I've cancelled the appointment on Friday morning.", "the appointment"),
        ("They refused the offer of a full refund.", "the offer"),
        ("I doubt my husband can come today.", "my husband"),
        ("We thought the appointment was on Monday.", "the appointment"),
        ("I'm Sheila and Texas originally from Chicago.", "I'm Sheila and Texas originally."),
    ],
)
def test_no_compression_says_what_was_not_said(text: str, never: str, embedder: Embedder) -> None:
    versions = _versions(embedder, text)
    assert never not in versions
    assert not any(one.lower().startswith(never) for one in versions)
    assert all(words_of(one) in words_of(text) for one in versions)


@pytest.mark.slow
def test_what_belongs_to_a_verb_is_not_left_without_it(embedder: Embedder) -> None:
    versions = _versions(embedder, "I picked my new glasses up from you on Saturday.")
    assert "I picked my new glasses up from you on Saturday." in versions
    assert not any(text.startswith("My new glasses") for text in versions)


@pytest.mark.slow
def test_a_denial_at_the_beginning_is_no_padding(embedder: Embedder) -> None:
    assert "No charge for the second visit." in _versions(embedder, "No charge for the second visit.")
    assert "I'd rather have the repair." in _versions(embedder, "No, I'd rather have the repair.")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["I think so…", 'He said "no to that."', "我想取消订单。", "Really?!"])
def test_a_clause_that_has_a_stop_gets_no_other(text: str, embedder: Embedder) -> None:
    assert text in _versions(embedder, text)


@pytest.mark.slow
def test_in_another_language_no_clause_is_compressed(embedder: Embedder) -> None:
    first = clauses(embed_transcript(transcript_of((Party.CALLER, "Ich komme am Montag in Berlin an.")), embedder))[0]
    assert [render(first, one) for one in compressions(first, english=False)] == [first.text]
