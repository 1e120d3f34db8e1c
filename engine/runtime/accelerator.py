"""Which device to compute on, by the word of `VBOT_DEVICE`, and how much of its memory is there for us.

torch counts what it may see: a whole card, or the instance of one (MIG) that `CUDA_VISIBLE_DEVICES` names by its UUID
("MIG-…"), is `cuda:0` of the process that is given it alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Protocol

from engine.errors import DeviceMissing

AUTO, CPU, CUDA = "auto", "cpu", "cuda"
VISIBLE = "CUDA_VISIBLE_DEVICES"
# Of the card's memory: what the driver, cuBLAS and the pieces between blocks take, and what another process that
# shares the card may want of a sudden.
MARGIN_SHARE = 1 / 16
LEAST_MARGIN_BYTES = 512 * 1024**2
_NUMBERED = re.compile(r"cuda(?::(?P<index>\d+))?")


class Cards(Protocol):
    """What is asked of `torch.cuda`."""

    def is_available(self) -> bool: ...

    def device_count(self) -> int: ...

    def get_device_name(self, device: int) -> str: ...

    def mem_get_info(self, device: int) -> tuple[int, int]:
        """Bytes that are free on the card, whoever has the others, and bytes in all."""

    def memory_reserved(self, device: int) -> int:
        """Bytes that this process has of the card."""

    def memory_allocated(self, device: int) -> int:
        """Bytes of those that are in use."""


def choose_device(wanted: str, cards: Cards | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """The device as torch names it: "auto" is the first card that torch can compute on, else the processor.

    Raises DeviceMissing where a card is named that is not there: to compute on the processor instead would be to hide
    that a hundredth of the speed is left.
    """
    if wanted == CPU:
        return CPU
    cards = cards or _torch_cuda()
    if wanted == AUTO:
        return CUDA if cards.is_available() and cards.device_count() else CPU
    index = index_of(wanted)
    count = cards.device_count() if cards.is_available() else 0
    if index >= count:
        raise DeviceMissing(missing(wanted, count, environment.get(VISIBLE)))
    return wanted


def missing(wanted: str, count: int, visible: str | None) -> str:
    """Why the card that is set cannot be had, in a sentence: torch sees `count` of them."""
    seen = {0: "no card that it can compute on", 1: "one card, cuda:0"}.get(
        count, f"{count} cards, cuda:0 to cuda:{count - 1}"
    )
    allowed = "" if visible is None else f" ({VISIBLE} is {visible!r}, and what it leaves out cannot be seen)"
    return f"VBOT_DEVICE is {wanted}, and torch sees {seen}{allowed}"


def index_of(device: str) -> int:
    """The number of a card: "cuda" is the first. Raises ValueError for what is no card."""
    found = _NUMBERED.fullmatch(device)
    if found is None:
        raise ValueError(f"{device} is no graphics card")
    return int(found["index"] or 0)


def memory_budget(device: str, cards: Cards | None = None) -> int:
    """How many bytes of the card this process may take now, beyond what it uses already.

    What other processes hold is not there for us, and a margin stays free for them. What torch keeps of its own and
    does not use counts as free.
    """
    cards, index = cards or _torch_cuda(), index_of(device)
    free, total = cards.mem_get_info(index)
    kept = cards.memory_reserved(index) - cards.memory_allocated(index)
    return max(0, free + kept - max(LEAST_MARGIN_BYTES, round(total * MARGIN_SHARE)))


def _torch_cuda() -> Cards:
    import torch  # noqa: PLC0415 - whoever only names a device need not wait for it

    return torch.cuda
