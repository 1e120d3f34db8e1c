"""What is told of a call in other words must stand in it."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.names import party_names
from engine.language.sentence_embedding import Embedder
from engine.language.summary.fact_check import Claim, FactChecker
from engine.transcript import Direction, Party
from tests.benchmarks.fact_check import check_claims
from tests.engine.language.transcripts import transcript_of

CALLER, CALLED = Party.CALLER, Party.CALLED
pytestmark = pytest.mark.slow

CALL = transcript_of(
    (CALLED, "Juniper Car Rental, Dana speaking."),
    (CALLER, "My name is Lowell Vandermeer. There's a charge of six hundred and forty dollars on my card."),
    (CALLED, "That's a damage charge, it's for a scratch on the rear bumper."),
    (CALLER, "I never scratched the rear bumper. Can you refund the charge today?"),
    (CALLED, "I can't refund the charge. The claims department will look at it by Tuesday."),
    (CALLER, "I'll send you the photographs of the bumper tonight."),
    (CALLED, "You need to sign the claims form."),
)


@pytest.fixture(scope="module")
def checker(embedder: Embedder) -> FactChecker:
    names = party_names(CALL.segments, Direction.INBOUND)
    return FactChecker(embed_transcript(CALL, embedder), names, Direction.INBOUND)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("Lowell Vandermeer called about a charge of $640 on his card.", (1,)),
        ("Juniper Car Rental said that it was a damage charge for a scratch on the rear bumper.", (2,)),
        ("The caller never scratched the rear bumper.", (3,)),
        ("The agent could not refund the charge.", (4,)),
        ("The claims department will look at it by Tuesday.", (4,)),
        ("Lowell will send photographs of the bumper tonight.", (5,)),
        ("The caller needs to sign the claims form.", (6,)),
        ("The caller asked for a refund of the charge today.", (3,)),
        ("According to Juniper Car Rental it was a damage charge for a scratch on the rear bumper.", (2,)),
        ("Mr Vandermeer called about a charge of $640 on his card.", (1,)),
        ("Lowell Vandermer called about a charge of $640 on his card.", (1,)),
        ("Dana said that the refund of the charge was not possible today.", (3, 4)),
    ],
)
def test_what_was_said_may_be_told(checker: FactChecker, text: str, turns: tuple[int, ...]) -> None:
    assert checker.check(Claim(text, turns)).faults == ()


@pytest.mark.parametrize(
    ("text", "turns", "fault"),
    [
        ("Lowell Vandermeer called about a charge of $460 on his card.", (1,), "460 is not said there"),
        ("Lowell Vandermeer called about a charge of £640 on his card.", (1,), "no pound is spoken of"),
        ("Lowell Anderson called about a charge of $640 on his card.", (1,), "Anderson is not said in the call"),
        ("The claims department will look at it by Thursday.", (4,), "Thursday is not said there"),
        ("The caller scratched the rear bumper.", (3,), "it is denied there"),
        ("The agent refunded the charge.", (4,), "it is denied there"),
        ("It was not a damage charge for a scratch on the rear bumper.", (2,), "nobody denies it there"),
        ("Juniper Car Rental will send the photographs of the bumper tonight.", (5,), "somebody else"),
        ("Juniper Car Rental needs to sign the claims form.", (6,), "somebody else"),
        ("The caller was offered a free upgrade for the next rental.", (4,), "not what these turns say"),
        ("The agent promised to refund the deposit for the card.", (3, 4), "nobody promises it there"),
        ("Juniper Car Rental made the damage charge because of a wet carpet.", (2,), "nobody gives this reason"),
        ("Lowell Vandermeers called about a charge of $640 on his Dinah card.", (1,), "Dinah is not said in the call"),
    ],
)
def test_what_was_not_said_is_found(checker: FactChecker, text: str, turns: tuple[int, ...], fault: str) -> None:
    faults = checker.check(Claim(text, turns)).faults
    assert any(fault in one for one in faults), faults


def test_whom_one_speaks_of_elsewhere_is_not_told_here(embedder: Embedder) -> None:
    idle = [(CALLER, "And it goes on like this."), (CALLED, "I see what you mean.")] * 3
    call = transcript_of(
        (CALLER, "My neighbour Ottoline looks after the dog."),
        *idle,
        (CALLER, "Then Barnaby brought the wrong key for the shed."),
    )
    checker = FactChecker(embed_transcript(call, embedder), {}, None)
    assert checker.check(Claim("Then Barnaby brought the wrong key for the shed.", (7,))).faults == ()
    faults = checker.check(Claim("Then Ottoline brought the wrong key for the shed.", (7,))).faults
    assert faults == ("Ottoline is not spoken of there",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Kowálczik", "Kowalczyk"),  # an accent and a letter
        ("Kowalczik", "Kowálczyk"),
        ("Drury Avenue", "Drury Ave"),
        ("Drury Ave", "Drury Avenue"),
        ("Drury Rd", "Drury Road"),
        ("St Ives", "Saint Ives"),
    ],
)
def test_a_name_may_be_written_otherwise(embedder: Embedder, said: str, told: str) -> None:
    call = transcript_of((CALLER, f"Please send the blue parcel to {said} tomorrow."))
    checker = FactChecker(embed_transcript(call, embedder), {}, None, ["Kowalczyk"])
    assert checker.check(Claim(f"Please send the blue parcel to {told} tomorrow.", (0,))).faults == ()


def test_turns_that_are_not_there_bear_nothing_out(checker: FactChecker) -> None:
    assert checker.check(Claim("Lowell Vandermeer called.", (99,))).faults == ("it names no turn of the call",)


def test_without_turns_the_nearest_are_looked_at(checker: FactChecker) -> None:
    finding = checker.check(Claim("Lowell Vandermeer called about a charge of $640 on his card."))
    assert finding.faults == ()
    assert finding.turns == (1,)


@pytest.mark.parametrize(
    ("every", "least"), [(4, 75), pytest.param(1, 290, marks=pytest.mark.long)], ids=["some", "all"]
)
def test_of_many_false_sentences_hardly_one_passes(embedder: Embedder, every: int, least: int) -> None:
    """Made to be believed, by another hand. Of the true ones, told freely, most fall: then the call is quoted."""
    found = check_claims("aside", embedder, every=every)
    assert found.seen.total() >= least
    assert found.false_that_pass <= 0.1
    assert found.true_that_fall <= 0.75


def test_of_what_a_careful_writer_says_more_is_told(embedder: Embedder) -> None:
    found = check_claims("careful-aside", embedder, every=2)
    assert found.seen.total() >= 40
    assert found.false_that_pass <= 0.25
    assert found.true_that_fall <= 0.85
