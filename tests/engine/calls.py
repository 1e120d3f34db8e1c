"""The written calls of tests/data as transcripts with what is expected of them."""

from __future__ import annotations

from pathlib import Path

from engine.training.written_calls import (
    ASIDE,
    KEPT_ASIDE,
    RECOGNIZED_ASIDE,
    TRAINED_ON,
    TUNED_ON,
    ReferenceCall,
    holds,
    read_calls,
)

__all__ = [
    "ASIDE",
    "KEPT_ASIDE",
    "RECOGNIZED_ASIDE",
    "TRAINED_ON",
    "TUNED_ON",
    "ReferenceCall",
    "holds",
    "reference_calls",
]

_DATA = Path(__file__).parents[1] / "data"


def reference_calls(folder: str = "calls-dev") -> list[ReferenceCall]:
    """All of a folder of tests/data, by name."""
    return read_calls(_DATA / folder)
