"""Whisper's encoder and decoder as pure functions over the weights that SpeechBrain loaded.

A later, faster form (bf16, fused kernels, CUDA graphs) replaces this module and nothing else.
Whisper was trained on windows of 30 s, and most turns are short: of the padding only every 20th position is kept, with
a weight of 20 in every attention over it (a key bias of log 20). That costs a seventh and leaves the texts unchanged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import gelu, scaled_dot_product_attention

MEL_FRAMES = 3000  # 30 s
PADDING_STRIDE = 20


@dataclass(frozen=True, slots=True)
class Encoded:
    """One window after the encoder: keys and values per decoder layer, and the bias of each position.

    Shapes: keys and values [1, heads, positions, head_width]; bias [1, 1, 1, positions].
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    bias: Tensor


class WhisperNetwork:
    """Encoder and decoder steps for one window at a time; holds weights, no state of any window."""

    def __init__(self, model: Any) -> None:
        self._encoder, self._decoder = model.encoder, model.decoder
        self._heads: int = model.config.decoder_attention_heads
        self._width: int = model.config.d_model
        self.longest_text: int = model.config.max_target_positions
        self.device: torch.device = next(model.parameters()).device

    def encode(self, mel: Tensor) -> Encoded:
        """mel [80, frames], at least its last 0.1 s silence → what the decoder listens to."""
        net = self._encoder
        hidden = gelu(net.conv2(gelu(net.conv1(mel.unsqueeze(0))))).transpose(1, 2)  # [1, positions, width]
        hidden, bias = self._thin(hidden)
        for layer in net.layers:
            normed = layer.self_attn_layer_norm(hidden)
            attention = layer.self_attn
            hidden = hidden + self._attend(
                attention,
                self._split(attention.q_proj(normed)),
                self._split(attention.k_proj(normed)),
                self._split(attention.v_proj(normed)),
                bias,
            )
            hidden = hidden + layer.fc2(gelu(layer.fc1(layer.final_layer_norm(hidden))))
        hidden = net.layer_norm(hidden)
        crosses = [layer.encoder_attn for layer in self._decoder.layers]
        return Encoded(
            keys=tuple(self._split(cross.k_proj(hidden)) for cross in crosses),
            values=tuple(self._split(cross.v_proj(hidden)) for cross in crosses),
            bias=bias,
        )

    def _thin(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Add true positions, and the padding up to 30 s as every 20th position of what silence looks like."""
        positions = self._encoder.embed_positions.weight  # [1500, width]
        # Where padding follows, the convolution's last position has seen an edge that is none: leave it out.
        real = hidden.shape[1] - (hidden.shape[1] < positions.shape[0])
        kept = torch.arange(real, positions.shape[0], PADDING_STRIDE, device=hidden.device)
        padding = hidden[:, real - 1 : real] + positions[kept]
        hidden = torch.cat([hidden[:, :real] + positions[:real], padding], dim=1)
        bias = hidden.new_zeros(1, 1, 1, hidden.shape[1])
        bias[..., real:] = math.log(PADDING_STRIDE)
        return hidden, bias

    def decode(self, encoded: Encoded, tokens: Tensor, cache: DecoderCache) -> Tensor:
        """Tokens that follow those in the cache [rows, new] → log-odds of what comes next [rows, new, words]."""
        net, first, new = self._decoder, cache.length, tokens.shape[1]
        hidden = net.embed_tokens(tokens) + net.embed_positions.weight[first : first + new]
        mask = None
        if new > 1:
            mask = torch.ones(new, first + new, dtype=torch.bool, device=tokens.device).tril(first)
        for index, layer in enumerate(net.layers):
            normed = layer.self_attn_layer_norm(hidden)
            attention = layer.self_attn
            keys, values = cache.extend(
                index, self._split(attention.k_proj(normed)), self._split(attention.v_proj(normed))
            )
            hidden = hidden + self._attend(attention, self._split(attention.q_proj(normed)), keys, values, mask)
            hidden = hidden + self._listen(layer, hidden, encoded, index)
            hidden = hidden + layer.fc2(gelu(layer.fc1(layer.final_layer_norm(hidden))))
        logits: Tensor = net.layer_norm(hidden) @ net.embed_tokens.weight.T
        return logits

    def _listen(self, layer: Any, hidden: Tensor, encoded: Encoded, index: int) -> Tensor:
        """Cross-attention with all rows' tokens as queries of one set of keys, which the rows share."""
        rows, new, _ = hidden.shape
        attention = layer.encoder_attn
        queries = attention.q_proj(layer.encoder_attn_layer_norm(hidden))
        queries = self._split(queries.reshape(1, rows * new, -1))
        heard = self._attend(attention, queries, encoded.keys[index], encoded.values[index], encoded.bias)
        return heard.view(rows, new, -1)

    def _split(self, hidden: Tensor) -> Tensor:
        """[rows, length, width] → [rows, heads, length, head_width]."""
        rows, length, _ = hidden.shape
        return hidden.view(rows, length, self._heads, self._width // self._heads).transpose(1, 2)

    @staticmethod
    def _attend(attention: Any, queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
        heard = scaled_dot_product_attention(queries, keys, values, attn_mask=bias)
        joined: Tensor = attention.out_proj(heard.transpose(1, 2).flatten(2))
        return joined


class DecoderCache:
    """Self-attention's keys and values of the tokens so far, a row per beam."""

    def __init__(self, layers: int) -> None:
        self._keys: list[Tensor | None] = [None] * layers
        self._values: list[Tensor | None] = [None] * layers

    @property
    def length(self) -> int:
        return 0 if self._keys[0] is None else int(self._keys[0].shape[2])

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append one layer's new keys and values; give all."""
        old_keys, old_values = self._keys[layer], self._values[layer]
        if old_keys is not None and old_values is not None:
            keys, values = torch.cat([old_keys, keys], dim=2), torch.cat([old_values, values], dim=2)
        self._keys[layer], self._values[layer] = keys, values
        return keys, values

    def choose(self, rows: Tensor) -> None:
        """Go on from these rows, in this order (a row may be taken more than once)."""
        self._keys = [None if kept is None else kept[rows] for kept in self._keys]
        self._values = [None if kept is None else kept[rows] for kept in self._values]
