"""Train the summary's head: which words of a call hold its facts?

    python -m tests.benchmarks.summary_weights [--models-dir /var/lib/vbot-models] [--judge]

It trains on the written calls that may be tuned on. A word of a fact's `any_of` is worth the share of it that it is,
every other word nothing: ridge regression in closed form on the words' vectors (MiniLM, fourth layer) and their
features. There is no chance in it, so there is no seed; embeddings of another processor may change the last digits.

`--judge` writes nothing: each tenth of the calls is summarised with what the others taught, under several penalties,
and the calls kept aside with what all taught.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save

import engine.threads  # noqa: F401  # before torch
from engine.embedding import Embedder
from engine.keywords import keywords
from engine.models import open_pack
from engine.sentences import split_sentences
from engine.spoken import Spoken, spoken
from engine.summary import summary
from engine.summary_head import WEIGHTS, SummaryHead, features
from engine.word_features import Table, tokens_of
from tests.engine.calls import ASIDE, SUMMARY_TRAINED_ON, ReferenceCall, holds, reference_calls

PENALTY = 30.0  # of the vectors, in units of their spread
PENALTIES = (10.0, 30.0, 90.0)
_FEATURES_PENALTY = 100.0  # they are few, and in units of their own spread
_FOLDS = 10


@dataclass(frozen=True)
class Read:
    """A call as the head sees it, and what each of its words is worth."""

    call: ReferenceCall
    spoken: Spoken
    keywords: dict[str, float]
    features: Table  # [words, features]
    worth: Table  # [words]


def read(call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    heard = spoken(call.transcript, embedder)
    phrases = keywords(heard)
    said = [tokens_of(sentence, embedder) for sentence in heard.sentences]
    return Read(call, heard, phrases, features(heard, said, phrases, call.direction), worth(call))


def worth(call: ReferenceCall) -> Table:
    """What each word of a call is of its facts: a word of three that hold one, a third."""
    told = []
    for segment in call.transcript.segments:
        text = " ".join(split_sentences(segment.text)).lower()
        words = [match.span() for match in re.finditer(r"\S+", text)]
        shares = np.zeros((len(call.expected["facts"]), len(words)))
        for index, fact in enumerate(call.expected["facts"]):
            for phrase in fact["any_of"]:
                for match in re.finditer(re.escape(phrase), text):
                    within = [
                        at for at, (start, end) in enumerate(words) if end > match.start() and start < match.end()
                    ]
                    shares[index, within] = np.maximum(shares[index, within], 1 / len(within))
        told.append(shares.sum(axis=0))
    return np.concatenate(told)


def fit(calls: list[Read], penalty: float) -> SummaryHead:
    """Ridge regression; the weights are of the features as they are, not of their spread."""
    table = np.concatenate([one.features for one in calls])
    told = np.concatenate([one.worth for one in calls])
    width = calls[0].spoken.vectors.shape[1]
    spread = table.std(axis=0) + 1e-9
    # The dimensions of a vector keep their proportions, and weigh as much as one feature together.
    spread[:width] = table[:, :width].std() * np.sqrt(width)
    centre = table.mean(axis=0)
    deviations = (table - centre) / spread
    held_back = np.concatenate([np.full(width, penalty), np.full(table.shape[1] - width, _FEATURES_PENALTY)])
    weights = np.linalg.solve(deviations.T @ deviations + np.diag(held_back), deviations.T @ (told - told.mean()))
    weights = weights / spread
    return SummaryHead(weights, float(told.mean() - centre @ weights))


def facts_held(call: Read, head: SummaryHead) -> tuple[int, int, float]:
    """How many facts its summary holds, of how many, in which share of the words."""
    text = summary(call.spoken, head, call.keywords, call.call.direction)
    facts = call.call.expected["facts"]
    return sum(holds(text, fact) for fact in facts), len(facts), len(text.split()) / call.call.words


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what calls reach that were not learned from."""
    order = np.random.default_rng(0).permutation(len(calls))
    for penalty in PENALTIES:
        reached: list[tuple[int, int, float]] = []
        for fold in range(_FOLDS):
            left_out = {int(index) for index in order[fold::_FOLDS]}
            head = fit([one for index, one in enumerate(calls) if index not in left_out], penalty)
            reached += [facts_held(calls[index], head) for index in sorted(left_out)]
        kept = [facts_held(one, fit(calls, penalty)) for one in aside]
        print(f"penalty {penalty:g}: {_line(reached)} left out; {_line(kept)} aside", flush=True)


def _line(reached: list[tuple[int, int, float]]) -> str:
    held, facts = sum(one[0] for one in reached), sum(one[1] for one in reached)
    share = np.mean([one[2] for one in reached])
    return f"{held}/{facts} = {held / facts:.3f} of the facts in {share:.1%} of the words of {len(reached)} calls"


def main(arguments: list[str]) -> int:
    """Write the weights and print their SHA-256 for summary_head.py; or judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.summary_weights")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--judge", action="store_true")
    given = parser.parse_args(arguments)
    embedder = Embedder(open_pack("all-MiniLM-L6-v2", given.models_dir), "cpu")
    calls = [read(call, embedder) for folder in SUMMARY_TRAINED_ON for call in reference_calls(folder)]
    if given.judge:
        judge(calls, [read(call, embedder) for call in reference_calls(ASIDE)])
        return 0
    head = fit(calls, PENALTY)
    content = save(
        {"weights": head.weights.astype(np.float32), "offset": np.array([head.offset], dtype=np.float32)},
        # One entry: the file keeps several in no order, and its SHA-256 would change.
        metadata={
            "provenance": f"{len(calls)} calls of tests/data ({', '.join(SUMMARY_TRAINED_ON)}; CC0), "
            f"embedded by {embedder.name}; ridge regression in closed form, penalty {PENALTY:g}; "
            "no seed: there is no chance in it"
        },
    )
    WEIGHTS.write_bytes(content)
    print(f"{WEIGHTS}: {len(head.weights)} weights, sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
