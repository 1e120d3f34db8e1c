"""What can be done with several customers at once: only what can be taken back, or takes nothing away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject

from admin_gui.client.customers import Customer
from admin_gui.client.many import Outcome
from admin_gui.client.transport.errors import NothingToDo
from admin_gui.client.transport.stop import Stop
from admin_gui.commands import Command
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.pages.page import Page
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar


class SelectedCustomers(QObject):
    """The bar under the list of customers. The page lays out `many.banner`."""

    def __init__(self, page: Page, table: PagedTable) -> None:
        super().__init__(page)
        self._page, self._table, self._context = page, table, page.context
        self.many = ManyAtOnce(page.context, page)
        self._asked_about: list[Customer] = []
        table.selection_changed.connect(self._look_again)
        table.loaded.connect(self._look_again)  # of a list that came anew others may be selected
        self.bar = SelectionBar(page.context, table)
        self.activate_button = self.bar.add(
            self.tr("Activate"),
            self.activate,
            fits=lambda: bool(self._those(active=False)),
        )
        self.deactivate_button = self.bar.add(
            self.tr("Deactivate"),
            self.deactivate,
            fits=lambda: bool(self._those(active=True)),
        )
        self.enable_button = self.bar.add(
            self.tr("Enable webhooks"), self.enable, fits=lambda: bool(self._with_disabled_webhooks())
        )

    def commands(self, group: str) -> list[Command]:
        def one(title: str, button: Any) -> Command:
            return Command(title, button.click, "", group, changes=True, enabled=button.isEnabled, button=button)

        return [
            one(self.tr("Activate the selected customers"), self.activate_button),
            one(self.tr("Deactivate the selected customers"), self.deactivate_button),
            one(self.tr("Enable the webhooks of the selected customers"), self.enable_button),
        ]

    def activate(self) -> None:
        """Let their keys in."""
        self._set_active(self._those(active=False), active=True)

    def deactivate(self) -> None:
        """Refuse their keys, once that was asked about; it can be taken back."""
        chosen = self._those(active=True)
        if not chosen:
            return
        text = self.tr(
            "Deactivate %n customer(s)? Their API keys are refused from now on: their telephone systems deliver no "
            "more calls.",
            "",
            len(chosen),
        )
        self._asked_about = chosen
        self.many.ask(text, self.tr("Deactivate"), lambda: self._set_active(chosen, active=False))

    def _look_again(self) -> None:
        """Others are selected by now: who says yes means those."""
        if self._asked_about and {one.id for one in self._those(active=True)} != {one.id for one in self._asked_about}:
            self._asked_about = []
            self.many.dismiss()

    def enable(self) -> None:
        """Let the endpoints that are disabled take webhooks again."""
        customers = self._context.appliance.customers

        def enabled(customer: Customer, _stop: Stop) -> Customer:
            found = customers.enable_webhook(customer.id)
            if found.webhook_url is None:
                raise NothingToDo("it has no webhook address")
            return found

        self.many.do(
            self.tr("Enabling webhooks"),
            self._with_disabled_webhooks(),
            enabled,
            _name,
            lambda count: self.tr("The webhooks of %n customer(s) are enabled again", "", count),
            then=self._show,
        )

    def _set_active(self, chosen: Sequence[Customer], *, active: bool) -> None:
        customers = self._context.appliance.customers

        def success(count: int) -> str:
            if active:
                return self.tr("%n customer(s) activated: their API keys are accepted", "", count)
            return self.tr("%n customer(s) deactivated: their API keys are refused", "", count)

        def undo(outcome: Outcome[Customer, Customer]) -> None:
            self._set_active([customer for customer, _ in outcome.done], active=not active)

        self.many.do(
            self.tr("Activating") if active else self.tr("Deactivating"),
            chosen,
            lambda customer, _stop: customers.update(customer.id, {"is_active": active}),
            _name,
            success,
            then=self._show,
            undo=undo,
        )

    def _show(self, _outcome: Outcome[Customer, Customer]) -> None:
        self._page.refresh()

    def _those(self, *, active: bool) -> list[Customer]:
        return [one for one in self._table.selected() if one.is_active is active]

    def _with_disabled_webhooks(self) -> list[Customer]:
        return [one for one in self._table.selected() if one.webhook_disabled_reason is not None]


def _name(customer: Customer) -> str:
    return customer.company_name
