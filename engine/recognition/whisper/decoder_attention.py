"""The decoder's attention: cross-attention over encoded audio, self-attention over its cache of earlier tokens.

Compiled for processors, torch's for GPUs. Each text attends by itself, so that none can change another's.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention

from engine.recognition.whisper import kernels


class EncodedAudio(Protocol):
    """One sound after the encoder: the cross-attention keys and values of each of the decoder's layers."""

    @property
    def real(self) -> int:
        """How many of its first positions are sound, 50 a second; what follows stands for silence up to 30 s."""

    def cross_attention(
        self, layer: int, queries: Tensor, alignment_heads: Tensor | None, alignment_weights: Tensor
    ) -> Tensor:
        """Attention of queries [rows, width], scaled, over the sound → [rows, width].

        The weights of the alignment heads (a mask [heads]) are added to alignment_weights [rows, real].
        """


class SelfAttentionCache(Protocol):
    """The keys and values of a text's earlier tokens; one position may hold the tokens of several beams."""

    @property
    def length(self) -> int:
        """How many tokens."""

    def self_attention(self, layer: int, rows: Tensor, attention_mask: Tensor) -> Tensor:
        """Attention of new rows over all before and themselves → [rows, width]; rows [rows, 3 × width] are q, k, v.

        attention_mask [rows, length + rows]: 0 where a row sees, -inf where not.
        """

    def advance(self, count: int) -> None:
        """All layers have attended for so many new rows: they belong to the cache now."""


class DecoderAttention(Protocol):
    """A kind of attention. `layers`, `heads`: the decoder's."""

    def encoded_audio(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> EncodedAudio:
        """Keys and values [positions, layers × width] with a bias [positions] on the scores of each position."""

    def empty_cache(self, capacity: int) -> SelfAttentionCache:
        """A cache for so many tokens at most."""

    def log_sum_exp(self, logits: Tensor) -> Tensor:
        """The logarithm of the sum of each row's exponentials, row by row.  # [rows, n] → [rows, 1]"""


def attention_for(tokens: Tensor, layers: int, heads: int, in_bf16: bool) -> DecoderAttention:
    """The faster kind for a network with such embeddings of tokens [tokens, width].

    What is compiled knows fp32, and heads of one width, which all of Whisper's have. Each step of a text reads its
    sound's keys and values again, and waits for main memory: half as long in bf16.
    """
    width = tokens.shape[1]
    if tokens.device.type == "cpu" and tokens.dtype == torch.float32 and width == heads * kernels.BLOCK:
        return CompiledAttention(layers, heads, in_bf16)
    return TensorAttention(layers, heads, width, tokens.device, tokens.dtype)


# -- compiled ------------------------------------------------------------------------------------------------------


class CompiledAttention:
    """Of processors."""

    def __init__(self, layers: int, heads: int, in_bf16: bool) -> None:
        self._layers, self._heads = layers, heads
        self._kind = np.uint16 if in_bf16 else np.float32

    def encoded_audio(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> EncodedAudio:
        blocks = -(-len(bias) // kernels.BLOCK)
        heads = self._layers * self._heads
        stored_keys = np.empty((heads, blocks, kernels.BLOCK, kernels.BLOCK), self._kind)
        stored_values = np.empty((heads, blocks * kernels.BLOCK, kernels.BLOCK), self._kind)
        # Without their mean, which the softmax does not see, the keys' products round less.
        kernels.split_heads_across(keys.numpy(), keys.mean(0).numpy(), stored_keys)
        nothing, once = np.zeros(values.shape[1], np.float32), np.ones(len(values), np.float32)
        kernels.split_heads(values.numpy(), nothing, once, stored_values)
        return _CompiledAudio(
            stored_keys.reshape(self._layers, self._heads, *stored_keys.shape[1:]),
            stored_values.reshape(self._layers, self._heads, *stored_values.shape[1:]),
            pad(bias, (0, stored_values.shape[1] - len(bias)), value=-torch.inf).numpy(),
            real,
        )

    def empty_cache(self, capacity: int) -> SelfAttentionCache:
        return _CompiledCache(np.empty((self._layers, 2, self._heads, capacity, kernels.BLOCK), np.float32))

    def log_sum_exp(self, logits: Tensor) -> Tensor:
        sums = np.empty(len(logits), np.float32)
        kernels.log_sum_exp(logits.numpy(), sums)
        return torch.from_numpy(sums)[:, None]


class _CompiledAudio:
    def __init__(self, keys: kernels.Stored, values: kernels.Stored, bias: kernels.Floats, real: int) -> None:
        self._keys, self._values, self._bias, self.real = keys, values, bias, real

    def cross_attention(
        self, layer: int, queries: Tensor, alignment_heads: Tensor | None, alignment_weights: Tensor
    ) -> Tensor:
        output = np.empty(queries.shape, np.float32)
        heads = np.zeros(self._keys.shape[1], np.bool_) if alignment_heads is None else alignment_heads.numpy()
        kernels.cross_attention(
            queries.numpy(),
            self._keys[layer],
            self._values[layer],
            self._bias,
            heads,
            output,
            alignment_weights.numpy(),
        )
        return torch.from_numpy(output)


class _CompiledCache:
    def __init__(self, cache: kernels.Floats) -> None:
        self._cache, self.length = cache, 0

    def self_attention(self, layer: int, rows: Tensor, attention_mask: Tensor) -> Tensor:
        if self.length + len(rows) > self._cache.shape[3]:
            raise ValueError(f"a text of {self._cache.shape[3]} rows cannot hold {self.length} and {len(rows)} more")
        output = np.empty((len(rows), rows.shape[1] // 3), np.float32)
        kernels.self_attention(rows.numpy(), self._cache[layer], self.length, attention_mask.numpy(), output)
        return torch.from_numpy(output)

    def advance(self, count: int) -> None:
        self.length += count


# -- torch's -------------------------------------------------------------------------------------------------------


class TensorAttention:
    """Of GPUs, and of networks with other heads."""

    def __init__(self, layers: int, heads: int, width: int, device: torch.device, kind: torch.dtype) -> None:
        self._layers, self._heads, self._width, self._device, self._kind = layers, heads, width, device, kind

    def encoded_audio(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> EncodedAudio:
        return _TensorAudio(self._by_layer(keys), self._by_layer(values), bias, real)

    def _by_layer(self, projected: Tensor) -> Tensor:
        """[positions, layers × heads × head_width] → [layers, heads, positions, head_width]."""
        split = projected.view(len(projected), self._layers, self._heads, -1)
        return split.permute(1, 2, 0, 3).contiguous()

    def empty_cache(self, capacity: int) -> SelfAttentionCache:
        shape = (self._layers, 2, self._heads, capacity, self._width // self._heads)
        return _TensorCache(torch.empty(shape, device=self._device, dtype=self._kind))

    def log_sum_exp(self, logits: Tensor) -> Tensor:
        # Several rows at once may be summed in another order than one.
        return torch.stack([row.logsumexp(0) for row in logits])[:, None]


class _TensorAudio:
    def __init__(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> None:
        self._keys, self._values, self._bias, self.real = keys, values, bias, real

    def cross_attention(
        self, layer: int, queries: Tensor, alignment_heads: Tensor | None, alignment_weights: Tensor
    ) -> Tensor:
        keys, values = self._keys[layer], self._values[layer]
        by_head = queries.view(len(queries), len(keys), -1).transpose(0, 1)  # [heads, rows, head_width]
        weights = torch.baddbmm(self._bias, by_head, keys.transpose(1, 2)).softmax(-1)
        if alignment_heads is not None:
            alignment_weights += weights[alignment_heads, :, : self.real].float().sum(0)
        return torch.bmm(weights, values).transpose(0, 1).flatten(1)


class _TensorCache:
    def __init__(self, cache: Tensor) -> None:
        self._cache = cache.unbind()  # layers apart, so that a step has fewer views to make
        self.length = 0

    def self_attention(self, layer: int, rows: Tensor, attention_mask: Tensor) -> Tensor:
        cache, count, attention_mask = self._cache[layer], len(rows), attention_mask.to(rows.dtype)
        queries, keys, values = rows.view(count, 3, cache.shape[1], -1).permute(1, 2, 0, 3)  # [heads, rows, head_width]
        cache.narrow(2, self.length, count).copy_(torch.stack([keys, values]))
        all_keys, all_values = cache.narrow(2, 0, self.length + count)
        output = scaled_dot_product_attention(
            queries[None], all_keys[None], all_values[None], attn_mask=attention_mask, scale=1.0
        )
        return output[0].transpose(0, 1).flatten(1)

    def advance(self, count: int) -> None:
        self.length += count
