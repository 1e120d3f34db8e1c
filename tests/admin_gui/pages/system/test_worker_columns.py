"""What the table of workers says is seen whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.system import Worker
from admin_gui.pages.system.status import worker_columns
from admin_gui.widgets.pill import CELL_PADDING
from admin_gui.widgets.table.paged_table import PagedTable

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


def test_speed_and_last_heartbeat_are_not_cut(qtbot: QtBot, context: AppContext) -> None:
    worker = Worker(
        name="box-1", state="ready", measured_speed=1652.2, last_heartbeat_at=NOW - timedelta(minutes=9, seconds=41)
    )
    columns = worker_columns(lambda: NOW)
    table = PagedTable(context, "workers", "Workers", columns, lambda one: one.name, empty=("system", "", ""))
    qtbot.addWidget(table)
    table.resize(1000, 200)  # as in a window of 1280
    table.show()
    table.model.set_rows([worker])
    for place, column in enumerate(columns):
        if column.key in ("speed", "heartbeat"):
            heading = table.view.horizontalHeader().sectionSizeHint(place)
            words = table.view.fontMetrics().horizontalAdvance(column.text(worker))
            assert table.view.columnWidth(place) >= max(words + 2 * CELL_PADDING, heading), column.key
