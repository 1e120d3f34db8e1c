"""One webhook: what it tells, every attempt, what to do about the last one, and sending it again."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt, Delivery, WebhookRequest
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.models import states
from admin_gui.models.endpoints.certificate import is_untrusted, may_be_looked_at
from admin_gui.models.endpoints.texts import meaning
from admin_gui.models.webhook_advice import delivery_obstacle, why_disabled
from admin_gui.models.webhook_request import as_curl
from admin_gui.pages.certificate_offer import CertificateOffer, look_words
from admin_gui.pages.object_page import ObjectPage, page_button
from admin_gui.pages.webhooks.attempts import Tried, attempt_columns
from admin_gui.pages.webhooks.exchange import Exchange, address_of
from admin_gui.text import formats
from admin_gui.text.plain_text import from_to, plain_tooltip
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import section_title
from admin_gui.widgets.pill import StatusPill
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

TICK_MS = 1_000
ROOM_FOR_ALL = 700  # less high than this, a certificate and the attempts have no room beside each other

Found = tuple[Delivery, Customer | None]


class WebhookPage(ObjectPage[Found]):
    """`webhook/ID`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._delivery: Delivery | None = None
        self._customer: Customer | None = None
        self.state = StatusPill(context.theme)
        self.again_button = page_button(self.tr("Send again"), self.send_again)
        self.call_button = page_button(self.tr("Call"), self._show_call)
        self.customer_button = page_button(self.tr("Customer"), self._show_customer)
        self.info = InfoGrid()
        self.attempts = PagedTable(
            context,
            "attempts",
            self.tr("Attempts"),
            attempt_columns(),
            lambda tried: tried.number,
            empty=("webhooks", self.tr("Not attempted yet"), ""),
            searchable=False,
        )
        self.attempts.selection_changed.connect(self._show_exchange)
        self._request: WebhookRequest | None = None
        self.curl_button = page_button(self.tr("Copy as curl"), self.copy_as_curl)
        self.curl_button.setToolTip(
            self.tr("To the address of the selected attempt, signed anew: the receiver verifies it for 5 minutes")
        )
        self.json_button = page_button(self.tr("Copy the JSON"), self.copy_json)
        self.exchange = Exchange()
        self.offer = CertificateOffer(
            context, lambda: (self.tr("Send again"), self.send_again) if self.again_button.isEnabled() else None
        )
        for ended in (self.offer.trusted, self.offer.leave_button.clicked):
            ended.connect(lambda *_: self.refresh())
        self.offer.asks.connect(self._make_room)
        card = Card()
        self.why_not = PlainLabel()  # of "Send again", where it is grey
        self.why_not.setProperty("muted", True)
        self.why_not.setWordWrap(True)
        for part in (self.info, self.why_not):
            card.content.addWidget(part)
        self.attempts.add_filter(section_title(self.tr("Attempts")))
        for button in (self.curl_button, self.json_button):
            self.attempts.add_tool(button)
        for widget in (self.offer, card, self.attempts, self.exchange):
            self.content.addWidget(widget)
        self.content.setStretchFactor(self.attempts, 2)
        self.content.setStretchFactor(self.exchange, 3)  # what was sent is the longest
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_next)
        self._sending = False
        context.session.changed.connect(self._allow)
        self._allow()

    # What the window asks

    def kind_title(self) -> str:
        return self.tr("Webhook")

    def object_title(self) -> str:
        delivery = self._delivery
        if delivery is None:
            return self.kind_title()
        if delivery.caller_number is None or delivery.called_number is None:
            whose = delivery.event
        else:
            whose = from_to(delivery.caller_number, delivery.called_number)
        if delivery.created_at is None:
            return whose
        return f"{whose}, {formats.short_moment(delivery.created_at, self.context.session.now())}"

    def fallback_page(self) -> tuple[str, str]:
        return self.tr("All webhooks"), "webhooks"

    def on_events(self, events: list[Event]) -> None:
        call_id = self._delivery.call_id if self._delivery else None
        is_told = any(event.kind == "delivery" and event.data.get("id") == self.wanted for event in events)
        # It goes with its call, of which it says who spoke: no event of its own tells that.
        if is_told or any(event.is_erasure and event.call_id == call_id for event in events if event.kind == "call"):
            self.refresh()

    def object_commands(self) -> list[Command]:
        group = self.tr("Webhook")
        return [
            Command(self.tr("Send this webhook again"), self.send_again, "Ctrl+R", group, changes=True),
            Command(
                self.tr("Copy the webhook as curl"),
                self.copy_as_curl,
                "Ctrl+Shift+U",
                group,
                changes=True,
                enabled=self.curl_button.isEnabled,
                button=self.curl_button,
            ),
            Command(
                self.tr("Copy the webhook's JSON"),
                self.copy_json,
                "Ctrl+Shift+J",
                group,
                changes=True,
                enabled=self.json_button.isEnabled,
                button=self.json_button,
            ),
            Command(self.tr("Its call"), self._show_call, "Alt+C", group),
            Command(self.tr("Its customer"), self._show_customer, "Alt+K", group),
        ]

    def header_widgets(self) -> list[QWidget]:
        return [self.state, self.call_button, self.customer_button, self.again_button]

    def send_again(self) -> None:
        """Queue it again, under its old webhook id."""
        deliveries, thing = self.context.appliance.deliveries, self.shown
        if thing is None or self._sending or not self.again_button.isEnabled():
            return
        self._sending = True

        def done(delivery: Delivery) -> None:
            self._sending = False
            self.came(delivery.id, (delivery, self._customer))

        def failed(error: Exception) -> None:
            self._sending = False
            self.context.say_error(error)
            self.refresh()  # its state, or its customer's, is not what it was

        self.do(thing, lambda: deliveries.redeliver(thing.id), done, failed, success_text=self.tr("It is sent again"))

    def copy_as_curl(self) -> None:
        """As it goes out, signed at this moment."""
        deliveries, thing = self.context.appliance.deliveries, self.shown
        if thing is None or self._request is None:
            return

        tried: Tried | None = self.attempts.current()

        def done(request: WebhookRequest | None) -> None:
            if request is None:
                return
            url = request.url if tried is None else address_of(self._delivery, tried)
            self.context.copy_secret(as_curl(replace(request, url=url)), self.tr("Webhook as curl"), self.subject())

        self.look(lambda: deliveries.request(thing.id), done, latest="curl")

    def copy_json(self) -> None:
        """To the last byte."""
        if self._request is not None:
            self.context.copy_secret(self._request.body, self.tr("JSON"), self.subject())

    # What was loaded

    def load(self, target: str) -> Callable[[], Found]:
        appliance = self.context.appliance

        def ask() -> Found:
            delivery = appliance.deliveries.one(target)
            known = {one.id: one for one in appliance.customers.everyone()}
            return delivery, known.get(delivery.customer_id)

        return ask

    def forget(self) -> None:
        self._delivery, self._customer, self._request = None, None, None
        self._sending = False
        self._tick.stop()
        self.offer.forget()
        self.attempts.model.set_rows([])
        self.exchange.clear()
        self._allow()

    def show_object(self, found: Found) -> None:
        delivery, customer = found
        self._delivery, self._customer = delivery, customer
        state = states.of_delivery(delivery)
        self.state.show_state(states.word(state), states.delivery_tone(state))
        name = self.tr("Customer %1").replace("%1", str(delivery.customer_id))
        self.info.put("customer", self.tr("Customer"), name if customer is None else customer.company_name)
        made = "" if delivery.created_at is None else formats.moment(delivery.created_at)
        event = " · ".join(filter(None, (delivery.event, made)))
        self.info.put("event", self.tr("Event"), event, formats.utc_tooltip(delivery.created_at))
        self.info.put("call", self.tr("Call"), delivery.call_id, mono=True)
        self.info.set_shown("call", not delivery.is_test)
        self.info.put("url", self.tr("Address"), delivery.url or formats.DASH, mono=True)
        self.info.put("webhook_id", self.tr("Webhook id"), delivery.webhook_id, mono=True)
        self._show_next()
        chosen = self.attempts.current()
        if self.attempts.model.rowCount() and chosen == self.attempts.model.row_at(0):
            chosen = None  # who looks at the newest goes on to the one after it
        tried = [Tried(number, attempt) for number, attempt in enumerate(delivery.attempts, 1)]
        self.attempts.model.set_rows(tried[::-1])
        if tried:
            self.attempts.select(len(tried) if chosen is None else chosen.number)
        self._show_notice(delivery, customer)
        self._allow()
        if self._request is None and self.context.session.may_change:
            deliveries = self.context.appliance.deliveries
            self.look(
                lambda: deliveries.request(delivery.id), self._show_request, self._show_no_request, latest="request"
            )
        else:
            self.ready.emit()

    def _show_notice(self, delivery: Delivery, customer: Customer | None) -> None:
        attempt = delivery.last_attempt
        if delivery.state == "disabled":
            reason = why_disabled(customer.webhook_disabled_reason) if customer is not None else ""
            missing = customer is not None and customer.webhook_url is None
            if missing:
                reason = self.tr("It has no webhook address.")
            text = self.tr("It waits: nothing is sent to this customer at present.")
            self.notice.show_message(
                f"{text} {reason}".strip(), "calm" if missing else "bad", self._way_to_the_customer()
            )
        elif attempt is not None and not attempt.succeeded:
            tone: Tone = "warn" if delivery.state == "retrying" else "bad"
            # There its address is set, and whom it trusts.
            way = self._way_to_the_customer() if attempt.status is None else None
            if self._untrusted_attempt() is not None:
                way = look_words(), self.look_at_certificate
            if not self.offer.is_open_after(attempt.at):
                self.offer.forget()  # of a failure before this one
                self.notice.show_message(meaning(attempt), tone, way)
        else:
            self.notice.clear()
        if attempt is not None and attempt.succeeded:
            self.offer.forget()

    def _untrusted_attempt(self) -> Attempt | None:
        """The last one, if it ended for want of trust at the address that the customer still has."""
        delivery, customer = self._delivery, self._customer
        attempt = None if delivery is None else delivery.last_attempt
        if attempt is None or customer is None or not self.context.session.may_change:
            return None
        is_there = may_be_looked_at(customer) and attempt.url in (None, customer.webhook_url)
        return attempt if is_there and is_untrusted(attempt) else None

    def look_at_certificate(self) -> None:
        """Which one its receiver shows now, to be compared and trusted."""
        attempt = self._untrusted_attempt()
        if self._customer is not None and attempt is not None:
            self.notice.clear()  # a small window has no room for both
            self.offer.look(self._customer, attempt.at)

    def _make_room(self, asks: bool) -> None:
        for widget in (self.attempts, self.exchange):
            widget.setHidden(asks and self.height() < ROOM_FOR_ALL)

    def _way_to_the_customer(self) -> tuple[str, Callable[[], object]]:
        return self.tr("Open the customer"), self._show_customer

    def _show_next(self) -> None:
        """How long until the next attempt, counted down."""
        delivery = self._delivery
        following = None if delivery is None else delivery.next_attempt_at
        self.info.put(
            "next",
            self.tr("Next attempt"),
            formats.DASH if following is None else formats.age(following, self.context.session.now()),
            formats.utc_tooltip(following),
        )
        self.info.set_shown("next", following is not None)
        if following is None:
            self._tick.stop()
        elif not self._tick.isActive():
            self._tick.start()

    def _show_request(self, request: WebhookRequest | None) -> None:
        self._request = request
        self._allow()
        self._show_exchange()
        self.ready.emit()

    def _show_no_request(self, _error: Exception) -> None:
        self.ready.emit()  # the page is of use without it

    def _show_exchange(self) -> None:
        self.exchange.show_of(self._delivery, self.attempts.current(), self._request)

    def _allow(self) -> None:
        delivery = self._delivery
        for widget in (self.state, self.call_button, self.customer_button, self.again_button):
            widget.setVisible(delivery is not None)
        self.call_button.setVisible(delivery is not None and not delivery.is_test)
        for button in (self.curl_button, self.json_button):
            button.setVisible(self._request is not None)
            button.setEnabled(self._request is not None and self.context.session.may_change)
        waits = delivery is not None and delivery.state in ("pending", "retrying")
        obstacle = "" if delivery is None else delivery_obstacle(self._customer)
        why_not = self.tr("it is tried by itself already") if waits else obstacle
        if self.context.session.is_viewer:
            why_not = self.tr("a viewer's token changes nothing")
        self.why_not.setVisible(delivery is not None and bool(why_not))
        self.why_not.setText(self.tr("It cannot be sent again now: %1.").replace("%1", why_not))
        self.again_button.setEnabled(
            delivery is not None and not waits and not obstacle and self.context.session.may_change
        )
        # Who got it already hardly needs it again.
        self.again_button.setProperty("primary", delivery is not None and delivery.state != "delivered")
        self.again_button.style().polish(self.again_button)
        self.again_button.setToolTip(plain_tooltip(why_not))

    def _show_call(self) -> None:
        if self._delivery is not None and not self._delivery.is_test:
            self.context.go(f"call/{self._delivery.call_id}")

    def _show_customer(self) -> None:
        if self._delivery is not None:
            self.context.go(f"customer/{self._delivery.customer_id}")
