"""Whose moods are computed: what was not asked for is not computed, not even to be thrown away.

Who works at the office is not to be told how they feel by a machine (EU AI Act, Article 5(1)(f)), so `outside` needs to
know who is outside: where it does not, and between colleagues, nobody's mood is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.parties import has_parties, outside_party
from engine.transcript import Direction, Party, Transcript

SentimentOf = Literal["outside", "both", "none"]
Basis = Literal["text"]  # what a mood is read from

# What `CallAnalysis.models` says where nothing is computed.
OFF = "off"
INTERNAL = "not done: both parties of an internal call are inside"
UNKNOWN = "not done: which party is outside is not known"
NOT_ENGLISH = "not done: only for English"
SILENCE = "not done: nobody speaks"
OUTSIDE_SILENT = "not done: the outside party does not speak"

EVERYBODY = frozenset(Party)
_NOBODY: frozenset[Party] = frozenset()


@dataclass(frozen=True, slots=True)
class MoodScope:
    """The parties that have a mood; where none is computed `why_not` says why, and theirs is neutral."""

    parties: frozenset[Party]
    why_not: str = ""


def mood_scope(transcript: Transcript, direction: Direction | None, sentiment_of: SentimentOf) -> MoodScope:
    """Whose moods may be read out of this transcript."""
    if sentiment_of == "none":
        return MoodScope(_NOBODY, OFF)
    if sentiment_of == "outside" and direction is Direction.INTERNAL:
        return MoodScope(_NOBODY, INTERNAL)
    if sentiment_of == "outside" and transcript.segments and not has_parties(transcript):
        return MoodScope(_NOBODY, UNKNOWN)
    parties = EVERYBODY if sentiment_of == "both" else frozenset({outside_party(direction)})
    return MoodScope(parties, _why_nothing_is_read(transcript, parties))


def _why_nothing_is_read(transcript: Transcript, parties: frozenset[Party]) -> str:
    if not transcript.segments:
        return SILENCE
    if not transcript.is_english:
        return NOT_ENGLISH
    return "" if any(segment.party in parties for segment in transcript.segments) else OUTSIDE_SILENT
