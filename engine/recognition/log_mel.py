"""Whisper's log-mel features of a stretch of sound, with a clamp that only that stretch decides."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.audio.samples import RECOGNITION_RATE
from engine.recognition.recognizer import Sound

HOP = 160
FRAMES_PER_SECOND = RECOGNITION_RATE / HOP
_WINDOW = 400
# The encoder learns from it what the padding sounds like.
TRAILING_SILENCE_SECONDS = 0.2


class LogMel:
    """Features of sounds, with the filters of a model."""

    def __init__(self, filters: Tensor) -> None:
        self._filters = filters  # [80 or 128, 201]
        self._hann = torch.hann_window(_WINDOW, device=filters.device)

    def __call__(self, sound: Sound) -> Tensor:
        """The features of a sound and of some silence behind it.  # [mels, frames]"""
        samples = np.zeros(len(sound) + round(TRAILING_SILENCE_SECONDS * RECOGNITION_RATE), dtype=np.float32)
        samples[: len(sound)] = sound
        audio = torch.from_numpy(samples).to(self._filters.device)
        spectrum = torch.stft(audio, _WINDOW, HOP, window=self._hann, return_complex=True)
        mel = (self._filters @ spectrum[:, :-1].abs().square()).clamp(min=1e-10).log10()
        return (mel.maximum(mel.max() - 8.0) + 4.0) / 4.0
