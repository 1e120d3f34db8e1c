"""Customers: who may send calls."""

from __future__ import annotations

from admin_gui import formats
from admin_gui.client.customers import Customer
from admin_gui.client.events import Event
from admin_gui.client.pages import Page as RowPage
from admin_gui.commands import Command
from admin_gui.desk import Desk
from admin_gui.models.columns import Column
from admin_gui.pages.page import Page
from admin_gui.widgets.row_table import RowTable


class CustomersPage(Page):
    """All customers in one table."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._searched = ""
        self.table = RowTable(
            desk,
            "customers",
            self._columns(),
            lambda customer: customer.id,
            empty=("customers", self.tr("No customers yet"), self.tr("A customer is who sends calls with an API key.")),
        )
        self.table.searched.connect(self._search)
        self.table.loaded.connect(self.ready)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Customers")

    def refresh(self) -> None:
        searched = self._searched.casefold()
        customers = self.desk.appliance.customers

        def fetch(_cursor: str | None, _limit: int) -> RowPage[Customer]:
            everyone = customers.everyone()
            return RowPage([one for one in everyone if searched in _searchable(one)])

        self.table.set_fetch(fetch)

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind == "customer" for event in events):
            self.refresh()

    def commands(self) -> list[Command]:
        return [Command(self.tr("Search customers"), self.table.search.setFocus, "Ctrl+F", self.title())]

    def _search(self, text: str) -> None:
        self._searched = text
        self.table.say_empty(self.tr("No customer matches")) if text else None
        self.refresh()

    def _columns(self) -> list[Column[Customer]]:
        return [
            Column("id", self.tr("Number"), lambda one: str(one.id), sort=lambda one: one.id, width=80, right=True),
            Column(
                "company",
                self.tr("Company"),
                lambda one: one.company_name,
                sort=lambda one: one.company_name,
                width=220,
            ),
            Column("name", self.tr("Contact"), lambda one: one.name, sort=lambda one: one.name, width=180),
            Column("email", self.tr("E-mail"), lambda one: one.email, sort=lambda one: one.email, width=220),
            Column(
                "state",
                self.tr("State"),
                lambda one: self.tr("active") if one.is_active else self.tr("inactive"),
                sort=lambda one: one.is_active,
                tone=lambda one: "good" if one.is_active else "calm",
                width=110,
            ),
            Column(
                "created",
                self.tr("Created"),
                lambda one: formats.moment(one.created_at),
                sort=lambda one: one.created_at,
                tooltip=lambda one: formats.utc_tooltip(one.created_at),
                export=lambda one: one.created_at.isoformat(),
                width=160,
            ),
        ]


def _searchable(customer: Customer) -> str:
    return f"{customer.id} {customer.company_name} {customer.name} {customer.email}".casefold()
