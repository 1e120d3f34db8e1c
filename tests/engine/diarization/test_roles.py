"""Which voice of a mix is the caller: said where the opening of the call bears it out, unknown elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.diarization.roles import name_voices, voices_warning
from engine.transcript import Party, Segment, Transcript
from tests.engine.calls import ReferenceCall, reference_calls


def _as_mix(call: ReferenceCall, first: int = 0) -> tuple[Transcript, list[Party]]:
    """The call from this turn on as it would be heard on one channel, and who really speaks."""
    segments = call.transcript.segments[first:]
    spoken_first = segments[0].party
    mixed = tuple(
        replace(one, channel=0, party=Party.UNKNOWN, voice=1 if one.party is spoken_first else 2) for one in segments
    )
    return Transcript(mixed, "en", 0.9), [one.party for one in segments]


def _conversations() -> list[ReferenceCall]:
    return [call for call in reference_calls() if len({one.party for one in call.transcript.segments}) == 2]


def _parties(transcript: Transcript) -> list[Party]:
    return [one.party for one in name_voices(transcript).segments]


def test_most_calls_tell_by_their_opening_and_none_tells_wrong() -> None:
    named = 0
    for call in _conversations():
        mix, truth = _as_mix(call)
        parties = _parties(mix)
        if parties == truth:
            named += 1
        else:
            assert set(parties) == {Party.UNKNOWN}, call.name
    assert named >= 0.8 * len(_conversations())


def test_a_recording_that_begins_in_the_middle_is_hardly_ever_named() -> None:
    for call in _conversations():
        mix, truth = _as_mix(call, first=6)
        assert _parties(mix) in (truth, [Party.UNKNOWN] * len(truth)), call.name


def test_whoever_answers_is_the_called_party_also_when_the_caller_is_heard_first() -> None:
    said = [
        (1, "Hi, I'm calling about my order."),
        (2, "Thank you for calling, how can I help?"),
        (1, "I wanted to ask where it is."),
    ]
    segments = tuple(Segment(i, i + 1, 0, Party.UNKNOWN, text, 1.0, (), voice) for i, (voice, text) in enumerate(said))
    assert _parties(Transcript(segments, "en", 0.9)) == [Party.CALLER, Party.CALLED, Party.CALLER]


@pytest.mark.parametrize(
    ("language", "confidence", "voices"), [("de", 0.9, {1, 2}), ("en", 0.29, {0}), ("de", 0.01, {0})]
)
def test_nobody_is_named_in_other_languages_or_where_the_voices_are_too_alike(
    language: str, confidence: float, voices: set[int]
) -> None:
    mix, _ = _as_mix(_conversations()[0])
    named = name_voices(replace(mix, language=language, voices_confidence=confidence))
    assert {one.party for one in named.segments} == {Party.UNKNOWN}
    assert {one.voice for one in named.segments} == voices
    assert [one.text for one in named.segments] == [one.text for one in mix.segments]


@pytest.mark.parametrize(
    ("confidence", "warned"), [(0.0, False), (0.008, True), (0.13, True), (0.3, False), (1, False)]
)
def test_who_is_not_named_for_the_likeness_of_the_voices_is_told_so(confidence: float, warned: bool) -> None:
    assert ("not certain that two people speak" in voices_warning(confidence)) is warned
