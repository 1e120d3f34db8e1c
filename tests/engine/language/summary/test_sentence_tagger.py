"""The network that tags sentences is PyTorch's GRU, in numbers alone."""

from __future__ import annotations

import numpy as np
import torch

from engine.language.summary.sentence_tagger import OUTPUTS, SentenceTagger
from engine.runtime.shipped_weights import Weights

FEATURES, WIDTH = 7, 5


def network() -> torch.nn.ModuleDict:
    torch.manual_seed(3)
    return torch.nn.ModuleDict(
        {
            "project": torch.nn.Linear(FEATURES, WIDTH),
            "gru": torch.nn.GRU(WIDTH, WIDTH, batch_first=True, bidirectional=True),
            "output": torch.nn.Linear(3 * WIDTH, len(OUTPUTS)),
        }
    ).double()


def weights_of(modules: torch.nn.ModuleDict) -> dict[str, Weights]:
    return {name: value.detach().numpy() for name, value in modules.named_parameters()}


def test_its_logits_are_those_of_pytorchs_network() -> None:
    modules = network()
    rows = np.random.default_rng(1).normal(size=(11, FEATURES))
    with torch.no_grad():
        projected = torch.tanh(modules["project"](torch.tensor(rows)))
        states, _ = modules["gru"](projected[None])
        expected = modules["output"](torch.cat([states[0], projected], dim=-1)).numpy()
    assert np.allclose(SentenceTagger(weights_of(modules)).logits(rows), expected, atol=1e-12)


def test_a_call_without_sentences_has_no_roles() -> None:
    roles = SentenceTagger(weights_of(network())).roles(np.zeros((0, FEATURES)))
    assert (len(roles.importance), roles.in_context) == (0, True)


def test_what_misleads_is_worth_less() -> None:
    weights = weights_of(network())
    weights["output.weight"] = np.zeros_like(weights["output.weight"])
    rows = np.zeros((1, FEATURES))
    worth = []
    for misleading in (-9.0, 9.0):
        weights["output.bias"] = np.array([0.0, 0.0, 0.0, misleading, -9.0])
        worth.append(float(SentenceTagger(weights).roles(rows).importance[0]))
    assert worth[0] > 0.45
    assert worth[1] < 0.15
