"""What the analysis of a call consists of."""

from __future__ import annotations

import engine.runtime.torch_environment  # noqa: F401  # isort: skip  # before torch

from dataclasses import dataclass

from engine.audio.riff import MISPLACED
from engine.diarization.roles import voices_warning
from engine.language.sentiment.call_sentiment import Label
from engine.language.sentiment.mood_scope import Basis
from engine.language.talk_statistics import Conversation
from engine.transcript import Segment


@dataclass(frozen=True, slots=True)
class PartyAnalysis:
    """What one party contributed; `sentiment_score` is −1 … 1, both are None where its mood was not computed."""

    talk_seconds: float
    sentiment: Label | None
    sentiment_score: float | None


@dataclass(frozen=True, slots=True)
class PartiesAnalysis:
    """Both sides of the call."""

    caller: PartyAnalysis
    called: PartyAnalysis


@dataclass(frozen=True, slots=True)
class CallAnalysis:
    """The webhook's result fields, and what the engine knows besides."""

    transcription: str
    summary: str
    sentiment: Label
    keywords: str  # comma and space between
    duration_seconds: float
    speech_seconds: float
    language: str
    segments: tuple[Segment, ...]
    parties: PartiesAnalysis
    keyword_scores: dict[str, float]
    models: dict[str, str]  # what made each part; what was not done says so
    no_speech: bool
    conversation: Conversation
    voices_confidence: float = 0.0  # as in Transcript
    announcement: str = ""  # as in Transcript
    # For each sentence of the summary the indices of the segments that it stands on; none where a model wrote it.
    summary_sources: tuple[tuple[int, ...], ...] = ()
    repairs: tuple[str, ...] = ()  # what was wrong with the recording, or known of it, and put right
    sentiment_basis: Basis | None = "text"  # what moods were read from; None where nobody's was computed

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody can do something about, each once: both legs of a call may need the same repair."""
        told = (*self.repairs, voices_warning(self.voices_confidence))
        return tuple(one for one in dict.fromkeys(told) if one and one != MISPLACED)
