"""Who speaks on which channel, and whose mood counts."""

from __future__ import annotations

from engine.parties import CallerChannel, channel_parties, outside_party, talk_seconds
from engine.transcript import Direction, Party, Segment, Transcript


def test_the_caller_is_on_the_channel_that_was_said() -> None:
    assert channel_parties(2, CallerChannel.LEFT) == (Party.CALLER, Party.CALLED)
    assert channel_parties(2, CallerChannel.RIGHT) == (Party.CALLED, Party.CALLER)


def test_a_mix_is_nobody_we_can_name() -> None:
    assert channel_parties(1, CallerChannel.LEFT) == (Party.UNKNOWN,)


def test_beyond_two_channels_nobody_is_named() -> None:
    assert channel_parties(4, CallerChannel.LEFT)[2:] == (Party.UNKNOWN, Party.UNKNOWN)


def test_the_outside_party_is_whoever_is_not_the_office() -> None:
    assert outside_party(Direction.INBOUND) is Party.CALLER
    assert outside_party(Direction.OUTBOUND) is Party.CALLED
    assert outside_party(None) is Party.CALLER


def test_talk_seconds_are_of_one_party() -> None:
    segments = (
        Segment(0, 2, 0, Party.CALLER, "Hello.", 1),
        Segment(2, 3, 1, Party.CALLED, "Hi.", 1),
        Segment(5, 6.5, 0, Party.CALLER, "Bye.", 1),
    )
    assert talk_seconds(Transcript(segments, "en"), Party.CALLER) == 3.5
