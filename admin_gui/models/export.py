"""Tables as text: CSV files, and cells for the clipboard."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from admin_gui.client.stop import Progress, Stop
from admin_gui.models.columns import Column

# A spreadsheet takes a cell that begins like this for a formula, and what is in a table may come from a stranger.
_FORMULA_STARTS = ("=", "@", "\t", "\r")


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
    return "\n".join("\t".join(cell_text(column, row).replace("\t", " ") for column in columns) for row in rows)


def _harmless(text: str) -> str:
    """Telephone numbers begin with + and stay as they are."""
    if text.startswith(_FORMULA_STARTS) or (text[:1] in "+-" and not text[1:2].isdigit() and len(text) > 1):
        return f"'{text}"
    return text
