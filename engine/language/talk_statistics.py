"""How a call went, apart from what was said: who talked how long, how much silence, who spoke over whom."""

from __future__ import annotations

from dataclasses import dataclass

from engine.parties import talk_seconds
from engine.transcript import Party, Segment, Transcript

# Who begins in the last moment of the other's turn answers early; that is no interruption.
_LEAST_CUT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class PartyTalk:
    """One party's share. An interruption: it began while the other spoke, and the other stopped first."""

    talk_seconds: float
    turns: int
    longest_turn_seconds: float
    interruptions: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole call; `silence_seconds` is when nobody speaks, `overlap_seconds` when both parties do."""

    silence_seconds: float
    longest_silence_seconds: float
    overlap_seconds: float
    caller: PartyTalk
    called: PartyTalk


def conversation(transcript: Transcript, duration_seconds: float, since: float = 0.0) -> Conversation:
    """Measure a call of this length; `since` is when its parties were connected, in seconds from its start.

    On a mix without parties only the silence is known.
    """
    caller, called = (_of(transcript, party) for party in (Party.CALLER, Party.CALLED))
    gaps = _gaps(transcript, duration_seconds, since)
    return Conversation(
        silence_seconds=round(sum(gaps), 3),
        longest_silence_seconds=round(max(gaps, default=0.0), 3),
        overlap_seconds=round(sum(_overlap(one, other) for one in caller for other in called), 3),
        caller=_talk(transcript, Party.CALLER, caller, called),
        called=_talk(transcript, Party.CALLED, called, caller),
    )


def _of(transcript: Transcript, party: Party) -> list[Segment]:
    return [segment for segment in transcript.segments if segment.party is party]


def _talk(transcript: Transcript, party: Party, own: list[Segment], others: list[Segment]) -> PartyTalk:
    return PartyTalk(
        talk_seconds=round(talk_seconds(transcript, party), 3),
        turns=len(own),
        longest_turn_seconds=round(max((segment.end - segment.start for segment in own), default=0.0), 3),
        interruptions=sum(any(_interrupts(one, other) for other in others) for one in own),
    )


def _interrupts(one: Segment, other: Segment) -> bool:
    return other.start < one.start <= other.end - _LEAST_CUT_SECONDS and one.end > other.end


def _overlap(one: Segment, other: Segment) -> float:
    return max(0.0, min(one.end, other.end) - max(one.start, other.start))


def _gaps(transcript: Transcript, duration_seconds: float, since: float) -> list[float]:
    """The silences between what anybody says, the beginning and the end among them."""
    gaps, reached = [], since
    for segment in sorted(transcript.segments, key=lambda one: one.start):
        gaps.append(max(0.0, segment.start - reached))
        reached = max(reached, segment.end)
    return [*gaps, max(0.0, duration_seconds - reached)]


def speech_seconds(transcript: Transcript) -> float:
    """How long anybody speaks: where both do, it counts once."""
    total = reached = 0.0
    for segment in sorted(transcript.segments, key=lambda one: one.start):
        total += max(0.0, segment.end - max(segment.start, reached))
        reached = max(reached, segment.end)
    return total
