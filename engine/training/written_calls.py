"""The written calls that the heads learn from, as transcripts with what is expected of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.transcript import Direction, Transcript
from engine.transcript_json import transcript_from_json

# Folders of tests/data.
TUNED_ON = ("calls-dev", "calls-written")
TRAINED_ON = (*TUNED_ON, "calls-varied", "calls-everyday", "calls-briefed", "calls-short")
ASIDE = "calls-aside"
# Nothing is learned from these, nor tuned on them.
KEPT_ASIDE = ("calls-briefed-aside", "calls-short-aside", "calls-unseen", "calls-held-out")
# Some of the briefed calls, spoken and recognized: moods alone are learned of them, and judged.
RECOGNIZED, RECOGNIZED_ASIDE = "calls-recognized", "calls-recognized-aside"
_WORDS_PER_SECOND = 2.6


@dataclass(frozen=True)
class ReferenceCall:
    """A call as text with its references."""

    name: str
    transcript: Transcript
    direction: Direction | None
    expected: dict[str, Any]
    tags: tuple[tuple[str, ...] | None, ...]  # of each turn: what it does in the call; None where nobody said

    @property
    def words(self) -> int:
        return len(self.transcript.text.split())


def read_calls(folder: Path) -> list[ReferenceCall]:
    """All calls of a folder, by name."""
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def holds(text: str, fact: dict[str, Any]) -> bool:
    """Whether a text holds a fact: one of its `any_of`, in whatever case, as the README of calls-dev says."""
    return any(words in text.lower() for words in fact["any_of"])


def _read(path: Path) -> ReferenceCall:
    call = json.loads(path.read_text())
    tags = tuple(tuple(turn["tags"]) if "tags" in turn else None for turn in call["turns"])
    segments, now = [], 0.0
    for turn in call["turns"]:
        start = max(0.0, now + turn["pause_before"])
        now = start + len(turn["text"].split()) / _WORDS_PER_SECOND
        segments.append({"start": start, "end": now, "party": turn["party"], "text": turn["text"]})
    document = {"direction": call["direction"], "language": "en", "segments": segments}
    transcript, direction = transcript_from_json(json.dumps(document))
    return ReferenceCall(call["id"], transcript, direction, call["expected"], tags)
