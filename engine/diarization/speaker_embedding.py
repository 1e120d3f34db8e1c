"""Speaker embeddings: vectors of stretches of sound, near each other where one voice speaks, whatever it says.

Two networks, by what their folder holds: GE2E, the small one out of the catalogue, and a SpeechBrain speaker recognizer
such as ECAPA-TDNN, which an administrator imported. Each says at which cosine similarity two voices are still two.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.errors import ModelPackError
from engine.runtime.speechbrain_loading import load_speechbrain

Vectors = npt.NDArray[np.float32]

WINDOW_SECONDS = 1.6  # what GE2E was trained on; ECAPA takes any length
GE2E_WEIGHTS = "pretrained.pt"
_WINDOWS_AT_ONCE = 64


class VoiceEmbedder(Protocol):
    """Stretches of sound in, unit vectors out.

    `one_voice` is the cosine similarity of two groups' means from which on both are one voice; `two_voices` the one at
    which there is no doubt that they are two.
    """

    name: str
    one_voice: float
    two_voices: float

    def embed(self, sound: Samples, starts: list[int]) -> Vectors:
        """A vector for the window that begins at each of these samples; silence follows the end.  # [starts, width]"""


def open_voice_embedder(folder: Path) -> VoiceEmbedder:
    """The network in a pack's folder, on the CPU. Raises ModelPackError where it cannot be loaded."""
    if (folder / "hyperparams.yaml").is_file():
        return SpeechBrainVoices(folder)
    return Ge2eVoices(folder)


class Ge2eVoices:
    """Three LSTMs over 40 mel bands, trained by generalized end-to-end loss (Wan et al. 2018), as in Resemblyzer."""

    # Measured through u-law and GSM on mixes of 15 to 120 s (tests/benchmarks/accuracy_audio.py): pairs of speakers are
    # at .5 to .84, the halves of one speaker at .90 to .95, below .885 in 3 of 108.
    one_voice = 0.885
    two_voices = 0.70

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._network = _Ge2eNetwork()
        try:
            found = torch.load(folder / GE2E_WEIGHTS, map_location="cpu", weights_only=True)["model_state"]
            names = self._network.state_dict().keys()
            self._network.load_state_dict({name: found[name] for name in names})
        except (OSError, KeyError, TypeError, RuntimeError, pickle.UnpicklingError) as error:
            raise ModelPackError(f"{folder} is no voice model that can be loaded: {error}") from error
        self._network.requires_grad_(False).eval()

    @torch.inference_mode()
    def embed(self, sound: Samples, starts: list[int]) -> Vectors:
        """See VoiceEmbedder."""
        mels = self._network.mels(torch.from_numpy(sound))
        length = round(WINDOW_SECONDS * RECOGNITION_RATE) // _HOP
        mels = nn.functional.pad(mels, (0, 0, 0, length))
        firsts = [start // _HOP for start in starts]
        found = [
            self._network(torch.stack([mels[first : first + length] for first in firsts[at : at + _WINDOWS_AT_ONCE]]))
            for at in range(0, len(firsts), _WINDOWS_AT_ONCE)
        ]
        vectors: Vectors = torch.cat(found).numpy()
        return vectors


class SpeechBrainVoices:
    """SpeechBrain's EncoderClassifier over an imported folder: it is code, and an administrator chose to trust it."""

    # By what SpeechBrain publishes of spkrec-ecapa-voxceleb (.25 decides whether two stretches are of one speaker;
    # means of groups are nearer to each other). Not measured here: no such weights come without a hub.
    one_voice = 0.55
    two_voices = 0.25

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._classifier = load_speechbrain("classifiers.EncoderClassifier", folder, "cpu")

    @torch.inference_mode()
    def embed(self, sound: Samples, starts: list[int]) -> Vectors:
        """See VoiceEmbedder."""
        length = round(WINDOW_SECONDS * RECOGNITION_RATE)
        padded = np.pad(sound, (0, length))
        found = []
        for at in range(0, len(starts), _WINDOWS_AT_ONCE):
            batch = np.stack([padded[start : start + length] for start in starts[at : at + _WINDOWS_AT_ONCE]])
            found.append(self._classifier.encode_batch(torch.from_numpy(batch))[:, 0])
        vectors: Vectors = nn.functional.normalize(torch.cat(found), dim=1).cpu().numpy()
        return vectors


_HOP = 160  # samples
_FFT = 400
_MELS = 40
_LEAST_LEVEL = 10 ** (-30 / 20)  # quieter sound is raised to it, as in training


class _Ge2eNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(_MELS, 256, 3, batch_first=True)
        self.linear = nn.Linear(256, 256)
        self._filters = torch.from_numpy(_slaney_filters())
        self._hann = torch.hann_window(_FFT)

    def mels(self, sound: Tensor) -> Tensor:
        """Power in mel bands, not its logarithm.  # [frames, 40]"""
        level = sound.square().mean().sqrt().clamp(min=1e-6)
        sound = sound * (_LEAST_LEVEL / level).clamp(min=1.0)
        spectrum = torch.stft(sound, _FFT, _HOP, window=self._hann, pad_mode="constant", return_complex=True)
        mels: Tensor = spectrum.abs().square().T @ self._filters
        return mels

    def forward(self, mels: Tensor) -> Tensor:
        """mels [n, frames, 40] → unit vectors [n, 256]"""
        _, (hidden, _) = self.lstm(mels)
        raw: Tensor = self.linear(hidden[-1]).relu()
        return nn.functional.normalize(raw, dim=1)


def _slaney_filters() -> npt.NDArray[np.float32]:
    """Mel bands as librosa makes them: linear to 1 kHz, logarithmic above, each of the same area.  # [201, 40]"""
    linear, step = 200 / 3, np.log(6.4) / 27
    top = 15 + np.log(8.0) / step  # 8 kHz
    points = np.linspace(0, top, _MELS + 2)
    edges = np.where(points < 15, points * linear, 1000 * np.exp(step * (points - 15)))
    frequencies = np.linspace(0, RECOGNITION_RATE / 2, _FFT // 2 + 1)[:, None]
    rising = (frequencies - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - frequencies) / np.diff(edges)[1:]
    filters: npt.NDArray[np.float32] = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return filters * (2 / (edges[2:] - edges[:-2])).astype(np.float32)
