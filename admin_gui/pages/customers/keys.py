"""A customer's key and secret: shown when somebody wants to see them, and replaced, once that was asked about."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.transport.errors import Conflict
from admin_gui.text import error_messages, formats
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.focus_wheel import FocusWheelComboBox
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.sight import bring_into_sight
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage

translate = QCoreApplication.translate

HOUR, DAY, WEEK = 3600, 86_400, 604_800
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class CustomerKeys(QObject):
    """Of the customer on screen, wherever its page shows them: asked for when wanted, for the audit tells of it."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._fields = (page.key.key, page.webhook.secret)
        self._lines = page.connect_card.lines
        for part in (*self._fields, self._lines):
            part.wanted.connect(self._ask)
            part.subject = page.subject

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


def why_not_replaced(error: Exception) -> str:
    """Why there is no new one, and the way out where the one before the present one still has its time of grace."""
    problem = error.problem_of("grace_seconds") if isinstance(error, Conflict) else None
    until = _MOMENT.search(problem or "")
    if until is None:
        return error_messages.message_of(error)
    words = translate(
        "customer",
        "Nothing was replaced: the one before the present one works until %1, and with a new one it would stop at "
        "once. Wait until then, or choose “%2”: then both stop.",
    )
    at_once = translate("customer", "not at all, it stops at once")
    return words.replace("%1", formats.moment(datetime.fromisoformat(until[0]))).replace("%2", at_once)


class Rotation(QWidget):
    """A choice and a button. What stops when is said first, and asked about: it cannot be taken back."""

    wanted = Signal(int)  # seconds that the old one works beside the new one

    def __init__(
        self, context: AppContext, words: str, title: str, stops: str, ends: str, grace_words: str, grace_name: str
    ) -> None:
        """`words` are the button's; `title` asks, and `stops` says what works no more as soon as it is pressed.

        `ends` says what works no more once the time of grace is over, at %1. `grace_words` stand before the choice, and
        `grace_name` is what it is called by a screen reader: two of them stand on one page.
        """
        super().__init__()
        self._context = context
        self._title, self._stops, self._ends = title, stops, ends
        self.grace = FocusWheelComboBox()
        for label, seconds in (
            (translate("customer", "not at all, it stops at once"), 0),
            (translate("customer", "1 hour"), HOUR),
            (translate("customer", "1 day"), DAY),
            (translate("customer", "1 week"), WEEK),
        ):
            self.grace.addItem(label, seconds)
        self.grace.setAccessibleName(grace_name)
        grace_label = PlainLabel(grace_words)
        grace_label.setProperty("muted", True)
        grace_label.setWordWrap(True)
        self.grace.currentIndexChanged.connect(lambda _place: self.dismiss())
        self.button = QPushButton(words)
        self.button.clicked.connect(lambda _checked: self.ask())
        for part in (self.grace, self.button):
            context.only_admin(part)
        self.confirm = ConfirmErase(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(grace_label)
        layout.addLayout(row(self.grace, self.button, stretch_after=1))
        layout.addWidget(self.confirm)
        self.forget()

    def forget(self) -> None:
        """Another customer: nothing breaks by a click, for that the old one stops at once is chosen on purpose."""
        self.grace.setCurrentIndex(self.grace.findData(DAY))
        self.dismiss()

    def dismiss(self) -> None:
        """The question was about something else."""
        self.confirm.dismiss()

    def ask(self) -> None:
        """What it means, before."""
        seconds: int = self.grace.currentData()
        if seconds:
            end = formats.moment(self._context.session.now() + timedelta(seconds=seconds))
            lines = [self._ends.replace("%1", end), translate("customer", "The choice above says for how long.")]
        else:
            later = translate("customer", "While the old one still works, there is time to hand over the new one.")
            lines = [self._stops, later]
        lines.append(translate("customer", "It cannot be taken back."))
        yes = translate("customer", "Replace it now")
        self.confirm.ask(self._title, lines, yes, lambda: self.wanted.emit(seconds))
        # The question is below the button: once it is laid out.
        QTimer.singleShot(0, self, lambda: bring_into_sight(self.confirm))
