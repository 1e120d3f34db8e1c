"""Texts of other people, shown letter by letter: Qt takes for markup what looks like it, unless it is told not to."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt

# Embeddings, overrides and isolates turn round what stands after them, also our own words. Scripts that are written
# from the right need none of them.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")


def visible(text: str) -> str:
    """The same with a sign in the place of each character that is not seen and turns the order of others round."""
    return text if text.isascii() else text.translate(_TURNING)


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
