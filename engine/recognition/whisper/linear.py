"""Linear layers for recognition: on a processor int8 where it has the instructions for it, else fp32; fp16 on a GPU.

Both give a row the same result whatever rows stand beside it. In int8 each row is quantized by its own largest value
and the products are summed as integers, so nothing is rounded that depends on a neighbour; in fp32 the product is
always taken over blocks of one fixed number of rows. (`quantize_dynamic` has one scale for all rows: it is neither as
right nor independent of neighbours.) bf16 is not among them: what has it has VNNI too, which is twice as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear, pad

from engine.recognition.whisper import kernels

Precision = Literal["int8", "fp16", "bf16", "fp32"]

ROWS_AT_ONCE = 24  # fp32: rows of one product; fewer are padded
_ZERO_POINT = 128  # the operator takes unsigned inputs: on CPUs the signed form is a slow reference
_LEVELS = 127
# oneDNN makes and keeps a program of 0.4 MB for every new number of rows (torch_environment.py). Positions of sounds,
# seldom as many as those of another, are padded to one of few; the rows of a decoder's step are few already.
ROWS_TOGETHER = 32


class Linear(Protocol):
    """A linear layer over rows [n, in] → [n, out]."""

    def __call__(self, rows: Tensor) -> Tensor: ...


class Int8Linear:
    """Weights quantized once per output, inputs per row; integer products by oneDNN, prepacked."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        scales = (weight.abs().amax(1) / _LEVELS).clamp(min=1e-12)
        quantized = (weight / scales[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(quantized, None)
        self._scales = scales.float()
        self._zeros = torch.zeros(len(scales), dtype=torch.int64)
        self._bias = torch.zeros(len(scales)) if bias is None else bias.clone()

    def __call__(self, rows: Tensor) -> Tensor:
        count = len(rows)
        number = padded(count) if count > ROWS_TOGETHER else count
        levels, scale = np.empty((number, rows.shape[1]), np.uint8), np.empty(count, np.float32)
        levels[count:] = _ZERO_POINT
        kernels.quantize(rows.contiguous().numpy(), levels, scale)
        products: Tensor = torch.ops.onednn.qlinear_pointwise(
            torch.from_numpy(levels),
            1.0,
            _ZERO_POINT,
            self._packed,
            self._scales,
            self._zeros,
            None,
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )[:count]
        return torch.addcmul(self._bias, products, torch.from_numpy(scale)[:, None], out=products)


def padded(rows: int) -> int:
    """So many rows, or a few more: a number of them that comes again."""
    return -(-rows // ROWS_TOGETHER) * ROWS_TOGETHER


class FloatLinear:
    """The weights as they are, over blocks of a fixed number of rows."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight.contiguous(), bias

    def __call__(self, rows: Tensor) -> Tensor:
        count = len(rows)
        if count == ROWS_AT_ONCE:
            return linear(rows, self._weight, self._bias)
        padded = pad(rows, (0, 0, 0, -count % ROWS_AT_ONCE))
        return torch.cat([linear(block, self._weight, self._bias) for block in torch.split(padded, ROWS_AT_ONCE)])[
            :count
        ]


class WholeLinear:
    """The weights as they are, over all rows at once: for rows that are always together, or on a GPU."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight.contiguous(), bias

    def __call__(self, rows: Tensor) -> Tensor:
        return linear(rows, self._weight, self._bias)


def best_precision(device: torch.device) -> Precision:
    """fp16 on a GPU; int8 only where the processor sums it exactly: without VNNI, oneDNN saturates at 16 bit."""
    if device.type != "cpu":
        return "fp16"
    if not _has_vnni():
        return "fp32"
    try:
        wanted = torch.tensor([[127.0, -127.0]])
        exact = bool((Int8Linear(wanted.repeat(1, 32), None)(wanted.repeat(1, 32)) == 127.0**2 * 64).all())
    except (RuntimeError, AttributeError, NotImplementedError):  # the operators are not part of torch's promises
        return "fp32"
    return "int8" if exact else "fp32"


def linear_kinds(precision: Precision, device: torch.device) -> tuple[Callable[..., Linear], Callable[..., Linear]]:
    """The layers for the rows of many texts, and for the positions of one sound."""
    if precision == "int8":
        return Int8Linear, Int8Linear
    return (FloatLinear if device.type == "cpu" and precision == "fp32" else WholeLinear), WholeLinear


def has_bf16() -> bool:
    """Has the processor instructions for products of bf16? Elsewhere they are slower than those of fp32."""
    look = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(look is not None and look())


def _has_vnni() -> bool:
    look = getattr(torch.cpu, "_is_vnni_supported", None)
    return bool(look is not None and look())
