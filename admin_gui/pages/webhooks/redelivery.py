"""Sending the selected webhooks again: how many were, and why the others were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from admin_gui.app_context import Offer
from admin_gui.client.appliance import Appliance
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery, SentAgain
from admin_gui.client.many import Outcome
from admin_gui.client.transport.errors import ClientError, Refused
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.models.webhook_advice import delivery_obstacle, why_not_sent
from admin_gui.text import formats
from admin_gui.text.plain_text import isolated

if TYPE_CHECKING:
    from admin_gui.pages.webhooks.webhooks_page import WebhooksPage

# What the appliance takes, as long as the customer's endpoint takes anything.
DELIVERED = "delivered"
CAN_BE_SENT_AGAIN = (DELIVERED, "failed")
# Its endpoint takes nothing: the appliance refuses until it is enabled, and then sends these by itself.
RESTS = "disabled"
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class NotSent:
    """A webhook that was not sent again; no error: the appliance was not asked."""

    delivery: Delivery
    customer: Customer | None
    error: Exception | None

    @property
    def waits_for_enabling(self) -> bool:
        """Whether it could be sent if its endpoint were enabled."""
        customer = self.customer
        return (
            customer is not None
            and customer.webhook_disabled_reason is not None
            and customer.webhook_url is not None
            and why_not_sent(customer, self.error) == why_not_sent(customer, None)
        )


class SendingAgain(QObject):
    """Goes through the selected ones to the end, whatever becomes of each."""

    def __init__(self, page: WebhooksPage) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context

    def send(self, selected: Sequence[Delivery], enable: Sequence[Customer] = ()) -> None:
        """Those that can be; `enable`: let the endpoints of these customers take webhooks before."""
        chosen = [one for one in selected if one.state in CAN_BE_SENT_AGAIN]
        rest = [one for one in selected if one.state == RESTS]
        if not (chosen or rest) or not self._context.session.may_change:
            return
        appliance = self._context.appliance
        outcome: Outcome[Delivery, Delivery] = Outcome()
        self._page.question.clear()

        def send(progress: Progress, stop: Stop) -> tuple[list[Delivery], list[Delivery], list[NotSent]]:
            enabled = {one.id for one in enable if _is_enabled(appliance, one.id)}
            result = appliance.deliveries.redeliver_each(chosen, progress, stop, outcome)
            went = [one for one in rest if one.customer_id in enabled]  # by itself, as it was enabled
            left = [one for one in rest if one.customer_id not in enabled]
            return result.sent, went, _not_sent(appliance, result, left)

        call = self._context.run_long(self._page, self.tr("Sending again"), send, lambda found: self._done(*found))
        end = call.on_cancel

        def say_stopped() -> None:
            text = self.tr("Stopped: %1 of %2 sent again").replace("%1", formats.number(len(outcome.done)))
            self._context.say(text.replace("%2", formats.number(len(chosen))))

        def cancelled() -> None:
            if end is not None:
                end()
            if not self._context.session.is_connected:  # the page goes: nobody is told how the one in hand ends
                say_stopped()

        def stopped() -> None:
            if self._context.session.is_connected:
                self._page.show_changed([sent for _, sent in reversed(outcome.done)])
                say_stopped()

        call.on_cancel, call.on_stopped = cancelled, stopped

    def _done(self, sent: list[Delivery], went: list[Delivery], not_sent: list[NotSent]) -> None:
        """`went`: by itself, as its endpoint was enabled."""
        self._page.show_changed(sent[::-1])
        both = [*sent, *went]
        if not not_sent:
            self._context.say(self._sent_text(both), "good")
            return
        text = self.tr("%1 sent, %2 not: %3").replace("%1", str(len(both))).replace("%2", str(len(not_sent)))
        text = text.replace("%3", self._reasons(not_sent))
        waiting = {one.customer.id: one.customer for one in not_sent if one.customer and one.waits_for_enabling}
        again = [one.delivery for one in not_sent if one.waits_for_enabling]
        words, enable = self.tr("Enable and send"), lambda: self.send(again, list(waiting.values()))
        if not self._page.is_looked_at:  # it waits on the page, too
            self._context.say(text, "bad", Offer(words, enable, needs_appliance=True) if waiting else None)
        elif waiting:
            self._page.question.ask(text, (words, enable))
        else:
            self._page.question.show_message(text, "warn")

    def _sent_text(self, sent: list[Delivery]) -> str:
        """Whose they are, too: a row may be selected by mistake."""
        whose = {one.customer_id for one in sent}
        if len(whose) == 1:
            name = isolated(self._page.customer.name_of(whose.pop()))
            return self.tr("%n webhook(s) of %1 are sent again", "", len(sent)).replace("%1", name)
        text = self.tr("%n webhook(s) of %1 customers are sent again", "", len(sent))
        return text.replace("%1", formats.number(len(whose)))

    def _reasons(self, not_sent: list[NotSent]) -> str:
        """Each customer with its reason once, the most frequent first."""
        counted = Counter((self._name(one), why_not_sent(one.customer, one.error).rstrip(".")) for one in not_sent)
        parts = [f"{name}: {why}" for (name, why), _count in counted.most_common(MOST_REASONS)]
        if len(counted) > MOST_REASONS:
            parts.append(self.tr("and %n more", "", len(counted) - MOST_REASONS))
        return "; ".join(parts)

    def _name(self, one: NotSent) -> str:
        if one.customer is not None:
            return one.customer.company_name
        return self.tr("Customer %1").replace("%1", str(one.delivery.customer_id))


def _is_enabled(appliance: Appliance, customer_id: int) -> bool:
    """Whether it is by now."""
    try:
        customer = appliance.customers.enable_webhook(customer_id)
    except Refused:
        return False  # what was to be sent to it says why
    return not delivery_obstacle(customer)


def _not_sent(appliance: Appliance, result: SentAgain, left: list[Delivery]) -> list[NotSent]:
    asked: list[tuple[Delivery, Exception | None]] = [*result.not_sent, *((one, None) for one in left)]
    if not asked:
        return []
    try:
        known = {one.id: one for one in appliance.customers.everyone()}
    except ClientError as error:
        return [NotSent(one, None, error) for one, _ in asked]
    return [NotSent(one, known.get(one.customer_id), error) for one, error in asked]
