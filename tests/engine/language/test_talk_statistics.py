"""Talk, silence, overlaps and interruptions of a call."""

from __future__ import annotations

from engine.language.talk_statistics import conversation
from engine.transcript import Party, Segment, Transcript


def _call(*turns: tuple[Party, float, float]) -> Transcript:
    segments = [
        Segment(start, end, 0 if party is Party.CALLER else 1, party, "Words.", 1.0) for party, start, end in turns
    ]
    return Transcript(tuple(sorted(segments, key=lambda one: one.start)), "en")


CALLER, CALLED = Party.CALLER, Party.CALLED


def test_talk_and_silence_add_up_to_the_call() -> None:
    found = conversation(_call((CALLER, 1, 3), (CALLED, 4, 9), (CALLER, 10, 11)), 15.0)
    assert found.caller.talk_seconds == 3
    assert found.called.talk_seconds == 5
    assert found.silence_seconds == 1 + 1 + 1 + 4
    assert found.longest_silence_seconds == 4
    assert found.overlap_seconds == 0
    assert (found.caller.turns, found.called.turns) == (2, 1)
    assert found.caller.longest_turn_seconds == 2
    assert found.caller.interruptions == found.called.interruptions == 0


def test_speaking_over_the_end_of_a_turn_is_an_overlap_but_no_interruption() -> None:
    found = conversation(_call((CALLER, 0, 5), (CALLED, 4.7, 8)), 8.0)
    assert found.overlap_seconds == 0.3
    assert found.called.interruptions == 0
    assert found.silence_seconds == 0


def test_who_takes_over_in_mid_turn_interrupts() -> None:
    found = conversation(_call((CALLER, 0, 5), (CALLED, 3, 8), (CALLER, 6, 12)), 12.0)
    assert (found.called.interruptions, found.caller.interruptions) == (1, 1)
    assert found.overlap_seconds == 4


def test_a_yes_while_the_other_speaks_is_no_interruption() -> None:
    found = conversation(_call((CALLER, 0, 10), (CALLED, 4, 4.5)), 10.0)
    assert found.called.interruptions == 0
    assert found.overlap_seconds == 0.5


def test_on_a_mix_only_silence_is_known() -> None:
    found = conversation(_call((Party.UNKNOWN, 1, 3), (Party.UNKNOWN, 2, 6)), 10.0)
    assert found.silence_seconds == 5
    assert found.caller.turns == found.called.turns == 0
    assert found.overlap_seconds == 0


def test_a_call_without_a_word_is_silence() -> None:
    found = conversation(Transcript((), ""), 7.5)
    assert found.silence_seconds == found.longest_silence_seconds == 7.5
