"""Train the network that tags a call's sentences (`engine/language/summary/sentence_tagger.py`); called by `reading`.

What is wanted stands in `quotes.jsonl`: of each call, which sentences a reader would quote in a note, which could
stand in for them, which would mislead, and of most calls which tell its main facts, each often only together with its
neighbours. Who chose them had read the call and knew nothing of the product.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.language.embedded_transcript import Sentence
from engine.language.summary.sentence_tagger import OUTPUTS
from engine.runtime.shipped_weights import Weights

_WIDTH = 96
_DROPOUT = 0.5
_EPOCHS = 16
_RATE = 2e-3
_DECAY = 1e-2
_BATCH = 16  # calls
_SUBSTITUTE = 0.35  # what a sentence is worth that could stand in for one that was chosen
# How much each output counts.
_SHARES = (2.0, 0.5, 0.5, 0.7, 0.5)


@dataclass(frozen=True)
class Quotes:
    """What a reader chose of a call: texts of its sentences."""

    best: frozenset[str]
    also: frozenset[str]
    misleading: frozenset[str]
    facts: frozenset[str] | None = None  # those that tell a main fact, alone or together; None where nobody said

    def wanted(self, sentence: Sentence) -> tuple[float, float]:
        """What a sentence is worth in a note, and whether it misleads."""
        if sentence.text in self.misleading:
            return 0.0, 1.0
        return (1.0 if sentence.text in self.best else _SUBSTITUTE * (sentence.text in self.also)), 0.0


def read_quotes(file: Path) -> dict[str, Quotes]:
    """The choices, by folder and name of the call."""
    return {choice["call"]: _quotes(choice) for choice in map(json.loads, file.read_text().splitlines())}


def _quotes(choice: dict[str, Any]) -> Quotes:
    best, also, misleading = (frozenset(choice[name]) for name in ("best", "also", "misleading"))
    facts = frozenset(text for fact in choice["facts"] for text in fact) if "facts" in choice else None
    return Quotes(best, also, misleading, facts)


class _Network(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.project = nn.Linear(features, _WIDTH)
        self.drop = nn.Dropout(_DROPOUT)
        self.gru = nn.GRU(_WIDTH, _WIDTH, batch_first=True, bidirectional=True)
        self.output = nn.Linear(3 * _WIDTH, len(OUTPUTS))

    def forward(self, rows: Tensor, lengths: Tensor) -> Tensor:
        projected = self.drop(torch.tanh(self.project(self.drop(rows))))
        packed = nn.utils.rnn.pack_padded_sequence(projected, lengths, batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=rows.shape[1])
        logits: Tensor = self.output(self.drop(torch.cat([states, projected], -1)))
        return logits


def fit_tagger(features: list[Weights], wanted: list[Weights], seed: int = 0) -> dict[str, Weights]:
    """The weights.

    `features`: of each call, [sentences, features]; `wanted`: [sentences, OUTPUTS], NaN where it is not known.
    """
    torch.manual_seed(seed)
    together = np.concatenate(features)
    mean, spread = together.mean(axis=0), np.maximum(together.std(axis=0), 1e-4)
    rows = [torch.tensor((one - mean) / spread, dtype=torch.float32) for one in features]
    targets = [torch.tensor(one, dtype=torch.float32) for one in wanted]
    network = _Network(together.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    batches = -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=_EPOCHS * batches)
    for _ in range(_EPOCHS):
        order = torch.randperm(len(rows)).tolist()
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            loss = _loss(network, [rows[at] for at in batch], [targets[at] for at in batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return _folded({name: value.detach().double().numpy() for name, value in network.named_parameters()}, mean, spread)


def _loss(network: _Network, rows: list[Tensor], targets: list[Tensor]) -> Tensor:
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    wanted = nn.utils.rnn.pad_sequence(targets, batch_first=True, padding_value=float("nan"))
    logits = network(padded, torch.tensor([len(one) for one in rows]))
    known = ~torch.isnan(wanted)
    shares = torch.tensor(_SHARES).expand_as(wanted)
    return nn.functional.binary_cross_entropy_with_logits(logits[known], wanted[known], weight=shares[known])


def _folded(weights: dict[str, Weights], mean: Weights, spread: Weights) -> dict[str, Weights]:
    """With the scale of the features in the first layer."""
    project = weights["project.weight"] / spread
    return weights | {"project.weight": project, "project.bias": weights["project.bias"] - project @ mean}
