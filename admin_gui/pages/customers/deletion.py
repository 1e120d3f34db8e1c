"""Deleting a customer: what that means, asked before."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Signal

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.stats import Stats
from admin_gui.widgets.confirm_erase import ConfirmErase

EVER = timedelta(days=3650)


class ConfirmDelete(ConfirmErase):
    """Counts what there is, asks, deletes, and says so."""

    asked = Signal()
    deleted = Signal(object)  # the Customer

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.theme)
        self._context = context
        self._about: Customer | None = None

    def ask_about(self, customer: Customer) -> None:
        """Show the question, once it is known how many calls it is about."""
        self._about = customer
        stats, now = self._context.appliance.stats, self._context.session.now()

        def count() -> Stats:
            return stats.between(now - EVER, now, bucket="range", customer_id=customer.id)

        self._context.calls.start(
            self, count, lambda found: self._ask(customer, found.totals.calls.accepted), latest="count"
        )

    def dismiss(self) -> None:
        self._about = None
        super().dismiss()

    def _ask(self, customer: Customer, calls: int) -> None:
        if customer is not self._about:
            return  # another one is on screen by now
        around = self.parentWidget()
        if around is not None and not around.isVisibleTo(self.window()):
            return  # another page is
        self.ask(
            self.tr("Delete %1?").replace("%1", customer.company_name),
            [
                self.tr("Its API key is refused at once, and its number is never given again."),
                self.tr(
                    "It has sent %n call(s) so far: what is not erased yet of their recordings and texts is erased "
                    "now. Figures and the audit log stay.",
                    "",
                    calls,
                ),
                self.tr("Calls that were accepted are still finished, but no webhook is sent any more."),
            ],
            self.tr("Delete the customer"),
            lambda: self._delete(customer),
            type_word=customer.company_name,
        )
        self.asked.emit()

    def _delete(self, customer: Customer) -> None:
        customers = self._context.appliance.customers

        def done(_nothing: object) -> None:
            self._context.say(self.tr("%1 is deleted").replace("%1", customer.company_name), "good")
            self.deleted.emit(customer)

        self._context.calls.start(self, lambda: customers.delete(customer.id), done)
