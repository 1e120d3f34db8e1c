"""A customer's key and secret: asked for when somebody wants to see them, for the audit has a line about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from admin_gui.client.customers import Customer

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage


class CustomerKeys(QObject):
    """Of the customer that is on screen, wherever its page shows them."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._fields = (page.key.key, page.webhook.secret)
        self._lines = page.connect_card.lines
        for part in (*self._fields, self._lines):
            part.wanted.connect(self._ask)

    def show_of(self, customer: Customer | None) -> None:
        """As the appliance has told them: mostly their ends alone."""
        secrets = ("", "") if customer is None else (customer.api_key, customer.webhook_secret)
        may_ask = not self._page.context.session.is_viewer
        for field, secret in zip(self._fields, secrets, strict=True):
            field.set_secret(secret, can_be_asked_for=may_ask)
        if customer is None:
            self._lines.forget()
        else:
            self._lines.show_customer(customer)

    def _ask(self) -> None:
        customer, customers = self._page.customer, self._page.context.appliance.customers
        if customer is not None:
            self._page.look(lambda: customers.one(customer.id), self.show_of, self._failed, latest="keys")

    def _failed(self, error: Exception) -> None:
        self._page.context.say_error(error)
        for field in self._fields:
            field.not_to_be_had()
        self._lines.with_key.setChecked(False)
