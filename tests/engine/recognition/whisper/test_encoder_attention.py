"""Attention in bf16 against torch's own in fp32, on whatever scores a sound may give."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.recognition.whisper.encoder_attention import attend, attend_in_bf16
from engine.recognition.whisper.kernels import BLOCK

POSITIONS, PADDING, HEADS = 90, 30, 4
WIDTH = HEADS * BLOCK


def _projected(spread: float) -> Tensor:
    """Queries, keys and values [positions, 3 × width]; the keys lie far from 0, as trained ones do."""
    chance = torch.Generator().manual_seed(5)
    found = torch.randn(POSITIONS, 3, WIDTH, generator=chance)
    found[:, :2] *= spread
    found[:, 1] += 3 * spread
    return found.flatten(1)


def _bias() -> Tensor:
    bias = torch.zeros(POSITIONS)
    bias[-PADDING:] = math.log(20)
    return bias


# Scores of up to 5, 30 and, where one counts alone, 2000.
@pytest.mark.parametrize("spread", [0.35, 0.85, 7.0])
def test_bf16_hears_what_fp32_hears(spread: float) -> None:
    wanted = attend(_projected(spread), _bias(), HEADS)
    found = attend_in_bf16(_projected(spread), _bias(), HEADS)
    assert found.shape == wanted.shape == (POSITIONS, WIDTH)
    assert found.dtype == torch.float32
    assert torch.isfinite(found).all()
    middle = (found - wanted).abs().median() / wanted.abs().median()
    assert middle < 0.02


def test_padding_weighs_as_much_as_it_stands_for() -> None:
    """A position with a bias of log 20 counts as twenty of it."""
    projected, bias = _projected(1.0), _bias()
    first = POSITIONS - PADDING
    repeated = torch.cat([projected[:first], projected[first:].repeat_interleave(20, 0)])
    wanted = attend(repeated, torch.zeros(len(repeated)), HEADS)[:first]
    assert (attend_in_bf16(projected, bias, HEADS)[:first] - wanted).abs().mean() < 0.02 * wanted.abs().mean()
    assert (attend(projected, bias, HEADS)[:first] - wanted).abs().max() < 1e-4
