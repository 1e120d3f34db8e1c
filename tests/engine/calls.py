"""The calls of tests/data/calls-dev as transcripts with what is expected of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.transcript import Direction, Transcript
from engine.transcript_json import transcript_from_json

_FOLDER = Path(__file__).parents[1] / "data" / "calls-dev"
_WORDS_PER_SECOND = 2.6


@dataclass(frozen=True)
class ReferenceCall:
    """A call as text with its references."""

    name: str
    transcript: Transcript
    direction: Direction | None
    expected: dict[str, Any]

    @property
    def words(self) -> int:
        return len(self.transcript.text.split())


def reference_calls() -> list[ReferenceCall]:
    """All of them, by name."""
    return [_read(path) for path in sorted(_FOLDER.glob("*.json"))]


def _read(path: Path) -> ReferenceCall:
    call = json.loads(path.read_text())
    segments, now = [], 0.0
    for turn in call["turns"]:
        start = max(0.0, now + turn["pause_before"])
        now = start + len(turn["text"].split()) / _WORDS_PER_SECOND
        segments.append({"start": start, "end": now, "party": turn["party"], "text": turn["text"]})
    document = {"direction": call["direction"], "language": "en", "segments": segments}
    transcript, direction = transcript_from_json(json.dumps(document))
    return ReferenceCall(call["id"], transcript, direction, call["expected"])
