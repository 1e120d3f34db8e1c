"""Saving what was typed for a customer, or making a new one of it; what the appliance refuses is marked in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from admin_gui.client.customers import Customer
from admin_gui.client.transport.errors import Invalid
from admin_gui.models.customer_fields import TEXTS
from admin_gui.pages.object_page import ShownObject

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage


class CustomerSaving(QObject):
    """One request at a time; what is typed while it is under way stays typed."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._then: Callable[[], object] | None = None
        self.is_under_way = False

    def forget(self) -> None:
        """What is under way is about another customer from now on."""
        self.is_under_way, self._then = False, None

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Send what was changed; for a new one, create it. `then` is called once it is saved."""
        page = self._page
        if then is not None or not self.is_under_way:
            self._then = then
        thing = page.shown
        if thing is None or self.is_under_way or not page.context.session.may_change:
            return
        if page.customer is None:
            self._create(thing)
        elif page.form.changes():
            self._update(thing, page.customer)
        else:
            self._go_on()

    def _create(self, thing: ShownObject) -> None:
        form, customers = self._page.form, self._page.context.appliance.customers
        values = form.values()
        # The appliance says which of these it misses.
        fields = {**{name: values[name] for name in TEXTS}, **form.changes()}
        stays = self._then is None
        template = self.tr("%1 is created; its API key is on this page") if stays else self.tr("%1 is created")

        def done(customer: Customer) -> None:
            form.forget()
            if self._then is not None:
                self._go_on()
            elif self._page.isVisible():
                self._page.context.go(f"customer/{customer.id}")

        self._send(thing, lambda: customers.create(fields), done, lambda one: template.replace("%1", one.company_name))

    def _update(self, thing: ShownObject, customer: Customer) -> None:
        form, customers = self._page.form, self._page.context.appliance.customers
        changed, sent = form.changes(), form.values()

        def done(saved: Customer) -> None:
            self._page.show_saved(saved, sent)
            if changed.get("webhook_url"):
                self._page.doing.offer_failed(saved.id)
            self._go_on()

        self._send(thing, lambda: customers.update(customer.id, changed), done, lambda _saved: self.tr("Saved"))

    def _send(
        self,
        thing: ShownObject,
        work: Callable[[], Customer],
        done: Callable[[Customer], object],
        success_text: Callable[[Customer], str],
    ) -> None:
        self._page.form.forget_problems()
        self.is_under_way = True
        self._page.allow()

        def succeeded(customer: Customer) -> None:
            self.is_under_way = False
            done(customer)

        self._page.do(thing, work, succeeded, self._refused, success_text=success_text)

    def _refused(self, error: Exception) -> None:
        page = self._page
        self.forget()
        page.allow()
        page.edited.emit()  # nobody waits for it any more
        if not isinstance(error, Invalid):
            page.context.say_error(error)
            return
        shown, elsewhere = page.form.tell_problems(error)
        if shown is not None:
            shown.editor.setFocus()
            page.area.ensureWidgetVisible(shown)
        page.context.say("; ".join(elsewhere) if elsewhere else self.tr("Not saved: look at what is marked"), "bad")

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
