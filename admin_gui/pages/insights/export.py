"""Insights as a file: every figure as CSV, or a report of one page as PDF."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.insights import Insights
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.models.insights import FileRow, Narrowed, file_rows
from admin_gui.models.table.columns import Column
from admin_gui.models.table.export import write_csv
from admin_gui.pages.insights.report import Report, write_report
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.text import formats

Write = Callable[[Path, Progress, Stop], object]


class InsightsExport(QObject):
    """Asks where to, and writes on a thread what is on screen; `shown` is that, or None."""

    def __init__(self, context: AppContext, page: QWidget, customer_name: Callable[[int], str]) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._customer_name = customer_name
        self.shown: Insights | None = None
        self.narrowed = Narrowed()

    def ask_for_csv(self) -> None:
        self._ask_where("csv", self.tr("CSV files (*.csv)"), self.save_csv)

    def ask_for_report(self) -> None:
        self._ask_where("pdf", self.tr("PDF files (*.pdf)"), self.save_report)

    def save_csv(self, file: Path) -> None:
        """One row a figure."""
        if self.shown is None:
            return
        columns: list[Column[FileRow]] = [
            Column("part", self.tr("Of what"), lambda row: row.part),
            Column("name", self.tr("Name"), lambda row: row.name),
            Column("figure", self.tr("Figure"), lambda row: row.figure),
            Column("now", self.tr("Value"), lambda row: row.now),
            Column("before", self.tr("Before"), lambda row: row.before),
        ]
        # Names come of what the GUI knows.
        rows = list(file_rows(self.shown, self._customer_name, self.narrowed))
        self._run(file, lambda _file, progress, stop: write_csv(file, columns, rows, progress, stop))

    def save_report(self, file: Path) -> None:
        """One page A4."""
        if self.shown is None:
            return
        names = {one.customer_id: self._customer_name(one.customer_id) for one in self.shown.customers}
        whose = self.narrowed.whose(self._context.session.name)
        report = Report(self.shown, whose, names, formats.moment(self._context.session.now()))
        self._run(file, lambda _file, _progress, _stop: write_report(file, report))

    def _run(self, file: Path, write: Write) -> None:
        self._context.run_long(
            self._page,
            self.tr("Saving %1").replace("%1", file.name),
            partial(write, file),
            lambda _done: tell_saved(
                self._context, self.tr("Saved as %1").replace("%1", str(file)), file, to_read=file.suffix == ".pdf"
            ),
        )

    def _ask_where(self, ending: str, kinds: str, save: Callable[[Path], None]) -> None:
        if self.shown is None:
            return
        first, last = self.shown.days[0].day, self.shown.days[-1].day
        days = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d}-{last:%Y-%m-%d}"
        title, name = self.tr("Save the insights"), f"vbot-insights-{days}.{ending}"
        ask_where_to_save(self._context, self._page, title, name, kinds, save)
