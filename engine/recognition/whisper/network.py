"""Whisper's encoder and decoder as pure functions over the weights that SpeechBrain loaded.

Whisper was trained on windows of 30 s, and most speech is shorter: of the padding only every 20th position is kept,
with a weight of 20 in every attention over it (a key bias of log 20). That costs a seventh and leaves the texts as
they are.

Each sound is encoded alone, at its own length. The decoder takes the rows of many texts through its linear layers
together, and lets each text attend by itself: so texts of any age share a step, and none can change another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import conv1d, gelu, layer_norm, pad

from engine.recognition.whisper.decoder_attention import HeardSound, ReadText, attention_for
from engine.recognition.whisper.encoder_attention import attend, attend_in_bf16
from engine.recognition.whisper.kernels import BLOCK
from engine.recognition.whisper.linear import Precision, has_bf16, linear_kinds

MEL_FRAMES = 3000  # 30 s
PADDING_STRIDE = 20
WORD_GROUPS = 64  # members of a group in which the most probable words are looked for; the vocabulary is filled up
_ROWS_IN_CACHE = 384  # of the encoder's widest layer: more at once go through main memory
_FRAMES_TOGETHER = 200  # sounds are filled up to lengths that come again: see torch_environment.py


@dataclass(slots=True)
class Reading:
    """What one text reads in this step: tokens [rows] at positions [rows], each seeing what `bias` lets it see.

    bias [rows, length of the text + rows]: 0 or −inf.
    """

    sound: HeardSound
    text: ReadText
    tokens: list[int]
    position: int
    positions_advance: bool  # rows follow each other (a prompt), or stand beside each other (beams)
    bias: Tensor


class WhisperNetwork:
    """Encoder and decoder steps; holds weights, no state of any sound."""

    def __init__(self, model: Any, precision: Precision, alignment_heads: Sequence[tuple[int, int]]) -> None:
        config = model.config
        self.device: torch.device = next(model.parameters()).device
        self.longest_text: int = config.max_target_positions
        self.heads: int = config.decoder_attention_heads
        self.words: int = config.vocab_size
        of_texts, of_sounds = linear_kinds(precision, self.device)
        in_bf16 = precision == "int8" and has_bf16()
        self._encoder = _Encoder(model.encoder, config.encoder_attention_heads, of_sounds, in_bf16)
        self._layers = [_DecoderLayer(layer, self.heads, of_texts) for layer in model.decoder.layers]
        crosses = [layer.encoder_attn for layer in model.decoder.layers]
        # Whisper's key projections have no bias.
        self._keys = of_sounds(*_stacked([cross.k_proj for cross in crosses]))
        self._values = of_sounds(*_stacked([cross.v_proj for cross in crosses]))
        self._tokens: Tensor = model.decoder.embed_tokens.weight
        self.attention = attention_for(self._tokens, len(self._layers), self.heads, in_bf16)
        self._positions: Tensor = model.decoder.embed_positions.weight
        self._norm = model.decoder.layer_norm
        self.filling = -self.words % WORD_GROUPS
        self._to_words = of_texts(pad(self._tokens, (0, 0, 0, self.filling)), None)
        self._attended = {
            layer: torch.tensor([(layer, head) in alignment_heads for head in range(self.heads)], device=self.device)
            for layer in {layer for layer, _ in alignment_heads}
        }
        self._attended_heads = len(alignment_heads)

    def encode(self, mel: Tensor) -> HeardSound:
        """mel [mels, frames], at least its last 0.1 s silence → what the decoder listens to."""
        hidden, bias, real = self._encoder(mel.to(self._tokens.dtype))
        return self.attention.sound(self._keys(hidden), self._values(hidden), bias, real)

    def read(self, readings: Sequence[Reading]) -> tuple[Tensor, list[Tensor]]:
        """Read on in each text → the last layer's rows [rows, width], and where each row listened [rows, real]."""
        tokens = torch.tensor([token for one in readings for token in one.tokens], device=self.device)
        places = torch.tensor([place for one in readings for place in _places(one)], device=self.device)
        hidden = self._tokens[tokens] + self._positions[places]
        counts = [len(one.tokens) for one in readings]
        listened = [torch.zeros(len(one.tokens), one.sound.real, device=self.device) for one in readings]
        for index, layer in enumerate(self._layers):
            hidden = hidden + layer.look_back(hidden, readings, counts, index)
            hidden = hidden + layer.listen(hidden, readings, counts, index, self._attended.get(index), listened)
            hidden = hidden + layer.think(hidden)
        for one, count in zip(readings, counts, strict=True):
            one.text.read_on(count)
        return _normed(hidden, self._norm), [one.div_(self._attended_heads) for one in listened]

    def word_odds(self, rows: Tensor) -> Tensor:
        """Rows of the last layer → log-odds of each word, and 0 for what only fills up.  # [rows, words + filling]"""
        return self._to_words(rows).float()


class _Encoder:
    """Convolutions, positions, layers; everything over the rows [positions, width] of one sound."""

    def __init__(self, net: Any, heads: int, kind: Any, in_bf16: bool) -> None:
        self._net, self._heads = net, heads
        self._attend = attend_in_bf16 if in_bf16 and net.conv2.out_channels == heads * BLOCK else attend
        scale = (net.conv2.out_channels // heads) ** -0.5
        self._layers = []
        for layer in net.layers:
            attention = layer.self_attn
            weight, bias = _stacked([attention.q_proj, attention.k_proj, attention.v_proj], scale)
            self._layers.append(
                (
                    layer,
                    kind(weight, bias),
                    *(kind(part.weight, part.bias) for part in (attention.out_proj, layer.fc1, layer.fc2)),
                )
            )

    def __call__(self, mel: Tensor) -> tuple[Tensor, Tensor, int]:
        net = self._net
        hidden, bias, real = self._thin(self._convolved(mel))
        for layer, query_key_value, out, widen, narrow in self._layers:
            projected = query_key_value(_normed(hidden, layer.self_attn_layer_norm))
            hidden = hidden + out(self._attend(projected, bias, self._heads))
            hidden = torch.cat(
                [
                    rows + narrow(gelu(widen(_normed(rows, layer.final_layer_norm))))
                    for rows in hidden.split(_ROWS_IN_CACHE)
                ]
            )
        return _normed(hidden, net.layer_norm), bias, real

    def _convolved(self, mel: Tensor) -> Tensor:
        """A row for every two frames; the last one alone sees what is filled up, not the edge.  # [rows, width]"""
        net, frames = self._net, mel.shape[1]
        filled = pad(mel, (0, -frames % _FRAMES_TOGETHER)).unsqueeze(0)
        hidden = gelu(conv1d(filled, net.conv1.weight, net.conv1.bias, padding=1))
        hidden = gelu(conv1d(hidden, net.conv2.weight, net.conv2.bias, stride=2, padding=1))
        return hidden[0, :, : -(-frames // 2)].T

    def _thin(self, hidden: Tensor) -> tuple[Tensor, Tensor, int]:
        """Add true positions, and the padding up to 30 s as every 20th position of what silence looks like."""
        positions: Tensor = self._net.embed_positions.weight  # [1500, width]
        # Where padding follows, the convolution's last position has seen an edge that is none: leave it out.
        real = len(hidden) - (len(hidden) < len(positions))
        kept = torch.arange(real, len(positions), PADDING_STRIDE, device=hidden.device)
        hidden = torch.cat([hidden[:real] + positions[:real], hidden[real - 1] + positions[kept]])
        bias = hidden.new_zeros(len(hidden))
        bias[real:] = math.log(PADDING_STRIDE)
        return hidden, bias, real


class _DecoderLayer:
    """One layer over the rows of all texts; attention goes text by text."""

    def __init__(self, layer: Any, heads: int, kind: Any) -> None:
        self._layer, self._heads = layer, heads
        own, other = layer.self_attn, layer.encoder_attn
        scale = (own.q_proj.out_features // heads) ** -0.5
        self._query_key_value = kind(*_stacked([own.q_proj, own.k_proj, own.v_proj], scale))
        self._query = kind(*_stacked([other.q_proj], scale))
        self._own_out, self._other_out, self._widen, self._narrow = (
            kind(part.weight, part.bias) for part in (own.out_proj, other.out_proj, layer.fc1, layer.fc2)
        )

    def look_back(self, hidden: Tensor, readings: Sequence[Reading], counts: list[int], index: int) -> Tensor:
        """Attention of each text over what it has read."""
        rows = self._query_key_value(_normed(hidden, self._layer.self_attn_layer_norm)).split(counts)
        seen = [one.text.look_back(index, part, one.bias) for one, part in zip(readings, rows, strict=True)]
        looked: Tensor = self._own_out(torch.cat(seen))
        return looked

    def listen(
        self,
        hidden: Tensor,
        readings: Sequence[Reading],
        counts: list[int],
        index: int,
        attended: Tensor | None,
        listened: list[Tensor],
    ) -> Tensor:
        """Attention of each text over its sound; where the heads that tell it listened is added up."""
        rows = self._query(_normed(hidden, self._layer.encoder_attn_layer_norm)).split(counts)
        heard = [
            one.sound.listen(index, queries, attended, where)
            for one, queries, where in zip(readings, rows, listened, strict=True)
        ]
        told: Tensor = self._other_out(torch.cat(heard))
        return told

    def think(self, hidden: Tensor) -> Tensor:
        thought: Tensor = self._narrow(gelu(self._widen(_normed(hidden, self._layer.final_layer_norm))))
        return thought


def _normed(rows: Tensor, norm: Any) -> Tensor:
    normed: Tensor = layer_norm(rows, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
    return normed


def _stacked(projections: list[Any], scale_of_first: float = 1.0) -> tuple[Tensor, Tensor]:
    """Several projections of the same rows as one; the first one's outputs are queries, scaled once for all."""
    weights = [one.weight for one in projections]
    biases = [torch.zeros_like(one.weight[:, 0]) if one.bias is None else one.bias for one in projections]
    weights[0], biases[0] = weights[0] * scale_of_first, biases[0] * scale_of_first
    return torch.cat(weights), torch.cat(biases)


def _places(one: Reading) -> Sequence[int]:
    count = len(one.tokens)
    return range(one.position, one.position + count) if one.positions_advance else (one.position,) * count
