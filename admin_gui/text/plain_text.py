"""Texts of other people, shown letter by letter: Qt takes for markup what looks like it, unless it is kept from it."""

from __future__ import annotations

import html
import re

from PySide6.QtGui import Qt

# Embeddings, overrides and isolates turn round what stands after them, also our own words. Scripts that are written
# from the right need none of them. Controls are not seen at all; what parts lines and cells is no such one.
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))
_SHOWN = dict.fromkeys((*_TURNING, *_CONTROLS), "\ufffd")

_LONG_WORD = re.compile(r"\S{17,}")
_BREAK_HERE = "\u200b"


def visible(text: str) -> str:
    """The same with a sign in the place of each character that is not seen, or turns the order of others round."""
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)


def from_to(first: str, second: str) -> str:
    """Two names with an arrow between them, the first on the left also where they are Hebrew or Arabic."""
    if first.isascii() and second.isascii():
        return f"{first} → {second}"
    return f"{isolated(first)} → {isolated(second)}"


def isolated(name: str) -> str:
    """A name for the middle of our own sentence, whose words stay in their order also where it is Hebrew or Arabic."""
    mark = "\N{LEFT-TO-RIGHT MARK}"
    return name if name.isascii() else f"{mark}{visible(name)}{mark}"


def breakable(text: str) -> str:
    """The same with places where a line may break in words that would else make a page wider: paths, addresses."""
    return _LONG_WORD.sub(_with_breaks, text)


def _with_breaks(word: re.Match[str]) -> str:
    """Where one looks for them, and elsewhere where there are none."""
    return _BREAK_HERE.join(re.findall(r".{1,16}?[/\\@:?&=,;._-]|.{1,16}", word[0]))


def plain_tooltip(text: str) -> str:
    """What to give to Qt so that a tooltip shows exactly this: Qt asks each tooltip whether it might be markup."""
    text = visible(text)
    if not Qt.mightBeRichText(text):
        return text
    lines = html.escape(text, quote=False).splitlines()
    return f"<qt>{'<br>'.join(lines)}</qt>"


def plain_button(text: str) -> str:
    """What to give to a button or a menu entry so that it shows exactly this: "Smith & Co" names no key."""
    return visible(text).replace("&", "&&")
