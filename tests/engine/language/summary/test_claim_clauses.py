"""What is denied, promised and given as a reason is looked up by the clause."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import Sentence
from engine.language.summary.claim_clauses import (
    clauses,
    denies,
    is_denied,
    unsaid_denials,
    unsaid_promises,
    unsaid_reasons,
)
from engine.transcript import Party


def words(text: str) -> set[str]:
    return {word for word in text.lower().strip(".?").split() if len(word) > 3}


def said(*texts: str) -> list[Sentence]:
    return [Sentence(text, len(text.split()), Party.CALLER, 0.0, at) for at, text in enumerate(texts)]


def test_a_sentence_falls_into_its_clauses() -> None:
    assert clauses("She rang, but nobody came because it rained.") == [
        "She rang",
        "but nobody came",
        "because it rained.",
    ]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("I can't come.", True),
        ("Nobody came.", True),
        ("No problem, I'll come.", False),
        ("It's the red one, isn't it?", False),
        ("Don't worry about the key.", False),
    ],
)
def test_politeness_denies_nothing(text: str, denied: bool) -> None:
    assert denies(text) is denied


def test_in_a_long_sentence_another_clause_may_deny() -> None:
    (long,) = said(
        "I have never been much of a gardener myself and my wife would tell you so at any time,"
        " but the hedge behind the greenhouse was trimmed on Friday by your people."
    )
    assert not is_denied("The hedge behind the greenhouse was trimmed.", long, words)
    (short,) = said("The hedge was never trimmed.")
    assert is_denied("The hedge was trimmed.", short, words)


def test_a_refusal_stands_on_an_answer_that_denies() -> None:
    call = said("Would you like direct debit?", "No, you're all right.")
    assert unsaid_denials("He declined direct debit.", call, words) == []
    assert unsaid_denials("He declined direct debit.", said("Would you like direct debit?", "Please."), words)


def test_a_promise_needs_somebody_who_makes_it() -> None:
    call = said("Could somebody send the blue form?", "I'll send the blue form tonight.")
    assert unsaid_promises("She promised to send the blue form.", call, words) == []
    assert unsaid_promises("She promised to replace the gate machine.", call, words)
    assert unsaid_promises("She sent the blue form.", said("Hello."), words) == []


def test_a_reason_must_be_said() -> None:
    call = said("The works are late.", "The furnace broke down on Monday.")
    assert unsaid_reasons("It is late because the furnace broke down.", call, words) == []
    assert unsaid_reasons("It is late because the driver overslept.", call, words)


def test_politeness_bears_out_no_denial() -> None:
    call = said("If there's an extra night to pay, then that's no problem.")
    assert unsaid_denials("She declined the extra night.", call, words)
    assert unsaid_denials("She declined direct debit.", said("Would you like direct debit?", "No, no problem."), words)


def test_politeness_in_a_claim_is_no_denial() -> None:
    assert unsaid_denials("It was no problem to pay the extra night.", said("I'll pay the extra night."), words) == []
