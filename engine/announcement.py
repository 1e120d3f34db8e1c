"""What a machine says before the called party is there: a greeting, a menu, the network's announcement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from engine.transcript import Party, Segment, Word

NOT_TOLD_APART = (
    "By the moments sent, the parties were connected {until:.1f} s after the recording began, and nobody of the called "
    "party would be heard in its {duration:.1f} s: nothing was told apart as an announcement. Check "
    "`recording_started_at`, `bridged_at` and `answered_at`, and their zones."
)


def announcement_problem(segments: Sequence[Segment], until: float, duration: float) -> str | None:
    """Why `until` (seconds) cannot be when the parties of a recording of this length were connected; None: it may be.

    All that anybody but the caller says would be an announcement then.
    """
    kept, apart = without_announcement(segments, until)
    is_nobody_left = bool(apart) and all(segment.party is Party.CALLER for segment in kept)
    if until <= 0 or not (until >= duration or is_nobody_left):
        return None
    return NOT_TOLD_APART.format(until=until, duration=duration)


def without_announcement(segments: Sequence[Segment], until: float) -> tuple[tuple[Segment, ...], str]:
    """The segments without what anybody but the caller says before `until` (seconds), and that as a text.

    On a mix before its voices are named nobody is the caller: all of it goes. A segment that goes on after the moment
    is divided between its words.
    """
    kept: list[Segment] = []
    apart: list[str] = []
    for segment in segments:
        if segment.party is Party.CALLER or segment.start >= until:
            kept.append(segment)
        elif segment.end <= until or not segment.words:
            apart.append(segment.text)
        else:
            before = [word for word in segment.words if (word.start + word.end) / 2 < until]
            after = segment.words[len(before) :]
            if before:
                apart.append(_text(before))
            if after:
                kept.append(_of_words(segment, after) if before else segment)
    return tuple(kept), "\n".join(apart)


def _of_words(segment: Segment, words: Sequence[Word]) -> Segment:
    confidence = math.exp(sum(math.log(max(1e-9, word.confidence)) for word in words) / len(words))
    return replace(
        segment, start=words[0].start, text=_text(words), words=tuple(words), confidence=round(confidence, 4)
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
