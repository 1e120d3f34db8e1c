"""Revisions of a call in words: why each came to be, and what two of them have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from PySide6.QtCore import QCoreApplication

from admin_gui.client.calls import Turn
from admin_gui.client.revisions import RevisionResult
from admin_gui.models import states
from admin_gui.models.model_words import model_lines
from admin_gui.text import formats

translate = QCoreApplication.translate

_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) ")


@dataclass(frozen=True, slots=True)
class Line:
    """Of one revision alone (`former` or `later`), or of both."""

    of: Literal["former", "later", "both"]
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the results of two revisions, line by line."""

    title: str
    lines: tuple[Line, ...]

    @property
    def is_same(self) -> bool:
        return all(line.of == "both" for line in self.lines)


def cause_words(cause: str) -> str:
    """Why a revision came to be; what we do not know as the appliance says it."""
    return {
        "received": translate("revisions", "recording received"),
        "received_again": translate("revisions", "the same recording received again"),
        "other_recording": translate("revisions", "another recording received"),
        "reprocessed": translate("revisions", "analysed again"),
        "exchanged": translate("revisions", "analysed again, caller and called exchanged"),
    }.get(cause, cause)


def compared(former: RevisionResult, later: RevisionResult) -> list[Part]:
    """What they have in common, and what not; parts that neither has are left out."""
    parts = (
        Part(translate("revisions", "Result"), _lines(_facts(former), _facts(later))),
        Part(translate("revisions", "Summary"), _lines(_sentences(former.summary), _sentences(later.summary))),
        Part(translate("revisions", "Transcript"), _lines(_turns(former.segments), _turns(later.segments))),
    )
    return [part for part in parts if part.lines]


def _facts(result: RevisionResult) -> list[str]:
    facts = (
        (translate("revisions", "Mood"), states.word(result.sentiment)),
        (translate("revisions", "Language"), result.language),
        (translate("revisions", "Keywords"), result.keywords),
    )
    return [f"{name}: {value}" for name, value in facts if value] + model_lines(result.models).splitlines()


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_ENDS.split(text) if sentence]


def _turns(turns: Sequence[Turn]) -> list[str]:
    names = {
        "caller": translate("revisions", "Caller"),
        "called": translate("revisions", "Called"),
        "voice 1": translate("revisions", "Voice 1"),
        "voice 2": translate("revisions", "Voice 2"),
    }
    speaker = translate("revisions", "Speaker")
    return [f"{formats.playing_time(turn.start)}  {names.get(turn.speaker, speaker)}: {turn.text}" for turn in turns]


def _lines(former: list[str], later: list[str]) -> tuple[Line, ...]:
    return tuple(_matched(former, later))


def _matched(former: list[str], later: list[str]) -> Iterator[Line]:
    for kind, first, after_first, second, after_second in SequenceMatcher(None, former, later, False).get_opcodes():
        if kind == "equal":
            yield from (Line("both", text) for text in former[first:after_first])
        else:
            yield from (Line("former", text) for text in former[first:after_first])
            yield from (Line("later", text) for text in later[second:after_second])
