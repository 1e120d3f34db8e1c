"""Which channels are listened to, and who is on them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.turns.call_turns import CallTurns, find_call_turns
from engine.turns.channels import distinct_channels, levels
from engine.turns.silero import VoiceActivity
from tests.engine.sounds import noise, silence, telephone, tones, write_call

RATE = 8000


@pytest.fixture(scope="session")
def caller(speech: dict[str, Samples]) -> Samples:
    """Speaks from 0 to 7 s and from 14 s on."""
    return np.concatenate([speech["austen-0870"], silence(7), speech["austen-0930"]])


@pytest.fixture(scope="session")
def called(speech: dict[str, Samples]) -> Samples:
    """Speaks from 8 to 13 s."""
    return np.concatenate([silence(8), speech["austen-0890"]])


def _heard(voice: VoiceActivity, path: Path) -> CallTurns:
    with open_recording(path) as recording:
        return find_call_turns(recording, voice, lambda _: None)


def _mix(*sounds: Samples) -> Samples:
    mixed = np.zeros(max(map(len, sounds)), dtype=np.float32)
    for sound in sounds:
        mixed[: len(sound)] += sound
    return mixed


def _late(sound: Samples, samples: int) -> Samples:
    return np.concatenate([np.zeros(samples, dtype=np.float32), sound])


def _decibels(sound: Samples, change: float) -> Samples:
    return (sound * 10 ** (change / 20)).astype(np.float32)


def _hum(seconds: float, level_db: float) -> Samples:
    time = np.arange(round(seconds * RECOGNITION_RATE)) / RECOGNITION_RATE
    hum = sum(np.sin(2 * np.pi * frequency * time) / frequency for frequency in (50, 150, 250))
    return _decibels(np.asarray(hum / np.abs(hum).max(), dtype=np.float32), level_db)


COPIES = {
    "the same": lambda mix: mix,
    "6 dB down": lambda mix: _decibels(mix, -6),
    "20 dB down": lambda mix: _decibels(mix, -20),
    "3 samples late": lambda mix: _late(mix, 6),
    "20 samples late and 10 dB down": lambda mix: _late(_decibels(mix, -10), 40),
    "in another codec": lambda mix: telephone(mix, "GSM610"),
    "in ADPCM, late, down": lambda mix: _late(_decibels(telephone(mix, "IMA_ADPCM"), -9), 10),
    "with the other polarity": lambda mix: -mix,
    "with noise of its own": lambda mix: mix + noise(len(mix) / RECOGNITION_RATE, -55)[: len(mix)],
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("louder", ["left", "right"])
def test_the_same_mix_on_both_channels_is_heard_once(
    tmp_path: Path, voice_activity: VoiceActivity, caller: Samples, called: Samples, copy: str, louder: str
) -> None:
    mix = _mix(caller, called)
    pair = [mix, COPIES[copy](mix)]
    path = write_call(tmp_path / "call.wav", *(pair if louder == "left" else pair[::-1]), subtype="ULAW")
    heard = _heard(voice_activity, path)
    assert len(heard.live) == 1
    assert {turn.channel for turn in heard.turns} == set(heard.live)
    assert len(heard.turns) == 3


EMPTY = {
    "digital silence": silence(16),
    "silence in A-law": _decibels(noise(16, 0), -84),
    "a faint noise": noise(16, -60),
    "a loud noise": noise(16, -35),
    "hum": _hum(16, -30),
    "hum and noise": _hum(16, -35) + noise(16, -55),
    "silence, then noise": np.concatenate([silence(6), noise(10, -50)]),
}


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("dead", [0, 1])
def test_a_channel_with_nobody_on_it_leaves_a_mix(
    tmp_path: Path, voice_activity: VoiceActivity, caller: Samples, called: Samples, empty: str, dead: int
) -> None:
    mix = _mix(caller, called)
    pair = [EMPTY[empty], mix] if dead == 0 else [mix, EMPTY[empty]]
    heard = _heard(voice_activity, write_call(tmp_path / "call.wav", *pair, subtype="ALAW"))
    assert heard.live == (1 - dead,)
    assert {turn.channel for turn in heard.turns} == {1 - dead}


def test_two_parties_are_two_channels(
    tmp_path: Path, voice_activity: VoiceActivity, caller: Samples, called: Samples
) -> None:
    heard = _heard(voice_activity, write_call(tmp_path / "call.wav", caller, called, subtype="ULAW"))
    assert heard.live == (0, 1)
    assert [turn.channel for turn in heard.turns] == [0, 1, 0]


def test_a_channel_with_music_and_no_speech_is_not_empty(
    tmp_path: Path, voice_activity: VoiceActivity, caller: Samples
) -> None:
    notes = [_decibels(tones(0.5, 220 * 2 ** (step / 12)), -3 * (step % 7)) for step in range(0, 32)]
    heard = _heard(voice_activity, write_call(tmp_path / "call.wav", caller, np.concatenate(notes)))
    assert heard.live == (0, 1)
    assert {turn.channel for turn in heard.turns} == {0}


def test_one_word_of_one_s_own_makes_a_party(
    tmp_path: Path, voice_activity: VoiceActivity, caller: Samples, called: Samples, speech: dict[str, Samples]
) -> None:
    """Both channels carry the mix, but on one of them somebody says a word that the other has not."""
    mix = _mix(caller, called)
    word = _late(speech["cards-005"][4000:13000], round(13.2 * RECOGNITION_RATE))
    heard = _heard(voice_activity, write_call(tmp_path / "call.wav", mix, _mix(_decibels(mix, -20), word)))
    assert heard.live == (0, 1)
    own = [turn for turn in heard.turns if turn.channel == 1]
    assert [turn.turn.start for turn in own] == [pytest.approx(13.2, abs=0.4)]


def test_a_recording_of_silence_keeps_its_first_channel(tmp_path: Path) -> None:
    with open_recording(write_call(tmp_path / "call.wav", silence(2), silence(2))) as recording:
        assert distinct_channels(recording, levels(recording)) == (0,)


@pytest.mark.parametrize("rate", [8000, 11025, 44100])
def test_levels_are_those_of_each_32_milliseconds(tmp_path: Path, rate: int) -> None:
    loud = np.concatenate([silence(1), tones(1, 1000), silence(1)])
    path = tmp_path / "call.wav"
    soundfile.write(path, soxr.resample(loud, RECOGNITION_RATE, rate), rate)
    with open_recording(path) as recording:
        measured = levels(recording)
    energies = measured.energies[:, 0]
    assert len(energies) == 94
    assert energies[33:61] == pytest.approx(np.full(28, 0.02), rel=0.05)
    assert energies[:30].max() < 1e-5
    assert energies[64:].max() < 1e-5
    assert measured.peaks[0] == pytest.approx(0.2, rel=0.1)


@pytest.mark.slow
def test_levels_are_the_same_in_blocks(tmp_path: Path, caller: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    soundfile.write(target, caller, RECOGNITION_RATE, format="WAV")
    path = tmp_path / "call.wav"
    path.write_bytes(target.getvalue())
    with open_recording(path) as recording:
        whole = levels(recording)
        monkeypatch.setattr("engine.audio.recording._BLOCK_SAMPLES", 7001)
        blocks = levels(recording)
    assert np.abs(whole.energies - blocks.energies).max() < 1e-9
    assert whole.peaks == blocks.peaks
