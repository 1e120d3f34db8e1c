"""Between two looks nothing is asked of the device, and a step is as many operators for one text as for many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.recognition.whisper.slots.step import Step
from engine.recognition.whisper.slots.table import STEPS_BETWEEN_LOOKS, SlotTable
from tests.engine.recognition.whisper.slots.made_up import (
    Asked,
    begun,
    made_up_network,
    made_up_texts,
    one_by_one,
    scripted,
    slot_decoding,
    with_names,
)

SLOTS = 32


class Operators(TorchDispatchMode):
    """Counts them; `devices` are those of the tensors that they are given and give."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()
        self.devices: set[str] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        self.counted[str(func)] += 1
        leaves = tree_leaves((args, kwargs, result))
        self.devices |= {leaf.device.type for leaf in leaves if isinstance(leaf, torch.Tensor)}
        return result


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Operators]:
    """What each step does, on a device without memory: what would read a number there cannot go on."""
    seen: list[Operators] = []
    step: Callable[[Step], None] = Step.__call__

    def watched(one: Step) -> None:
        with Operators() as operators:
            step(one)
        seen.append(operators)

    monkeypatch.setattr(Step, "__call__", watched)
    monkeypatch.setattr(SlotTable, "look", lambda _: {})
    return seen


def _asked(count: int, names: bool) -> list[Asked]:
    texts = made_up_texts(2 * count, 1)
    if names:
        texts = [text for text in with_names(texts, one_by_one(scripted(1), 1, texts), 1) if text.expected]
    return texts[:count]


@pytest.mark.parametrize("names", [False, True], ids=["plain", "names"])
def test_nothing_is_asked_of_the_device_between_two_looks(names: bool, steps: list[Operators]) -> None:
    """Nor is a number of the host's mixed in, which a card would have to wait for."""
    decoding = slot_decoding(made_up_network(1, "meta"), 3, SLOTS)
    decoding.step(begun(decoding, _asked(6, names), "meta"))
    assert [one.devices for one in steps] == [{"meta"}] * STEPS_BETWEEN_LOOKS


@pytest.mark.parametrize("names", [False, True], ids=["plain", "names"])
def test_a_step_is_as_many_operators_for_many_texts_as_for_one(names: bool, steps: list[Operators]) -> None:
    network = made_up_network(1, "meta")
    for count in (2, 6, 31):
        decoding = slot_decoding(network, 3, SLOTS)
        decoding.step(begun(decoding, _asked(count, names), "meta"))
    first, *others = [one.counted for one in steps]
    assert len(others) == 3 * STEPS_BETWEEN_LOOKS - 1
    assert all(one == first for one in others)
    print(sum(first.values()), sum(count for name, count in first.items() if not _is_view(name)))


def _is_view(name: str) -> bool:
    return name.split(".")[1] in {
        "view",
        "slice",
        "select",
        "unsqueeze",
        "expand",
        "transpose",
        "_unsafe_view",
        "unbind",
        "split",
        "squeeze",
        "alias",
        "detach",
        "permute",
        "split_with_sizes",
        "t",
    }


@pytest.mark.parametrize("texts", [1, 6, 31])
def test_a_look_waits_once_and_three_times_more_where_texts_are_done(texts: int) -> None:
    """However many."""
    decoding = slot_decoding(made_up_network(1), 3, SLOTS)
    waiting = begun(decoding, [replace(text, most_tokens=1) for text in made_up_texts(texts, 1)])
    with Operators() as operators:
        decoding.step(waiting)
    assert all(text.result is not None for text in waiting)
    assert operators.counted["aten._local_scalar_dense.default"] == 0
