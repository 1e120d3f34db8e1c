"""What the trainings of the heads share: calls left out in turn, ridge regression, a file with its provenance."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import torch
from safetensors.numpy import save

from engine.language.sentence_embedding import Embedder
from engine.models import open_pack
from engine.runtime.shipped_weights import Weights
from engine.training.written_calls import ASIDE, TRAINED_ON, ReferenceCall, read_calls

FOLDS = 10
EMBEDDING = "all-MiniLM-L6-v2"


class ReadCall(Protocol):
    """A call as a training reads it."""

    @property
    def folder(self) -> str:
        """Of tests/data."""


Call = TypeVar("Call", bound=ReadCall)
Head = TypeVar("Head")
Result = TypeVar("Result")


def train(
    name: str,
    given: list[str],
    read: Callable[[str, ReferenceCall, Embedder], Call],
    judge: Callable[[list[Call], list[Call]], None],
    write: Callable[[list[Call]], None],
) -> int:
    """The program of a training: read the calls that may be tuned on, then judge, or write the head."""
    parser = argparse.ArgumentParser(prog=f"python -m engine.training.{name}")
    parser.add_argument("calls", type=Path, help="the folder of the written calls: tests/data")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--judge", action="store_true", help="write nothing: judge calls by what the others taught")
    options = parser.parse_args(given)
    torch.set_num_threads(1)  # which adds up in one order
    embedder = Embedder(open_pack(EMBEDDING, options.models_dir), "cpu")
    calls = [read(name, call, embedder) for name in TRAINED_ON for call in read_calls(options.calls / name)]
    if options.judge:
        judge(calls, [read(ASIDE, call, embedder) for call in read_calls(options.calls / ASIDE)])
    else:
        write(calls)
    return 0


def reached(
    calls: list[Call], aside: list[Call], fit: Callable[[list[Call]], Head], measure: Callable[[Call, Head], Result]
) -> dict[str, list[Result]]:
    """What is measured of each tenth of the calls as the others teach it, and of those aside as all do; by folder."""
    order = np.random.default_rng(0).permutation(len(calls))
    found: dict[str, list[Result]] = {}
    for fold in range(FOLDS):
        left_out = {int(index) for index in order[fold::FOLDS]}
        head = fit([one for index, one in enumerate(calls) if index not in left_out])
        for index in sorted(left_out):
            found.setdefault(f"{calls[index].folder}, left out", []).append(measure(calls[index], head))
    head = fit(calls)
    for one in aside:
        found.setdefault(one.folder, []).append(measure(one, head))
    return dict(sorted(found.items()))


def ridge(table: Weights, values: Weights, penalties: Weights) -> Weights:
    """Weights without an offset by ridge regression in closed form, with a penalty for each column."""
    return np.linalg.solve(table.T @ table + np.diag(penalties), table.T @ values).astype(np.float64, copy=False)


def write_head(file: Path, arrays: Mapping[str, Weights], calls: int, how: str) -> None:
    """Write a head and print the SHA-256 for its module."""
    content = save(
        {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()},
        # One entry: the file keeps several in no order, and its SHA-256 would change.
        metadata={
            "provenance": f"{calls} calls of tests/data ({', '.join(TRAINED_ON)}; CC0), embedded by {EMBEDDING}; {how}"
        },
    )
    file.write_bytes(content)
    print(f"{file}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
