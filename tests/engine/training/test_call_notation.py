"""The notation in which people write calls for us: what stands in it comes out, and every fault is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.call_briefs import ENDINGS, briefs
from engine.training.call_notation import NotationError, call_from_text, main

CALL = """\
id: hire-car-bumper
direction: inbound
topic: car hire
overall: negative
caller: negative
called: neutral
fact: The charge is 640 dollars. | six hundred and forty
keywords: charge / bill; scratch
note: Lowell Vandermeer called about a charge of 640 dollars, which stays.

called: Juniper Car Rental.
caller [reason]: There's a charge of six hundred and forty dollars.
called [finding, agreed]: It's for a scratch, and it stays.
"""


def test_what_was_written_comes_out() -> None:
    call = call_from_text(CALL)
    assert [(turn["party"], turn["tags"]) for turn in call["turns"]] == [
        ("called", []),
        ("caller", ["reason"]),
        ("called", ["finding", "agreed"]),
    ]
    assert call["expected"]["facts"] == [{"fact": "The charge is 640 dollars.", "any_of": ["six hundred and forty"]}]
    assert call["expected"]["key_phrases"] == [["charge", "bill"], ["scratch"]]
    assert call["expected"]["overall"] == ["negative"]
    assert call == call_from_text(CALL), "pauses are drawn by the id"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("six hundred and forty\n", "seven hundred\n", "'seven hundred' is in no turn"),
        ("[reason]", "[greeting]", "unknown tag greeting"),
        ("overall: negative", "overall: cross", "overall: one or two of"),
        ("direction: inbound", "direction: up", "direction: inbound, outbound or internal"),
        ("keywords: charge / bill", "keywords: boiler", "none of \\['boiler'\\] is said"),
        ("called: Juniper", "clerk: Juniper", "not a turn: clerk"),
        ("id: hire-car-bumper", "id: ../evil", "lower-case words"),
    ],
)
def test_a_fault_is_named(written: str, instead: str, said: str) -> None:
    assert written in CALL
    with pytest.raises(NotationError, match=said):
        call_from_text(CALL.replace(written, instead))


def test_a_folder_is_checked_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.txt").write_text(CALL)
    (tmp_path / "bad.txt").write_text(CALL.replace("overall: negative", "overall: cross"))
    assert main(tmp_path, tmp_path) == 1
    assert "bad.txt" in capsys.readouterr().out
    assert [path.name for path in tmp_path.glob("*.json")] == ["hire-car-bumper.json"]


def test_briefs_are_the_same_for_the_same_writer_and_hold_a_third_of_each_mood() -> None:
    first, other = list(briefs(1, 33)), list(briefs(2, 33))
    assert first == list(briefs(1, 33))
    assert first != other
    for mood in ENDINGS:
        assert sum(f"the outside party leaves {mood}" in one for one in first) == 11
