"""Webhooks: what was delivered, and what was not."""

from __future__ import annotations

from admin_gui import formats
from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.client.events import Event
from admin_gui.desk import Desk
from admin_gui.links import Link
from admin_gui.models.columns import Column
from admin_gui.pages.page import Page
from admin_gui.widgets import states
from admin_gui.widgets.row_table import RowTable


class WebhooksPage(Page):
    """Deliveries, newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._filter = DeliveryFilter()
        self.table = RowTable(
            desk,
            "deliveries",
            self._columns(),
            lambda delivery: delivery.id,
            empty=(
                "webhooks",
                self.tr("No webhooks yet"),
                self.tr("Each finished call is told to its customer's server."),
            ),
            searchable=False,
        )
        self.table.loaded.connect(self.ready)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Webhooks")

    def show_link(self, link: Link) -> None:
        customer = link.query.get("customer_id", "")
        self._filter = DeliveryFilter(
            state=link.query.get("state"), customer_id=int(customer) if customer.isdigit() else None
        )
        self.refresh()

    def refresh(self) -> None:
        deliveries, narrowed = self.desk.appliance.deliveries, self._filter
        self.table.set_fetch(lambda cursor, limit: deliveries.page(cursor, limit, narrowed))

    def on_events(self, events: list[Event]) -> None:
        changed = [event.delivery for event in events]
        self.table.merge([one for one in changed if one is not None], self._is_wanted)

    def _is_wanted(self, delivery: Delivery) -> bool:
        wanted = self._filter
        return wanted.state in (None, delivery.state) and wanted.customer_id in (None, delivery.customer_id)

    def _columns(self) -> list[Column[Delivery]]:
        return [
            Column(
                "state",
                self.tr("State"),
                lambda one: states.word(one.state),
                tone=lambda one: states.delivery_tone(one.state),
                sort=lambda one: one.state,
                export=lambda one: one.state,
                width=120,
            ),
            Column("event", self.tr("Event"), lambda one: one.event, sort=lambda one: one.event),
            Column("customer", self.tr("Customer"), lambda one: str(one.customer_id), sort=lambda one: one.customer_id),
            Column("answer", self.tr("Answer"), _answer, width=200),
            Column(
                "attempted",
                self.tr("Last attempt"),
                lambda one: formats.moment(one.last_attempt.at if one.last_attempt else None),
                tooltip=lambda one: formats.utc_tooltip(one.last_attempt.at if one.last_attempt else None),
                width=160,
            ),
            Column("call", self.tr("Call"), lambda one: one.call_id, mono=True, width=290),
            Column("url", self.tr("Address"), lambda one: one.url or formats.DASH, sort=lambda one: one.url, width=260),
        ]


def _answer(delivery: Delivery) -> str:
    attempt = delivery.last_attempt
    if attempt is None:
        return formats.DASH
    return attempt.error or str(attempt.status)
