"""Summaries of calls whose references say which facts count, and of calls that are made up."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from engine.errors import ModelPackError
from engine.language.embedded_transcript import embed_transcript
from engine.language.sentence_embedding import Embedder
from engine.language.summary import summary_head as module
from engine.language.summary.extractive import SummaryOptions, summarize
from engine.language.summary.summary_head import SummaryHead, load_summary_head
from engine.transcript import Party
from tests.engine.calls import ASIDE, ReferenceCall, holds, reference_calls
from tests.engine.language.transcripts import CALLS, KeywordsOf, each_call, transcript_of, words_of


@pytest.mark.slow
@each_call
def test_a_summary_is_an_extract_of_at_most_a_fifth(call: ReferenceCall, summary_of: dict[str, str]) -> None:
    text = summary_of[call.name]
    clauses = text.replace("Called party: ", "").replace("Caller: ", "")
    assert 0 < len(text.split()) <= max(SummaryOptions().least_words, 0.2 * call.words)
    assert clauses != text
    said = f" {words_of(call.transcript.text)} "
    for clause in re.split(r"[.!?]['\"]*\s+", clauses):
        assert f" {words_of(clause)} " in said


@pytest.mark.slow
def test_summaries_hold_most_of_the_chief_facts(summary_of: dict[str, str]) -> None:
    held = [[holds(summary_of[call.name], fact) for fact in call.expected["facts"]] for call in CALLS]
    facts, chief = list(chain(*held)), list(chain(*(call[:2] for call in held)))
    assert sum(facts) / len(facts) >= 0.8
    assert sum(chief) / len(chief) >= 0.7


@pytest.mark.slow
def test_summaries_of_calls_that_nothing_was_fitted_to_hold_two_thirds_of_the_facts(
    embedder: Embedder, keywords_of: KeywordsOf, summary_head: SummaryHead
) -> None:
    held: list[bool] = []
    shares: list[float] = []
    for call in reference_calls(ASIDE):
        embedded = embed_transcript(call.transcript, embedder)
        text = summarize(embedded, summary_head, keywords_of(embedded), call.direction)
        held += [holds(text, fact) for fact in call.expected["facts"]]
        shares.append(len(text.split()) / call.words)
    assert sum(held) / len(held) >= 0.67
    assert sum(shares) / len(shares) <= 0.2


def test_a_summary_head_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "head.safetensors"
    changed.write_bytes(module.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(module, "WEIGHTS", changed)
    with pytest.raises(ModelPackError, match="damaged"):
        load_summary_head()


@pytest.mark.slow
def test_a_summary_tells_why_the_call_was_made(embedder: Embedder, summary_head: SummaryHead) -> None:
    call = transcript_of(
        (Party.CALLED, "Good morning, Tarn Cycles, how can I help?"),
        (Party.CALLER, "Hello, I'd like to book a service for my bicycle, the gears are slipping."),
        *((Party.CALLED, f"It costs {price} pounds on Monday the {day}.") for price, day in (("ninety", "third"),) * 9),
    )
    assert "service for my bicycle" in summarize(embed_transcript(call, embedder), summary_head).lower()


@pytest.mark.slow
def test_a_summary_says_nothing_twice(embedder: Embedder, summary_head: SummaryHead) -> None:
    call = transcript_of(
        *((Party.CALLER, "The refund of ninety pounds comes on Monday."),) * 8,
        (Party.CALLED, "It is by bank transfer."),
    )
    assert summarize(embed_transcript(call, embedder), summary_head).count("ninety pounds") == 1


@pytest.mark.slow
def test_a_call_of_fillers_alone_still_has_a_summary(
    embedder: Embedder, keywords_of: KeywordsOf, summary_head: SummaryHead
) -> None:
    hello = transcript_of((Party.CALLER, "Hello?"), (Party.CALLER, "Um, hello?"))
    assert keywords_of(embed_transcript(hello, embedder)) == {}
    assert "hello?" in summarize(embed_transcript(hello, embedder), summary_head).lower()
