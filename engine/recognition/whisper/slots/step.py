"""One step of the decoder for every slot: a token of each row in, the next beams out, all on the device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.recognition.whisper.network import DecoderLayer, WhisperNetwork
from engine.recognition.whisper.slots.caches import Caches, attend, attend_with_weights
from engine.recognition.whisper.slots.names import NameTrees
from engine.recognition.whisper.slots.selection import Rules, advance
from engine.recognition.whisper.slots.state import ROW, SlotState


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of the tensors a step goes over: the first slots, places of tokens, positions of sounds."""

    slots: int
    places: int
    positions: int


class Step:
    """A step of one shape. All that it reads and writes lies where it lay before: it can be captured."""

    def __init__(
        self,
        network: WhisperNetwork,
        rules: Rules,
        caches: Caches,
        state: SlotState,
        trees: NameTrees | None,
        shape: Shape,
    ) -> None:
        self._network, self._rules = network, rules
        self._state = state.first(shape.slots)
        self._trees = trees.first(shape.slots) if trees is not None else None
        self._shape, self._last_place = shape, state.places
        device = network.device
        self._slots = torch.arange(shape.slots, device=device)
        self._rows = torch.arange(state.rows, device=device)
        self._places = torch.arange(shape.places, device=device)
        self._own = [
            (keys[: shape.slots], values[: shape.slots])
            for keys, values in zip(caches.own_keys, caches.own_values, strict=True)
        ]
        self._other = [
            (keys[: shape.slots, :, : shape.positions], values[: shape.slots, :, : shape.positions])
            for keys, values in zip(caches.keys, caches.values, strict=True)
        ]
        self._bias = caches.bias[: shape.slots, ..., : shape.positions]
        self._alignment = caches.alignment[: shape.slots, ..., : shape.positions]

    @torch.inference_mode()
    def __call__(self) -> None:
        state, network = self._state, self._network
        slots, rows = state.token.shape
        place = state.position.masked_fill(state.done, self._last_place)
        state.history[:, :, ROW].scatter_(2, place[:, None, None].expand(-1, rows, 1), self._rows_of(slots))
        mask = self._sees()
        positions = state.position[:, None].expand(-1, rows)
        hidden = network.embedded(state.token.flatten(), positions.flatten())
        aligned = torch.zeros(slots, rows, self._shape.positions, device=hidden.device)
        for index, layer in enumerate(network.layers):
            hidden = hidden + self._self_attention(layer, index, hidden, place, mask)
            hidden = hidden + self._cross_attention(layer, index, hidden, aligned)
            hidden = hidden + layer.mlp(hidden)
        aligned /= network.alignment_head_count
        self._alignment.index_put_((self._slots, place), aligned.to(self._alignment.dtype))
        logits = network.logits(network.normed(hidden)).view(slots, rows, -1)
        advance(state, self._trees, logits, self._rules)

    def _rows_of(self, slots: int) -> Tensor:
        return self._rows.to(self._state.history.dtype).expand(slots, -1)[..., None]

    def _sees(self) -> Tensor:
        """What each row sees of its slot's places and their rows: its own past.  # [slots, 1, rows, places × rows]"""
        state = self._state
        past = state.history[:, :, ROW, : self._shape.places, None] == self._rows
        there = self._places <= state.position[:, None]
        seen = (past & there[:, None, :, None]).flatten(2)
        return torch.zeros_like(seen, dtype=self._bias.dtype).masked_fill_(~seen, -torch.inf)[:, None]

    def _self_attention(self, layer: DecoderLayer, index: int, hidden: Tensor, place: Tensor, mask: Tensor) -> Tensor:
        slots, rows = self._state.token.shape
        keys, values = self._own[index]
        split = layer.query_key_value(hidden).view(slots, rows, 3, keys.shape[3], -1)
        keys.index_put_((self._slots, place), split[:, :, 1])
        values.index_put_((self._slots, place), split[:, :, 2])
        keys, values = (
            one[:, : self._shape.places].flatten(1, 2).transpose(1, 2) for one in (keys, values)
        )  # [slots, heads, places × rows, width]
        attended = attend(split[:, :, 0].transpose(1, 2), keys, values, mask)
        return layer.out_of_self_attention(attended.transpose(1, 2).reshape(slots * rows, -1))

    def _cross_attention(self, layer: DecoderLayer, index: int, hidden: Tensor, aligned: Tensor) -> Tensor:
        """The weights of the alignment heads are added to aligned [slots, rows, positions]."""
        slots, rows = self._state.token.shape
        keys, values = self._other[index]
        network = self._network
        queries = layer.query(hidden).view(slots, rows, keys.shape[1], -1).transpose(1, 2)
        heads = network.alignment_head_numbers.get(index)
        if heads is None:
            attended = attend(queries, keys, values, self._bias)
        else:
            attended, weights = attend_with_weights(queries, keys, values, self._bias)
            aligned += weights.index_select(1, heads).float().sum(1)
        return layer.out_of_cross_attention(attended.transpose(1, 2).reshape(slots * rows, -1))
