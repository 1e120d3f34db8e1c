"""Reading a recording piece by piece, two legs as one call, and telling one channel from two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.errors import EmptyRecording, UnreadableRecording
from tests.engine.sounds import noise, tones, wav_bytes
from tests.engine.variants import Speech
from tests.engine.wave_writer import Header, coded, plain

RATE = 8000


def _file(folder: Path, content: bytes, name: str = "call.wav") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("rate", [7999, 8000, 11025, 16000, 44100, 48000])
@pytest.mark.parametrize(("start", "end"), [(0.0, 0.5), (0.1234, 0.9), (1.0, 2.7999), (2.5, 9.0), (1.5, 1.5)])
def test_a_piece_is_the_same_stretch_of_the_whole(
    tmp_path: Path, voices: Speech, rate: int, start: float, end: float
) -> None:
    with open_recording(_file(tmp_path, plain(voices(rate, 2), rate))) as recording:
        whole = np.concatenate(list(recording.blocks_for_recognition()))
        piece = recording.piece(start, end, range(recording.channel_count))
        expected = whole[round(start * RECOGNITION_RATE) : round(end * RECOGNITION_RATE)]
        assert abs(len(piece) - len(expected)) <= 2  # at the very end
        length = min(len(piece), len(expected))
        assert np.abs(piece[:length] - expected[:length]).max(initial=0) < 2e-3


@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_blocks_join_without_a_seam(
    tmp_path: Path, voices: Speech, monkeypatch: pytest.MonkeyPatch, subtype: str
) -> None:
    path = _file(tmp_path, wav_bytes(voices(RATE), RATE, subtype))
    with open_recording(path) as recording:
        whole = np.concatenate(list(recording.blocks()))
    monkeypatch.setattr("engine.audio.recording._BLOCK_SAMPLES", 5001)
    with open_recording(path) as recording:
        blocks = list(recording.blocks())
    assert len(blocks) >= 4
    joined = np.concatenate(blocks)
    assert joined.shape == whole.shape
    assert np.abs(joined - whole).max() < 0.02
    assert np.corrcoef(joined[:, 0], whole[:, 0])[0, 1] > 0.9999


def test_the_end_of_a_resampled_recording_is_not_lost(tmp_path: Path, voices: Speech) -> None:
    with open_recording(_file(tmp_path, plain(voices(44100), 44100))) as recording:
        whole = np.concatenate(list(recording.blocks_for_recognition()))
    assert len(whole) == pytest.approx(2.8 * RECOGNITION_RATE, abs=1)


@pytest.mark.parametrize("frequency", [440, 1000, 2000, 3400])
def test_a_tone_of_one_channel_is_never_taken_for_two(tmp_path: Path, frequency: int) -> None:
    import soxr

    tone = soxr.resample(tones(2, frequency), RECOGNITION_RATE, RATE)
    with open_recording(_file(tmp_path, plain(tone, RATE))) as recording:
        assert recording.channel_count == 1


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(tones(2, 200)[::2] + tones(2, 7800)[::2], id="a low and a high tone"),
        pytest.param(tones(4, 440, 480, on=2, off=2)[::2], id="a ring"),
        pytest.param(noise(2, -30), id="noise"),
        pytest.param(np.full(16000, 0.5, dtype=np.float32), id="a constant"),
        pytest.param(np.zeros(16000, dtype=np.float32), id="silence"),
        pytest.param(np.sign(tones(2, 100)[::2]) * 0.3, id="a square wave"),
    ],
)
def test_no_sound_of_one_channel_is_taken_for_two(tmp_path: Path, sound: Samples) -> None:
    with open_recording(_file(tmp_path, plain(np.asarray(sound, dtype=np.float32), RATE))) as recording:
        assert recording.channel_count == 1
        assert recording.repairs == ()


@pytest.mark.parametrize("coding", ["pcm16", "ulaw", "alaw"])
def test_speech_of_one_channel_is_never_taken_for_two(tmp_path: Path, speech: dict[str, Samples], coding: str) -> None:
    for name, clip in speech.items():
        with open_recording(_file(tmp_path, plain(clip[::2], RATE, coding))) as recording:
            assert recording.channel_count == 1, name


def test_two_legs_become_two_channels(tmp_path: Path, voices: Speech) -> None:
    pair = voices(RATE, 2)
    left = _file(tmp_path, plain(pair[:, 0], RATE), "left.wav")
    right = _file(tmp_path, plain(pair[:8000, 1], RATE, "ulaw"), "right.wav")
    with open_recording(left, right) as recording:
        assert recording.channel_count == 2
        assert recording.frames == len(pair)
        assert recording.format == "WAV, PCM 16 bit + WAV, u-law"
        heard = np.concatenate(list(recording.blocks()))
        assert np.abs(heard[:, 0] - pair[:, 0]).max() < 1e-4
        assert np.corrcoef(heard[:8000, 1], pair[:8000, 1])[0, 1] > 0.99
        assert not heard[8000:, 1].any()
        assert recording.piece(0.5, 1.5, (0, 1)).shape == (RECOGNITION_RATE, 2)


def test_what_was_repaired_in_either_leg_is_told(tmp_path: Path, voices: Speech) -> None:
    left = _file(tmp_path, plain(voices(), RATE, header=Header(data_size=0)), "left.wav")
    right = _file(tmp_path, coded(voices(), RATE, "GSM610", Header(data_size=0)), "right.wav")
    with open_recording(left, right) as recording:
        assert len(recording.repairs) == 2


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        ((8000, 1), (16000, 1), "different sample rates: 8000 and 16000 Hz"),
        ((8000, 2), (8000, 1), "one channel each"),
    ],
)
def test_legs_that_do_not_fit_together_are_named(
    tmp_path: Path, voices: Speech, left: tuple[int, int], right: tuple[int, int], says: str
) -> None:
    paths = [
        _file(tmp_path, plain(voices(*shape), shape[0]), f"{name}.wav") for name, shape in (("l", left), ("r", right))
    ]
    with pytest.raises(UnreadableRecording, match=says), open_recording(*paths):
        pass


def test_a_leg_at_fault_is_the_call_s_fault(tmp_path: Path, voices: Speech) -> None:
    left, right = _file(tmp_path, plain(voices(), RATE), "left.wav"), _file(tmp_path, b"", "right.wav")
    with pytest.raises(EmptyRecording, match="holds no bytes"), open_recording(left, right):
        pass


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    says = r"^The recording cannot be opened: No such file"
    with pytest.raises(UnreadableRecording, match=says), open_recording(tmp_path / "call.wav"):
        pass


def test_numbers_that_are_none_are_silence(tmp_path: Path) -> None:
    samples = np.array([0.5, np.nan, np.inf, -np.inf, 1e30, -0.5], dtype=np.float32)
    for coding in ("float32", "float64"):
        with open_recording(_file(tmp_path, plain(samples, RATE, coding))) as recording:
            heard = next(recording.blocks())[:, 0]
        assert heard.tolist() == [0.5, 0.0, 0.0, 0.0, 8.0, -0.5]
