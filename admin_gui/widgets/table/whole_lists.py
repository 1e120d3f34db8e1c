"""Lists that come whole, again and again: what somebody has selected in one stays selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_gui.widgets.table.paged_table import PagedTable


def show_anew(table: PagedTable, rows: Sequence[Any]) -> None:
    """All its rows, as they are now; the keyboard stays where it is, or begins at the first."""
    view, identity = table.view, table.model.identity
    current, selected = table.current(), [identity(row) for row in table.selected()]
    table.model.set_rows(rows)
    view.select_again(selected)
    if current is None or not view.put_keyboard_on(identity(current), select=False):
        view.put_keyboard_on_first()
    if set(selected) - {identity(row) for row in table.selected()}:
        table.selection_changed.emit()
