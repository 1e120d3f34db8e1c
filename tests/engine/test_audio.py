"""What PBXs write, good and broken, and what is read of it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from engine.audio import Samples, open_recording, readable_form
from engine.errors import EmptyRecording, UnreadableRecording

from .sounds import tones, wav_bytes

RATE = 8000
DATA_SIZE_AT = 40  # in the plain 44-byte header that soundfile writes for PCM_16


@pytest.fixture(scope="session")
def sound(speech: dict[str, Samples]) -> Samples:
    resampled: Samples = soxr.resample(speech["austen-0880"], 16000, RATE)
    return resampled


@pytest.fixture
def pcm(sound: Samples) -> bytearray:
    return bytearray(wav_bytes(sound, RATE))


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "call.wav"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("subtype", "tolerance"),
    [
        ("PCM_U8", 0.01),
        ("PCM_16", 1e-4),
        ("PCM_24", 1e-6),
        ("PCM_32", 1e-6),
        ("FLOAT", 1e-6),
        ("DOUBLE", 1e-6),
        ("ULAW", 0.03),
        ("ALAW", 0.03),
        ("IMA_ADPCM", 0.2),
        ("MS_ADPCM", 0.2),
        ("GSM610", 0.3),
    ],
)
def test_each_format_of_a_telephone_system_reads_to_the_same_sound(
    tmp_path: Path, sound: Samples, subtype: str, tolerance: float
) -> None:
    recording = open_recording(_file(tmp_path, wav_bytes(sound, RATE, subtype)))
    heard = recording.channel(0)
    assert recording.sample_rate == RATE
    assert recording.channel_count == 1
    assert recording.duration_seconds == pytest.approx(len(sound) / RATE, abs=0.07)
    length = min(len(heard), len(sound))
    assert np.abs(heard[:length] - sound[:length]).max() < tolerance
    assert np.corrcoef(heard[:length], sound[:length])[0, 1] > 0.9


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF], ids=["zero", "all ones", "far too large"])
def test_a_header_whose_sizes_were_never_written_gives_all_samples(
    tmp_path: Path, pcm: bytearray, sound: Samples, size: int
) -> None:
    pcm[4:8] = pcm[DATA_SIZE_AT : DATA_SIZE_AT + 4] = struct.pack("<I", size)
    recording = open_recording(_file(tmp_path, pcm))
    assert recording.frames == len(sound)
    assert np.abs(recording.channel(0) - sound).max() < 1e-4


@pytest.mark.parametrize("subtype", ["ULAW", "GSM610"])
def test_zero_sizes_are_repaired_in_compressed_formats_too(tmp_path: Path, sound: Samples, subtype: str) -> None:
    content = bytearray(wav_bytes(sound, RATE, subtype))
    whole = open_recording(_file(tmp_path, content)).channel(0)
    at = content.index(b"data") + 4
    content[at : at + 4] = bytes(4)
    repaired = open_recording(_file(tmp_path, content)).channel(0)
    assert abs(len(repaired) - len(whole)) <= 320
    assert np.array_equal(repaired[: len(whole) - 320], whole[: len(repaired)][: len(whole) - 320])


def test_a_header_that_claims_half_gives_all_samples(tmp_path: Path, pcm: bytearray, sound: Samples) -> None:
    pcm[DATA_SIZE_AT : DATA_SIZE_AT + 4] = struct.pack("<I", len(sound) // 2 * 2)
    assert open_recording(_file(tmp_path, pcm)).frames == len(sound)


def test_chunks_after_the_samples_are_no_samples(tmp_path: Path, pcm: bytearray, sound: Samples) -> None:
    pcm += b"LIST" + struct.pack("<I", 8) + b"INFOabcd"
    recording = open_recording(_file(tmp_path, pcm))
    assert recording.frames == len(sound)


def test_a_truncated_recording_gives_what_is_there(tmp_path: Path, pcm: bytearray, sound: Samples) -> None:
    recording = open_recording(_file(tmp_path, pcm[: 44 + 8001]))
    assert recording.frames == 4000
    assert np.abs(recording.channel(0) - sound[:4000]).max() < 1e-4


def test_a_chunk_of_odd_length_before_the_samples_is_stepped_over(tmp_path: Path, pcm: bytearray) -> None:
    odd = pcm[:36] + b"note" + struct.pack("<I", 3) + b"abc\0" + pcm[36:]
    assert open_recording(_file(tmp_path, odd)).frames == (len(pcm) - 44) // 2


def test_stereo_samples_under_a_one_channel_header_are_seen(tmp_path: Path, sound: Samples) -> None:
    """Asterisk's MixMonitor with option D and the extension .wav."""
    other = np.roll(sound[::-1], 777)
    stereo = np.stack([sound, other], axis=1)
    content = bytearray(wav_bytes(stereo, RATE))
    struct.pack_into("<HIIH", content, 22, 1, RATE, RATE * 2, 2)
    recording = open_recording(_file(tmp_path, content))
    assert recording.channel_count == 2
    assert recording.duration_seconds == pytest.approx(len(sound) / RATE)
    assert np.abs(recording.channel(1) - other).max() < 1e-4


@pytest.mark.parametrize("frequency", [440, 1000, 2000, 3400])
def test_a_tone_of_one_channel_is_never_taken_for_two(tmp_path: Path, frequency: int) -> None:
    tone = soxr.resample(tones(2, frequency), 16000, RATE)
    assert open_recording(_file(tmp_path, wav_bytes(tone, RATE))).channel_count == 1


def test_each_channel_is_read_on_its_own(tmp_path: Path, sound: Samples) -> None:
    recording = open_recording(_file(tmp_path, wav_bytes(np.stack([sound, sound[::-1]], axis=1), RATE)))
    assert np.abs(recording.channel(0) - sound).max() < 1e-4
    assert np.abs(recording.channel(1) - sound[::-1]).max() < 1e-4
    assert recording.live_channels() == (0, 1)


def test_the_same_mix_on_both_channels_is_heard_once(tmp_path: Path, sound: Samples) -> None:
    recording = open_recording(_file(tmp_path, wav_bytes(np.stack([sound, 0.5 * sound], axis=1), RATE, "ULAW")))
    assert recording.live_channels() == (0,)


def test_a_dead_channel_is_not_listened_to(tmp_path: Path, sound: Samples) -> None:
    recording = open_recording(_file(tmp_path, wav_bytes(np.stack([0 * sound, sound], axis=1), RATE, "ALAW")))
    assert recording.live_channels() == (1,)


def test_recognition_hears_16_khz(tmp_path: Path, pcm: bytearray, sound: Samples) -> None:
    assert len(open_recording(_file(tmp_path, pcm)).channel_for_recognition(0)) == pytest.approx(2 * len(sound), abs=2)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no bytes"),
        (wav_bytes(np.zeros(0, dtype=np.float32), RATE), "no samples"),
        (wav_bytes(np.zeros(9, dtype=np.float32), RATE)[:36], "before its samples begin"),
    ],
    ids=["no bytes", "no samples", "no data chunk"],
)
def test_a_recording_without_samples_is_empty(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(EmptyRecording, match=says):
        open_recording(_file(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<!doctype html><title>Login</title>" + bytes(99), "is a text"),
        (b"\x7fELF" + bytes(range(256)) * 9, "is no audio that can be read"),
        (b"RIFF\x24\0\0\0WAVEfmt \x02\0\0\0\x01\0data\x08\0\0\0abcdefgh", "format chunk"),
        (b"RIFF\x24\0\0\0WAVEdata\x08\0\0\0abcdefgh", "format chunk"),
        (b"RIFF\x24\0\0\0WAVE", "no format chunk"),
    ],
    ids=["web page", "program", "short format", "no format", "only the beginning"],
)
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(UnreadableRecording, match=says) as raised:
        open_recording(path)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    ("offset", "layout", "value", "says"),
    [(22, "<H", 0, "0 channels"), (24, "<I", 0, "0 Hz"), (20, "<H", 0x6771, "0x6771"), (34, "<H", 0, "no size")],
    ids=["no channels", "no rate", "an unknown encoding", "no bits"],
)
def test_a_header_that_cannot_be_meant_is_named(
    tmp_path: Path, pcm: bytearray, offset: int, layout: str, value: int, says: str
) -> None:
    struct.pack_into(layout, pcm, offset, value)
    with pytest.raises(UnreadableRecording, match=says):
        open_recording(_file(tmp_path, pcm))


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match="cannot be opened"):
        open_recording(tmp_path / "none.wav")


def test_what_ffmpeg_cannot_read_either_keeps_its_first_fault(tmp_path: Path) -> None:
    path = _file(tmp_path, b"\x7fELF" + bytes(range(256)) * 9)
    with pytest.raises(UnreadableRecording, match="no audio"), readable_form(path):
        pass


def test_flac_is_read_as_it_is(tmp_path: Path, sound: Samples) -> None:
    path = tmp_path / "call.flac"
    soundfile.write(path, sound, RATE)
    assert np.abs(open_recording(path).channel(0) - sound).max() < 1e-3
