"""What the decoder attends to: the sound, and what it has read of the text. Compiled for processors, torch's for GPUs.

Each text attends by itself, so that none can change another's.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention

from engine.recognition.whisper import kernels


class HeardSound(Protocol):
    """One sound after the encoder, as each of the decoder's layers listens to it."""

    @property
    def real(self) -> int:
        """How many of its first positions are sound, 50 a second; what follows stands for silence up to 30 s."""

    def listen(self, layer: int, queries: Tensor, attended: Tensor | None, listened: Tensor) -> Tensor:
        """Attention of queries [rows, width], scaled, over the sound → [rows, width].

        The weights of the heads that are attended to (a mask [heads]) are added to listened [rows, real].
        """


class ReadText(Protocol):
    """What a text has read; a place in it may hold several beams' tokens."""

    @property
    def length(self) -> int:
        """How many tokens."""

    def look_back(self, layer: int, rows: Tensor, bias: Tensor) -> Tensor:
        """Attention of new rows over all before and themselves → [rows, width]; rows [rows, 3 × width] are q, k, v.

        bias [rows, length + rows]: 0 where a row sees, -inf where not.
        """

    def read_on(self, count: int) -> None:
        """All layers have looked back for so many new rows: they are read now."""


class DecoderAttention(Protocol):
    """A kind of attention. `layers`, `heads`: the decoder's."""

    def sound(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> HeardSound:
        """Keys and values [positions, layers × width] with a bias [positions] on all that is listened to."""

    def text(self, capacity: int) -> ReadText:
        """A text of so many tokens at most, nothing of it read."""

    def log_sums(self, odds: Tensor) -> Tensor:
        """The logarithm of the sum of each row's powers of e, row by row.  # [rows, n] → [rows, 1]"""


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

    def sound(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> HeardSound:
        blocks = -(-len(bias) // kernels.BLOCK)
        heads = self._layers * self._heads
        kept_keys = np.empty((heads, blocks, kernels.BLOCK, kernels.BLOCK), self._kind)
        kept_values = np.empty((heads, blocks * kernels.BLOCK, kernels.BLOCK), self._kind)
        # Without their mean, which the softmax does not see, the keys' products round less.
        kernels.split_heads_across(keys.numpy(), keys.mean(0).numpy(), kept_keys)
        nothing, once = np.zeros(values.shape[1], np.float32), np.ones(len(values), np.float32)
        kernels.split_heads(values.numpy(), nothing, once, kept_values)
        return _CompiledSound(
            kept_keys.reshape(self._layers, self._heads, *kept_keys.shape[1:]),
            kept_values.reshape(self._layers, self._heads, *kept_values.shape[1:]),
            pad(bias, (0, kept_values.shape[1] - len(bias)), value=-torch.inf).numpy(),
            real,
        )

    def text(self, capacity: int) -> ReadText:
        return _CompiledText(np.empty((self._layers, 2, self._heads, capacity, kernels.BLOCK), np.float32))

    def log_sums(self, odds: Tensor) -> Tensor:
        sums = np.empty(len(odds), np.float32)
        kernels.log_sums(odds.numpy(), sums)
        return torch.from_numpy(sums)[:, None]


class _CompiledSound:
    def __init__(self, keys: kernels.Kept, values: kernels.Kept, bias: kernels.Floats, real: int) -> None:
        self._keys, self._values, self._bias, self.real = keys, values, bias, real

    def listen(self, layer: int, queries: Tensor, attended: Tensor | None, listened: Tensor) -> Tensor:
        heard = np.empty(queries.shape, np.float32)
        heads = np.zeros(self._keys.shape[1], np.bool_) if attended is None else attended.numpy()
        kernels.listen(
            queries.numpy(), self._keys[layer], self._values[layer], self._bias, heads, heard, listened.numpy()
        )
        return torch.from_numpy(heard)


class _CompiledText:
    def __init__(self, held: kernels.Floats) -> None:
        self._held, self.length = held, 0

    def look_back(self, layer: int, rows: Tensor, bias: Tensor) -> Tensor:
        if self.length + len(rows) > self._held.shape[3]:
            raise ValueError(f"a text of {self._held.shape[3]} rows cannot hold {self.length} and {len(rows)} more")
        seen = np.empty((len(rows), rows.shape[1] // 3), np.float32)
        kernels.look_back(rows.numpy(), self._held[layer], self.length, bias.numpy(), seen)
        return torch.from_numpy(seen)

    def read_on(self, count: int) -> None:
        self.length += count


# -- torch's -------------------------------------------------------------------------------------------------------


class TensorAttention:
    """Of GPUs, and of networks with other heads."""

    def __init__(self, layers: int, heads: int, width: int, device: torch.device, kind: torch.dtype) -> None:
        self._layers, self._heads, self._width, self._device, self._kind = layers, heads, width, device, kind

    def sound(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> HeardSound:
        return _TensorSound(self._by_layer(keys), self._by_layer(values), bias, real)

    def _by_layer(self, projected: Tensor) -> Tensor:
        """[positions, layers × heads × head_width] → [layers, heads, positions, head_width]."""
        split = projected.view(len(projected), self._layers, self._heads, -1)
        return split.permute(1, 2, 0, 3).contiguous()

    def text(self, capacity: int) -> ReadText:
        shape = (self._layers, 2, self._heads, capacity, self._width // self._heads)
        return _TensorText(torch.empty(shape, device=self._device, dtype=self._kind))

    def log_sums(self, odds: Tensor) -> Tensor:
        # Several rows at once may be summed in another order than one.
        return torch.stack([row.logsumexp(0) for row in odds])[:, None]


class _TensorSound:
    def __init__(self, keys: Tensor, values: Tensor, bias: Tensor, real: int) -> None:
        self._keys, self._values, self._bias, self.real = keys, values, bias, real

    def listen(self, layer: int, queries: Tensor, attended: Tensor | None, listened: Tensor) -> Tensor:
        keys, values = self._keys[layer], self._values[layer]
        by_head = queries.view(len(queries), len(keys), -1).transpose(0, 1)  # [heads, rows, head_width]
        weights = torch.baddbmm(self._bias, by_head, keys.transpose(1, 2)).softmax(-1)
        if attended is not None:
            listened += weights[attended, :, : self.real].float().sum(0)
        return torch.bmm(weights, values).transpose(0, 1).flatten(1)


class _TensorText:
    def __init__(self, held: Tensor) -> None:
        self._held = held.unbind()  # layers apart, so that a step has fewer views to make
        self.length = 0

    def look_back(self, layer: int, rows: Tensor, bias: Tensor) -> Tensor:
        held, count, bias = self._held[layer], len(rows), bias.to(rows.dtype)
        queries, keys, values = rows.view(count, 3, held.shape[1], -1).permute(1, 2, 0, 3)  # [heads, rows, head_width]
        held.narrow(2, self.length, count).copy_(torch.stack([keys, values]))
        all_keys, all_values = held.narrow(2, 0, self.length + count)
        seen = scaled_dot_product_attention(queries[None], all_keys[None], all_values[None], attn_mask=bias, scale=1.0)
        return seen[0].transpose(0, 1).flatten(1)

    def read_on(self, count: int) -> None:
        self.length += count
