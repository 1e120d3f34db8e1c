"""One customer: everything that is set for it, its key and secret, its webhook, and how to connect it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.events import Event
from admin_gui.client.transport.errors import NotFound
from admin_gui.commands import Command
from admin_gui.models.customer_fields import Values
from admin_gui.pages.customers.actions import CustomerActions
from admin_gui.pages.customers.cards import KeyCard, WebhookCard, WhoCard
from admin_gui.pages.customers.commands import customer_commands
from admin_gui.pages.customers.connect_card import ConnectCard
from admin_gui.pages.customers.deletion import ConfirmDelete
from admin_gui.pages.customers.form import CustomerForm, Draft
from admin_gui.pages.customers.keys import CustomerKeys
from admin_gui.pages.customers.limits_card import LimitsCard
from admin_gui.pages.customers.saving import CustomerSaving
from admin_gui.pages.customers.standing import CustomerStanding
from admin_gui.pages.object_page import ObjectPage, page_button
from admin_gui.pages.page import Unsaved
from admin_gui.text.plain_text import isolated
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.pill import StatusPill

NEW = "new"
BETWEEN = 8  # two buttons of the header
LEAST_TITLE = 220  # with the ways back and forward before it; a longer one has the buttons below it then


class CustomerPage(ObjectPage[Customer | None]):
    """`customer/7`, and `customer/new` for one that is not there yet."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._customer: Customer | None = None
        self._draft: Draft | None = None
        self.doing, self.saving = CustomerActions(self), CustomerSaving(self)
        self.standing = CustomerStanding(self)
        self.who = WhoCard()
        self.key = KeyCard(context)
        self.webhook = WebhookCard(context)
        self.limits = LimitsCard()
        self.connect_card = ConnectCard(context)
        self.keys = CustomerKeys(self)
        self.form = CustomerForm({**self.who.fields, **self.webhook.fields, **self.limits.fields}, self)
        self.form.changed.connect(self._edited)
        self.key.rotate.connect(self.doing.rotate_key)
        self.webhook.rotate.connect(self.doing.rotate_secret)
        self.webhook.test.connect(self.doing.test)
        self.webhook.certificate.connect(self.doing.look_at_certificate)
        self.confirm = ConfirmDelete(context)
        self.confirm.asked.connect(lambda: self.area.ensureWidgetVisible(self.confirm))
        self.deactivation = ConfirmErase(context.theme)
        self.confirm.deleted.connect(self._deleted)
        self._make_header()
        self._lay_out()
        context.session.changed.connect(self.allow)

    # What the window asks

    def kind_title(self) -> str:
        return self.tr("New customer") if self.wanted == NEW else self.tr("Customer")

    def object_title(self) -> str:
        return self.kind_title() if self._customer is None else self._customer.company_name

    def fallback_page(self) -> tuple[str, str]:
        return self.tr("All customers"), "customers"

    @property
    def customer(self) -> Customer | None:
        """The one that is on screen; None where there is none, or it is not there yet."""
        return self._customer

    @property
    def is_new(self) -> bool:
        """Whether what is on screen is one that is not there yet."""
        return self.shown is not None and self.shown.id == NEW

    def begins_anew(self, target: str) -> bool:
        return target == NEW

    def refresh(self) -> None:
        self.saving.bring_back()
        self.saving.look_for_lost()
        if self.wanted == NEW:
            if not self.is_new:
                self.came(NEW, None)
            self.ready.emit()
        elif self.form.changes():
            self.ready.emit()  # what somebody types is not taken from under the fingers
        else:
            super().refresh()
            self.standing.ask()

    def on_events(self, events: list[Event]) -> None:
        self.standing.on_events(events)
        told = {str(event.customer_id) for event in events if event.kind == "customer"}
        if self.is_new and told:
            self.saving.look_for_lost()
        if self.wanted in told:
            if self.form.changes():
                self._ask_what_was_changed()
            else:
                self.refresh()

    def object_commands(self) -> list[Command]:
        return customer_commands(self)

    def header_widgets(self) -> list[QWidget]:
        return [
            self.state,
            self.discard_button,  # these two come and go: what stands right of them stays where it is
            self.save_button,
            self.calls_button,
            self.webhooks_button,
            self.active_button,
            self.delete_button,
        ]

    def unsaved(self) -> Unsaved | None:
        waiting = self._draft if self.shown is None else None  # what was typed before comes back with its customer
        count = len(self.form.typed() if waiting is None else waiting.typed)
        if waiting is None and (self.shown is None or not count):
            return None
        if self.saving.is_under_way:
            text = self.tr("%1 is being saved. If you leave before that, the changes may be lost.")
        elif self.is_new:
            text = self.tr("The new customer is not created yet.")
        else:
            text = self.tr("%1 has %n unsaved change(s).", "", count)
        description = text.replace("%1", isolated(self.title()))
        if waiting is not None:
            return Unsaved(description, self._forget_draft)
        return Unsaved(description, self.saving.drop, self.save, is_being_saved=self.saving.is_under_way)

    def draft(self) -> Draft | None:
        return self._draft if self.shown is None else self.form.draft()

    def restore(self, draft: Any) -> None:
        if isinstance(draft, Draft):
            self._draft = draft
            if self.shown is not None:
                self._type_draft()

    # What was loaded

    def load(self, target: str) -> Callable[[], Customer]:
        if not target.isdecimal():
            raise NotFound
        customers, number = self.context.appliance.customers, int(target)
        return lambda: customers.without_keys(number)

    def forget(self) -> None:
        for part in (self.doing, self.saving, self.standing):
            part.forget()
        for question in (self.confirm, self.deactivation):
            question.dismiss()
        for card in (self.key, self.webhook):
            card.rotation.forget()
        self.limits.forget_usage()
        self._show(None)
        self._ways_later.stop()

    def show_object(self, found: Customer | None) -> None:
        if self._customer is not None and self.form.changes():
            self.ready.emit()
            return
        self._show(found)
        snapshot = self.context.session.last_snapshot
        self.limits.show_defaults(None if snapshot is None else snapshot.system)
        self._type_draft()
        self.ready.emit()

    def _ask_what_was_changed(self) -> None:
        """While somebody types: whether another hand has changed what stands in the form."""
        if self.wanted.isdecimal():
            self.look(self.load(self.wanted), self._tell_of_other_hands, lambda _error: None, latest="elsewhere")

    def _tell_of_other_hands(self, found: Customer) -> None:
        if self.saving.recognises(found):
            return
        if self.form.changes() and not self.saving.is_under_way and self.form.is_outdated_by(found):
            self.notice.show_message(
                self.tr("It was changed elsewhere meanwhile. What you save overwrites only what you changed."),
                "warn",
                (self.tr("Discard mine"), self.discard),
            )

    def _forget_draft(self) -> None:
        self._draft = None

    def _type_draft(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None and self.form.type_in(draft):
            self.saving.take_up(draft.sending)
            self.say(self.tr("What you had typed is here again; it is not saved yet"))

    def show_changed(self, customer: Customer) -> None:
        """Something was done to it; what was typed stays typed."""
        self._show(customer, keep_typed=True)

    def show_saved(self, customer: Customer, sent: Values) -> None:
        """The appliance has taken what was sent; what was typed since then stays typed."""
        self._take(customer)
        self.form.show_saved(customer, sent)
        self._show_beside(customer)

    def _show(self, customer: Customer | None, *, keep_typed: bool = False) -> None:
        self._take(customer)
        self.form.show_customer(customer, keep_typed=keep_typed)
        self._show_beside(customer)

    def _take(self, customer: Customer | None) -> None:
        """What was found out about a receiver is not said of another one."""
        former, self._customer = self._customer, customer
        if former is None or customer is None or former.webhook_url != customer.webhook_url:
            self.doing.forget()
            self.webhook.forget_attempt()

    def _show_beside(self, customer: Customer | None) -> None:
        """What there is beside the form."""
        webhook = self.webhook
        for part in (self.key, self.limits, self.connect_card, webhook.secret_part, webhook.test_button):
            part.setVisible(customer is not None)
        url = None if customer is None else customer.webhook_url
        self.webhook.certificate_button.setVisible(url is not None and url.startswith("https:"))
        self.keys.show_of(customer)
        if customer is not None:
            self.standing.show_of(customer)
        self.allow()
        self.titled.emit()

    # What was changed

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Send what was changed; for a new one, create it. `then` is called once it is saved."""
        self.saving.save(then)

    def discard(self) -> None:
        """Back to what the appliance has; what is being saved already cannot be taken back by it."""
        if self.saving.is_under_way:
            return
        self.saving.discard_unless_undone()
        if self._customer is not None:
            self.standing.show_of(self._customer)
        self.refresh()

    def _edited(self) -> None:
        changed = bool(self.form.changes())
        if self.discard_button.isVisible() and not changed:
            self._ways_later.start(QApplication.doubleClickInterval())
        self.save_button.setVisible(self.is_new or changed)
        self.discard_button.setVisible(changed)
        self._show_ways()
        self.edited.emit()

    def _show_ways(self) -> None:
        waits = bool(self.form.changes()) or self._ways_later.isActive()
        shown = self._customer is not None and (not waits or self._has_room_for_all())
        for button in (self.calls_button, self.webhooks_button):
            button.setVisible(shown)

    def _has_room_for_all(self) -> bool:
        """Beside what is to be saved; in a narrow window that needs the room."""
        return sum(one.sizeHint().width() + BETWEEN for one in self.header_widgets()) + LEAST_TITLE <= self.width()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._show_ways()

    def ask_to_delete(self) -> None:
        """What it means, before."""
        if self._customer is not None:
            self.confirm.ask_about(self._customer)

    def _deleted(self, customer: Customer) -> None:
        if self.wanted == str(customer.id):  # an event may have told of it before the answer came
            self.saving.discard()
            self.go_out()

    # What is seen

    def see(self, page: str) -> None:
        """A list of what is its own."""
        if self._customer is not None:
            self.context.go(f"{page}?customer_id={self._customer.id}")

    def allow(self) -> None:
        """Who may change what, and what there is to press."""
        there, may = self._customer is not None, self.context.session.may_change
        # Also while the appliance is away: a key that is typed as it goes would be lost, and half a word saved later.
        self.form.set_editable(not self.context.session.is_viewer)
        for part in (self.state, self.active_button, self.delete_button):
            part.setVisible(there)
        self._show_ways()
        for button in (self.save_button, self.active_button, self.delete_button):
            button.setEnabled(may and not self.saving.is_under_way)
        self.discard_button.setEnabled(not self.saving.is_under_way)
        if self._customer is not None:
            active = self._customer.is_active
            self.state.show_state(self.tr("active") if active else self.tr("inactive"), "good" if active else "calm")
            self.active_button.setText(self.tr("Deactivate") if active else self.tr("Activate"))

    def _make_header(self) -> None:
        self.state = StatusPill(self.context.theme)
        self.calls_button = page_button(self.tr("Calls"), partial(self.see, "calls"), self.tr("This customer's calls"))
        self.webhooks_button = page_button(
            self.tr("Webhooks"), partial(self.see, "webhooks"), self.tr("This customer's webhooks")
        )
        self.active_button = page_button("", self.doing.toggle_active)
        self.delete_button = page_button(self.tr("Delete …"), self.ask_to_delete)
        self.discard_button = page_button(self.tr("Discard"), self.discard)
        self.save_button = page_button(self.tr("Save"), self.save)
        self.save_button.setProperty("primary", True)
        self.form.entered.connect(lambda: self.save_button.click() if self.is_new else None)
        for button in (self.active_button, self.delete_button, self.save_button):
            self.context.only_admin(button)
        # A second click on Save must hit nothing: in its place there is nothing for so long.
        self._ways_later = QTimer(self, singleShot=True)
        self._ways_later.timeout.connect(self._show_ways)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for widget in (self.confirm, self.who, self.key, self.webhook, self.limits, self.connect_card):
            column.addWidget(widget)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.content.addWidget(self.deactivation)
        self.content.addWidget(self.area)
        self.first_focus = self.who.company.editor
