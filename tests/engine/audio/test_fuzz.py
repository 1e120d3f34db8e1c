"""Damaged and hostile recordings in numbers: `tests/fuzz_recordings.py`, some of them in every run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(100, marks=pytest.mark.slow),
        pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
    ],
)
def test_damaged_recordings_are_read_or_named(count: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz_recordings", "--count", str(count)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert done.stdout.startswith(f"{count} files: ")
    # Few are empty, and none of the first hundred: `variants.py` has those one by one.
    rare = ["EmptyRecording"] if count > 100 else []
    for outcome in ("read", "repaired", "UnreadableRecording", *rare):
        assert re.search(rf"\d+ {outcome}\b", done.stdout), done.stdout
    assert int(_figure(r"peak (\d+) MB", done.stdout)) < 700
    assert int(_figure(r"(\d+) descriptors open", done.stdout)) < 20


def _figure(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found.group(1)
