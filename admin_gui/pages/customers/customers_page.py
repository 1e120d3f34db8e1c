"""Customers: who may send calls."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer
from admin_gui.client.events import Event
from admin_gui.client.stats import DeliveryCounts, Stats
from admin_gui.client.transport.paging import Order
from admin_gui.client.transport.paging import Page as RowPage
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.table.columns import Column
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.pages.customers.form import choice
from admin_gui.pages.customers.selected_customers import SelectedCustomers
from admin_gui.pages.page import Page
from admin_gui.text import formats
from admin_gui.widgets.table.paged_table import PagedTable

DAY = timedelta(days=1)


class CustomersPage(Page):
    """All customers in one table."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._searched = ""
        self._last_day: dict[int | None, DeliveryCounts] = {}  # each customer's webhooks
        self.filter = choice(
            (self.tr("All"), None),
            (self.tr("Active"), "active"),
            (self.tr("Inactive"), "inactive"),
            (self.tr("Webhook disabled"), "disabled"),
            (self.tr("Without a webhook"), "without"),
        )
        self.filter.setAccessibleName(self.tr("Which customers"))
        self.filter.currentIndexChanged.connect(lambda *_: self.refresh())
        self.new_button = QPushButton(self.tr("New customer"))
        self.new_button.setProperty("primary", True)
        self.new_button.clicked.connect(lambda: context.go("customer/new"))
        context.only_admin(self.new_button)
        self.table = PagedTable(
            context,
            "customers",
            self.tr("Customers"),
            self._columns(),
            lambda customer: customer.id,
            empty=("customers", self.tr("No customers yet"), self.tr("A customer is who sends calls with an API key.")),
        )
        self.table.searched.connect(self._search)
        self.table.loaded.connect(self.ready)
        self.table.opened.connect(lambda customer: context.go(f"customer/{customer.id}"))
        self.table.add_filter(self.filter)
        self.selected = SelectedCustomers(self, self.table)
        self.content.addWidget(self.selected.many.banner)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)
        self._asking = AskingAgain(self, self._ask_for_webhooks)

    def title(self) -> str:
        return self.tr("Customers")

    def refresh(self) -> None:
        searched, wanted = self._searched.casefold(), self.filter.currentData()
        customers = self.context.appliance.customers

        def fetch(_cursor: str | None, _limit: int, order: Order | None) -> RowPage[Customer]:
            everyone = customers.everyone(order)
            return RowPage([one for one in everyone if searched in _searchable(one) and _is_wanted(one, wanted)])

        self.table.set_fetch(fetch, narrowed=(searched, wanted))
        self._ask_for_webhooks()

    def _ask_for_webhooks(self) -> None:
        """Whose fail, of all at once; the list does not wait for it."""
        stats, now = self.context.appliance.stats, self.context.session.now()

        def show(found: Stats) -> None:
            self._last_day = {row.customer_id: row.deliveries for row in found.rows}
            self.table.view.viewport().update()

        self.context.calls.start(
            self,
            lambda: stats.between(now - DAY, now, bucket="range", by_customer=True),
            show,
            lambda _error: None,  # the list is of use without it
            latest="webhooks",
        )

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind == "customer" for event in events):
            self.refresh()
        if any(event.kind == "delivery" for event in events):
            self._asking.soon()  # an endpoint may fail by now, or take webhooks again

    def commands(self) -> list[Command]:
        group = self.title()
        return [
            Command(self.tr("Search customers"), self.table.search.setFocus, "Ctrl+F", group),
            Command(self.tr("New customer"), self.new_button.click, "Ctrl+N", group, changes=True),
            *self.selected.commands(group),
        ]

    def header_widgets(self) -> list[QWidget]:
        return [self.new_button]

    def visit(self, link: Link) -> None:
        state = link.query.get("state")
        if state is not None:
            self.filter.setCurrentIndex(max(0, self.filter.findData(state)))
        self.refresh()

    def _search(self, text: str) -> None:
        self._searched = text
        self.table.say_empty(self.tr("No customer matches")) if text else None
        self.refresh()

    def _endpoint(self, customer: Customer) -> Endpoint:
        return Endpoint(customer, self._last_day.get(customer.id, DeliveryCounts()))

    def _webhook(self, customer: Customer) -> str:
        words = {"disabled": self.tr("disabled"), "none": self.tr("none"), "failing": self.tr("failing")}
        return words.get(self._endpoint(customer).state, self.tr("set"))

    def _webhook_tone(self, customer: Customer) -> Tone:
        tones: dict[str, Tone] = {"disabled": "bad", "none": "warn", "failing": "warn"}
        return tones.get(self._endpoint(customer).state, "good")

    def _columns(self) -> list[Column[Customer]]:
        return [
            Column(
                "id",
                self.tr("Number"),
                lambda one: str(one.id),
                sort=lambda one: one.id,
                field="id",
                width=80,
                right=True,
                yields=3,
            ),
            Column(
                "company",
                self.tr("Company"),
                lambda one: one.company_name,
                sort=lambda one: one.company_name,
                field="company_name",
                width=200,
                middle=True,
            ),
            Column(
                "name",
                self.tr("Contact"),
                lambda one: one.name,
                sort=lambda one: one.name,
                field="name",
                width=160,
                middle=True,
                yields=4,
            ),
            Column(
                "email",
                self.tr("E-mail"),
                lambda one: one.email,
                sort=lambda one: one.email,
                field="email",
                width=200,
                middle=True,
                yields=2,
            ),
            Column(
                "state",
                self.tr("State"),
                lambda one: self.tr("active") if one.is_active else self.tr("inactive"),
                sort=lambda one: one.is_active,
                field="is_active",
                tone=lambda one: "good" if one.is_active else "calm",
                width=110,
            ),
            Column(
                "webhook",
                self.tr("Webhook"),
                self._webhook,
                sort=self._webhook,
                field="webhook",
                tooltip=lambda one: why_disabled(one.webhook_disabled_reason) or one.webhook_url or "",
                tone=self._webhook_tone,
                width=135,
            ),
            Column(
                "created",
                self.tr("Created"),
                lambda one: formats.moment(one.created_at),
                sort=lambda one: one.created_at,
                field="created_at",
                tooltip=lambda one: formats.utc_tooltip(one.created_at),
                export=lambda one: one.created_at.isoformat(),
                typical=formats.longest_moment(),
                yields=1,
            ),
        ]


def _searchable(customer: Customer) -> str:
    return f"{customer.id} {customer.company_name} {customer.name} {customer.email}".casefold()


def _is_wanted(customer: Customer, wanted: str | None) -> bool:
    match wanted:
        case "active":
            return customer.is_active
        case "inactive":
            return not customer.is_active
        case "disabled":
            return customer.webhook_disabled_reason is not None
        case "without":
            return customer.webhook_url is None
    return True
