"""Any recording that a telephone system writes is read, repaired where the truth is certain, or its fault is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr

from engine.audio.recording import Recording, open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.pipeline import AnalysisOptions, analyse
from engine.transcript import Party
from tests.engine.sounds import WORDS, alike, word_error_rate
from tests.engine.variants import (
    CODINGS,
    KINDS_AND_CHUNKS,
    NO_RECORDINGS,
    OTHER_CONTAINERS,
    RATES_AND_CHANNELS,
    SIZES,
    TWO_UNDER_ONE,
    Build,
    Fails,
    Reads,
    Speech,
    file_of,
)
from tests.engine.wave_writer import ODD, Header, coded, plain

SECONDS = 2.8


@pytest.mark.parametrize(
    ("build", "outcome"),
    [
        pytest.param(*variant, id=name)
        for table in (
            CODINGS,
            RATES_AND_CHANNELS,
            KINDS_AND_CHUNKS,
            SIZES,
            TWO_UNDER_ONE,
            OTHER_CONTAINERS,
            NO_RECORDINGS,
        )
        for name, variant in table.items()
    ],
)
def test_each_recording_comes_to_its_outcome(
    tmp_path: Path, voices: Speech, build: Build, outcome: Reads | Fails
) -> None:
    path = tmp_path / "recording"
    path.write_bytes(build(voices))
    if isinstance(outcome, Fails):
        with pytest.raises(outcome.error) as raised, open_recording(path):
            pass
        assert outcome.says in str(raised.value)
        assert_one_sentence(str(raised.value))
        return
    with open_recording(path) as recording:
        assert (recording.channel_count, recording.sample_rate) == (outcome.channels, outcome.rate)
        assert recording.duration_seconds == pytest.approx(SECONDS * outcome.share, abs=0.15)
        assert_repairs(recording, outcome)
        assert_sound(recording, outcome, voices)


def assert_one_sentence(text: str) -> None:
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 300


def assert_repairs(recording: Recording, outcome: Reads) -> None:
    told = " ".join(recording.repairs)
    assert (outcome.repaired in told) if outcome.repaired else told == ""
    assert recording.cut_off is outcome.cut_off
    for repair in recording.repairs:
        assert_one_sentence(repair)


def assert_sound(recording: Recording, outcome: Reads, voices: Speech) -> None:
    """The whole of each channel, and the same from a piece that is read alone."""
    whole = np.concatenate(list(recording.blocks_for_recognition()))
    assert len(whole) == pytest.approx(recording.duration_seconds * RECOGNITION_RATE, abs=2)
    start, end = 0.3 * outcome.share, 0.75 * outcome.share * SECONDS
    piece = recording.piece(start, end, range(recording.channel_count))
    same = whole[round(start * RECOGNITION_RATE) : round(end * RECOGNITION_RATE)]
    assert piece.shape == same.shape
    lowest = min(outcome.rate, RECOGNITION_RATE)
    for channel in range(outcome.channels):
        voice = outcome.voices[channel] if outcome.voices else channel
        said = _band_limited(voices.voices[:, voice], lowest)
        assert alike(whole[:, channel], said) > outcome.alike
        assert np.corrcoef(piece[:, channel], same[:, channel])[0, 1] > 0.999


def _band_limited(samples: Samples, rate: int) -> Samples:
    limited: Samples = soxr.resample(soxr.resample(samples, RECOGNITION_RATE, rate), rate, RECOGNITION_RATE)
    return limited


def _both_legs_under_one(caller: Samples, called: Samples) -> bytes:
    pair = np.zeros((max(len(caller), len(called)), 2), dtype=np.float32)
    pair[: len(caller), 0], pair[: len(called), 1] = caller, called
    return plain(pair.reshape(-1), 8000, header=Header(riff_size=0, data_size=0))


@pytest.mark.slow
@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda caller, _: coded(caller, 8000, "GSM610", Header(data_size=0)), id="GSM 6.10, sizes of 0"),
        pytest.param(lambda caller, _: coded(caller, 8000, "IMA_ADPCM", Header()), id="IMA ADPCM"),
        pytest.param(lambda caller, _: plain(caller, 8000, "alaw", Header(before=[ODD], padded=False)), id="A-law"),
        pytest.param(lambda caller, _: plain(caller, 8000, "pcm24in32"), id="24 bit in 32"),
        pytest.param(lambda caller, _: file_of(caller, 8000, "MP3", "MPEG_LAYER_III"), id="MP3"),
        pytest.param(_both_legs_under_one, id="option D, sizes of 0"),
    ],
)
def test_its_words_are_heard(
    tmp_path: Path, options: AnalysisOptions, speech: dict[str, Samples], build: Callable[[Samples, Samples], bytes]
) -> None:
    caller, called = (
        soxr.resample(np.pad(speech[name], (start, 8000)), RECOGNITION_RATE, 8000)
        for name, start in (("austen-0890", 0), ("cards-005", 6 * RECOGNITION_RATE))
    )
    path = tmp_path / "recording"
    path.write_bytes(build(caller, called))
    segments = analyse(path, options).segments
    assert word_error_rate(WORDS["austen-0890"], segments[0].text) <= 0.3
    if build is _both_legs_under_one:
        assert [(one.channel, one.party) for one in segments] == [(0, Party.CALLER), (1, Party.CALLED)]
        assert word_error_rate(WORDS["cards-005"], segments[1].text) <= 0.3
