"""Whisper's encoder and decoder as pure functions over the weights that SpeechBrain loaded.

Whisper was trained on windows of 30 s, and most speech is shorter: of the padding only every 20th position is kept,
with a weight of 20 in every attention over it (a key bias of log 20). That costs a seventh and leaves the texts as
they are.

Each sound is encoded alone, at its own length. The decoder takes the rows of many texts through its linear layers
together, and each text attends by itself: so texts of any age share a step, and none can change another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import conv1d, gelu, layer_norm, pad

from engine.recognition.whisper.decoder_attention import EncodedAudio, SelfAttentionCache, attention_for
from engine.recognition.whisper.encoder_attention import attend, attend_in_bf16, attend_together
from engine.recognition.whisper.kernels import BLOCK
from engine.recognition.whisper.linear import Precision, has_bf16, linear_kinds

MEL_FRAMES = 3000  # 30 s
PADDING_STRIDE = 20
LOGIT_GROUPS = 64  # of logits, in each of which the largest are looked for; the vocabulary is padded to a multiple
_ROWS_IN_CACHE = 384  # of the encoder's widest layer: more at once go through main memory
_FRAMES_TOGETHER = 200  # sounds are padded to lengths that come again: see torch_environment.py


@dataclass(slots=True)
class DecoderInput:
    """One text in this step of the decoder: tokens [rows] at positions [rows], and what each may attend to.

    attention_mask [rows, length of the cache + rows]: 0 or −inf.
    """

    audio: EncodedAudio
    cache: SelfAttentionCache
    tokens: list[int]
    position: int
    positions_advance: bool  # rows follow each other (a prompt), or stand beside each other (beams)
    attention_mask: Tensor


class WhisperNetwork:
    """Encoder and decoder steps; holds weights, no state of any sound."""

    def __init__(self, model: Any, precision: Precision, alignment_heads: Sequence[tuple[int, int]]) -> None:
        config = model.config
        self.device: torch.device = next(model.parameters()).device
        self.max_target_positions: int = config.max_target_positions
        self.heads: int = config.decoder_attention_heads
        self.vocabulary_size: int = config.vocab_size
        for_decoder, for_encoder = linear_kinds(precision, self.device)
        in_bf16 = precision == "int8" and has_bf16()
        self._encoder = _Encoder(model.encoder, config.encoder_attention_heads, for_encoder, in_bf16)
        self.layers = [DecoderLayer(layer, self.heads, for_decoder) for layer in model.decoder.layers]
        crosses = [layer.encoder_attn for layer in model.decoder.layers]
        # Whisper's key projections have no bias.
        self._keys = for_encoder(*_stacked([cross.k_proj for cross in crosses]))
        self._values = for_encoder(*_stacked([cross.v_proj for cross in crosses]))
        self._tokens: Tensor = model.decoder.embed_tokens.weight
        self.attention = attention_for(self._tokens, len(self.layers), self.heads, in_bf16)
        self.width: int = self._tokens.shape[1]
        self.dtype: torch.dtype = self._tokens.dtype
        self._positions: Tensor = model.decoder.embed_positions.weight
        self._norm = model.decoder.layer_norm
        self.vocabulary_padding = -self.vocabulary_size % LOGIT_GROUPS
        self._unembedding = for_decoder(pad(self._tokens, (0, 0, 0, self.vocabulary_padding)), None)
        self.alignment_heads: dict[int, Tensor] = {  # masks [heads], by layer
            layer: torch.tensor([(layer, head) in alignment_heads for head in range(self.heads)], device=self.device)
            for layer in {layer for layer, _ in alignment_heads}
        }
        self.alignment_head_numbers: dict[int, Tensor] = {  # the same as numbers
            layer: torch.tensor([head for at, head in alignment_heads if at == layer], device=self.device)
            for layer in self.alignment_heads
        }
        self.alignment_head_count = len(alignment_heads)

    def encode(self, mel: Tensor) -> EncodedAudio:
        """mel [mels, frames], at least its last 0.1 s silence → its cross-attention keys and values."""
        hidden, bias, real = self._encoder(mel.to(self._tokens.dtype))
        return self.attention.encoded_audio(self._keys(hidden), self._values(hidden), bias, real)

    def encode_together(self, mels: Sequence[Tensor]) -> list[tuple[Tensor, Tensor, Tensor, int]]:
        """For accelerators: sounds of like length at once → of each keys, values, bias and real positions.

        Keys and values are [positions, layers × width], as `DecoderAttention.encoded_audio` takes them.
        """
        encoded = self._encoder.together([mel.to(self._tokens.dtype) for mel in mels])
        return [(self._keys(hidden), self._values(hidden), bias, real) for hidden, bias, real in encoded]

    def decode(self, inputs: Sequence[DecoderInput]) -> tuple[Tensor, list[Tensor]]:
        """One step of each text → the last layer's rows [rows, width], the alignment heads' weights [rows, real]."""
        tokens = torch.tensor([token for one in inputs for token in one.tokens], device=self.device)
        places = torch.tensor([place for one in inputs for place in _places(one)], device=self.device)
        hidden = self.embedded(tokens, places)
        counts = [len(one.tokens) for one in inputs]
        weights = [torch.zeros(len(one.tokens), one.audio.real, device=self.device) for one in inputs]
        for index, layer in enumerate(self.layers):
            hidden = hidden + layer.self_attention(hidden, inputs, counts, index)
            hidden = hidden + layer.cross_attention(
                hidden, inputs, counts, self.alignment_heads.get(index), weights, index
            )
            hidden = hidden + layer.mlp(hidden)
        for one, count in zip(inputs, counts, strict=True):
            one.cache.advance(count)
        return self.normed(hidden), [one.div_(self.alignment_head_count) for one in weights]

    def embedded(self, tokens: Tensor, places: Tensor) -> Tensor:
        """What the first layer reads of tokens at places of their texts, both [rows].  # [rows, width]"""
        return self._tokens[tokens] + self._positions[places]

    def normed(self, hidden: Tensor) -> Tensor:
        """The last layer's rows as `logits` takes them.  # [rows, width]"""
        return _normed(hidden, self._norm)

    def logits(self, rows: Tensor) -> Tensor:
        """Rows of the last layer → logits, 0 for the padding.  # [rows, vocabulary_size + vocabulary_padding]"""
        return self._unembedding(rows).float()


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

    def together(self, mels: Sequence[Tensor]) -> list[tuple[Tensor, Tensor, int]]:
        """Each as `__call__` gives it; the layers go over all at once, padded to the longest."""
        net = self._net
        thinned = [self._thin(self._convolved(mel)) for mel in mels]
        longest = max(len(rows) for rows, _, _ in thinned)
        hidden = torch.stack([pad(rows, (0, 0, 0, longest - len(rows))) for rows, _, _ in thinned])
        unheard = [pad(bias, (0, longest - len(bias)), value=-torch.inf) for _, bias, _ in thinned]
        bias = torch.stack(unheard)[:, None, None]
        for layer, query_key_value, out, widen, narrow in self._layers:
            projected = query_key_value(_normed(hidden, layer.self_attn_layer_norm))
            hidden = hidden + out(attend_together(projected, bias, self._heads))
            hidden = hidden + narrow(gelu(widen(_normed(hidden, layer.final_layer_norm))))
        hidden = _normed(hidden, net.layer_norm)
        return [(rows[: len(one)], one, real) for rows, (_, one, real) in zip(hidden, thinned, strict=True)]

    def _convolved(self, mel: Tensor) -> Tensor:
        """A row for every two frames; the last one alone sees the padding, not the edge.  # [rows, width]"""
        net, frames = self._net, mel.shape[1]
        padded = pad(mel, (0, -frames % _FRAMES_TOGETHER)).unsqueeze(0)
        hidden = gelu(conv1d(padded, net.conv1.weight, net.conv1.bias, padding=1))
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


class DecoderLayer:
    """One layer over the rows of all texts; attention goes text by text, or however else `slots` puts it together."""

    def __init__(self, layer: Any, heads: int, kind: Any) -> None:
        self._layer, self._heads = layer, heads
        own, other = layer.self_attn, layer.encoder_attn
        scale = (own.q_proj.out_features // heads) ** -0.5
        self._query_key_value = kind(*_stacked([own.q_proj, own.k_proj, own.v_proj], scale))
        self._query = kind(*_stacked([other.q_proj], scale))
        self._own_out, self._other_out, self._widen, self._narrow = (
            kind(part.weight, part.bias) for part in (own.out_proj, other.out_proj, layer.fc1, layer.fc2)
        )

    def self_attention(self, hidden: Tensor, inputs: Sequence[DecoderInput], counts: list[int], index: int) -> Tensor:
        """Attention of each text over its earlier tokens."""
        rows = torch.split(self.query_key_value(hidden), counts)
        attended = [
            one.cache.self_attention(index, part, one.attention_mask) for one, part in zip(inputs, rows, strict=True)
        ]
        return self.out_of_self_attention(torch.cat(attended))

    def cross_attention(
        self,
        hidden: Tensor,
        inputs: Sequence[DecoderInput],
        counts: list[int],
        alignment_heads: Tensor | None,
        alignment_weights: list[Tensor],
        index: int,
    ) -> Tensor:
        """Attention of each text over its sound; the weights of the alignment heads are added up."""
        rows = torch.split(self.query(hidden), counts)
        attended = [
            one.audio.cross_attention(index, queries, alignment_heads, weights)
            for one, queries, weights in zip(inputs, rows, alignment_weights, strict=True)
        ]
        return self.out_of_cross_attention(torch.cat(attended))

    # -- the parts that are the same however texts attend; rows [rows, width] --

    def query_key_value(self, hidden: Tensor) -> Tensor:
        """Self-attention's queries (scaled), keys and values.  # [rows, 3 × width]"""
        rows: Tensor = self._query_key_value(_normed(hidden, self._layer.self_attn_layer_norm))
        return rows

    def out_of_self_attention(self, attended: Tensor) -> Tensor:
        projected: Tensor = self._own_out(attended)
        return projected

    def query(self, hidden: Tensor) -> Tensor:
        """Cross-attention's queries, scaled."""
        rows: Tensor = self._query(_normed(hidden, self._layer.encoder_attn_layer_norm))
        return rows

    def out_of_cross_attention(self, attended: Tensor) -> Tensor:
        projected: Tensor = self._other_out(attended)
        return projected

    def mlp(self, hidden: Tensor) -> Tensor:
        output: Tensor = self._narrow(gelu(self._widen(_normed(hidden, self._layer.final_layer_norm))))
        return output


def _normed(rows: Tensor, norm: Any) -> Tensor:
    normed: Tensor = layer_norm(rows, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
    return normed


def _stacked(projections: list[Any], scale_of_first: float = 1.0) -> tuple[Tensor, Tensor]:
    """Several projections of the same rows as one; the first one's outputs are queries, scaled once for all."""
    weights = [one.weight for one in projections]
    biases = [torch.zeros_like(one.weight[:, 0]) if one.bias is None else one.bias for one in projections]
    weights[0], biases[0] = weights[0] * scale_of_first, biases[0] * scale_of_first
    return torch.cat(weights), torch.cat(biases)


def _places(one: DecoderInput) -> Sequence[int]:
    count = len(one.tokens)
    return range(one.position, one.position + count) if one.positions_advance else (one.position,) * count
