"""One customer: everything that is set for it, its key and secret, its webhook, and how to connect it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from admin_gui import words
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.client.errors import Invalid, NotFound
from admin_gui.client.events import Event
from admin_gui.client.stats import Stats
from admin_gui.commands import Command
from admin_gui.desk import Desk
from admin_gui.links import Link
from admin_gui.models.customer_fields import TEXTS
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.pages.customer_cards import ConnectCard, KeyCard, LimitsCard, WebhookCard, WhoCard
from admin_gui.pages.customer_delete import ConfirmDelete
from admin_gui.pages.customer_form import CustomerForm
from admin_gui.pages.page import Page
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.pill import StatusPill

NEW = "new"


class CustomerPage(Page):
    """`customer/7`, and `customer/new` for one that is not there yet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._customer: Customer | None = None
        self.who = WhoCard()
        self.key = KeyCard(desk)
        self.webhook = WebhookCard(desk)
        self.limits = LimitsCard()
        self.connect_card = ConnectCard(desk)
        self.form = CustomerForm({**self.who.fields, **self.webhook.fields, **self.limits.fields}, self)
        self.form.changed.connect(self._edited)
        self.key.rotate.connect(self._rotate_key)
        self.webhook.rotate.connect(self._rotate_secret)
        self.webhook.test.connect(self._test)
        self.notice = Banner(desk.theme)
        self.confirm = ConfirmDelete(desk)
        self.confirm.asked.connect(lambda: self.area.ensureWidgetVisible(self.confirm))
        self._make_header()
        self._lay_out()
        desk.session.changed.connect(lambda *_: self._allow())

    # What the window asks

    def title(self) -> str:
        if self._customer is not None:
            return self._customer.company_name
        return self.tr("New customer") if self.is_new else self.tr("Customer")

    @property
    def is_new(self) -> bool:
        """Whether this is about one that is not there yet."""
        return self.link.target == NEW

    def show_link(self, link: Link) -> None:
        if str(link) != str(self.link) or self._customer is None:
            self.link = link
            self._show(None)
        self.refresh()

    def refresh(self) -> None:
        if self.is_new:
            self._allow()
            self.ready.emit()
            self.who.company.editor.setFocus()
            return
        if self.form.changes():
            return  # what somebody types is not taken from under the fingers
        number = self._number()
        if number is None:
            self._gone(NotFound())
            return
        appliance = self.desk.appliance
        self.desk.calls.start(
            self, lambda: appliance.customers.one(number), self._loaded, self._gone, latest="customer"
        )
        now = self.desk.session.now()

        def usage() -> tuple[Stats, Stats]:
            stats = appliance.stats
            return (
                stats.between(now - timedelta(days=1), now, bucket="range", customer_id=number),
                stats.between(now - timedelta(days=30), now, bucket="range", customer_id=number),
            )

        self.desk.calls.start(
            self,
            usage,
            lambda found: self.limits.show_usage(found[0].totals, found[1].totals),
            lambda _error: None,  # the page is of use without it
            latest="usage",
        )

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind == "customer" and event.customer_id == self._number() for event in events):
            if self.form.changes():
                self.notice.tell(
                    self.tr("It was changed elsewhere meanwhile. What you save overwrites only what you changed."),
                    "warn",
                    (self.tr("Discard mine"), self.discard),
                )
            else:
                self.refresh()

    def commands(self) -> list[Command]:
        group = self.tr("Customer")
        return [
            Command(self.tr("Save the customer"), self.save, "Ctrl+S", group, changes=True),
            Command(self.tr("Discard what was changed"), self.discard, "Ctrl+Shift+Z", group),
            Command(self.tr("Send a test webhook"), self._test, "Ctrl+T", group, changes=True),
            Command(self.tr("This customer's calls"), self._show_calls, "Alt+C", group),
            Command(self.tr("This customer's webhooks"), self._show_webhooks, "Alt+W", group),
            Command(self.tr("Delete the customer …"), self._delete, "", group, changes=True),
        ]

    def header_widgets(self) -> list[QWidget]:
        return [
            self.state,
            self.calls_button,
            self.webhooks_button,
            self.active_button,
            self.delete_button,
            self.discard_button,
            self.save_button,
        ]

    # What was loaded, and what was changed

    def save(self) -> None:
        """Send what was changed; for a new one, create it."""
        changed = self.form.changes()
        if self.save_button.isHidden() or not self.save_button.isEnabled():
            return
        customers = self.desk.appliance.customers
        number = self._number()
        if number is None:
            # The appliance says which of these it misses.
            named = {name: self.form.fields[name].value for name in TEXTS}
            self._send(lambda: customers.create({**named, **changed}), self._created)
        elif changed:
            self._send(lambda: customers.update(number, changed), self._saved)

    def discard(self) -> None:
        """Back to what the appliance has."""
        self.form.discard()
        self.notice.clear()
        if not self.is_new:
            self.refresh()

    def _show(self, customer: Customer | None, *, keep_typed: bool = False) -> None:
        if customer is None or self._customer is None or customer.id != self._customer.id:
            self.confirm.hide()  # the question was about another one
        self._customer = customer
        self.form.show_customer(customer, keep_typed=keep_typed)
        there = customer is not None
        for card in (self.key, self.limits, self.connect_card):
            card.setVisible(there)
        self.webhook.secret_part.setVisible(there)
        self.webhook.test_button.setVisible(there)
        if customer is None:
            self.notice.clear()
            self.webhook.forget_attempt()
        else:
            self.key.key.set_secret(customer.api_key)
            self.webhook.secret.set_secret(customer.webhook_secret)
            self.connect_card.show_customer(customer)
            self._show_notice(customer)
        self._allow()
        self.titled.emit()

    def _show_notice(self, customer: Customer) -> None:
        if customer.webhook_disabled_reason:
            told = self.tr("Nothing is sent to its webhook: %1.").replace(
                "%1", why_disabled(customer.webhook_disabled_reason)
            )
            self.notice.tell(told, "bad", (self.tr("Enable again"), self._enable))
        elif not customer.is_active:
            self.notice.tell(self.tr("It is inactive: its API key is refused. What was accepted is still delivered."))
        elif customer.webhook_url is None:
            self.notice.tell(self.tr("It has no webhook address yet: results wait until there is one."))
        else:
            self.notice.clear()

    def _edited(self) -> None:
        changed = bool(self.form.changes())
        self.save_button.setVisible(self.is_new or changed)
        self.discard_button.setVisible(changed)

    def _loaded(self, customer: Customer) -> None:
        if self.form.changes():
            return
        if self._customer is None or customer.webhook_url != self._customer.webhook_url:
            self.webhook.forget_attempt()
        self._show(customer)
        heard = self.desk.session.last_heard
        self.limits.show_defaults(None if heard is None else heard.system)
        self.ready.emit()

    def _gone(self, error: Exception) -> None:
        self._show(None)
        self.notice.tell(words.told(error), "bad", (self.tr("All customers"), lambda: self.desk.go("customers")))
        self.ready.emit()

    # What is done

    def _send(self, work: Callable[[], Customer], done: Callable[[Customer], object]) -> None:
        self.form.forget_problems()
        self.save_button.setEnabled(False)

        def succeeded(customer: Customer) -> None:
            self.save_button.setEnabled(True)
            done(customer)

        self.desk.calls.start(self, work, succeeded, self._refused)

    def _refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if not isinstance(error, Invalid):
            self.desk.say_error(error)
            return
        shown, elsewhere = self.form.tell_problems(error)
        if shown is not None:
            shown.editor.setFocus()
            self.area.ensureWidgetVisible(shown)
        self.desk.say("; ".join(elsewhere) if elsewhere else self.tr("Not saved: look at what is marked"), "bad")

    def _created(self, customer: Customer) -> None:
        self.form.forget()
        self.desk.say(self.tr("%1 is there; its key is below").replace("%1", customer.company_name), "good")
        self.desk.go(f"customer/{customer.id}")

    def _saved(self, customer: Customer) -> None:
        self._show(customer)
        self.desk.say(self.tr("Saved"), "good")

    def _change(self, fields: dict[str, object], said: str, undo: dict[str, object] | None = None) -> None:
        number, customers = self._number(), self.desk.appliance.customers
        if number is None:
            return

        def done(customer: Customer) -> None:
            self._show(customer, keep_typed=True)
            take_back = None if undo is None else lambda: self._change(undo, self.tr("Taken back"))
            self.desk.say(said, "good", take_back)

        self.desk.calls.start(self, lambda: customers.update(number, fields), done)

    def _toggle_active(self) -> None:
        if self._customer is not None:
            active = self._customer.is_active
            said = self.tr("Its API key is refused from now on") if active else self.tr("Its API key is accepted again")
            self._change({"is_active": not active}, said, {"is_active": active})

    def _rotate_key(self, grace_seconds: int) -> None:
        customers = self.desk.appliance.customers
        self._replace(lambda number: customers.rotate_key(number, grace_seconds), self.tr("There is a new API key"))

    def _rotate_secret(self, grace_seconds: int) -> None:
        customers = self.desk.appliance.customers
        self._replace(
            lambda number: customers.rotate_webhook_secret(number, grace_seconds), self.tr("There is a new secret")
        )

    def _enable(self) -> None:
        customers = self.desk.appliance.customers
        self._replace(customers.enable_webhook, self.tr("Enabled: what rested is sent now"))

    def _replace(self, work: Callable[[int], Customer], said: str) -> None:
        number = self._number()
        if number is None:
            return

        def done(customer: Customer) -> None:
            self._show(customer, keep_typed=True)
            self.desk.say(said, "good")

        self.desk.calls.start(self, lambda: work(number), done)

    def _test(self) -> None:
        number, customers = self._number(), self.desk.appliance.customers
        if number is None or not self.webhook.test_button.isEnabled():
            return
        if "webhook_url" in self.form.changes():
            self.desk.say(self.tr("Save the new address first: a test goes to the saved one"), "info")
            return
        self.webhook.test_button.setEnabled(False)
        self.webhook.outcome.tell(self.tr("Waiting for the receiver …"), "busy")

        def done(attempt: Attempt) -> None:
            self._allow()
            self.webhook.show_attempt(attempt)

        def failed(error: Exception) -> None:
            self._allow()
            self.webhook.outcome.tell(words.told(error), "bad")

        self.desk.calls.start(
            self,
            lambda: customers.test_webhook(number),
            done,
            failed,
            latest="test",
        )

    def _delete(self) -> None:
        if self._customer is not None:
            self.confirm.ask_about(self._customer)

    # What is seen

    def _number(self) -> int | None:
        target = self.link.target or ""
        return int(target) if target.isdecimal() else None

    def _show_calls(self) -> None:
        self.desk.go(f"calls?customer_id={self.link.target}")

    def _show_webhooks(self) -> None:
        self.desk.go(f"webhooks?customer_id={self.link.target}")

    def _allow(self) -> None:
        """Who may change what, and what there is to press."""
        there, may = self._customer is not None, self.desk.session.may_change
        self.form.set_editable(may)
        for button in (self.calls_button, self.webhooks_button, self.active_button, self.delete_button):
            button.setVisible(there)
        self.webhook.test_button.setEnabled(may)
        self.state.setVisible(there)
        if self._customer is not None:
            active = self._customer.is_active
            self.state.show_state(self.tr("active") if active else self.tr("inactive"), "good" if active else "calm")
            self.active_button.setText(self.tr("Deactivate") if active else self.tr("Activate"))

    def _make_header(self) -> None:
        self.state = StatusPill(self.desk.theme)
        self.calls_button = _button(self.tr("Calls"), self._show_calls)
        self.webhooks_button = _button(self.tr("Webhooks"), self._show_webhooks)
        self.active_button = _button("", self._toggle_active)
        self.delete_button = _button(self.tr("Delete …"), self._delete)
        self.discard_button = _button(self.tr("Discard"), self.discard)
        self.save_button = _button(self.tr("Save"), self.save)
        self.save_button.setProperty("primary", True)
        for button in (self.active_button, self.delete_button, self.save_button):
            self.desk.only_admin(button)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for widget in (
            self.notice,
            self.confirm,
            self.who,
            self.key,
            self.webhook,
            self.limits,
            self.connect_card,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.content.addWidget(self.area)
        self.setFocusProxy(self.who.company.editor)


def _button(text: str, run: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.clicked.connect(lambda *_: run())
    return made
