"""Which device is chosen, and how much of its memory: what torch says of cards is made up, for we have none."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from engine.errors import DeviceMissing
from engine.runtime.accelerator import LEAST_MARGIN_BYTES, choose_device, memory_budget

GIB = 1024**3


@dataclass
class MadeUpCards:
    """`torch.cuda` of a machine with these bytes free and in all on each card, and what this process has of them."""

    memory: list[tuple[int, int]] = field(default_factory=list)
    reserved: int = 0
    allocated: int = 0
    driver_runs: bool = True

    def is_available(self) -> bool:
        return self.driver_runs and bool(self.memory)

    def device_count(self) -> int:
        return len(self.memory)

    def get_device_name(self, device: int) -> str:
        return f"card {device}"

    def mem_get_info(self, device: int) -> tuple[int, int]:
        return self.memory[device]

    def memory_reserved(self, device: int) -> int:
        return self.reserved

    def memory_allocated(self, device: int) -> int:
        return self.allocated


ONE, TWO = MadeUpCards([(70 * GIB, 80 * GIB)]), MadeUpCards([(7 * GIB, 8 * GIB)] * 2)
NONE, NO_DRIVER = MadeUpCards(), MadeUpCards([(GIB, GIB)], driver_runs=False)


@pytest.mark.parametrize(
    ("wanted", "cards", "chosen"),
    [
        ("auto", ONE, "cuda"),
        ("auto", NONE, "cpu"),
        ("auto", NO_DRIVER, "cpu"),
        ("cpu", TWO, "cpu"),
        ("cuda", ONE, "cuda"),
        ("cuda:0", ONE, "cuda:0"),
        ("cuda:1", TWO, "cuda:1"),
    ],
)
def test_the_device_that_is_set_is_taken_and_by_itself_a_card_where_there_is_one(
    wanted: str, cards: MadeUpCards, chosen: str
) -> None:
    assert choose_device(wanted, cards) == chosen


@pytest.mark.parametrize(
    ("wanted", "cards", "seen"),
    [
        ("cuda", NONE, "no card that it can compute on"),
        ("cuda:0", NO_DRIVER, "no card that it can compute on"),
        ("cuda:1", ONE, "one card, cuda:0"),
        ("cuda:2", TWO, "2 cards, cuda:0 to cuda:1"),
    ],
)
def test_a_card_that_is_not_there_is_refused_by_name(wanted: str, cards: MadeUpCards, seen: str) -> None:
    with pytest.raises(DeviceMissing) as told:
        choose_device(wanted, cards, {})
    assert str(told.value) == f"VBOT_DEVICE is {wanted}, and torch sees {seen}"


def test_where_only_an_instance_of_a_card_is_given_to_us_the_refusal_says_so() -> None:
    mig = {"CUDA_VISIBLE_DEVICES": "MIG-41b36f0a-6b1f-5d4f-9d07-0d3a7a2c0f2e"}
    assert choose_device("cuda:0", ONE, mig) == "cuda:0"
    with pytest.raises(DeviceMissing, match=r"one card, cuda:0 \(CUDA_VISIBLE_DEVICES is 'MIG-41b36f0a-"):
        choose_device("cuda:1", ONE, mig)


def test_memory_that_another_process_holds_is_not_ours_and_a_margin_stays_free() -> None:
    alone, beside = MadeUpCards([(80 * GIB, 80 * GIB)]), MadeUpCards([(20 * GIB, 80 * GIB)])
    assert memory_budget("cuda", alone) == 75 * GIB
    assert memory_budget("cuda:0", beside) == 15 * GIB
    assert memory_budget("cuda:0", MadeUpCards([(2 * GIB, 4 * GIB)])) == 2 * GIB - LEAST_MARGIN_BYTES
    assert memory_budget("cuda:0", MadeUpCards([(GIB // 4, 8 * GIB)])) == 0


def test_what_torch_keeps_and_does_not_use_is_there_for_us() -> None:
    cards = MadeUpCards([(10 * GIB, 80 * GIB)], reserved=40 * GIB, allocated=30 * GIB)
    assert memory_budget("cuda", cards) == 15 * GIB


def test_a_processor_has_no_memory_of_a_card() -> None:
    with pytest.raises(ValueError, match="cpu is no graphics card"):
        memory_budget("cpu", ONE)
