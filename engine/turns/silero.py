"""Voice activity: the probability of speech in each 32 ms of a channel, by silero's network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.runtime.shipped_weights import read_head
from engine.turns.turn_spans import CHUNK, Probabilities, SpeechOptions, Turn, turns

# silero's weights, taken out of its package by `python -m engine.training.silero_weights`.
SILERO_VERSION = "6.2.3"
WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "3e78c75ae38db0c97e58c78193eaffe472f425ff75fa769fad1f0abe3580fa77"

_CONTEXT = 64  # samples of the chunk before that the network sees too
# oneDNN makes and keeps programs for every new number of chunks (torch_environment.py): they go in blocks of few sizes,
# which is also twice as fast as a minute at once.
_CHUNKS_AT_ONCE = 256
_CHUNKS_TOGETHER = 64  # the last block is padded to a multiple of this


class VoiceActivity:
    """silero-vad's network with its own weights, without its package, whose import sets torch's threads."""

    def __init__(self, device: str = "cpu") -> None:
        self.name = f"silero-vad {SILERO_VERSION}"
        self._device = torch.device(device)
        self._network = _SileroNetwork()
        weights = read_head(WEIGHTS, SHA256)
        self._network.load_state_dict({name: torch.from_numpy(array).float() for name, array in weights.items()})
        self._network.requires_grad_(False).eval().to(self._device)

    def stream(self) -> VoiceStream:
        """The probabilities of one 16 kHz channel that comes block by block."""
        return VoiceStream(self._network, self._device)

    def probabilities(self, samples: Samples) -> Probabilities:
        """The probability of speech in each 32 ms of a 16 kHz channel.  # [chunks]"""
        stream = self.stream()
        return np.concatenate([stream.feed(samples), stream.end()])

    def turns(self, samples: Samples, options: SpeechOptions | None = None) -> tuple[Turn, ...]:
        """The turns of one 16 kHz channel in time order, without overlap."""
        return turns(self.probabilities(samples), len(samples) / RECOGNITION_RATE, options or SpeechOptions())


class VoiceStream:
    """The probabilities of one channel, equal to those of the whole channel at once, wherever its blocks end."""

    def __init__(self, network: _SileroNetwork, device: torch.device) -> None:
        self._network, self._device = network, device
        self._state: tuple[Tensor, Tensor] | None = None
        self._left = np.zeros(_CONTEXT, dtype=np.float32)  # the context, then what is no whole chunk yet

    @torch.inference_mode()
    def feed(self, samples: Samples) -> Probabilities:
        """The probabilities of the chunks that are complete now.  # [chunks]"""
        known = np.concatenate([self._left, samples])
        count = (len(known) - _CONTEXT) // CHUNK
        self._left = known[count * CHUNK :].copy()
        if count == 0:
            return np.zeros(0, dtype=np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(known, _CONTEXT + CHUNK)[::CHUNK][:count]
        found = []
        for first in range(0, count, _CHUNKS_AT_ONCE):
            batch = torch.from_numpy(windows[first : first + _CHUNKS_AT_ONCE].copy()).to(self._device)
            probabilities, self._state = self._network(batch, self._state)
            found.append(probabilities.cpu().numpy())
        return np.concatenate(found)

    def end(self) -> Probabilities:
        """The probability of what is left, padded with silence.  # [0 or 1]"""
        rest = len(self._left) - _CONTEXT
        return self.feed(np.zeros(CHUNK - rest, dtype=np.float32)) if rest else np.zeros(0, dtype=np.float32)


class _SileroNetwork(nn.Module):
    """STFT as a convolution, four convolutions, one LSTM over the chunks; equal to silero's own model to 1e-6."""

    def __init__(self) -> None:
        super().__init__()
        self.stft_conv = nn.Conv1d(1, 258, 256, stride=128, bias=False)
        self.conv1 = nn.Conv1d(129, 128, 3, padding=1)
        self.conv2 = nn.Conv1d(128, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(64, 64, 3, stride=2, padding=1)
        self.conv4 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm = nn.LSTM(128, 128)
        self.final_conv = nn.Conv1d(128, 1, 1)

    def forward(
        self, chunks: Tensor, state: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """chunks [n, 576] → probabilities [n] and the state after them."""
        count, missing = len(chunks), -len(chunks) % _CHUNKS_TOGETHER
        chunks = nn.functional.pad(nn.functional.pad(chunks, (0, 64), "reflect"), (0, 0, 0, missing))
        spectrum = self.stft_conv(chunks.unsqueeze(1))
        magnitude = (spectrum[:, :129] ** 2 + spectrum[:, 129:] ** 2).sqrt()
        hidden = self.conv2(self.conv1(magnitude).relu()).relu()
        hidden = self.conv4(self.conv3(hidden).relu()).relu().squeeze(-1)  # [n + missing, 128]
        remembered, state = self._remembered(hidden[:count], state)
        remembered = nn.functional.pad(remembered, (0, 0, 0, missing)).relu().unsqueeze(-1)
        return self.final_conv(remembered).sigmoid().flatten()[:count], state

    def _remembered(
        self, rows: Tensor, state: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """The LSTM over exactly these rows, whose number is taken apart into powers of two."""
        found, first = [], 0
        while first < len(rows):
            size = 1 << (len(rows) - first).bit_length() - 1
            part, state = self.lstm(rows[first : first + size], state)
            found.append(part)
            first += size
        return torch.cat(found), state
