"""No webhook has come at one customer's: found, mended, and sent again."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from admin_gui.models.system.findings import Finding
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.overview.overview_page import OverviewPage
from admin_gui.pages.webhooks.webhook_page import WebhookPage
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from tests.admin_gui.walk.beginning import Made
from tests.admin_gui.walk.person import Person
from tests.support.receiver import Endpoint

FAILED = "webhooks?state=failed"


def finds_the_endpoint_that_fails(person: Person, count: int) -> None:
    """From what needs a look on the overview to the reason, and on to the customer."""
    hands = person.hands
    hands.go("overview")
    overview = person.page(OverviewPage)

    def findings() -> list[Finding]:
        return [one for one in overview.attention._shown if one.link == FAILED and str(count) in one.text]

    person.waits(findings)
    person.sees("overview-needs-a-look")
    (finding,) = findings()
    buttons = overview.attention.findChildren(QPushButton)
    hands.press(next(one for one in buttons if finding.text in one.accessibleName()))
    webhooks = person.page(WebhooksPage)
    person.waits(lambda: len(webhooks.table.model.rows) == count)
    person.sees("webhooks-failed")
    hands.open_row(webhooks.table)
    webhook = person.page(WebhookPage)
    person.waits(lambda: "404" in webhook.notice.text)
    person.sees("webhook-with-its-reason")
    hands.press(webhook.customer_button, "Alt+K")


def mends_it(person: Person, customer: Made, mended: Endpoint) -> None:
    """Another address, saved and tested."""
    page, hands = person.page(CustomerPage), person.hands
    assert page.customer is not None
    assert page.customer.id == customer.id
    hands.write(page.webhook.url.editor, mended.url)
    person.sees("address-mended")
    hands.press(page.save_button, "Ctrl+S")
    person.waits(lambda: not page.save_button.isVisible())
    hands.press(page.webhook.test_button, "Ctrl+T")
    person.waits(page.webhook.exchange.isVisible)
    assert page.webhook.exchange.value("status") == "200"
    person.sees("endpoint-tested")


def sends_all_again(person: Person, mended: Endpoint, count: int) -> None:
    """Those of this customer that failed, with one question before."""
    page, hands = person.page(CustomerPage), person.hands
    hands.press(page.webhooks_button, "Alt+W")
    webhooks = person.page(WebhooksPage)
    hands.choose(webhooks.state, "failed")
    person.waits(lambda: len(webhooks.table.model.rows) == count)
    hands.press(webhooks.all_button, "Ctrl+Shift+R")
    person.waits(webhooks.question.isVisible)
    person.sees("send-all-again")
    hands.press(webhooks.question._button)
    person.waits(lambda: len(mended.received) == count + 1)  # the test was the first
    person.waits(lambda: not webhooks.table.model.rows)
    told = {one.json["call_id"] for one in mended.received[1:]}
    assert len(told) == count, "each call once"
    hands.choose(webhooks.state, "delivered")
    person.waits(lambda: len(webhooks.table.model.rows) >= count)
    person.sees("all-sent-again")
