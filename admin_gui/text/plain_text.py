"""Texts of other people, shown letter by letter: Qt takes for markup what looks like it, unless it is kept from it."""

from __future__ import annotations

import html
import re
import textwrap

from PySide6.QtGui import Qt

# What nobody sees, or what turns round what stands after it, also our own words; the same as
# `appliance.domain.short_text`, which says where it is from. What parts lines and cells stays, and so do marks of
# direction: our own sentences have them.
NEVER_SEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    # As they are, since patterns of JSON Schemas know no escapes for these.
    "\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_JOINERS = r"\u200c\u200d"
_JOINED = r"\u0620-\u065f\u066e-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\ufb50-\ufdff\ufe70-\ufefc"
STRAY_JOINER = rf"(?<![{_JOINED}])[{_JOINERS}]|(?<=\d)[{_JOINERS}]"
_UNSEEN = re.compile(rf"(?![\t\r\n])[{NEVER_SEEN}\ud800-\udfff]|{STRAY_JOINER}")

WIDEST_TOOLTIP = 100  # characters

_LONG_WORD = re.compile(r"\S{17,}")
_BREAK_HERE = "\u200b"
_IN_OPTION = re.compile(r"(?<=--)(?=\w)")  # of a command: the line breaks before it, not within
_JOINED_HERE = "\u2060"


def visible(text: str) -> str:
    """The same with a sign in the place of each character that is not seen, or turns the order of others round."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def unseen(text: str) -> list[str]:
    """The characters of it that are not seen, or turn the order of others round."""
    return [] if text.isascii() and text.isprintable() else _UNSEEN.findall(text)


def without_unseen(text: str) -> str:
    """The same with nothing in their place."""
    return _UNSEEN.sub("", text)


def until(text: str, place: int) -> str:
    """What stands before a place that Qt names: it counts a character beyond U+FFFF, such as an emoji, as two."""
    return text.encode("utf-16-le", "surrogatepass")[: place * 2].decode("utf-16-le", "ignore")


def units(text: str) -> int:
    """How long a text is for Qt."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


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
    return _IN_OPTION.sub(_JOINED_HERE, _LONG_WORD.sub(_with_breaks, text))


def _with_breaks(word: re.Match[str]) -> str:
    """Where one looks for them, and elsewhere where there are none."""
    return _BREAK_HERE.join(re.findall(r".{1,16}?[/\\@:?&=,;._-]|.{1,16}", word[0]))


def plain_tooltip(text: str) -> str:
    """What to give to Qt so that a tooltip shows exactly this: Qt asks each tooltip whether it might be markup."""
    text = "\n".join(_within_a_screen(line) for line in visible(text).split("\n"))
    if not Qt.mightBeRichText(text):
        return text
    lines = html.escape(text, quote=False).splitlines()
    return f"<qt>{'<br>'.join(lines)}</qt>"


def _within_a_screen(line: str) -> str:
    """Qt breaks no line of a tooltip: the end of a long one would be beyond the edge of the screen."""
    return (
        line
        if len(line) <= WIDEST_TOOLTIP
        else "\n".join(
            textwrap.wrap(line, WIDEST_TOOLTIP, expand_tabs=False, replace_whitespace=False, break_on_hyphens=False)
        )
    )


def unmarked(text: str) -> str:
    """For what a desktop shows outside of our window, some as markup and some as it is: nothing in it is a mark."""
    return (
        visible(text)
        .replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
        .replace(">", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}")
    )


def plain_button(text: str) -> str:
    """What to give to a button or a menu entry so that it shows exactly this: "Smith & Co" names no key."""
    return visible(text).replace("&", "&&")
