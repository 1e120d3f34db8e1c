"""Sounds with known words, sounds without any, and how a text is measured against them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engine.audio.samples import RECOGNITION_RATE, Samples

_SPEECH = Path(__file__).parents[1] / "data" / "speech"
CONVERSATION = Path(__file__).parents[2] / "appliance" / "demo" / "conversation.wav"
WORDS: dict[str, str] = json.loads((_SPEECH / "texts.json").read_text())
_AS_SPOKEN = {"mr": "mister", "4": "four", "7": "seven", "8": "eight"}


def read_speech() -> dict[str, Samples]:
    """Every clip of tests/data/speech, 16 kHz."""
    return {name: soundfile.read(_SPEECH / f"{name}.wav", dtype="float32")[0] for name in WORDS}


def spoken(text: str) -> list[str]:
    """A text as words, written as they are spoken."""
    return [_AS_SPOKEN.get(word, word) for word in re.findall(r"[a-z0-9']+", text.lower())]


def word_error_rate(reference: str, text: str) -> float:
    """Substituted, left out and invented words per word of the reference."""
    expected, heard = spoken(reference), spoken(text)
    costs = list(range(len(heard) + 1))
    for row, word in enumerate(expected, start=1):
        previous, costs[0] = costs[:], row
        for column, other in enumerate(heard, start=1):
            costs[column] = min(previous[column] + 1, costs[column - 1] + 1, previous[column - 1] + (word != other))
    return costs[-1] / len(expected)


def alike(heard: Samples, said: Samples, longest_delay: int = 1600) -> float:
    """The correlation of two sounds at the best delay up to 0.1 s, which MP3 and AAC put before a recording."""
    length = min(len(heard), len(said))
    size = 1 << (2 * length).bit_length()
    one, other = heard[:length], said[:length]
    products = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    best = max(products[:longest_delay].max(), products[-longest_delay:].max())
    return float(best / np.sqrt(np.dot(one, one) * np.dot(other, other)))


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RECOGNITION_RATE), dtype=np.float32)


def noise(seconds: float, level_db: float, seed: int = 1) -> Samples:
    """White noise; `level_db` below full scale."""
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RECOGNITION_RATE))
    return (samples * 10 ** (level_db / 20)).astype(np.float32)


def tones(seconds: float, *frequencies: float, on: float = 1e9, off: float = 0.0) -> Samples:
    """Tones together, `on` and `off` by turns (seconds)."""
    time = np.arange(round(seconds * RECOGNITION_RATE)) / RECOGNITION_RATE
    sound = sum(0.2 * np.sin(2 * np.pi * frequency * time) for frequency in frequencies)
    return np.asarray(sound * ((time % (on + off)) < on), dtype=np.float32)


def touch_tones(digits: str) -> Samples:
    """DTMF, 0.2 s a digit."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    places = {digit: divmod(index, 3) for index, digit in enumerate("123456789*0#")}
    keys = [(rows[places[digit][0]], columns[places[digit][1]]) for digit in digits]
    return np.concatenate([np.concatenate([tones(0.2, *key), silence(0.3)]) for key in keys])


def telephone(samples: Samples, subtype: str) -> Samples:
    """What a telephone system's 8 kHz codec leaves of a sound, back at 16 kHz."""
    file = io.BytesIO(wav_bytes(soxr.resample(samples, RECOGNITION_RATE, 8000), 8000, subtype))
    with soundfile.SoundFile(file) as sound:
        heard: Samples = soxr.resample(sound.read(sound.frames, dtype="float32"), 8000, RECOGNITION_RATE)
    return heard


def wav_bytes(samples: Samples, rate: int, subtype: str = "PCM_16") -> bytes:
    """A WAV file; samples [frames] or [frames, channels]."""
    target = io.BytesIO()
    soundfile.write(target, np.clip(samples, -1.0, 1.0), rate, format="WAV", subtype=subtype)
    return target.getvalue()


def write_call(path: Path, *channels: Samples, rate: int = 8000, subtype: str = "PCM_16") -> Path:
    """A recording of these channels (16 kHz samples; the short ones get silence) at a telephone's rate."""
    longest = max(len(channel) for channel in channels)
    padded = np.stack([np.pad(channel, (0, longest - len(channel))) for channel in channels], axis=1)
    resampled = soxr.resample(padded, RECOGNITION_RATE, rate)
    path.write_bytes(wav_bytes(resampled, rate, subtype))
    return path
