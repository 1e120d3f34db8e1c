"""Recordings are decoded as telephone systems write them, from any place on."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from admin_gui.sound.recording import PEAKS_PER_SECOND, SeekableFile, loudness, open_recording
from admin_gui.sound.wave import Wave, read_wave

RATE = 8000
# Channel 0 speaks in the second second, channel 1 in the third.
SECONDS = 4


def two_tones() -> np.ndarray:
    moments = np.arange(RATE * SECONDS) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 440 * moments)
    left = np.where((moments >= 1) & (moments < 2), tone, 0)
    right = np.where((moments >= 2) & (moments < 3), tone, 0)
    return np.stack([left, right], axis=1)


def written(subtype: str, kind: str = "WAV", sound: np.ndarray | None = None, rate: int = RATE) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, two_tones() if sound is None else sound, rate, subtype=subtype, format=kind)
    return target.getvalue()


@pytest.mark.parametrize(
    ("subtype", "kind", "tolerance"),
    [
        *((subtype, "WAV", 0.02) for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW", "ALAW")),
        ("IMA_ADPCM", "WAV", 0.1),
        ("PCM_16", "FLAC", 0.02),
        ("VORBIS", "OGG", 0.15),
        ("MPEG_LAYER_III", "MP3", 0.15),
    ],
)
def test_the_loudness_shows_who_speaks_when(subtype: str, kind: str, tolerance: float) -> None:
    recording = open_recording(written(subtype, kind))
    assert recording is not None
    assert (recording.rate_hz, recording.channels) == (RATE, 2)
    peaks = loudness(recording)
    assert peaks.shape[1] == pytest.approx(SECONDS * PEAKS_PER_SECOND, abs=30)
    middle = [peaks[:, int((second + 0.5) * PEAKS_PER_SECOND)] for second in range(SECONDS)]
    assert np.array(middle) == pytest.approx(np.array([[0, 0], [0.5, 0], [0, 0.5], [0, 0]]), abs=tolerance)


def test_gsm_as_asterisk_writes_it_is_read_from_any_place_on() -> None:
    recording = open_recording(written("GSM610", sound=two_tones()[:, 0]))
    assert recording is not None
    assert np.abs(recording.read(int(1.2 * RATE), RATE // 2)).max() == pytest.approx(0.5, abs=0.1)
    assert np.abs(recording.read(int(2.5 * RATE), RATE)).max() < 0.05


@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
def test_what_is_read_in_pieces_and_backwards_is_what_was_written(kind: str) -> None:
    recording = open_recording(written("PCM_16", kind))
    assert recording is not None
    for first in (RATE * 2, RATE, RATE + 500, 0):
        assert recording.read(first, 500) == pytest.approx(two_tones()[first : first + 500], abs=1e-4)
    assert len(recording.read(recording.frames - 10, 500)) == 10


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 10**9])
def test_a_size_that_is_wrong_means_the_rest_of_the_file(claimed: int) -> None:
    recording = written("PCM_16")
    place = recording.index(b"data") + 4
    broken = recording[:place] + struct.pack("<I", claimed) + recording[place + 4 :]
    wave = read_wave(broken)
    assert isinstance(wave, Wave)
    assert wave.frames == SECONDS * RATE


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"not a recording at all", written("PCM_16")[:30], written("PCM_16")[:44]],
    ids=["empty", "four letters", "words", "half a header", "a header alone"],
)
def test_what_cannot_be_decoded_is_no_recording(content: bytes) -> None:
    assert open_recording(content) is None


@pytest.mark.parametrize("rate", [1, 3_999, 192_001, 0xFFFFFFFF])
@pytest.mark.parametrize("subtype", ["PCM_16", "IMA_ADPCM"])  # read here, and by libsndfile
def test_a_rate_that_no_call_is_recorded_at_is_no_recording(rate: int, subtype: str) -> None:
    whole = written(subtype)
    place = whole.index(b"fmt ") + 12
    assert open_recording(whole[:place] + struct.pack("<I", rate) + whole[place + 4 :]) is None


@pytest.mark.parametrize("channels", [9, 0xFFFF])
def test_more_channels_than_any_call_has_are_no_recording(channels: int) -> None:
    whole = written("PCM_16")
    place = whole.index(b"fmt ") + 10
    hostile = whole[:place] + struct.pack("<H", channels) + whole[place + 2 :] + b"\0" * (2 * channels)
    assert open_recording(hostile) is None
    assert open_recording(written("PCM_16", "FLAC", np.zeros((100, 8)))) is not None


@pytest.mark.parametrize(("rate", "kind"), [(4_000, "WAV"), (192_000, "WAV"), (2_000, "FLAC")])
def test_the_rates_that_calls_are_recorded_at_are_read(rate: int, kind: str) -> None:
    assert (open_recording(written("PCM_16", kind, rate=rate)) is None) == (rate < 4_000)


def test_a_length_that_no_call_has_is_no_recording() -> None:
    whole = bytearray(written("PCM_16", "FLAC"))
    whole[21] |= 0x0F  # the lower half of this byte and the next four: how many samples there are
    whole[22:26] = b"\xff" * 4
    assert open_recording(bytes(whole)) is None


def test_damage_in_the_middle_is_heard_as_silence() -> None:
    whole = written("PCM_16", "FLAC", np.random.default_rng(1).normal(0, 0.1, (RATE * SECONDS, 2)))
    recording = open_recording(whole[: len(whole) // 2])
    assert isinstance(recording, SeekableFile)
    assert recording.read(RATE * 3, RATE).shape == (RATE, 2)
