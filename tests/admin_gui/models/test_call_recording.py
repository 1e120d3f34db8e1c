"""Recordings are cut and looked at as telephone systems write them."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from admin_gui.models.call_recording import cut, loudness, read_wave

# It comes with the worker, which is not on every Python that packaging/check --all tries.
soundfile = pytest.importorskip("soundfile")

RATE = 8000
# Channel 0 speaks in the second second, channel 1 in the third.
SECONDS = 4


def two_tones() -> np.ndarray:
    moments = np.arange(RATE * SECONDS) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 440 * moments)
    left = np.where((moments >= 1) & (moments < 2), tone, 0)
    right = np.where((moments >= 2) & (moments < 3), tone, 0)
    return np.stack([left, right], axis=1)


def written(subtype: str, kind: str = "WAV") -> bytes:
    target = io.BytesIO()
    soundfile.write(target, two_tones(), RATE, subtype=subtype, format=kind)
    return target.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW", "ALAW"])
def test_the_loudness_shows_who_speaks_when(subtype: str) -> None:
    peaks = loudness(written(subtype), points=SECONDS)
    assert peaks is not None
    assert peaks.shape == (2, SECONDS)
    assert peaks == pytest.approx(np.array([[0, 0.5, 0, 0], [0, 0, 0.5, 0]]), abs=0.02)


@pytest.mark.parametrize(
    ("subtype", "tolerance"), [("PCM_16", 1e-4), ("PCM_24", 1e-4), ("ULAW", 1e-4), ("ALAW", 1e-4), ("IMA_ADPCM", 0.2)]
)
def test_a_turn_is_cut_out_with_a_little_around_it(subtype: str, tolerance: float) -> None:
    recording = written(subtype)
    piece = cut(recording, 1.0, 2.0)
    assert piece is not None
    heard, rate = soundfile.read(io.BytesIO(piece))
    whole, _ = soundfile.read(io.BytesIO(recording))
    assert rate == RATE
    assert len(heard) / RATE == pytest.approx(1.5, abs=0.2)  # blocks of a code are not torn apart
    assert np.abs(heard[:, 0]).max() == pytest.approx(np.abs(whole[:, 0]).max(), abs=tolerance)
    assert np.abs(heard[: RATE // 2, 1]).max() < 0.01


def test_a_turn_at_the_end_is_cut_as_far_as_there_is_something() -> None:
    piece = cut(written("PCM_16"), 3.5, 99.0)
    assert piece is not None
    assert len(soundfile.read(io.BytesIO(piece))[0]) == pytest.approx(0.75 * RATE, abs=2)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 10**9])
def test_a_size_that_is_wrong_means_the_rest_of_the_file(claimed: int) -> None:
    recording = written("PCM_16")
    place = recording.index(b"data") + 4
    broken = recording[:place] + struct.pack("<I", claimed) + recording[place + 4 :]
    wave = read_wave(broken)
    assert wave is not None
    assert wave.seconds == SECONDS


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"not a recording at all", written("PCM_16")[:30], written("VORBIS", "OGG")],
    ids=["empty", "four letters", "words", "half a header", "OGG"],
)
def test_what_cannot_be_read_is_left_to_the_player(content: bytes) -> None:
    assert loudness(content, 100) is None
    assert cut(content, 0, 1) is None
