"""The slots: texts are put in, all go on together some steps at a time, and what is done is taken out."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.recognition.whisper.beam_search import DecodingResult
from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.network import WhisperNetwork
from engine.recognition.whisper.slots.caches import Caches, EncodedSound, Room
from engine.recognition.whisper.slots.graphs import StepGraphs
from engine.recognition.whisper.slots.names import empty_trees
from engine.recognition.whisper.slots.selection import Rules
from engine.recognition.whisper.slots.state import LOG_PROBABILITY, NAMED, PLAIN, ROW, TOKEN, empty_state
from engine.recognition.whisper.slots.step import Shape, Step

STEPS_BETWEEN_LOOKS = 8
_PLACES_TOGETHER = 96  # most texts of a window are shorter: the caches' first places do for them
_POSITIONS_TOGETHER = 512


@dataclass(frozen=True, slots=True)
class NewText:
    """What a slot is to decode."""

    sound: EncodedSound
    prompt: Sequence[int]
    most_tokens: int
    expected: ExpectedWords | None


@dataclass(slots=True)
class _Held:
    """What the host knows of a text in a slot."""

    prompt_length: int
    positions: int
    real: int
    age: int = 0  # steps


class SlotTable:
    """A fixed number of slots, each with room for a text; `nodes` is 0 where no words are expected."""

    def __init__(
        self, network: WhisperNetwork, rules: Rules, slots: int, room: Room, nodes: int, graphs: StepGraphs
    ) -> None:
        self.slots, self.room, self.nodes = slots, room, nodes
        self._network, self._rules, self._graphs = network, rules, graphs
        self._caches = Caches(network, slots, room)
        self._state = empty_state(slots, room.rows, room.places, max(1, nodes), network.device)
        self._trees = empty_trees(slots, nodes, network.device) if nodes else None
        self._held: dict[int, _Held] = {}
        self._free = list(range(slots))
        self._steps: dict[Shape, Step] = {}

    @property
    def held(self) -> set[int]:
        """The slots that have a text."""
        return set(self._held)

    @property
    def free(self) -> int:
        """How many slots have no text."""
        return len(self._free)

    @torch.inference_mode()
    def put(self, texts: Sequence[NewText]) -> list[int]:
        """Into free slots, the first ones: which they are."""
        slots = [heapq.heappop(self._free) for _ in texts]
        index = torch.tensor(slots, device=self._network.device)
        self._state.begin(index, [text.prompt for text in texts], [text.most_tokens for text in texts])
        for slot, text in zip(slots, texts, strict=True):
            self._caches.put(slot, text.sound)
            if self._trees is not None:
                self._trees.put(slot, text.expected)
            _, _, bias, real = text.sound
            self._held[slot] = _Held(len(text.prompt), len(bias), real)
        return slots

    def release(self, slot: int) -> None:
        """Nobody wants this text."""
        del self._held[slot]
        self._state.done[slot].fill_(True)
        heapq.heappush(self._free, slot)

    def run(self) -> None:
        """Some steps of all texts; nothing is asked of the device."""
        shape = self._shape()
        step = self._steps.get(shape)
        if step is None:
            made = Step(self._network, self._rules, self._caches, self._state, self._trees, shape)
            step = self._steps[shape] = made
        for _ in range(STEPS_BETWEEN_LOOKS):
            self._graphs.run(shape, step)
        for held in self._held.values():
            held.age += STEPS_BETWEEN_LOOKS

    def _shape(self) -> Shape:
        """The smallest of a few shapes that has all texts in it for the steps to come."""
        last = max(self._held) + 1
        oldest = max(held.age for held in self._held.values()) + STEPS_BETWEEN_LOOKS
        longest = max(held.positions for held in self._held.values())
        sizes = (-(-self.slots // 16), -(-self.slots // 4), self.slots)
        return Shape(
            next(size for size in sizes if size >= last),
            _PLACES_TOGETHER if oldest <= _PLACES_TOGETHER < self.room.places else self.room.places,
            _POSITIONS_TOGETHER if longest <= _POSITIONS_TOGETHER < self.room.positions else self.room.positions,
        )

    @torch.inference_mode()
    def look(self) -> dict[int, DecodingResult]:
        """The texts that are done, by their slots, which are free again; the host waits for the device here alone."""
        state = self._state
        columns = [state.done[:, None], state.length[:, None], state.no_speech[:, None], state.finished_count]
        columns += [state.finished_rank, state.finished_total, state.finished_more, state.finished_length]
        told = torch.cat([column.double() for column in columns], dim=1).cpu()
        done = [slot for slot in sorted(self._held) if told[slot, 0]]
        if not done:
            return {}
        found = [_outcome(told[slot].tolist()) for slot in done]
        results = self._read(done, found)
        for slot in done:
            del self._held[slot]
            heapq.heappush(self._free, slot)
        return dict(zip(done, results, strict=True))

    def _read(self, slots: list[int], found: list[_Outcome]) -> list[DecodingResult]:
        """Tokens and log-probabilities of all these texts at once, then what their tokens listened to."""
        state, device = self._state, self._network.device
        index = torch.tensor([[slot, one.source] for slot, one in zip(slots, found, strict=True)], device=device)
        # The first row's past where nothing was finished, then the best finished one of each kind.
        pasts = torch.cat([state.history[:, :1], state.finished_history], dim=1)[index[:, 0], index[:, 1]].cpu()
        begins = [self._held[slot].prompt_length - 1 for slot in slots]
        rows = [
            (slot, place, int(past[ROW, place]))
            for slot, begin, one, past in zip(slots, begins, found, pasts, strict=True)
            for place in range(begin, begin + one.tokens)
        ]
        longest = max(self._held[slot].real for slot in slots)
        chosen = torch.tensor(rows, dtype=torch.int64, device=device).view(-1, 3)
        attention = self._caches.alignment[..., :longest][chosen[:, 0], chosen[:, 1], chosen[:, 2]].cpu().float()
        listened = torch.split(attention, [one.tokens for one in found])
        return [
            self._result(slot, one, past[:, begin:], weights)
            for slot, one, past, begin, weights in zip(slots, found, pasts, begins, listened, strict=True)
        ]

    def _result(self, slot: int, one: _Outcome, past: Tensor, attention: Tensor) -> DecodingResult:
        return DecodingResult(
            tuple(past[TOKEN, : one.tokens].long().tolist()),
            tuple(past[LOG_PROBABILITY, : one.log_probabilities].tolist()),
            one.no_speech,
            one.ended,
            attention[:, : self._held[slot].real].clone(),
        )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a search, and where its text is: 0 on its way, then by kind."""

    source: int
    tokens: int
    log_probabilities: int
    no_speech: float
    ended: bool


def _outcome(told: list[float]) -> _Outcome:
    """As `BeamSearch.result` chooses."""
    _, length, no_speech, plain_count, named_count, mean, score, total, named_total = told[:9]
    more, named_more, numbers, named_numbers = told[9:]
    if not plain_count:
        return _Outcome(0, int(length), int(length), no_speech, ended=False)
    kind = PLAIN
    if named_count:
        gain = (named_more - more) / max(1.0, numbers)
        if score > total + more and named_total / max(1.0, named_numbers) + gain > mean:
            kind = NAMED
    count = int((numbers, named_numbers)[kind])
    return _Outcome(1 + kind, count - 1, count, no_speech, ended=True)
