"""What is done to a customer beside saving what was typed: its key, its secret, its webhook, letting it in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject

from admin_gui.app_context import SayKind
from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer, Customers
from admin_gui.client.deliveries import Attempt, Delivery, DeliveryFilter, SentAgain
from admin_gui.client.transport.errors import Unreachable
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS, Page
from admin_gui.models.webhook_advice import why_not_asked
from admin_gui.pages.customers.keys import why_not_replaced
from admin_gui.pages.object_page import ShownObject
from admin_gui.text import error_messages, formats
from admin_gui.text.plain_text import isolated

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage

R = TypeVar("R")


class CustomerActions(QObject):
    """Each is done to the customer that is on screen when it is asked for."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._testing = False

    @property
    def _customers(self) -> Customers:
        return self._page.context.appliance.customers

    def forget(self) -> None:
        """What is under way is about another customer from now on."""
        self._testing = False

    def toggle_active(self) -> None:
        """Let its key in, or, once that was asked about, refuse it; both can be taken back."""
        thing, customer = self._page.shown, self._page.customer
        if thing is None or customer is None:
            return
        if not customer.is_active:
            self._set_active(thing, customer, active=True)
            return
        lines = [
            self.tr("Its API key is refused from now on: its telephone system delivers no more calls."),
            self.tr("What was accepted is still analysed and delivered. It can be activated again at any time."),
        ]
        name = isolated(customer.company_name)
        self._page.deactivation.ask(
            self.tr("Deactivate %1?").replace("%1", name),
            lines,
            self.tr("Deactivate it"),
            lambda: self._set_active(thing, customer, active=False),
            no=self.tr("Cancel"),
        )

    def _set_active(self, thing: ShownObject, customer: Customer, *, active: bool) -> None:
        customers = self._customers
        text = self.tr("Its API key is accepted again") if active else self.tr("Its API key is refused from now on")

        def take_back() -> None:  # of this one, whichever is on screen by then
            self._do(thing, lambda: customers.update(customer.id, {"is_active": not active}), self.tr("Taken back"))

        self._do(
            thing,
            lambda: customers.update(customer.id, {"is_active": active}),
            text,
            take_back,
            kind="good" if active else "info",
        )

    def ask_for_new_key(self) -> None:
        """For how long the old one works is seen, and can be changed, beside the question."""
        page = self._page
        page.key.rotation.ask()
        page.area.ensureWidgetVisible(page.key)

    def ask_for_new_secret(self) -> None:
        """The same of the secret that its webhooks are signed with."""
        page = self._page
        page.webhook.rotation.ask()
        page.area.ensureWidgetVisible(page.webhook.secret_part)

    def rotate_key(self, grace_seconds: int) -> None:
        """The old one works for so long beside the new one."""
        customers = self._customers
        text = self._until(
            grace_seconds,
            self.tr("There is a new API key"),
            self.tr("There is a new API key; the old one works until %1"),
        )
        self._replace(lambda number: customers.rotate_key(number, grace_seconds), text)

    def rotate_secret(self, grace_seconds: int) -> None:
        customers = self._customers
        text = self._until(
            grace_seconds,
            self.tr("There is a new secret"),
            self.tr("There is a new secret; webhooks are signed with the old one, too, until %1"),
        )
        self._replace(lambda number: customers.rotate_webhook_secret(number, grace_seconds), text)

    def _replace(self, work: Callable[[int], Customer], text: str) -> None:
        self._change(work, text, lambda error: self._page.say(why_not_replaced(error), "bad"))

    def _until(self, grace_seconds: int, at_once: str, until: str) -> str:
        """What is said of a new key; `until`: with the moment at which the old one stops."""
        end = self._page.context.session.now() + timedelta(seconds=grace_seconds)
        return until.replace("%1", formats.moment(end)) if grace_seconds else at_once

    def enable(self) -> None:
        """Let its endpoint take webhooks again."""
        self._change(self._customers.enable_webhook, self.tr("Enabled: the webhooks on hold are being sent"))

    def test(self) -> None:
        """Send its endpoint a test, and show what came of it."""
        page, customer, customers = self._page, self._page.customer, self._customers
        if customer is None or self._testing or not page.context.session.may_change:
            return
        if "webhook_url" in page.form.changes():
            page.say(self.tr("Save the new address first: a test goes to the saved one"), "info")
            return
        self._testing = True
        page.webhook.outcome.show_message(self.tr("Waiting for the receiver …"), "busy")

        def done(attempt: Attempt) -> None:
            self._testing = False
            page.webhook.show_attempt(attempt)
            page.standing.heed_test(attempt)
            if attempt.succeeded:
                self.offer_failed(customer.id)

        def failed(error: Exception) -> None:
            self._testing = False
            self._not_asked(error)

        self._ask_receiver(lambda: customers.test_webhook(customer.id), done, failed)

    def offer_failed(self, customer_id: int) -> None:
        """Where webhooks of this customer failed, to send them to its present address: it may be right by now."""
        page, deliveries = self._page, self._page.context.appliance.deliveries
        wanted = DeliveryFilter(customer_id=customer_id, state="failed")

        def show(found: Page[Delivery]) -> None:
            failed = [one for one in found.rows if not one.is_test]
            if not failed:
                return
            text = self.tr("%n webhook(s) of this customer failed before and were not delivered.", "", len(failed))
            # Beside what came of a test, where there is that.
            outcome = page.webhook.outcome
            said = "" if outcome.isHidden() else outcome.text
            tone: Tone = "good" if said and outcome.tone == "good" else "warn"  # what was taken is no warning
            send = (self.tr("Send them now"), lambda: self._send_again(failed))
            outcome.show_message(f"{said} {text}".strip(), tone, send)

        page.look(
            lambda: deliveries.page(None, LARGEST_PAGE_ROWS, wanted),
            show,
            lambda _error: None,  # the page is of use without it
            latest="failed",
        )

    def _send_again(self, failed: list[Delivery]) -> None:
        page, deliveries, thing = self._page, self._page.context.appliance.deliveries, self._page.shown
        if thing is None:
            return
        page.webhook.outcome.clear()

        def done(came: SentAgain) -> None:
            text = self.tr("%n webhook(s) are sent again", "", len(came.sent))
            if came.not_sent:
                refused = self.tr("%n not: %1", "", len(came.not_sent))
                text = f"{text}; {refused.replace('%1', error_messages.message_of(came.not_sent[0][1]))}"
            page.say_of(thing, text, "bad" if came.not_sent else "good")

        page.context.run_long(
            page,
            self.tr("Sending again"),
            lambda progress, stop: deliveries.redeliver_each(failed, progress, stop),
            done,
        )

    def look_at_certificate(self) -> None:
        """Which certificate its receiver shows the appliance now, to be compared and trusted."""
        page, customer, customers = self._page, self._page.customer, self._customers
        if customer is None or not page.context.session.may_change:
            return
        if "webhook_url" in page.form.changes():
            page.say(self.tr("Save the new address first: the saved one is looked at"), "info")
            return
        page.webhook.outcome.show_message(self.tr("Waiting for the receiver …"), "busy")
        self._testing = False  # what is asked last is answered
        self._ask_receiver(
            lambda: customers.webhook_certificate(customer.id),
            page.webhook.offer_certificate,
            self._not_asked,
        )

    def _not_asked(self, error: Exception) -> None:
        """That the appliance was away stays no longer than it is; what it says of the receiver stands here."""
        if isinstance(error, Unreachable):
            self._page.webhook.outcome.clear()
            self._page.context.say_error(error)
        else:
            self._page.webhook.outcome.show_message(why_not_asked(error), "bad")

    def _ask_receiver(
        self, work: Callable[[], R], done: Callable[[R], object], failed: Callable[[Exception], object]
    ) -> None:
        """One question at a time; nobody hears of the answer once its address is no longer the one that stands here."""
        page = self._page
        address = page.webhook.url.value

        def unless_moved(deliver: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda came: deliver(came) if page.webhook.url.value == address else self.forget()

        page.look(work, unless_moved(done), unless_moved(failed), latest="receiver")

    def _change(
        self,
        work: Callable[[int], Customer],
        success_text: str,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        thing, customer = self._page.shown, self._page.customer
        if thing is not None and customer is not None:
            self._do(thing, lambda: work(customer.id), success_text, failed=failed)

    def _do(
        self,
        thing: ShownObject,
        work: Callable[[], Customer],
        success_text: str,
        undo: Callable[[], object] | None = None,
        kind: SayKind = "good",
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        page = self._page
        page.do(thing, work, page.show_changed, failed, success_text=success_text, success_kind=kind, undo=undo)
