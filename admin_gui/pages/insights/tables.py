"""The tables of the insights: keywords and their movement, customers, queues. Enter opens the calls behind a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.insights import Compared, CustomerInsights, Insights, Keyword, QueueInsights
from admin_gui.models.insights import Figure, change, figures
from admin_gui.models.table.columns import Column
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import section_title
from admin_gui.widgets.table.paged_table import PagedTable

translate = QCoreApplication.translate

# Without rows: its bar, its head and a scroll bar; and how many are seen before it is scrolled.
LEAST_HEIGHT, ROW_HEIGHT, MOST_ROWS = 110, 34, 8
ROWS_OF_NONE = 3  # there stand words instead
# As wide as a column has to be.
_TYPICAL = {"talk": "23 h 59 min", "dissatisfied": "100 von 400 · 22 %"}
Row = TypeVar("Row", bound=Compared)


class InsightsTable(Card):
    """A card with one table in it, whose rows come whole."""

    opened = Signal(object)
    fits_its_rows = True

    def __init__(
        self,
        context: AppContext,
        title: str,
        name: str,
        columns: list[Column[Any]],
        identity: Callable[[Any], str | int],
        empty: str,
    ) -> None:
        super().__init__()
        self.table = PagedTable(
            context, name, title, columns, identity, empty=("insights", empty, ""), searchable=False
        )
        self.table.setMinimumHeight(LEAST_HEIGHT + ROW_HEIGHT * ROWS_OF_NONE)
        # Several tables are on the page, each with its own.
        for button in (self.table.columns_button, self.table.export_button):
            button.setAccessibleName(f"{button.accessibleName()}: {title}")
        heading = section_title(title)
        heading.setMinimumHeight(self.table.search.sizeHint().height())
        self.table.add_filter(heading)
        self.table.opened.connect(self.opened)
        self.content.addWidget(self.table)

    def show_rows(self, rows: list[Any]) -> None:
        self.table.model.set_rows(rows)
        if self.fits_its_rows:
            self.table.setFixedHeight(LEAST_HEIGHT + ROW_HEIGHT * max(ROWS_OF_NONE, min(MOST_ROWS, len(rows))))


class KeywordsTable(InsightsTable):
    """What calls are about; as high as what stands beside it."""

    fits_its_rows = False

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        columns: list[Column[Keyword]] = [
            Column(
                "keyword",
                self.tr("Keyword"),
                lambda one: one.keyword,
                sort=lambda one: one.keyword.casefold(),
                width=96,
            ),
            Column(
                "calls",
                self.tr("Calls"),
                lambda one: formats.number(one.calls),
                sort=lambda one: one.calls,
                right=True,
                typical="1,000",
            ),
            Column(
                "change",
                self.tr("Change"),
                lambda one: change(one.calls, one.before),
                sort=lambda one: one.calls - (one.before or 0),
                right=True,
                typical="+100 %",
            ),
            Column(
                "before",
                self.tr("Before"),
                lambda one: formats.number(one.before),
                sort=lambda one: one.before or 0,
                right=True,
                typical="1,000",
                hidden=True,
            ),
        ]
        empty = self.tr("No keyword that several calls have in common")
        super().__init__(context, self.tr("Keywords"), "insight-keywords", columns, lambda one: one.keyword, empty)


class CustomersTable(InsightsTable):
    """Of each customer the same figures."""

    def __init__(self, context: AppContext, name_of: Callable[[int], str]) -> None:
        first: Column[CustomerInsights] = Column(
            "customer",
            self.tr("Customer"),
            lambda one: name_of(one.customer_id),
            sort=lambda one: name_of(one.customer_id).casefold(),
            width=170,
        )
        super().__init__(
            context,
            self.tr("By customer"),
            "insight-customers",
            [first, *_columns()],
            lambda one: one.customer_id,
            self.tr("No calls in this time"),
        )


class QueuesTable(InsightsTable):
    """Of each queue the same figures; not there where no call has a queue."""

    def __init__(self, context: AppContext) -> None:
        first: Column[QueueInsights] = Column(
            "queue", self.tr("Queue"), lambda one: one.queue, sort=lambda one: one.queue.casefold(), width=170
        )
        empty = self.tr("No call in this time came with a queue")
        super().__init__(
            context, self.tr("By queue"), "insight-queues", [first, *_columns()], lambda one: one.queue, empty
        )

    def show_insights(self, found: Insights) -> None:
        self.show_rows(found.queues)


def _columns() -> list[Column[Any]]:
    """Of each figure what it is, and what has changed; but for calls that is shown on request."""
    shown = list(figures())
    return [
        column
        for place, figure in enumerate(shown)
        for column in (_column_of(figure, yields=len(shown) - place if place else 0), _change_of(figure))
    ]


def _column_of(figure: Figure, yields: int) -> Column[Compared]:
    return Column(
        figure.key,
        figure.name,
        lambda one: figure.text(one.now),
        sort=lambda one: figure.of(one.now),
        export=lambda one: _plain(figure.of(one.now)),
        right=True,
        typical=_TYPICAL.get(figure.key, "1,000"),
        meaning=figure.meaning,
        yields=yields,
    )


def _change_of(figure: Figure) -> Column[Compared]:
    return Column(
        f"{figure.key}-change",
        translate("insights", "%1: change").replace("%1", figure.name),
        lambda one: figure.change(one.now, one.before),
        right=True,
        typical="+100 %",
        hidden=figure.key != "calls",
    )


def _plain(value: float | None) -> str:
    return "" if value is None else str(value)
