"""Linear layers whose rows know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.recognition.whisper.linear import FloatLinear, Int8Linear, Linear, best_precision

_CPU = torch.device("cpu")
int8 = pytest.param(
    Int8Linear, marks=pytest.mark.skipif(best_precision(_CPU) != "int8", reason="the processor has no VNNI")
)


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@pytest.mark.parametrize(("kind", "error"), [pytest.param(*int8.values, 0.02, marks=int8.marks), (FloatLinear, 1e-5)])
def test_a_layer_is_what_it_stands_for(kind: Callable[..., Linear], error: float, chance: torch.Generator) -> None:
    """Rows of very different size and one with an outlier, as activations of Whisper have them."""
    weight, bias = torch.randn(70, 256, generator=chance), torch.randn(70, generator=chance)
    rows = torch.randn(31, 256, generator=chance) * torch.logspace(-3, 2, 31)[:, None]
    rows[7, 3] = 200.0
    expected = torch.nn.functional.linear(rows, weight, bias)
    off = (kind(weight, bias)(rows) - expected).norm(dim=1) / expected.norm(dim=1)
    assert off.max() < error


@pytest.mark.parametrize("kind", [int8, FloatLinear])
def test_a_row_is_the_same_among_any_others(kind: Callable[..., Linear], chance: torch.Generator) -> None:
    layer = kind(torch.randn(130, 256, generator=chance), None)
    row = torch.randn(1, 256, generator=chance)
    alone = layer(row)
    for count in (2, 3, 23, 24, 25, 32, 33, 48, 60, 64):
        for place in (0, count // 2, count - 1):
            rows = 100 * torch.randn(count, 256, generator=chance)
            rows[place] = row
            assert torch.equal(layer(rows)[place], alone[0])


@pytest.mark.skipif(best_precision(_CPU) != "int8", reason="the processor has no VNNI")
def test_a_row_of_zeros_gives_the_bias() -> None:
    assert torch.equal(Int8Linear(torch.ones(5, 8), torch.arange(5.0))(torch.zeros(1, 8))[0], torch.arange(5.0))


def test_without_vnni_nothing_is_quantized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.recognition.whisper.linear._has_vnni", lambda: False)
    assert best_precision(_CPU) == "fp32"


def test_an_operator_that_torch_no_longer_has_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise AttributeError("onednn has no qlinear_prepack")

    monkeypatch.setattr("engine.recognition.whisper.linear.Int8Linear", gone)
    assert best_precision(_CPU) == "fp32"
