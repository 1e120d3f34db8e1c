"""From a channel or a voice to the party that speaks there, and which party's sentiment counts."""

from __future__ import annotations

from enum import StrEnum

from engine.transcript import Direction, Party, Transcript


class CallerChannel(StrEnum):
    """The channel of a stereo recording that carries the caller."""

    LEFT = "left"
    RIGHT = "right"


def channel_parties(channel_count: int, caller_channel: CallerChannel) -> tuple[Party, ...]:
    """Who is on each channel of a recording: two are the parties, a mix or further channels are nobody we can name."""
    if channel_count < 2:
        return (Party.UNKNOWN,) * channel_count
    first_two = (Party.CALLER, Party.CALLED)
    if caller_channel is CallerChannel.RIGHT:
        first_two = (Party.CALLED, Party.CALLER)
    return first_two + (Party.UNKNOWN,) * (channel_count - 2)


def outside_party(direction: Direction | None) -> Party:
    """The party that is not the office: whoever called, or was called by an outbound call."""
    return Party.CALLED if direction is Direction.OUTBOUND else Party.CALLER


def inside_party(direction: Direction | None) -> Party:
    """The office: whoever is not the outside party."""
    return Party.CALLER if direction is Direction.OUTBOUND else Party.CALLED


def talk_seconds(transcript: Transcript, party: Party) -> float:
    """How long a party speaks in all."""
    return sum(segment.end - segment.start for segment in transcript.segments if segment.party is party)


def has_parties(transcript: Transcript) -> bool:
    """True when at least one segment belongs to a party that we can name."""
    return any(segment.party is not Party.UNKNOWN for segment in transcript.segments)
