"""A sentence that says the opposite of what was said, or one time, thing or letter more, is not told."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.names import PartyName
from engine.language.sentence_embedding import Embedder
from engine.language.summary.fact_check import Claim, FactChecker
from engine.transcript import Direction, Party
from tests.engine.language.transcripts import transcript_of

CALLER, CALLED = Party.CALLER, Party.CALLED
pytestmark = pytest.mark.slow


def faults_of(
    embedder: Embedder,
    claim: str,
    *turns: tuple[Party, str],
    name: str = "",
    vocabulary: tuple[str, ...] = (),
) -> tuple[str, ...]:
    names = {CALLER: PartyName(name)} if name else {}
    checker = FactChecker(embed_transcript(transcript_of(*turns), embedder), names, Direction.INBOUND, vocabulary)
    return checker.check(Claim(claim, tuple(range(len(turns))))).faults


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Yes, the loan is approved, the paperwork comes over today.",
            "The agent said the loan is not approved.",
        ),
        (
            "Good news, your parcel is still arriving on Tuesday, I will send a text too.",
            "The agent said the parcel is not arriving on Tuesday.",
        ),
        (
            "The engineer is coming on Friday, it only takes an hour.",
            "The agent said the engineer is not coming on Friday.",
        ),
        (
            "Your policy is active until March, so it costs less this year.",
            "The agent said the policy is not active until March.",
        ),
        (
            "I lost my receipt, but the warranty covers the kettle.",
            "The warranty does not cover the kettle.",
        ),
        (
            "The clinic is closed on Monday, I'm afraid.",
            "The agent said the clinic is not closed on Monday.",
        ),
        (
            "The boiler is repaired, but I can't tell you the price.",
            "The agent said the boiler is not repaired.",
        ),
        (
            "Your refund is approved and there is nothing else to pay.",
            "The agent said the refund is not approved.",
        ),
        (
            "No, the booking is confirmed for Saturday.",
            "The agent said the booking is not confirmed for Saturday.",
        ),
    ],
)
def test_what_is_said_is_not_told_as_denied(embedder: Embedder, said: str, told: str) -> None:
    assert "nobody denies it there" in faults_of(embedder, told, (CALLED, said))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "I'm sorry, the loan is not approved, the letter comes over today.",
            "The agent said the loan is not approved.",
        ),
        ("I can't, I'm afraid, refund the charge.", "The agent could not refund the charge."),
        ("The heating stopped on Sunday.", "The heating is not working since Sunday."),
    ],
)
def test_what_is_denied_is_told_as_denied(embedder: Embedder, said: str, told: str) -> None:
    assert "nobody denies it there" not in faults_of(embedder, told, (CALLED, said))


def test_an_answer_denies_what_was_asked(embedder: Embedder) -> None:
    asked = (CALLER, "Is the parcel arriving on Tuesday?")
    told = "The parcel is not arriving on Tuesday."
    assert faults_of(embedder, told, asked, (CALLED, "No, sorry, on Thursday.")) == ()
    assert faults_of(embedder, told, asked, (CALLED, "Yes, it is, no need to ring.")) == ("nobody denies it there",)


@pytest.mark.parametrize(
    ("said", "told", "fault"),
    [
        (
            "My card was charged by the shop on Monday.",
            "The caller's card was charged twice by the shop on Monday.",
            "twice is not said there",
        ),
        (
            "I rang the surgery about the prescription on Friday.",
            "The caller rang the surgery twice about the prescription.",
            "twice is not said there",
        ),
        (
            "The driver left the parcel with my neighbour.",
            "The driver left both parcels with the caller's neighbour.",
            "both is not said there",
        ),
        (
            "You can pay the invoice by direct debit.",
            "The caller can pay both the invoice and the deposit by direct debit.",
            "both is not said there",
        ),
    ],
)
def test_how_often_and_how_many_must_be_said(embedder: Embedder, said: str, told: str, fault: str) -> None:
    assert fault in faults_of(embedder, told, (CALLER, said))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("My card was charged two times by the shop.", "The caller's card was charged twice by the shop."),
        ("My card was charged again by the shop.", "The caller's card was charged twice by the shop."),
        ("It's the second time my card was charged.", "The caller's card was charged twice."),
        ("The two parcels are with my neighbour.", "Both parcels are with the caller's neighbour."),
        ("I sent the invoice and then the deposit.", "The caller sent both the invoice and the deposit."),
    ],
)
def test_how_often_may_be_said_otherwise(embedder: Embedder, said: str, told: str) -> None:
    assert faults_of(embedder, told, (CALLER, said)) == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mrs Johnson", "Mrs Johnston"),
        ("Mr Paterson", "Mr Peterson"),
        ("Harrison Street", "Harrisons Street"),
        ("Mrs Martine", "Mrs Martin"),
    ],
)
@pytest.mark.parametrize("known", ["", "said"])
def test_a_name_with_another_letter_is_another(embedder: Embedder, said: str, told: str, known: str) -> None:
    """Also where the name that was said is known: it sounds otherwise."""
    word = next(one for one in said.split() if one not in ("Mrs", "Mr", "Street"))
    turn = (CALLER, f"Please send the blue parcel to {said} tomorrow.")
    claim = f"Please send the blue parcel to {told} tomorrow."
    found = faults_of(embedder, claim, turn, name=word if known else "")
    other = next(one for one in told.split() if one not in said.split())
    assert found == (f"{other} is not said in the call",)


@pytest.mark.parametrize(
    ("said", "told", "name", "vocabulary"),
    [
        ("Vandermeer", "Vandermer", "Lowell Vandermeer", ()),
        ("Vandermer", "Vandermeer", "", ("Vandermeer Storage",)),
        ("Kowalczik", "Kowalczyk", "", ("Kowalczyk",)),
    ],
)
def test_a_known_name_may_sound_the_same(
    embedder: Embedder, said: str, told: str, name: str, vocabulary: tuple[str, ...]
) -> None:
    turn = (CALLER, f"Please send the blue parcel to {said} tomorrow.")
    claim = f"Please send the blue parcel to {told} tomorrow."
    assert faults_of(embedder, claim, turn, name=name, vocabulary=vocabulary) == ()
    assert faults_of(embedder, claim, turn) == (f"{told} is not said in the call",)
