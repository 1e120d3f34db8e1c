"""The evening: a report, an appliance that is killed, and a token for somebody who may look only."""

from __future__ import annotations

from pathlib import Path

from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.insights.insights_page import InsightsPage
from admin_gui.pages.overview.overview_page import OverviewPage
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.pages.system.system_page import SystemPage
from admin_gui.pages.system.tokens import TokensTab
from admin_gui.session import State
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.walk import office
from tests.admin_gui.walk.beginning import Made, connects
from tests.admin_gui.walk.person import Person


def exports_a_report(person: Person, file: Path) -> None:
    """What the calls say, as a page to hand on."""
    person.hands.go("insights")
    page = person.page(InsightsPage)
    person.sees("insights")
    person.hands.press(page.report_button, "Ctrl+S")
    person.hands.save_as(file)
    person.waits(file.exists)
    assert file.read_bytes().startswith(b"%PDF-")
    person.sees("report-saved")


def loses_the_appliance_and_has_it_back(person: Person, customer: Made) -> None:
    """The api is killed, and comes back at its place; nobody presses anything."""
    person.hands.go("calls")
    page = person.page(CallsPage)
    session = person.window.context.session
    person.waits(lambda: session.situation.state is State.LIVE)
    person.appliance.one("vbot api").kill()
    person.waits(lambda: session.situation.state is State.STALE)
    person.sees("appliance-away", at_once=True)
    person.waits(lambda: session.situation.state is State.LIVE and session.stream_open, 3 * WAIT_MS)
    assert not person.window.stale_overlay.isVisible()
    (call_id,) = person.offices.send(customer.key, office.calls(61)[60:]).result()
    person.waits(lambda: call_id in {call.call_id for call in page.table.model.rows if call.summary})
    bar = page.table.view.verticalScrollBar()
    assert bar.value() == bar.minimum(), "who looked at the newest calls still does"
    person.sees("appliance-back")


def makes_a_token_for_a_viewer(person: Person) -> str:
    """Shown once, and copied."""
    hands = person.hands
    hands.go("system")
    page = person.page(SystemPage)
    hands.show_tab(page.bar, SYSTEM_TABS.index("tokens"))
    person.waits(lambda: isinstance(page.tab, TokensTab) and page.tab.creating.isVisible())
    tab = page.tab
    assert isinstance(tab, TokensTab)
    hands.write(tab.creating.name, "Frau Berger")
    hands.press(tab.creating.create_button)
    person.waits(tab.fresh.isVisible)
    hands.press(tab.fresh.secret.copy_button)
    token = person.clipboard  # at once: it is there for half a minute only
    person.sees("viewers-token")
    hands.press(tab.fresh.done_button)
    person.waits(lambda: not tab.fresh.isVisible())
    return token


def looks_as_the_viewer(person: Person, token: str) -> None:
    """Everything can be read, no secret seen, nothing changed."""
    hands, window = person.hands, person.window
    hands.press(window.disconnect_button, "Ctrl+Shift+D")
    person.waits(window.connect_page.known.isVisible)
    person.sees("disconnected")
    hands.press(window.connect_page.known.forget_button)
    person.waits(lambda: not window.connect_page.known.isVisible())
    connects(person, token)
    person.page(OverviewPage)
    person.sees("viewers-overview")
    hands.go("customers")
    customers = person.page(CustomersPage)
    assert not customers.new_button.isEnabled()
    hands.open_row(customers.table)
    customer = person.page(CustomerPage)
    assert customer.key.key.shown.startswith("****")
    assert not customer.key.key.copy_button.isEnabled()
    person.sees("viewers-customer")
