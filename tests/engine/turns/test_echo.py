"""The other party's echo on a channel is neither a turn nor a word; what one says oneself is, also at the same time."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.pipeline import AnalysisOptions, analyse
from engine.turns.call_turns import CallTurns, find_call_turns
from engine.turns.silero import VoiceActivity
from tests.engine.sounds import WORDS, noise, silence, spoken, telephone, word_error_rate, write_call
from tests.support.cases import long_but

pytestmark = pytest.mark.slow  # seconds of sound are worked through in each test

SPOKEN = {0: ("austen-0880", "austen-0930"), 1: ("cards-005", "austen-0890")}


@pytest.fixture(scope="session")
def parties(speech: dict[str, Samples]) -> tuple[Samples, Samples]:
    """They speak by turns: left at 1 and 10 s, right at 5 and 14 s."""
    return _placed(speech, {1: "austen-0880", 10: "austen-0930"}), _placed(speech, {5: "cards-005", 14: "austen-0890"})


def _placed(speech: dict[str, Samples], clips: dict[int, str]) -> Samples:
    leg = silence(20)
    for second, name in clips.items():
        start = second * RECOGNITION_RATE
        leg[start : start + len(speech[name])] = speech[name]
    return leg


def _echo(sound: Samples, level_db: float, delay_seconds: float) -> Samples:
    late = np.concatenate([silence(delay_seconds), sound])[: len(sound)]
    return (late * 10 ** (level_db / 20)).astype(np.float32)


def _with_echo(one: Samples, other: Samples, level_db: float, delay: float, floor_db: float = -65) -> list[Samples]:
    """Both legs, each with the other's echo and the noise of its line."""
    seconds = len(one) / RECOGNITION_RATE
    hiss = [noise(seconds, floor_db, seed) for seed in (1, 2)]
    return [one + _echo(other, level_db, delay) + hiss[0], other + _echo(one, level_db, delay) + hiss[1]]


def _hear(voice: VoiceActivity, path: Path) -> tuple[CallTurns, list[list[Samples]]]:
    with open_recording(path) as recording:
        heard = find_call_turns(recording, voice, lambda _: None)
        sounds = list(heard.sounds)
    by_channel = [[s for s, t in zip(sounds, heard.turns, strict=True) if t.channel == c] for c in (0, 1)]
    return heard, by_channel


@pytest.mark.parametrize("level", long_but([-15, -30], [-15, -20, -25, -30]))
@pytest.mark.parametrize("delay", long_but([0.0, 0.12], [0.0, 0.02, 0.12, 0.25]))
@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "GSM610"])
def test_an_echo_is_no_turn(
    tmp_path: Path,
    voice_activity: VoiceActivity,
    parties: tuple[Samples, Samples],
    level: float,
    delay: float,
    subtype: str,
) -> None:
    legs = _with_echo(*parties, level, delay)
    if subtype == "GSM610":  # one channel alone: each leg went through it on its way
        legs, subtype = [telephone(leg, "GSM610") for leg in legs], "PCM_16"
    heard, _ = _hear(voice_activity, write_call(tmp_path / "call.wav", *legs, subtype=subtype))
    assert heard.live == (0, 1)
    assert [(turn.channel, round(turn.turn.start)) for turn in heard.turns] == [(0, 1), (1, 5), (0, 10), (1, 14)]
    for turn, seconds in zip(heard.turns, (2.9, 3.5, 3.2, 5.2), strict=True):
        assert turn.turn.end - turn.turn.start == pytest.approx(seconds, abs=0.8)


def test_an_echo_through_a_room_is_no_turn(
    tmp_path: Path, voice_activity: VoiceActivity, parties: tuple[Samples, Samples]
) -> None:
    """A loudspeaker telephone: many ways, each later and weaker."""
    taps = np.zeros(2000)
    rng = np.random.default_rng(3)
    taps[rng.integers(600, 2000, 40)] = rng.standard_normal(40) * np.exp(-np.linspace(0, 3, 40))
    taps[600] = 3
    taps *= 0.1 / np.sqrt(np.square(taps).sum())
    room = np.convolve(parties[0], taps)[: len(parties[0])].astype(np.float32)
    legs = [parties[0] + noise(20, -65, 1), parties[1] + room + noise(20, -65, 2)]
    heard, _ = _hear(voice_activity, write_call(tmp_path / "call.wav", *legs, subtype="ULAW"))
    assert [(turn.channel, round(turn.turn.start)) for turn in heard.turns] == [(0, 1), (1, 5), (0, 10), (1, 14)]


def test_an_echo_between_one_s_own_words_is_silenced(
    tmp_path: Path, voice_activity: VoiceActivity, speech: dict[str, Samples]
) -> None:
    """The pause is too short to end the turn: what the recognizer gets has the echo no more."""
    own = np.concatenate([silence(1), speech["austen-0880"][:32000], silence(0.65), speech["austen-0930"]])
    start, end = 3.0, 3.65
    other = np.concatenate([silence(start + 0.05), speech["cards-005"][6000:14000], silence(4)])[: len(own)]
    legs = [own + _echo(other, -15, 0.02), other + noise(len(other) / RECOGNITION_RATE, -70)[: len(other)]]
    clean, _ = _hear(voice_activity, write_call(tmp_path / "clean.wav", own, other))
    heard, (sounds, _) = _hear(voice_activity, write_call(tmp_path / "call.wav", *legs))
    turn = next(one for one in heard.turns if one.channel == 0)
    assert turn.turn.start < start < end < turn.turn.end
    first = round((start + 0.25 - turn.turn.padded_start) * RECOGNITION_RATE)
    assert np.abs(sounds[0][first : first + 3200]).max() < 0.002
    assert len([one for one in heard.turns if one.channel == 0]) == len([o for o in clean.turns if o.channel == 0])


@pytest.mark.parametrize("pair", list(itertools.combinations(WORDS, 2)))
def test_two_who_speak_at_once_are_both_heard(
    tmp_path: Path, voice_activity: VoiceActivity, speech: dict[str, Samples], pair: tuple[str, str]
) -> None:
    legs = [np.concatenate([silence(1), speech[name], silence(1)]) for name in pair]
    quiet = [legs[0], legs[1] * np.float32(0.1)]  # and 20 dB quieter, as loud as an echo
    for number, (left, right) in enumerate([legs, quiet]):
        heard, _ = _hear(voice_activity, write_call(tmp_path / f"{number}.wav", left, right, subtype="ULAW"))
        for channel, name in enumerate(pair):
            spoken_for = sum(one.turn.end - one.turn.start for one in heard.turns if one.channel == channel)
            assert spoken_for > 0.7 * len(speech[name]) / RECOGNITION_RATE


def test_two_who_speak_at_once_are_heard_through_each_other_s_echo(
    tmp_path: Path, voice_activity: VoiceActivity, speech: dict[str, Samples]
) -> None:
    one, other = (
        _placed(speech, {1: "austen-0870", 12: "austen-0930"}),
        _placed(speech, {3: "austen-0890", 16: "cards-005"}),
    )
    path = write_call(tmp_path / "call.wav", *_with_echo(one, other, -20, 0.1), subtype="ULAW")
    heard, _ = _hear(voice_activity, path)
    assert [(turn.channel, round(turn.turn.start)) for turn in heard.turns] == [(0, 1), (1, 3), (0, 12), (1, 16)]


def test_a_clean_call_is_not_looked_at_for_echo_where_one_speaks(
    tmp_path: Path, voice_activity: VoiceActivity, parties: tuple[Samples, Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []
    from engine.turns import echo

    look = echo._look
    monkeypatch.setattr(echo, "_look", lambda *given: looked.append(given[4] - given[3]) or look(*given))
    _hear(voice_activity, write_call(tmp_path / "call.wav", *parties, subtype="ULAW"))
    assert sum(looked) < 32  # a second in all


@pytest.mark.slow
@pytest.mark.parametrize(("level", "delay"), long_but([(-15, 0.2)], [(-15, 0.0), (-15, 0.2), (-22, 0.06), (-30, 0.25)]))
def test_no_word_is_doubled_or_given_to_the_wrong_party(
    tmp_path: Path, options: AnalysisOptions, parties: tuple[Samples, Samples], level: float, delay: float
) -> None:
    path = write_call(tmp_path / "call.wav", *_with_echo(*parties, level, delay), subtype="ULAW")
    analysis = analyse(path, options)
    said = [" ".join(WORDS[name] for name in SPOKEN[channel]) for channel in (0, 1)]
    heard = [" ".join(one.text for one in analysis.segments if one.channel == channel) for channel in (0, 1)]
    for channel in (0, 1):
        assert word_error_rate(said[channel], heard[channel]) <= 0.25
    assert len(spoken(analysis.transcription)) == pytest.approx(len(spoken(" ".join(said))), abs=3)
