"""The books of a test: which calls there were, and what the box made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.asterisk.speech import word_count, words_of
from tests.asterisk.table import Row
from tests.engine.sounds import WORDS, word_error_rate


@dataclass(frozen=True)
class Expected:
    """A call of which a recording has to arrive: whose number, and what is said in it, in this order."""

    number: str
    clips: tuple[str, ...]
    external_id: str | None = None  # where a call has several recordings

    def is_told_by(self, body: dict[str, Any]) -> bool:
        """Whether a webhook is about it."""
        return body["caller_number"] == self.number and self.external_id in (None, body["external_id"])

    @property
    def words(self) -> str:
        """All of them."""
        return " ".join(WORDS[clip] for clip in self.clips)


def row_of(case: str, expected: list[Expected], calls: list[dict[str, Any]], told: list[dict[str, Any]]) -> Row:
    """`calls` are the box's, `told` the webhooks' verified bodies."""
    rates, words, unknown, lost, wrong = [], 0, 0, 0, 0
    for one in expected:
        bodies = [body for body in told if one.is_told_by(body)]
        if not bodies:
            lost += 1
            continue
        body = bodies[-1]
        segments = body["segments"]
        words += word_count(words_of(segments, "caller", "called", "unknown"))
        unknown += word_count(words_of(segments, "unknown"))
        if not one.words:
            continue
        rates.append(word_error_rate(one.words, body["transcription"]))
        if any(word_error_rate(other.words, body["transcription"]) < rates[-1] for other in expected if other.words):
            wrong += 1
    known = {one.number for one in expected}
    wrong += sum(body["caller_number"] not in known for body in told)
    ids = [call["external_id"] for call in calls]
    return Row(
        case,
        len(expected),
        len(calls),
        len(told),
        sum(rates) / len(rates) if rates else None,
        words,
        unknown,
        lost,
        len(ids) - len(set(ids)) + max(0, len(calls) - len(expected)),
        wrong,
    )
