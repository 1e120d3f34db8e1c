"""Sounds that no word may be put to: what a line carries before, between and after speech."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.audio.samples import RECOGNITION_RATE, Samples
from tests.benchmarks.real_speech import music
from tests.engine.sounds import noise, silence, tones, touch_tones


def non_speech() -> Iterator[tuple[str, Samples]]:
    """All of them by name, 16 kHz; real hold music where Debian's package is installed."""
    yield "silence", silence(8)
    for level in (-60, -45, -35, -25, -15):
        yield f"white noise {level} dB", noise(8, level)
    yield "hum", tones(8, 50, 100, 150) * 0.3
    yield "ring, US", tones(16, 440, 480, on=2, off=4)
    yield "ring, Europe", tones(16, 425, on=1, off=4)
    yield "ring, UK", tones(12, 400, 450, on=0.4, off=0.2)
    yield "busy, US", tones(8, 480, 620, on=0.5, off=0.5)
    yield "busy, Europe", tones(8, 425, on=0.5, off=0.5)
    yield "congestion", tones(8, 480, 620, on=0.25, off=0.25)
    yield "dial tone", tones(8, 350, 440)
    yield "touch tones", touch_tones("01514960199#")
    yield "not in service", np.concatenate([tones(0.33, f) for f in (950, 1400, 1800)] + [silence(1)] * 3)
    yield "fax", np.concatenate([np.tile(np.concatenate([tones(0.5, 1100), silence(3)]), 3), tones(3, 2100)])
    yield "clicks", _clicks(8)
    yield "chords", _chords(16)
    yield "sweep", _sweep(8)
    yield "breath", _breath(8)
    yield from music()


def _clicks(seconds: float) -> Samples:
    sound = silence(seconds)
    sound[np.random.default_rng(4).integers(len(sound), size=30)] = 0.9
    return sound


def _chords(seconds: float) -> Samples:
    """Four chords, each struck and dying away, as hold music has them."""
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    strikes = [tones(1, *chord) * np.exp(-np.arange(RECOGNITION_RATE) / 6000).astype(np.float32) for chord in chords]
    return np.tile(np.concatenate(strikes), round(seconds / 4))


def _sweep(seconds: float) -> Samples:
    time_ = np.arange(round(seconds * RECOGNITION_RATE)) / RECOGNITION_RATE
    return np.asarray(0.2 * np.sin(2 * np.pi * (300 * time_ + 150 * time_**2)), dtype=np.float32)


def _breath(seconds: float) -> Samples:
    """Noise that comes and goes four times in ten seconds."""
    time_ = np.arange(round(seconds * RECOGNITION_RATE)) / RECOGNITION_RATE
    return np.asarray(noise(seconds, -30) * np.maximum(0, np.sin(2 * np.pi * 0.4 * time_)), dtype=np.float32)
