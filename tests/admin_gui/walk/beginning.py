"""The morning: the appliance is connected, its first customer set up, and a second one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtWidgets import QAbstractButton

from admin_gui.models.first_steps import Step
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.customers.welcome.welcome_page import WelcomePage
from admin_gui.pages.overview.overview_page import OverviewPage
from tests.admin_gui.walk import office
from tests.admin_gui.walk.person import Person

_API_KEY = re.compile(r"vbk_[\w-]+")


@dataclass(frozen=True)
class Made:
    """A customer that was made in the window."""

    id: int
    key: str


def connects(person: Person, token: str) -> None:
    """By its address, its fingerprint, and a token."""
    page, hands = person.window.connect_page, person.hands
    hands.write(page.address.address, f"127.0.0.1:{person.appliance.port}")
    hands.press(page.address.look_button, "Return")
    person.waits(page.trust.isVisible)
    shown = "".join(page.trust.fingerprint.text().replace(":", "").split()).lower()
    assert shown == person.appliance.fingerprint
    person.sees("fingerprint")
    hands.press(page.trust.trust_button)
    person.waits(page.token.isVisible)
    hands.write(page.token.token, token)
    person.sees("token")
    hands.press(page.token.connect_button, "Return")
    person.waits(lambda: person.window.page is not None and person.window.page.is_ready)


def sets_up_the_first_customer(person: Person, webhook_url: str) -> Made:
    """The welcome's five steps, in the third of which the first call comes by itself."""
    page, hands = person.page(WelcomePage), person.hands
    fields = page.customer_step.form.fields
    person.sees("welcome")
    for name, text in (("company_name", "Parcels & Co"), ("name", "Ines"), ("email", "ines@parcels.example")):
        hands.write(fields[name].editor, text)
    hands.press(page.customer_step.create_button)
    person.waits(lambda: Step.CUSTOMER in page.steps.done)
    key = copied_key(person, page.key_step.key.copy_button)
    person.waits(lambda: page.cards[Step.LINE].is_unfolded)
    hands.press(page.line_step.lines.with_key)
    person.waits(lambda: key in page.line_step.lines.shown)
    person.sees("line-of-the-telephone-system")
    hands.press(page.line_step.lines.copy_button)
    assert key in person.clipboard
    assert person.appliance.url in person.clipboard
    sending = person.offices.send(key, office.calls(1))
    person.waits(lambda: {Step.KEY, Step.LINE, Step.CALL} <= page.steps.done)
    sending.result()
    hands.write(page.webhook_step.url.editor, webhook_url)
    person.sees("webhook-of-the-first-customer")
    hands.press(page.webhook_step.test_button)
    person.waits(lambda: page.steps.are_done)
    person.sees("welcome-done")
    hands.press(page.recovery.kept_button)
    assert page.recovery.isHidden()
    hands.press(page.leave_button)
    person.page(OverviewPage)
    (customer,) = person.appliance.admin("GET", "/api/customers").json()["customers"]
    return Made(customer["id"], key)


def makes_another_customer(person: Person, webhook_url: str) -> Made:
    """By the form, with the address that somebody told by telephone."""
    hands = person.hands
    hands.go("customers")
    hands.press(person.page(CustomersPage).new_button, "Ctrl+N")
    page = person.page(CustomerPage)
    for name, text in (
        ("company_name", "Berger Möbelhaus GmbH"),
        ("name", "Frau Berger"),
        ("email", "it@berger.example"),
        ("webhook_url", webhook_url),
    ):
        hands.write(page.form.fields[name].editor, text)
    person.sees("new-customer")
    hands.press(page.save_button, "Ctrl+S")
    person.waits(lambda: page.customer is not None and page.key.isVisible())
    assert page.customer is not None
    made = Made(page.customer.id, copied_key(person, page.key.key.copy_button))
    person.sees("customer")
    return made


def copied_key(person: Person, button: QAbstractButton) -> str:
    """The API key, copied by its button, as soon as it was fetched: it is there for half a minute only."""
    person.hands.press(button)
    person.waits(lambda: _API_KEY.fullmatch(person.clipboard) is not None)
    return person.clipboard
