"""Attention in bf16 against torch's own in fp32, on whatever scores a sound may give."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.attention import attend, attend_in_bf16

POSITIONS, PADDING = 90, 30


def _projected(spread: float) -> Tensor:
    """Queries, keys and values [3, heads, positions, width]; the keys lie far from 0, as trained ones do."""
    chance = torch.Generator().manual_seed(5)
    found = torch.randn(3, 4, POSITIONS, 16, generator=chance)
    found[:2] *= spread
    found[1] += 3 * spread
    return found


def _bias() -> Tensor:
    bias = torch.zeros(POSITIONS)
    bias[-PADDING:] = math.log(20)
    return bias


# Scores of up to 5, 30 and, where the largest have to be taken off, 2000.
@pytest.mark.parametrize("spread", [0.5, 1.2, 10.0])
def test_bf16_hears_what_fp32_hears(spread: float) -> None:
    wanted, found = attend(_projected(spread), _bias()), attend_in_bf16(_projected(spread), _bias())
    assert found.shape == wanted.shape == (POSITIONS, 64)
    assert found.dtype == torch.float32
    assert torch.isfinite(found).all()
    middle = (found - wanted).abs().median() / wanted.abs().median()
    assert middle < 0.02


def test_padding_weighs_as_much_as_it_stands_for() -> None:
    """A position with a bias of log 20 counts as twenty of it."""
    projected, bias = _projected(1.0), _bias()
    first = POSITIONS - PADDING
    repeated = torch.cat([projected[:, :, :first], projected[:, :, first:].repeat_interleave(20, 2)], dim=2)
    wanted = attend(repeated, torch.zeros(repeated.shape[2]))[:first]
    assert (attend_in_bf16(projected, bias)[:first] - wanted).abs().mean() < 0.02 * wanted.abs().mean()
    assert (attend(projected, bias)[:first] - wanted).abs().max() < 1e-4
