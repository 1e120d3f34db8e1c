"""Tables as text: CSV files, and cells for the clipboard."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.models.table.columns import Column
from admin_gui.text.plain_text import visible

# A spreadsheet takes a cell that begins like this for a formula, and what is in a table may come from a stranger.
# Some read these letters in their wide form too, and do not mind white space before them.
_FORMULA_STARTS = tuple("=@+-\uff1d\uff20\uff0b\uff0d")
# Of what begins so, telephone numbers and numbers stay as they are: there is nothing in them to reckon with.
_NUMBER = re.compile(r"\+?(?!-)[0-9 ()/.-]+|-[0-9]+([.,][0-9]+)?|-")
# What spreadsheets do not mind before it, besides white space: marks that are not seen.
_SKIPPED = "".join(map(chr, (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)))
_BEFORE = re.compile(rf"[\s\x00-\x1f\x7f-\x9f\ufffd{_SKIPPED}]*")
# What ends a cell on the clipboard.
_ENDS_CELL = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")


def cell_text(column: Column[Any], row: Any) -> str:
    """What a file says of a cell."""
    return column.text(row) if column.export is None else column.export(row)


def write_csv(file: Path, columns: Sequence[Column[Any]], rows: Iterable[Any], progress: Progress, stop: Stop) -> int:
    """Write all rows; the file is there whole or not at all. Returns how many. Raises Stopped, OSError."""
    aside = file.with_name(f".{file.name}.part")
    count = 0
    try:
        # With a BOM, or spreadsheets take it for their old local encoding.
        with aside.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([column.title for column in columns])
            for row in rows:
                stop.check()
                writer.writerow([_harmless(cell_text(column, row)) for column in columns])
                count += 1
                if count % 100 == 0:
                    progress(count, None)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    return count


def as_lines(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> str:
    """Rows for the clipboard: cells parted by tabs."""
    return "\n".join("\t".join(pasted(cell_text(column, row)) for column in columns) for row in rows)


def pasted(text: str) -> str:
    """A cell that stays one, and is no formula, wherever it is pasted: quotes at its start would be taken off."""
    text = _ENDS_CELL.sub(" ", text)
    return f"'{text}" if text.startswith('"') else _harmless(text)


def _harmless(text: str) -> str:
    """With a sign before it where a spreadsheet would reckon, and one in the place of what nobody would see."""
    text = visible(text)
    begins = _BEFORE.sub("", text, count=1)
    if text[:1] in ("\t", "\r") or (begins.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(begins)):
        return f"'{text}"
    return text
