"""A small recurrent network over the sentences of a call: which of them would stand in a note?

The language model reads a call forwards: what it knows of an offer is not that it is refused five turns later. This
network reads the sentences from both ends (a bidirectional GRU, as PyTorch's), and so learns which of them was the last
word. What it learned from is what readers of the calls chose to quote, and what they found misleading.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.summary.sentence_head import place_features
from engine.language.summary.sentence_selection import SentenceRoles
from engine.runtime.shipped_weights import Weights
from engine.transcript import Direction, Party

# What it has an output for, in this order.
OUTPUTS = ("importance", "reason", "outcome", "misleading", "main_fact")
# How much it counts against a sentence that it misleads, and for it that it holds one of the main facts.
_MISLEADING, _MAIN_FACT = 0.8, 0.3
_VECTOR_SCALE = 8.0  # of unit vectors, beside states


class SentenceTagger:
    """The network; its weights are arrays with the names that PyTorch gives them."""

    def __init__(self, weights: Mapping[str, Weights]) -> None:
        self._weights = weights

    def roles(self, features: Weights) -> SentenceRoles:
        """What each sentence is likely to do in the call.  # features: [sentences, features]"""
        likely = _sigmoid(self.logits(features))
        importance, reason, outcome, misleading, main_fact = (likely[:, at] for at in range(len(OUTPUTS)))
        worth = np.maximum(0.0, importance - _MISLEADING * misleading + _MAIN_FACT * main_fact)
        return SentenceRoles(worth, reason, outcome, in_context=True)

    def logits(self, features: Weights) -> Weights:
        """Of each sentence and output.  # [sentences, OUTPUTS]"""
        projected = np.tanh(self._linear("project", features))
        both_ways = [
            self._recurrent(projected, ""),
            self._recurrent(projected[::-1], "_reverse")[::-1],
        ]
        return self._linear("output", np.concatenate([*both_ways, projected], axis=1))

    def _linear(self, name: str, rows: Weights) -> Weights:
        result: Weights = rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result

    def _recurrent(self, rows: Weights, direction: str) -> Weights:
        """The state of a GRU after each row.  # [sentences, hidden]"""
        of_rows = rows @ self._weights[f"gru.weight_ih_l0{direction}"].T + self._weights[f"gru.bias_ih_l0{direction}"]
        of_state, bias = (self._weights[f"gru.{name}_hh_l0{direction}"] for name in ("weight", "bias"))
        width = of_state.shape[1]
        states = np.zeros((len(rows), width))
        state = np.zeros(width)
        for at, given in enumerate(of_rows):
            kept = of_state @ state + bias
            reset, update = np.split(_sigmoid(given[: 2 * width] + kept[: 2 * width]), 2)
            fresh = np.tanh(given[2 * width :] + reset * kept[2 * width :])
            state = states[at] = (1 - update) * fresh + update * state
        return states


def tagger_features(embedded: EmbeddedTranscript, direction: Direction | None, states: Weights) -> Weights:
    """What is read of each sentence: where and what it is, the model's state, its vector.  # [sentences, features]"""
    sentences = embedded.sentences
    turns = [
        [
            one.party is Party.CALLER,
            one.party is Party.CALLED,
            one.text.endswith("?"),
            at > 0 and sentences[at - 1].text.endswith("?"),
            at > 0 and sentences[at - 1].party is not one.party,
        ]
        for at, one in enumerate(sentences)
    ]
    kinds = np.array(turns, dtype=np.float64).reshape(len(sentences), 5)
    parts = (place_features(embedded, direction), kinds, states, embedded.vectors * _VECTOR_SCALE)
    return np.concatenate(parts, axis=1).astype(np.float64)


def _sigmoid(values: Weights) -> Weights:
    result: Weights = 1 / (1 + np.exp(-values))
    return result
