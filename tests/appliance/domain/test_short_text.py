"""What nobody sees is shown, whatever of Unicode it is; what is seen stays as it is."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from admin_gui.text import plain_text
from appliance.domain import short_text
from appliance.domain.short_text import holds_unseen, with_unseen_shown, with_unseen_shown_in_lines

SIGN = "\N{REPLACEMENT CHARACTER}"
NOT_SEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Prepended_Concatenation_Mark of Unicode's PropList.txt: they stand before numbers, and are drawn.
DRAWN = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Default_Ignorable_Code_Point of DerivedCoreProperties.txt (Unicode 17), as it stands there.
IGNORABLE = """00AD 034F 061C 115F..1160 17B4..17B5 180B..180D 180E 180F 200B..200F 202A..202E 2060..2064 2065
    2066..206F 3164 FE00..FE0F FEFF FFA0 FFF0..FFF8 1BCA0..1BCA3 1D173..1D17A E0000 E0001 E0002..E001F
    E0020..E007F E0080..E00FF E0100..E01EF E01F0..E0FFF"""
# The planes of private use: fonts draw a box for each.
BOXES = range(0xF0000, 0x110000)
BLANKS = "\u2800\U0001d159\U00016fe4"


def ignorable() -> set[str]:
    spans = [entry.partition("..") for entry in IGNORABLE.split()]
    return {chr(code) for first, _, last in spans for code in range(int(first, 16), int(last or first, 16) + 1)}


def all_of_unicode() -> tuple[list[str], list[str]]:
    """What is not seen, and what is."""
    hidden = ignorable() | set(BLANKS)
    unseen, seen = [], []
    for character in map(chr, range(sys.maxunicode + 1)):
        category = unicodedata.category(character)
        drawn = character in DRAWN or ord(character) in BOXES
        if (category in NOT_SEEN and not drawn) or character in hidden:
            unseen.append(character)
        elif category != "Cn":
            seen.append(character)
    return unseen, seen


def test_all_of_unicode_that_nobody_sees_is_shown_and_all_else_left() -> None:
    unseen, seen = all_of_unicode()
    shown = with_unseen_shown("1".join(unseen)).split("1")
    assert [hex(ord(one)) for one, sign in zip(unseen, shown, strict=True) if sign != SIGN] == []
    assert with_unseen_shown("".join(seen)) == "".join(seen)


@pytest.mark.parametrize(
    "number", ["\u200b", "\u3164\u3164", "\u2800", "\U000e0041", "\ufe0f", "\u200e", "\u200d", "\u061c"]
)
def test_a_number_of_nothing_that_is_seen_shows_all_the_same(number: str) -> None:
    assert with_unseen_shown(number) == SIGN * len(number)
    assert holds_unseen(number)


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ක්\u200dෂ",
        "שלום \u200e(א)",
        "ABC \u200fשלום",
        "Zoë O'Hara 北京",
        "+49 30\u00a012",
        "☎ 1",
    ],
)
def test_what_names_are_written_with_stays(name: str) -> None:
    assert with_unseen_shown(name) == name
    assert plain_text.visible(name) == name


@pytest.mark.parametrize("number", ["1\u200c2", "۱\u200c۲", "a\u200d", "शू1\u200d2"])
def test_joiners_that_join_no_letters_are_shown(number: str) -> None:
    shown = number.replace("\u200c", SIGN).replace("\u200d", SIGN)
    assert with_unseen_shown(number) == plain_text.visible(number) == shown


def test_lines_stay_lines() -> None:
    assert with_unseen_shown_in_lines("a\tb\r\nc\x1b[31m\n\u202ed") == f"a\tb\r\nc{SIGN}[31m\n{SIGN}d"


def test_the_desktop_goes_by_the_same_table() -> None:
    assert plain_text.NEVER_SEEN == short_text.NEVER_SEEN
    assert plain_text.STRAY_JOINER == short_text.STRAY_JOINER
    assert plain_text.visible("\u3164\u2800\U000e0041\ufe0f\x1b\u202e\n") == f"{SIGN * 6}\n"
