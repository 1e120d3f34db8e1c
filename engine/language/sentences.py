"""Split a text into sentences without a corpus: nothing is downloaded, and "Mr. Smith" stays in one piece."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "jr",
        "sr",
        "vs",
        "etc",
        "e.g",
        "i.e",
        "no",
        "dept",
        "est",
        "ext",
        "approx",
        "inc",
        "ltd",
        "co",
        "corp",
        "a.m",
        "p.m",
        "u.k",
        "u.s",
    ]
)
_BREAK = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+|(?<=[。！？])")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed, in order."""
    sentences: list[str] = []
    pending = ""
    for piece in _BREAK.split(text):
        pending = f"{pending} {piece}".strip() if pending else piece.strip()
        if pending and not _ends_in_abbreviation(pending):
            sentences.append(pending)
            pending = ""
    if pending:
        sentences.append(pending)
    return sentences


def _ends_in_abbreviation(text: str) -> bool:
    last = text.rsplit(maxsplit=1)[-1].lower()
    return last.endswith(".") and (last[:-1] in _ABBREVIATIONS or re.fullmatch(r"[a-hj-z]\.", last) is not None)
