"""Takes out of a text what must not leave the house: secrets, telephone numbers, e-mail addresses, customers' names.

What is written for whoever helps holds none of these to begin with. This stands behind that: a line of the journal may
quote what a library or a receiver said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

LEFT_OUT, NUMBER, ADDRESS, CUSTOMER = "[left out]", "[number]", "[address]", "[name]"
# Fields of replies that hold a name, or quote what somebody wrote.
_FIELDS = frozenset({"customer_name", "example"})

# Whatever stands before an @ may be a password, with any sign in it.
_URL = re.compile(r"""\b[a-z][a-z0-9+.-]*://(?:\S+@)?[^\s"'<>)\]]+""", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Ours by their beginning, and the form of a recovery key; then whatever is said to be one.
_OURS = re.compile(r"\b(?:vbt_|vbk_|whsec_)[\w+/=.~!-]+|\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}\b")
# Letters and digits that nobody reads: a key, a token, a digest. Ids of ours stay, for by them a line is understood.
_OPAQUE = re.compile(r"(?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}(?![\w/-])")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CREDENTIAL = re.compile(
    r"(?i)\b(bearer|basic|x-api-key|api[_-]?key|token|secret|password)\b(\s*[:=]\s*|\s+)[\"']?[\w+/=.~-]{12,}"
    r"|\b(secret|password)\b(\s*[:=]\s*)\S+"
)
# +49 30 1234567, 030/1234567, (415) 555-0100, or any long run of digits that is no part of an id, nor a [pid].
_TELEPHONE = re.compile(
    r"(?<![\w-])(?:\+\d|0\d)[\d /().-]{4,}\d(?![\w-])"
    r"|(?<![\w-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"
    r"|(?<![\w.\[-])\d{7,}(?![\w-])"
)
# What a Python traceback says of the way; all else behind a message's first line may quote what it was about.
_WAY = re.compile(r"Traceback \(most recent call last\)|During handling of|The above exception|  ")
_RAISED = re.compile(r"[A-Za-z_][\w.<>]*(?=: )")
_PLACE = re.compile(r'Traceback \(most recent call last\):|  File "[^"]+", line \d+(?:, in \S+)?')


class Redactor:
    """Knows the names that are to be taken out; what has a form of its own it knows by that."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        # The longest first: a name may be part of another.
        self._names = sorted({name for name in names if name.strip()}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without them."""
        for name in self._names:
            if name in text:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", CUSTOMER, text)
        text = _URL.sub(lambda found: _host_alone(found[0]), text)
        text = _MAIL.sub(ADDRESS, text)
        text = _OURS.sub(LEFT_OUT, text)
        text = _CREDENTIAL.sub(lambda found: f"{found[1] or found[3]}{found[2] or found[4]}{LEFT_OUT}", text)
        text = _OPAQUE.sub(lambda found: found[0] if _ID.fullmatch(found[0]) else LEFT_OUT, text)
        return _TELEPHONE.sub(NUMBER, text)

    def message(self, text: str) -> str:
        """The same of a log's message: of a traceback the way stays, and what was quoted at its end goes."""
        first, *behind = text.split("\n")
        return self.text("\n".join([first, *map(_without_quotes, behind)]))

    def way(self, text: str) -> str:
        """Of a log's message the places of a traceback alone: any other line may hold a name that nobody knows."""
        kept = [line for line in text.split("\n") if _PLACE.fullmatch(line)]
        return self.text("\n".join(kept)) if kept else LEFT_OUT

    def everything(self, value: Any) -> Any:
        """The same of all texts within what JSON can hold."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: LEFT_OUT if name in _FIELDS else self.everything(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.everything(one) for one in value]
        return value


def names_in(value: Any) -> set[str]:
    """The customers that a reply names, also those that were deleted."""
    if isinstance(value, Mapping):
        own = {one for name, one in value.items() if name == "customer_name" and isinstance(one, str)}
        return own.union(*(names_in(one) for one in value.values()))
    return set().union(*(names_in(one) for one in value)) if isinstance(value, list | tuple) else set()


def _without_quotes(line: str) -> str:
    """Of a line behind a message's first: the way of a traceback, or what kind of error was raised."""
    if not line or _WAY.match(line):
        return line
    raised = _RAISED.match(line)
    return LEFT_OUT if raised is None else f"{raised[0]}: {LEFT_OUT}"


def _host_alone(url: str) -> str:
    """Whoever an address names, and whatever it asks for, stays out."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return LEFT_OUT
