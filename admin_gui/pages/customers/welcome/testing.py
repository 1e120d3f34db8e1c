"""A test of the webhook's address that stands in a form, which is saved first."""

from __future__ import annotations

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import Attempt
from admin_gui.pages.customers.form import CustomerForm


class SavedTest:
    """One; what went wrong after it was saved leaves it saved."""

    def __init__(self, context: AppContext, customer_id: int, form: CustomerForm) -> None:
        self._context = context
        self._customers = context.appliance.customers
        self._id = customer_id
        self._form = form
        self._changes = form.changes()
        self.sent = form.values()
        self.saves = bool(self._changes)
        self._is_saved = not self._changes

    def run(self) -> Attempt:
        """On a thread."""
        if not self._is_saved:
            self._customers.update(self._id, self._changes)
            self._is_saved = True
        return self._customers.test_webhook(self._id)

    def tell(self, error: Exception) -> None:
        """What went wrong: with the test, or before that with saving."""
        if self._is_saved:
            self._form.forget(self.sent)
            self._context.say_error(error)
        else:
            self._form.tell_unsaved(self._context, error)
