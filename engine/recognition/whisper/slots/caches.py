"""What the decoder attends to in every slot: one tensor each for all layers, made once.

Sounds have their true length, not the 30 s that Whisper was trained on: a slot has room for the longest window, and
what is beyond a sound's end is not seen. (End to end, without such room, each layer would have to gather scores and put
parts together, a dozen operators instead of one: that takes longer than to read what is not seen.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engine.recognition.whisper.network import WhisperNetwork

EncodedSound = tuple[Tensor, Tensor, Tensor, int]  # keys, values, bias and real positions, see `encode_together`


@dataclass(frozen=True, slots=True)
class Room:
    """What a slot has room for."""

    rows: int
    places: int  # of tokens, the prompt's among them
    positions: int  # of sound and what stands for the padding


class Caches:
    """Of all slots. Beams stand beside each other at each place, and see their own pasts: nothing is ever moved."""

    def __init__(self, network: WhisperNetwork, slots: int, room: Room) -> None:
        layers, heads = len(network.layers), network.heads
        width = network.width // heads
        own = (layers, slots, room.places + 1, room.rows, heads, width)  # the last place is seen by none
        other = (layers, slots, heads, room.positions, width)

        def zeros(*shape: int) -> Tensor:
            return torch.zeros(shape, device=network.device, dtype=network.dtype)

        self.own_keys, self.own_values = zeros(*own), zeros(*own)
        self.keys, self.values = zeros(*other), zeros(*other)
        self.bias = zeros(slots, 1, 1, room.positions)
        self.alignment = zeros(slots, room.places + 1, room.rows, room.positions)
        self._layers, self._heads = layers, heads

    def put(self, slot: int, sound: EncodedSound) -> None:
        """A sound for a slot; nothing stays of the one before, were it no numbers even."""
        keys, values, bias, _ = sound
        count = len(bias)
        for cache, rows in ((self.keys, keys), (self.values, values)):
            split = rows.view(count, self._layers, self._heads, cache.shape[-1])
            cache[:, slot, :, :count].copy_(split.permute(1, 2, 0, 3))
            cache[:, slot, :, count:].zero_()
        self.bias[slot, ..., :count].copy_(bias)
        self.bias[slot, ..., count:].fill_(-torch.inf)
        self.own_keys[:, slot].zero_()
        self.own_values[:, slot].zero_()


def cache_bytes(network: WhisperNetwork, room: Room) -> int:
    """The memory that `Caches` takes for a slot."""
    numbers = 2 * len(network.layers) * network.width * ((room.places + 1) * room.rows + room.positions)
    numbers += room.positions * (1 + (room.places + 1) * room.rows)
    size: int = network.dtype.itemsize
    return numbers * size


def attend_with_weights(queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Attention of [slots, heads, rows, width], scaled, and its weights, which the fused operator does not give."""
    weights = (queries @ keys.transpose(-1, -2) + bias).softmax(-1)
    return weights @ values, weights


def attend(queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor) -> Tensor:
    """The same without them."""
    return scaled_dot_product_attention(queries, keys, values, attn_mask=bias, scale=1.0)
