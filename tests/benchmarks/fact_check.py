"""How many false sentences about a call pass the check of written notes, and how many true ones are dropped.

    python -m tests.benchmarks.fact_check [aside | careful-aside | tuning | careful-tuning] [--show]

The sentences of `tests/data/claims` were made by hands that had seen nothing of the check: fluent, half of them false
in the ways in which small models go wrong, each with the turns that it names; the careful ones as a good model writes
them, two of three true. The check was made with the two that are called `tuning`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.language.embedded_transcript import embed_transcript
from engine.language.names import party_names
from engine.language.sentence_embedding import Embedder
from engine.language.summary.fact_check import Claim, FactChecker
from engine.models import open_pack
from engine.models.catalogue import ALL_MINILM_L6_V2
from engine.training.written_calls import read_calls

DATA = Path(__file__).parents[1] / "data"
CALLS = (
    "calls-briefed",
    "calls-briefed-aside",
    "calls-dev",
    "calls-held-out",
    "calls-unseen",
    "claims/calls",
)
SETS = ("aside", "tuning", "careful-aside", "careful-tuning")


@dataclass
class Checked:
    """What became of the sentences: how many there are of each kind, and which of them went the wrong way."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=list)

    @property
    def false_that_pass(self) -> float:
        passed = sum(not claim["true"] for claim, _ in self.wrong)
        return passed / (self.seen.total() - self.seen["true"])

    @property
    def true_that_fall(self) -> float:
        return sum(bool(claim["true"]) for claim, _ in self.wrong) / self.seen["true"]


def check_claims(which: str, embedder: Embedder, *, with_turns: bool = True, every: int = 1) -> Checked:
    """Check the sentences of `tests/data/claims/{which}.jsonl`; without the turns that they name, if so asked.

    Of the calls that they are about it takes the first of as many, and what is said of it.
    """
    claims = [json.loads(line) for line in (DATA / "claims" / f"{which}.jsonl").read_text().splitlines()]
    calls = {call.name: call for folder in CALLS for call in read_calls(DATA / folder)}
    checkers: dict[str, FactChecker] = {}
    taken = {*sorted({claim["call"] for claim in claims})[::every]}
    found = Checked()
    for claim in claims:
        if claim["call"] not in taken:
            continue
        call = calls[claim["call"]]
        if call.name not in checkers:
            names = party_names(call.transcript.segments, call.direction)
            embedded = embed_transcript(call.transcript, embedder)
            checkers[call.name] = FactChecker(embedded, names, call.direction)
        turns = tuple(claim["turns"]) if with_turns else ()
        faults = checkers[call.name].check(Claim(claim["text"], turns)).faults
        found.seen["true" if claim["true"] else claim["kind"]] += 1
        if claim["true"] == bool(faults):
            found.wrong.append((claim, faults))
    return found


def main(given: list[str]) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fact_check")
    parser.add_argument("which", nargs="?", default="aside", choices=SETS)
    parser.add_argument("--without-turns", action="store_true", help="let the check look for the turns")
    parser.add_argument("--show", action="store_true", help="print every sentence that goes the wrong way")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    options = parser.parse_args(given)
    embedder = Embedder(open_pack(ALL_MINILM_L6_V2.name, options.models_dir), "cpu")
    found = check_claims(options.which, embedder, with_turns=not options.without_turns)
    passed = Counter(claim["kind"] for claim, _ in found.wrong if not claim["true"])
    for kind, count in sorted(found.seen.items()):
        if kind != "true":
            print(f"{kind}: {passed[kind]} of {count} pass")
    print(f"false sentences that pass: {found.false_that_pass:.1%}; true ones that fall: {found.true_that_fall:.1%}")
    for claim, faults in found.wrong if options.show else ():
        print(f"{claim['call']} {claim['turns']} {claim['kind']}: {claim['text']} {'; '.join(faults)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
