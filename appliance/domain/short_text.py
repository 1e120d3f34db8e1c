"""Names and numbers on one line: which characters nobody sees, and what stands in their place where they come."""

from __future__ import annotations

import re

# As the inside of a class of characters. Unicode's categories Cc, Cf, Cs, Co, Zl, Zp, but for the signs before numbers
# in Arabic, Syriac and Kaithi, which are drawn, and the planes of private use, of which each shows as a box;
# Default_Ignorable_Code_Point of its DerivedCoreProperties.txt (soft hyphens, fillers, variation selectors, tags); and
# the blank of braille, the empty note, the filler of Khitan. `admin_gui.text.plain_text` has the same.
NEVER_SEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    # As they are, since patterns of JSON Schemas know no escapes for these.
    "\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
# Names in Persian and in India's scripts are written with joiners: behind a letter of theirs these are left.
_JOINERS = r"\u200c\u200d"
_JOINED = r"\u0620-\u065f\u066e-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\ufb50-\ufdff\ufe70-\ufefc"
STRAY_JOINER = rf"(?<![{_JOINED}])[{_JOINERS}]|(?<=\d)[{_JOINERS}]"
# And where something is written from the right, marks of direction.
_MARKS = r"\u061c\u200e\u200f"
_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u05ff\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_UNSEEN = re.compile(rf"[{NEVER_SEEN}{_MARKS}\ud800-\udfff]|{STRAY_JOINER}")
_UNSEEN_FROM_THE_RIGHT = re.compile(rf"[{NEVER_SEEN}\ud800-\udfff]|{STRAY_JOINER}")
# For JSON Schemas, which look at each character by itself.
UNSEEN_PATTERN = NEVER_SEEN + _JOINERS + _MARKS
# What parts the lines and the cells of a longer text.
_BREAKS = re.compile(r"([\t\r\n]+)")


def holds_unseen(text: str) -> bool:
    """Whether something in it is not what it looks like."""
    return _pattern_for(text).search(text) is not None


def with_unseen_shown(text: str) -> str:
    """The same with a sign in the place of each such character."""
    return _pattern_for(text).sub("\N{REPLACEMENT CHARACTER}", text)


def with_unseen_shown_in_lines(text: str) -> str:
    """The same of a text of more than one line."""
    return "".join(part if _BREAKS.match(part) else with_unseen_shown(part) for part in _BREAKS.split(text))


def _pattern_for(text: str) -> re.Pattern[str]:
    return _UNSEEN_FROM_THE_RIGHT if _FROM_THE_RIGHT.search(text) else _UNSEEN
