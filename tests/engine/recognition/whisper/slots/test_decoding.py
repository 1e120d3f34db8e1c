"""Texts in hand while memory runs out, or a text fails: none is lost, and it comes to an end."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from engine.recognition.whisper.batching import BatchScheduler
from engine.recognition.whisper.beam_search import DecodingResult
from engine.recognition.whisper.slots import decoding as module
from engine.recognition.whisper.slots.caches import Caches, Room, cache_bytes
from engine.recognition.whisper.slots.decoding import SlotDecoding, SlotText
from engine.recognition.whisper.slots.table import SlotTable
from engine.runtime.device_failure import is_out_of_memory
from tests.engine.recognition.whisper.slots.made_up import (
    Asked,
    assert_same,
    begun,
    in_slots,
    made_up_network,
    made_up_texts,
    one_by_one,
    rounds,
    scripted,
    slot_decoding,
    with_names,
)
from tests.support.own_records import own_messages, own_records

WAIT_SECONDS = 60


class Device:
    """With memory for the steps of so many slots; the steps before `full_from` do with less."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int, full_from: int = 0) -> None:
        self.room, self.tables, self.runs = room, [], 0  # type: tuple[int, list[weakref.ref[SlotTable]], int]
        device, run = self, SlotTable.run

        class Watched(SlotTable):
            def __init__(self, *args: object) -> None:
                gc.collect()
                assert not [one for one in device.tables if one() is not None], "the table before is held still"
                super().__init__(*args)  # type: ignore[arg-type]
                device.tables.append(weakref.ref(self))

            def run(self) -> None:
                device.runs += 1
                if self.slots > device.room and device.runs > full_from:
                    raise torch.OutOfMemoryError(f"{self.slots} slots are too many")
                run(self)

        monkeypatch.setattr(module, "SlotTable", Watched)


def test_slots_are_as_many_as_the_devices_free_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the rest of it; and what is reckoned for a slot is what it takes."""
    network: Any = made_up_network(0, "meta")
    room = Room(rows=6, places=40, positions=128)
    caches = Caches(network, 5, room)
    assert sum(one.nbytes for one in vars(caches).values() if isinstance(one, torch.Tensor)) == 5 * cache_bytes(
        network, room
    )
    network.device = torch.device("cuda:1")
    asked = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(module, "memory_budget", lambda device: (asked.append(device), 20 << 20)[1])
    found = module.slots_that_fit(network, room, 64)
    assert 1 < found < 64
    assert found * cache_bytes(network, room) < 20 << 20
    assert asked == ["cuda:1"]
    assert module.slots_that_fit(network, replace(room, places=40_000), 64) == 1
    assert module.slots_that_fit(network, room, 2) == 2
    assert module.slots_that_fit(network, room, 64, 20) > found


@pytest.mark.parametrize("full_from", [0, 2], ids=["at once", "in their midst"])
def test_full_memory_halves_the_slots_and_loses_no_text(
    full_from: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was held for the texts before is given back first."""
    network = scripted(0)
    texts = made_up_texts(20, 0)
    expected = one_by_one(network, 3, texts)
    device = Device(monkeypatch, room=3, full_from=full_from)
    decoding = slot_decoding(network, 3, 16)
    for one, other in zip(expected, in_slots(decoding, texts), strict=True):
        assert_same(one, other)
    assert decoding.slots == 2
    assert len(device.tables) == 4  # of 16, 8, 4 and 2
    assert [record.levelname for record in own_records(caplog)] == ["WARNING"] * 3


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_when_memory_may_be_free_again_there_are_as_many_slots_as_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some minutes later, and when no text is in hand that would be decoded again for it."""
    network, clock = scripted(0), Clock()
    texts = made_up_texts(12, 0)
    expected = one_by_one(network, 3, texts)
    device = Device(monkeypatch, room=3)
    decoding = slot_decoding(network, 3, 16, monotonic=clock)
    in_slots(decoding, texts)
    device.room = 16
    clock.seconds = module.FEWER_SECONDS - 1
    in_slots(decoding, texts)
    assert decoding.slots == 2

    asked = begun(decoding, texts)
    decoding.step(asked)
    clock.seconds = module.FEWER_SECONDS
    decoding.step(asked)
    assert decoding.slots == 2, "texts are in hand"
    for one, other in zip(expected, rounds(decoding, asked), strict=True):
        assert_same(one, other)
    for one, other in zip(expected, in_slots(decoding, texts), strict=True):
        assert_same(one, other)
    assert decoding.slots == 16


def test_each_table_asks_anew_how_many_slots_fit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    network, clock, free = scripted(0), Clock(), [5]
    wanted = []

    def fit(_network: object, _room: object, most: int, there: int = 0) -> int:
        wanted.append((most, there))
        return min(most, free[0])

    monkeypatch.setattr(module, "slots_that_fit", fit)
    caplog.set_level(logging.INFO, module.__name__)
    texts = made_up_texts(6, 0)
    named = with_names(texts, one_by_one(network, 3, texts), 0)
    decoding = slot_decoding(network, 3, 16, monotonic=clock)
    in_slots(decoding, texts)
    assert decoding.slots == 5
    assert own_messages(caplog) == ["The device has memory for 5 texts at once, of 16 wanted."]
    free[0] = 7
    in_slots(decoding, named)  # needs another table
    assert decoding.slots == 7
    assert {most for most, _ in wanted} == {16}
    free[0] = 9
    in_slots(decoding, named)
    assert decoding.slots == 7, "not looked at again so soon"
    clock.seconds = module.FEWER_SECONDS
    in_slots(decoding, named)
    assert decoding.slots == 9
    assert (16, 7) in wanted, "what the table holds itself counts as free"


def test_what_does_not_fit_into_one_slot_fails_with_the_devices_words(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(monkeypatch, room=0)
    decoding = slot_decoding(scripted(0), 3, 8)
    with pytest.raises(torch.OutOfMemoryError, match="1 slots are too many") as failed:
        decoding.step(begun(decoding, made_up_texts(3, 0)))
    assert device.runs == 4
    gc.collect()
    assert [one() for one in device.tables] == [None] * 4, "the error keeps what it was raised in"
    assert failed.value.__traceback__ is not None


def test_a_table_with_room_for_expected_words_is_made_when_they_are_first_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When those in hand are done; it serves those without too, and only more words need another."""
    network = scripted(1)
    texts = made_up_texts(9, 1)
    plain = one_by_one(network, 3, texts)
    named = with_names(texts, plain, 1)
    device = Device(monkeypatch, room=99)
    decoding = slot_decoding(network, 3, 4)
    asked = [*texts, *named]
    for one, other in zip([*plain, *one_by_one(network, 3, named)], in_slots(decoding, asked), strict=True):
        assert_same(one, other)
    made = len(device.tables)
    assert 2 <= made <= 4
    in_slots(decoding, asked)
    assert len(device.tables) == made


class Work:
    """As the recognizer hands texts to the scheduler."""

    def __init__(self, decoding: SlotDecoding) -> None:
        self._decoding = decoding

    def begin(self, job: Asked) -> SlotText:
        return self._decoding.begin(job.mel, job.prompt, job.most_tokens, job.expected)

    def step(self, states: list[SlotText]) -> None:
        self._decoding.step(states)

    def result(self, state: SlotText) -> DecodingResult | None:
        return state.result

    def out_of_memory(self, error: Exception) -> bool:
        return is_out_of_memory(error)


def _scheduler(decoding: SlotDecoding) -> BatchScheduler[Asked, SlotText, DecodingResult]:
    work: BatchScheduler[Asked, SlotText, DecodingResult] = BatchScheduler(
        Work(decoding),  # type: ignore[arg-type]
        workers=1,
        max_batch_size=decoding.slots,
        begins_at_once=decoding.slots,
    )
    return work


def test_the_scheduler_fills_the_slots_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    network = scripted(2)
    texts = made_up_texts(40, 2)
    most: list[int] = []
    run: Callable[[SlotTable], None] = SlotTable.run
    all_are_submitted = threading.Event()

    def counted(table: SlotTable) -> None:
        all_are_submitted.wait(WAIT_SECONDS)
        most.append(len(table.held))
        run(table)

    monkeypatch.setattr(SlotTable, "run", counted)
    scheduler = _scheduler(slot_decoding(network, 3, 8))
    futures = [scheduler.submit(text) for text in texts]
    all_are_submitted.set()
    for one, future in zip(one_by_one(network, 3, texts), futures, strict=True):
        assert_same(one, future.result(WAIT_SECONDS))
    scheduler.close()
    assert max(most) == 8
    assert sum(one == 8 for one in most) > len(most) / 2


def test_a_text_that_fails_fails_alone(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Those beside it are decoded again; memory was not full, and there are as many slots as before."""
    network = scripted(3)
    texts = made_up_texts(6, 3)
    put = SlotTable.put

    def fails(table: SlotTable, new: list[module.NewText]) -> list[int]:
        if any(text.most_tokens == 13 for text in new):
            raise ValueError("no such text")
        return put(table, new)

    monkeypatch.setattr(SlotTable, "put", fails)
    decoding = slot_decoding(network, 3, 8)
    scheduler = _scheduler(decoding)
    wrong = Asked(texts[0].mel, "en", 13)
    futures = [scheduler.submit(text) for text in [*texts[:3], wrong, *texts[3:]]]
    failed = futures.pop(3)
    for one, future in zip(one_by_one(network, 3, texts), futures, strict=True):
        assert_same(one, future.result(WAIT_SECONDS))
    with pytest.raises(ValueError, match="no such text"):
        failed.result(WAIT_SECONDS)
    scheduler.close()
    assert decoding.slots == 8
    assert not [record for record in own_records(caplog) if record.levelno >= logging.WARNING]
