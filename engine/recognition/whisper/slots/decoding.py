"""Windows in, their texts out, by slots: what the scheduler's one worker does where the device is an accelerator.

Memory may be full at any time, by others' doing too. Then there are half as many slots for some minutes, and the texts
in hand are decoded again from their beginning: none is lost. Where one slot is too much, the error is told. When it may
be free again, and no text is in hand, there are as many as it holds then.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.recognition.log_mel import FRAMES_PER_SECOND
from engine.recognition.whisper.beam_search import DecodingResult
from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.network import MEL_FRAMES, PADDING_STRIDE, WhisperNetwork
from engine.recognition.whisper.slots.caches import Room, cache_bytes
from engine.recognition.whisper.slots.graphs import Capture, StepGraphs
from engine.recognition.whisper.slots.names import nodes_of
from engine.recognition.whisper.slots.selection import Rules
from engine.recognition.whisper.slots.table import NewText, SlotTable
from engine.runtime.accelerator import memory_budget
from engine.runtime.device_failure import is_out_of_memory

logger = logging.getLogger(__name__)

MOST_SLOTS = 64  # a card reads its weights once for all of them; more make each text slower and the whole hardly faster
FEWER_SECONDS = 300.0  # before more are tried again; a table is made and captured anew for them
_SHARE_OF_FREE_MEMORY = 0.6  # the encoder, a step's logits and the other models of this process need some too
_TOGETHER = 8  # sounds that are encoded at once
_LIKE_FRAMES = 400  # sounds within 4 s of each other are alike
_POSITIONS = MEL_FRAMES // 2
_ALIGNED = 64  # fused attention wants lengths that are a multiple


@dataclass(slots=True, eq=False)
class SlotText:
    """A window's text: its features while it is not decoded, its slot while it is, then the result."""

    mel: Tensor  # [mels, frames]
    prompt: list[int]
    most_tokens: int
    expected: ExpectedWords | None
    slot: int | None = None
    result: DecodingResult | None = None


class SlotDecoding:
    """Texts in slots; `most_slots` is what was asked for, `slots` those there are: fewer where memory is short."""

    def __init__(
        self,
        network: WhisperNetwork,
        rules: Rules,
        slots: int,
        longest_seconds: float,
        most_tokens: Callable[[float], int],
        capture_for: Callable[[torch.device], Capture | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._network, self._rules, self._capture_for = network, rules, capture_for
        self._monotonic = monotonic
        frames = min(MEL_FRAMES, int(longest_seconds * FRAMES_PER_SECOND) + 1)
        self._room = self._room_for(frames, most_tokens(frames / FRAMES_PER_SECOND) + 4)
        self._nodes = 0
        self.most_slots = self.slots = slots
        self._bound, self._bound_until = slots, 0.0  # memory was full: at most so many, until then
        self._look_again_at = 0.0
        self._table: SlotTable | None = None

    # -- what the scheduler asks for --

    def begin(self, mel: Tensor, prompt: list[int], most_tokens: int, expected: ExpectedWords | None) -> SlotText:
        """A text of at most so many tokens."""
        most = min(most_tokens, self._network.max_target_positions - len(prompt))
        return SlotText(mel, prompt, most, expected)

    def step(self, texts: Sequence[SlotText]) -> None:
        """Bring these forward; those that have no slot wait for one."""
        while True:
            try:
                self._advance(texts)
            except Exception as error:
                self._drop(texts)
                _clear_frames(error)
                if not is_out_of_memory(error) or self.slots == 1:
                    raise
                self._bound = self.slots = self.slots // 2
                self._bound_until = self._monotonic() + FEWER_SECONDS
            else:
                return
            logger.warning("The device has no memory left: recognition goes on with %d texts at once.", self.slots)
            if self._network.device.type == "cuda":
                torch.cuda.empty_cache()

    # -- one round --

    def _advance(self, texts: Sequence[SlotText]) -> None:
        if self._table is not None:
            for slot in self._table.held - {text.slot for text in texts}:
                self._table.release(slot)  # nobody asks for this text any more
        waiting = [text for text in texts if text.slot is None and text.result is None]
        table = self._table_for(waiting)
        ready = []
        for text in waiting[: table.free]:
            if not self._fits(table, text):
                break  # when those before are done there will be a table with room for it
            ready.append(text)
        for group in _alike(ready):
            self._put(table, group)
        if table.held:
            table.run()
            results = table.look()
            for text in texts:
                if text.slot in results:
                    text.result, text.slot = results[text.slot], None

    @torch.inference_mode()
    def _put(self, table: SlotTable, texts: Sequence[SlotText]) -> None:
        sounds = self._network.encode_together([text.mel for text in texts])
        new = [
            NewText(sound, text.prompt, text.most_tokens, text.expected)
            for sound, text in zip(sounds, texts, strict=True)
        ]
        for text, slot in zip(texts, table.put(new), strict=True):
            text.slot = slot

    # -- tables --

    def _fits(self, table: SlotTable, text: SlotText) -> bool:
        need, room = self._need(text), table.room
        return (
            need.places <= room.places and need.positions <= room.positions and nodes_of(text.expected) <= table.nodes
        )

    def _need(self, text: SlotText) -> Room:
        return self._room_for(text.mel.shape[1], len(text.prompt) + text.most_tokens)

    def _room_for(self, frames: int, places: int) -> Room:
        real = -(-frames // 2)
        positions = real + -(-max(0, _POSITIONS - real + 1) // PADDING_STRIDE)
        return Room(self._rules.beams, _aligned(places, 8), _aligned(positions, _ALIGNED))

    def _table_for(self, waiting: Sequence[SlotText]) -> SlotTable:
        """The one there is, or one with room for what is usual, for what was ever needed and for the first that waits.

        It is made when the one there is has no text in hand any more, and after its memory was given back.
        """
        if self._table is not None:
            fits = not waiting or self._fits(self._table, waiting[0])
            if not waiting or self._table.held or (fits and not self._may_have_more(self._table)):
                return self._table
            self._table = None
        if waiting:
            need, nodes = self._need(waiting[0]), nodes_of(waiting[0].expected)
            places, positions = max(self._room.places, need.places), max(self._room.positions, need.positions)
            self._room = replace(self._room, places=places, positions=positions)
            if nodes > self._nodes:
                self._nodes = 1 << (nodes - 1).bit_length()
                self._room = replace(self._room, rows=2 * self._rules.beams)
        wanted = self._bound if self._monotonic() < self._bound_until else self.most_slots
        self.slots = slots_that_fit(self._network, self._room, wanted)
        if self.slots < wanted:
            logger.info("The device has memory for %d texts at once, of %d wanted.", self.slots, wanted)
            self._look_again_at = self._monotonic() + FEWER_SECONDS
        self._table = SlotTable(
            self._network,
            self._rules,
            self.slots,
            self._room,
            self._nodes,
            StepGraphs(self._capture_for(self._network.device), self._capture_no_more),
        )
        return self._table

    def _may_have_more(self, table: SlotTable) -> bool:
        """Whether memory for more slots is free again; looked at some minutes after it was not."""
        if table.slots >= self.most_slots or self._monotonic() < max(self._bound_until, self._look_again_at):
            return False
        if slots_that_fit(self._network, table.room, self.most_slots, table.slots) > table.slots:
            return True
        self._look_again_at = self._monotonic() + FEWER_SECONDS
        return False

    def _capture_no_more(self) -> None:
        """Not in this process: each capture that fails costs memory for good."""
        logger.warning("Recognition goes on without CUDA graphs, more slowly: a capture found no memory.")
        self._capture_for = lambda _: None

    def _drop(self, texts: Sequence[SlotText]) -> None:
        """Nothing is known of what is in the slots: give their memory back, texts begin again."""
        self._table = None
        for text in texts:
            text.slot = None


def slots_that_fit(network: WhisperNetwork, room: Room, most: int, there: int = 0) -> int:
    """As many as the device has free memory for, what other processes hold left to them; one at least.

    `there`: slots whose memory would be given back before.
    """
    if network.device.type != "cuda":
        return most
    torch.cuda.empty_cache()
    cached = cache_bytes(network, room)
    free = memory_budget(str(network.device)) + there * cached
    fit = int(free * _SHARE_OF_FREE_MEMORY / (cached + _step_bytes(network, room)))
    return max(1, min(most, fit))


def _step_bytes(network: WhisperNetwork, room: Room) -> int:
    """What a step makes of a slot for itself: logits, as the network and as selection have them, and some copies."""
    logits: int = network.vocabulary_size + network.vocabulary_padding
    return 16 * room.rows * logits


def _clear_frames(error: BaseException) -> None:
    """An error keeps what its frames had on the device for as long as anybody keeps the error."""
    one: BaseException | None = error
    while one is not None:
        traceback.clear_frames(one.__traceback__)
        one = one.__context__


def _alike(texts: Sequence[SlotText]) -> Iterator[Sequence[SlotText]]:
    """Groups of like length, which are encoded at once."""
    by_length: dict[int, list[SlotText]] = {}
    for text in texts:
        by_length.setdefault(text.mel.shape[1] // _LIKE_FRAMES, []).append(text)
    for group in by_length.values():
        for first in range(0, len(group), _TOGETHER):
            yield group[first : first + _TOGETHER]


def _aligned(number: int, to: int) -> int:
    return -(-number // to) * to
