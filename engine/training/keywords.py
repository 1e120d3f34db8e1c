"""Train the head that ranks phrases: which of a call's would somebody name who knows it?

    python -m engine.training.keywords tests/data [--models-dir /var/lib/vbot-models] [--judge]

It trains on the written calls that may be tuned on: 1 for a phrase that is a variant of an expected one, 0 for all
others. Ridge regression in closed form: there is no chance in it; embeddings of another processor may change the last
digits. `--judge` writes nothing: each tenth of the calls is judged by what the others taught, and the calls kept aside
by what all taught.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import KeywordOptions, ReadPhrases, extract_keywords, read_phrases
from engine.language.keywords.keyword_head import WEIGHTS, KeywordHead
from engine.language.sentence_embedding import Embedder
from engine.training.heads import reached, ridge, train, write_head
from engine.training.written_calls import ReferenceCall

_PENALTY = 10.0  # of features in units of their spread, and of the dimensions of unit vectors


@dataclass(frozen=True)
class Read:
    """A call and its phrases."""

    folder: str
    call: ReferenceCall
    embedded: EmbeddedTranscript
    phrases: ReadPhrases

    @property
    def expected(self) -> frozenset[str]:
        return frozenset(phrase for group in self.call.expected["key_phrases"] for phrase in group)


def read(folder: str, call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    embedded = embed_transcript(call.transcript, embedder)
    return Read(folder, call, embedded, read_phrases(embedded, KeywordOptions()))


def fit(calls: list[Read]) -> KeywordHead:
    """Ridge regression; the weights are of the features as they are."""
    calls = [one for one in calls if one.phrases.phrases]  # "Hello? Hello?" has none
    features = np.concatenate([np.array(one.phrases.features, dtype=np.float64) for one in calls])
    vectors = np.concatenate([one.phrases.vectors for one in calls])
    values = np.array([float(phrase in one.expected) for one in calls for phrase in one.phrases.phrases])
    spread = features.std(axis=0) + 1e-9
    table = np.concatenate([features / spread, vectors], axis=1)
    # An offset is the same for all phrases: it ranks none before another.
    weights = ridge(table - table.mean(axis=0), values - values.mean(), np.full(table.shape[1], _PENALTY))
    weights[: len(spread)] /= spread
    return KeywordHead(weights)


def found(call: Read, head: KeywordHead) -> tuple[int, int]:
    """How many expected phrases are among the keywords, of how many."""
    keywords = {keyword.lower() for keyword in extract_keywords(call.embedded, head)}
    groups = call.call.expected["key_phrases"]
    return sum(any(phrase in keywords for phrase in group) for group in groups), len(groups)


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what calls reach that were not learned from."""
    for folder, counts in reached(calls, aside, fit, found).items():
        right, of = (sum(one[part] for one in counts) for part in (0, 1))
        print(f"{folder}: {right}/{of} = {right / of:.3f}")


def write(calls: list[Read]) -> None:
    """Write the weights and print their SHA-256 for keyword_head.py."""
    how = f"ridge regression in closed form, penalty {_PENALTY:g}"
    write_head(WEIGHTS, {"weights": fit(calls).weights}, len(calls), how)


if __name__ == "__main__":
    sys.exit(train("keywords", sys.argv[1:], read, judge, write))
