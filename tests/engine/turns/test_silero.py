"""Where somebody speaks, on recordings of speech and of everything else that is heard on a telephone line."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio.samples import Samples
from engine.training import silero_weights
from engine.turns.silero import WEIGHTS, VoiceActivity
from engine.turns.turn_spans import CHUNK, SpeechOptions, speech_spans
from tests.engine.sounds import noise, silence, telephone, tones, touch_tones


@pytest.fixture(scope="module")
def silero_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """silero's own package, from PyPI or the mirror that pip is set to: nothing but this test needs it."""
    return silero_weights.fetch_wheel(tmp_path_factory.mktemp("silero"))


@pytest.mark.slow
def test_the_network_is_equal_to_the_one_in_silero_s_package(
    voice_activity: VoiceActivity, speech: dict[str, Samples], silero_package: Path
) -> None:
    theirs = silero_weights.read_script(silero_package)
    for name, clip in speech.items():
        sound = clip[: len(clip) // CHUNK * CHUNK]
        theirs.reset_states()
        expected = [theirs(chunk, 16000).item() for chunk in torch.from_numpy(sound).split(CHUNK)]
        assert np.abs(voice_activity.probabilities(sound) - np.array(expected)).max() < 1e-5, name
    assert voice_activity.name == "silero-vad 6.2.3"


@pytest.mark.slow
def test_weights_and_licence_are_those_of_silero_s_package(silero_package: Path) -> None:
    script = silero_weights.read_script(silero_package)
    assert silero_weights.weights(script) == WEIGHTS.read_bytes()
    assert silero_weights.licence_text(silero_package) == WEIGHTS.with_suffix(".LICENSE").read_text()


def test_blocks_of_a_long_channel_join_without_a_seam(
    voice_activity: VoiceActivity, speech: dict[str, Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = voice_activity.probabilities(speech["austen-0870"])
    monkeypatch.setattr("engine.turns.silero._CHUNKS_AT_ONCE", 7)
    assert np.abs(voice_activity.probabilities(speech["austen-0870"]) - whole).max() < 1e-5


def test_chunks_are_heard_alike_whatever_number_of_them_follows(
    voice_activity: VoiceActivity, speech: dict[str, Samples]
) -> None:
    whole = voice_activity.probabilities(speech["austen-0870"])
    for count in (1, 2, 63, 64, 65, 100):
        cut = voice_activity.probabilities(speech["austen-0870"][: count * CHUNK])
        assert len(cut) == count
        assert np.abs(cut - whole[:count]).max() < 1e-5


@pytest.mark.parametrize("codec", ["none", "ULAW", "ALAW", "GSM610"])
@pytest.mark.parametrize("gain", [1.0, 0.06], ids=["loud", "24 dB quieter"])
def test_telephone_speech_is_not_lost(
    voice_activity: VoiceActivity, speech: dict[str, Samples], codec: str, gain: float
) -> None:
    for name, clip in speech.items():
        sound = np.concatenate([silence(2), gain * clip, silence(2)]).astype(np.float32)
        heard = sound if codec == "none" else telephone(sound, codec)
        turns = voice_activity.turns(heard)
        found = sum(turn.end - turn.start for turn in turns)
        assert found > 0.75 * len(clip) / 16000, name
        assert turns[0].start == pytest.approx(2.0, abs=0.45), name
        assert turns[-1].end == pytest.approx(2.0 + len(clip) / 16000, abs=0.6), name


@pytest.mark.parametrize(
    "sound",
    [
        silence(10),
        noise(10, -40),
        noise(10, -20),
        tones(10, 440, 480, on=2, off=4),
        tones(10, 400, 450, on=0.4, off=0.2),
        tones(10, 480, 620, on=0.5, off=0.5),
        tones(10, 425, on=0.5, off=0.5),
        tones(10, 350, 440),
        tones(10, 1100, on=0.5, off=3),
    ],
    ids=["silence", "noise", "loud noise", "ring", "British ring", "busy", "European busy", "dial tone", "fax"],
)
def test_a_line_without_a_voice_has_no_turn(voice_activity: VoiceActivity, sound: Samples) -> None:
    assert voice_activity.turns(sound) == ()


def test_an_empty_channel_has_no_turn(voice_activity: VoiceActivity) -> None:
    assert voice_activity.turns(silence(0)) == ()


def test_turns_never_overlap_and_stay_within_the_recording(
    voice_activity: VoiceActivity, speech: dict[str, Samples]
) -> None:
    clips = [part for clip in speech.values() for part in (clip, silence(0.6))]
    sound = np.concatenate(clips)
    turns = voice_activity.turns(sound)
    assert turns
    for one, following in itertools.pairwise(turns):
        assert one.padded_start <= one.start < one.end <= one.padded_end <= following.padded_start
    assert turns[-1].padded_end <= len(sound) / 16000


def test_a_turn_begins_above_one_threshold_and_ends_below_a_lower_one() -> None:
    options = SpeechOptions(least_silence_seconds=0.1, least_speech_seconds=0.0)
    probabilities = np.array([0.15, 0.3, 0.15, 0.12, 0.05, 0.05, 0.05, 0.05, 0.15], dtype=np.float32)
    assert speech_spans(probabilities, options) == [(1, 4)]


def test_a_click_is_no_turn() -> None:
    probabilities = np.zeros(100, dtype=np.float32)
    probabilities[50:53] = 0.9
    assert speech_spans(probabilities, SpeechOptions()) == []


def test_dialled_digits_before_speech_do_not_swallow_it(
    voice_activity: VoiceActivity, speech: dict[str, Samples]
) -> None:
    sound = np.concatenate([touch_tones("0151496"), silence(1.5), speech["austen-0880"]])
    assert voice_activity.turns(sound)[-1].start == pytest.approx(5.0, abs=0.5)
