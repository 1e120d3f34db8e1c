"""Tables as files and on the clipboard."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from admin_gui.client.transport.errors import Stopped
from admin_gui.client.transport.stop import Stop, no_progress
from admin_gui.models.table.columns import Column
from admin_gui.models.table.export import as_lines, write_csv

COLUMNS = [
    Column[str]("shown", "Shown", lambda row: row),
    Column[str]("told", "Told", lambda row: row, export=lambda row: f"{row}!"),
]


def written(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def test_a_file_has_a_heading_and_a_line_for_each_row(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    assert write_csv(file, COLUMNS, ["Grüße", 'a "quoted", one', "two\nlines"], no_progress, Stop()) == 3
    assert written(file) == [
        ["Shown", "Told"],
        ["Grüße", "Grüße!"],
        ['a "quoted", one', 'a "quoted", one!'],
        ["two\nlines", "two\nlines!"],
    ]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf"), "or a spreadsheet takes it for its old encoding"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|x", "'+cmd|x"),
        ("-x", "'-x"),
        ("+1+cmd|'/C calc'!A0", "'+1+cmd|'/C calc'!A0"),
        ('-2+3+HYPERLINK("http://x")', '\'-2+3+HYPERLINK("http://x")'),
        ("+1+2", "'+1+2"),
        ("-2-3", "'-2-3"),
        ("+-2", "'+-2"),
        ("  =1+1", "'  =1+1"),
        ("\t=1+1", "'\t=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\u200b=1+1", "'\ufffd=1+1"),
        ("\ufeff=1+1", "'\ufffd=1+1"),
        ("\x00=1+1", "'\ufffd=1+1"),
        ("\x85=1+1", "'\ufffd=1+1"),
        ("\u202e=1+1", "'\ufffd=1+1"),
        ("1\u202e2\x9b3", "1\ufffd2\ufffd3"),
        ("+4930123456", "+4930123456"),
        ("+49 (30) 123-456/7.8", "+49 (30) 123-456/7.8"),
        ("030 123-456", "030 123-456"),
        ("-12.5", "-12.5"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_no_cell_becomes_a_formula_and_telephone_numbers_stay(tmp_path: Path, cell: str, safe: str) -> None:
    write_csv(tmp_path / "rows.csv", COLUMNS[:1], [cell], no_progress, Stop())
    assert written(tmp_path / "rows.csv")[1:] == [[safe]]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("+1+cmd|'/C calc'!A0", "'+1+cmd|'/C calc'!A0"),
        ("=1+1", "'=1+1"),
        ("a\n=1+1", "a =1+1"),
        ("a\r\n=1+1", "a =1+1"),
        ("a\t=1+1", "a =1+1"),
        ("\n=1+1", "' =1+1"),
        ("\u2028=1+1", "' =1+1"),
        ('"=1+1"', '\'"=1+1"'),
        ("+4930123456", "+4930123456"),
    ],
)
def test_what_is_pasted_is_one_cell_and_no_formula(cell: str, safe: str) -> None:
    assert as_lines(COLUMNS[:1], [cell]) == safe


def test_a_file_whose_writing_was_stopped_is_not_there(tmp_path: Path) -> None:
    stop = Stop()
    stop.request()
    with pytest.raises(Stopped):
        write_csv(tmp_path / "rows.csv", COLUMNS, ["a"], no_progress, stop)
    assert list(tmp_path.iterdir()) == []


def test_on_the_clipboard_cells_are_parted_by_tabs() -> None:
    assert as_lines(COLUMNS, ["a", "with\ttab"]) == "a\ta!\nwith tab\twith tab!"
