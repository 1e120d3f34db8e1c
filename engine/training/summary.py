"""Train the head that chooses a note's sentences where there is no language model.

    python -m engine.training.summary tests/data [--models-dir /var/lib/vbot-models] [--judge]

A sentence is worth its place if it holds one of the call's three main facts, as those who wrote the call say. Logistic
regression; embeddings of another processor may change the last digits. `--judge` writes nothing: it tells how many of
the three facts the notes hold that are made of calls which were not learned from.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.names import party_names
from engine.language.sentence_embedding import Embedder
from engine.language.summary.note import MAIN_FACTS, write_note
from engine.language.summary.sentence_head import WEIGHTS, SentenceHead, sentence_features
from engine.language.summary.sentence_selection import SentenceRoles
from engine.runtime.shipped_weights import Weights
from engine.training.heads import reached, train, write_head
from engine.training.written_calls import ReferenceCall, holds

_C = 0.02  # the inverse of regularization


@dataclass(frozen=True)
class Read:
    """A call, and what the head reads of each of its sentences."""

    folder: str
    call: ReferenceCall
    embedded: EmbeddedTranscript
    features: Weights  # [sentences, features]
    wanted: Weights  # [sentences]: 1 where it holds a main fact


def read(folder: str, call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    embedded = embed_transcript(call.transcript, embedder)
    facts = call.expected["facts"][:MAIN_FACTS]
    wanted = [float(any(holds(one.text, fact) for fact in facts)) for one in embedded.sentences]
    return Read(folder, call, embedded, sentence_features(embedded, call.direction), np.array(wanted))


def fit(calls: list[Read]) -> SentenceHead:
    """Logistic regression on standardized features, its scale folded into the weights."""
    table = np.concatenate([one.features for one in calls])
    mean, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    model = LogisticRegression(C=_C, max_iter=2000)
    model.fit((table - mean) / spread, np.concatenate([one.wanted for one in calls]))
    weights = model.coef_[0] / spread
    return SentenceHead(weights, float(model.intercept_[0] - mean @ weights))


def facts_held(call: Read, head: SentenceHead) -> float:
    """The share of the main facts that the note holds."""
    roles = SentenceRoles(head.importance(call.embedded, call.call.direction))
    names = party_names(call.call.transcript.segments, call.call.direction)
    note = write_note(call.embedded.sentences, roles, names, call.call.direction, None)
    return float(np.mean([holds(note.text, fact) for fact in call.call.expected["facts"][:MAIN_FACTS]]))


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what notes hold of calls that were not learned from."""
    for folder, found in reached(calls, aside, fit, facts_held).items():
        print(f"{folder}: {np.mean(found):.3f} of the three main facts")


def write(calls: list[Read]) -> None:
    """Write the weights and print their SHA-256 for sentence_head.py."""
    head = fit(calls)
    arrays = {"weights": head.weights, "offset": np.array([head.offset])}
    write_head(WEIGHTS, arrays, len(calls), f"logistic regression, C {_C:g}")


if __name__ == "__main__":
    sys.exit(train("summary", sys.argv[1:], read, judge, write))
