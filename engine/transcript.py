"""What was said in a call, by whom and when. Frozen values; seconds from the start of the recording."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Party(StrEnum):
    """Who speaks: the party that dialled, the party that was dialled, or nobody we can name."""

    CALLER = "caller"
    CALLED = "called"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Seen from the office: where the call came from."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `confidence` is a probability (0–1)."""

    start: float
    end: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One turn, or a part of one: a stretch of speech of one party on one channel (0 = left)."""

    start: float
    end: float
    channel: int
    party: Party
    text: str
    confidence: float
    words: tuple[Word, ...] = field(default=())
    voice: int = 0  # of a mix: 1 is the voice that speaks first, 2 the other; 0 where nobody knows


@dataclass(frozen=True, slots=True)
class Transcript:
    """All segments of a call in time order. `language` is ISO 639-1, or "" where nobody spoke."""

    segments: tuple[Segment, ...]
    language: str
    # 0–1, that a mix's two voices are two; 0 without diarization. Where it is low, segments have no `voice`.
    voices_confidence: float = 0.0
    announcement: str = ""  # what was said before the called party was there, apart from the segments
    announcement_seconds: float = 0.0  # for so long it was not there
    warnings: tuple[str, ...] = ()  # what cannot be so of what was known beforehand, or is missing

    @property
    def text(self) -> str:
        """The webhook's `transcription`: the turns in time order, a line each, without labels."""
        return "\n".join(segment.text for segment in self.segments)

    @property
    def is_english(self) -> bool:
        """Whether what is made for English can read it; what nobody spoke is in every language."""
        return self.language.split("-")[0] in ("en", "")
