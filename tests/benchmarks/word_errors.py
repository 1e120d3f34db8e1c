"""How a text is measured against what was said: as words, by whisper's own English normalizer, and turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from engine.runtime.torchaudio_stub import ensure_torchaudio

from .call_set import ReferenceRecording, ReferenceTurn


@dataclass
class TurnErrors:
    """Of one call: how far turns are from where they were (seconds), words wrong or not in their turn, words in all."""

    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    wrong: int = 0
    words: int = 0


@cache
def _normalizer() -> Any:
    ensure_torchaudio()
    from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

    return EnglishTextNormalizer({})


def normalized(text: str) -> list[str]:
    """Words as they are compared: numbers as digits, no fillers, no punctuation."""
    words: list[str] = _normalizer()(text).split()
    return words


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Substituted, left out and invented words."""
    place = {word: number for number, word in enumerate(dict.fromkeys([*said, *heard]))}
    row = np.array([place[word] for word in heard], dtype=np.int64)
    steps = np.arange(len(heard) + 1)
    costs = steps.copy()
    for count, word in enumerate(said, start=1):
        best = np.concatenate([[count], np.minimum(costs[1:] + 1, costs[:-1] + (row != place[word]))])
        # What is invented: from any place before, a step each.
        costs = np.minimum.accumulate(best - steps) + steps
    return int(costs[-1])


def turn_errors(call: ReferenceRecording, heard: Sequence[Sequence[Any]]) -> TurnErrors:
    """Each turn said against the segments that overlap it more than any other turn of its channel."""
    found = TurnErrors()
    for channel in (0, 1):
        turns = [turn for turn in call.turns if turn.channel == channel]
        if not turns:
            continue
        # Pauses within a turn split it, short ones between turns join them: what is compared begins and ends together.
        for said, segments in _groups(turns, sorted(part for part in heard if part[0] == channel)):
            words = normalized(" ".join(turn.text for turn in said))
            text = normalized(" ".join(part[3] for part in segments))
            found.wrong += errors(words, text)
            found.words += len(words)
            if said and segments:
                found.starts.append(abs(segments[0][1] - said[0].start))
                found.ends.append(abs(segments[-1][2] - said[-1].end))
    return found


def _groups(
    turns: Sequence[ReferenceTurn], segments: Sequence[Sequence[Any]]
) -> list[tuple[list[ReferenceTurn], list[Sequence[Any]]]]:
    """Turns and segments that overlap, in groups as small as they can be."""
    marks = [(turn.start, turn.end, turn, None) for turn in turns]
    marks += [(part[1], part[2], None, part) for part in segments]  # type: ignore[misc]
    groups: list[tuple[list[ReferenceTurn], list[Sequence[Any]]]] = []
    reached = -1.0
    for start, end, turn, part in sorted(marks, key=lambda one: (one[0], one[1])):
        if start >= reached:
            groups.append(([], []))
        groups[-1][0 if turn is not None else 1].append(turn if turn is not None else part)  # type: ignore[arg-type]
        reached = max(reached, end)
    return groups
