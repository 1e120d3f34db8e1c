"""A note in a model's own words, of which only what stands in the call is kept.

The model writes single sentences and names the turns that each stands on. A sentence that fails the check is asked for
once more, with what is wrong with it; then it is left out. What is left too thin is no note: the caller then tells the
call in quotes (`note.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.language.summary.fact_check import Claim, FactChecker
from engine.language.summary.note import MOST_SENTENCES, MOST_WORDS, Note
from engine.language.summary.tidy import count_words
from engine.transcript import Direction, Transcript

logger = logging.getLogger(__name__)

_LEAST_SENTENCES = 2  # of a call of more than a few turns
_LEAST_WORDS = 10
_SHORT_CALL = 6  # turns


class WriterFailed(Exception):
    """The writing model did not answer, or not in a form that can be used; the message says how. It fails no call."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A sentence that is not kept, and why."""

    claim: Claim
    faults: tuple[str, ...]


def _nobody_waits() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class NoteRequest:
    """A call to be told. Whoever waits for another program calls `on_wait` every few seconds."""

    transcript: Transcript
    direction: Direction | None
    on_wait: Callable[[], None] = _nobody_waits


class NoteWriter(Protocol):
    """A model that writes about calls; several threads may ask it at once."""

    @property
    def name(self) -> str:
        """Which it is."""

    def write(self, request: NoteRequest, objections: Sequence[Objection] = ()) -> Sequence[Claim]:
        """What there is to tell of a call, in order; with `objections`, only other sentences in the place of these.

        Raises WriterFailed.
        """
        ...


def write_checked_note(writer: NoteWriter, request: NoteRequest, checker: FactChecker) -> Note | None:
    """Let a call be told, and keep what is true; None where that is too little. Raises WriterFailed."""
    kept: list[tuple[int, Claim, tuple[int, ...]]] = []
    objections: list[tuple[int, Objection]] = []
    for place, claim in enumerate(writer.write(request)):
        finding = checker.check(claim)
        if finding.faults:
            objections.append((place, Objection(claim, finding.faults)))
        else:
            kept.append((place, claim, finding.turns))
    if objections:
        try:
            again = writer.write(request, [one for _, one in objections])
        except WriterFailed as error:
            logger.debug("what is true already is kept: %s", error)
            again = ()
        for (place, _), claim in zip(objections, again, strict=False):
            finding = checker.check(claim)
            if claim.text and not finding.faults:
                kept.append((place, claim, finding.turns))
    note = _joined([(claim, turns) for _, claim, turns in sorted(kept, key=lambda one: one[0])])
    logger.debug("of %d sentences %d are told", len(kept) + len(objections), len(note.sources))
    least = 1 if len(request.transcript.segments) <= _SHORT_CALL else _LEAST_SENTENCES
    return note if len(note.sources) >= least and count_words(note.text) >= _LEAST_WORDS else None


def _joined(claims: Sequence[tuple[Claim, tuple[int, ...]]]) -> Note:
    """The sentences that there is room for, each once."""
    texts: list[str] = []
    sources: list[tuple[int, ...]] = []
    for claim, turns in claims:
        text = claim.text.strip()
        words = count_words(" ".join([*texts, text]))
        has_room = len(texts) < MOST_SENTENCES - 1 and words <= MOST_WORDS - 3  # and how the party left
        if text and text not in texts and has_room:
            texts.append(text if text[-1] in ".!?" else f"{text}.")
            sources.append(turns)
    return Note(" ".join(texts), tuple(sources))
