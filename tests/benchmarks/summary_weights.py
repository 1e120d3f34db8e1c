"""Fit what each feature of a clause counts for in a summary, on the calls that may be tuned on; print them.

    python -m tests.benchmarks.summary_weights [--models-dir /var/lib/vbot-models]

Before that, each call in turn is left out of the fit, and summarised with what the others taught: the share of facts
printed is of calls that the weights have not seen. `engine/salience.py` holds what this prints.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from sklearn.linear_model import PoissonRegressor  # type: ignore[import-untyped]

import engine.threads  # noqa: F401  # before torch
from engine.clauses import clauses
from engine.embedding import Embedder
from engine.keywords import keywords
from engine.models import open_pack
from engine.salience import Features, Worth, feature_table
from engine.spoken import Spoken, spoken
from engine.subjects import call_subjects
from engine.summary import SummaryOptions, summary
from tests.engine.calls import TUNED_ON, ReferenceCall, holds, reference_calls

PENALTY = 0.1


@dataclass(frozen=True)
class Read:
    """A call with the features of its clauses, and how many facts each holds."""

    call: ReferenceCall
    spoken: Spoken
    keywords: dict[str, float]
    features: Worth
    facts: Worth


def read(call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    heard = spoken(call.transcript, embedder)
    said, phrases = clauses(heard), keywords(heard)
    facts = [sum(holds(one.text, fact) for fact in call.expected["facts"]) for one in said]
    table = feature_table(said, heard, call_subjects(said, phrases, embedder))
    return Read(call, heard, phrases, table, np.array(facts, dtype=np.float64))


def fit(calls: list[Read]) -> Features:
    """Poisson regression on features in units of their spread."""
    table = np.concatenate([one.features for one in calls])
    spread = table.std(axis=0) + 1e-9
    model = PoissonRegressor(alpha=PENALTY, max_iter=1000)
    model.fit(table / spread, np.concatenate([one.facts for one in calls]))
    return Features(*(round(float(weight), 2) for weight in model.coef_ / spread))


def main(arguments: list[str]) -> int:
    """Print what calls left out reach, and the weights of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.summary_weights")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    given = parser.parse_args(arguments)
    embedder = Embedder(open_pack("all-MiniLM-L6-v2", given.models_dir), "cpu")
    calls = [read(call, embedder) for folder in TUNED_ON for call in reference_calls(folder)]
    held = facts = 0
    for left_out in calls:
        weights = fit([one for one in calls if one is not left_out])
        text = summary(left_out.spoken, left_out.keywords, left_out.call.direction, SummaryOptions(weights=weights))
        held += sum(holds(text, fact) for fact in left_out.call.expected["facts"])
        facts += len(left_out.call.expected["facts"])
    print(f"facts of calls left out: {held} of {facts} ({held / facts:.3f})")
    weights = fit(calls)
    for field in fields(Features):
        print(f"    {field.name}={getattr(weights, field.name)},")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
