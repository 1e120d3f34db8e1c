"""Every control of every page has a name, a role and its state, for whoever hears the program instead of seeing it.

Asked over D-Bus, as a screen reader does: what Qt tells within the process is not all that reaches one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from admin_gui.pages.registry import PAGES, SYSTEM_TABS
from tests.admin_gui.conftest import TlsAppliance
from tests.admin_gui.screen_reader.accessible_tree import Accessible, State
from tests.admin_gui.screen_reader.desktop import MISSING, Desktop, ProgramUnderTest, waited
from tests.admin_gui.screen_reader.program import CLOSE, KEYS
from tests.admin_gui.screen_reader.rules import controls, faults
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import stereo_conversation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]

COMPANY = "Heard Ltd"
TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "Where is my parcel?"},
    {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": "We look for it at once."},
]
SECTIONS = {"Overview", "Customers", "Calls", "Insights", "Webhooks", "System"}


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One of its own: in lists that other tests have filled not every row is on the screen."""
    with TlsAppliance(tmp_path_factory.mktemp("heard")) as running:
        yield running


@pytest.fixture(scope="module")
def links(appliance: TlsAppliance, receiver: WebhookReceiver) -> list[str]:
    """Every page and every tab, those about one thing with one that is there."""
    customer = appliance.new_customer(company_name=COMPANY, webhook_url=receiver.endpoint().url)
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    delivery = appliance.delivery_in_state(call_id, "delivered")
    of_nothing = appliance.accepted(
        customer["api_key"], stereo_conversation() + UNREADABLE
    )  # neither length, mood nor summary
    appliance.delivery_in_state(of_nothing, "delivered")
    things = {"customer": str(customer["id"]), "call": call_id, "webhook": delivery["id"]}
    found = [f"{page.name}/{things[page.name]}" if page.targets else page.name for page in PAGES]
    found += [f"system?tab={tab}" for tab in SYSTEM_TABS[1:]]
    return [*found, "customer/new", "webhooks?view=endpoints"]


@pytest.fixture(scope="module")
def program(
    appliance: TlsAppliance, links: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProgramUnderTest]:
    """One for all tests: each goes where it wants to be."""
    folder = tmp_path_factory.mktemp("reader")
    with Desktop(folder) as desktop:
        yield ProgramUnderTest(desktop, appliance, folder)
        assert "Traceback" not in desktop.log, desktop.log


def checked(root: Accessible, role: str) -> set[str]:
    """What is told as chosen."""
    return {one.title for one in root.within() if one.role == role and State.CHECKED in one.states}


def has_keyboard(dialog: Accessible) -> bool:
    return any(State.FOCUSED in one.states for one in dialog.within())


def can_be_used(control: Accessible) -> bool:
    return {State.ENABLED, State.SENSITIVE} <= control.states


def test_every_control_of_every_page_has_a_name_and_a_role(program: ProgramUnderTest, links: list[str]) -> None:
    found, seen = [], 0
    for link in links:
        root = program.go(link)
        found += [f"{link}: {fault}" for fault in faults(root)]
        seen += len(list(controls(root)))

    assert found == []
    assert seen > 600, "the pages were there to be walked over"


def test_a_table_tells_its_rows_its_columns_and_the_place_of_each_cell(program: ProgramUnderTest) -> None:
    root = program.go("customers")
    (table,) = (one for one in root.within() if one.role == "table")
    headings = [one.name for one in table.within() if one.role == "column header"]
    cell = table[COMPANY]
    rows, columns = program.bus.size(table)
    row, column = program.bus.place(cell)
    assert table.title == "Customers"
    assert rows >= 1
    assert columns == len(headings) == 7
    assert 0 <= row < rows
    assert headings[column] == "Company"


def test_what_is_chosen_and_what_cannot_be_pressed_is_told(program: ProgramUnderTest) -> None:
    calls = program.go("calls")
    assert checked(calls, "radio button") & SECTIONS == {"Calls"}
    assert can_be_used(calls["Search"])
    assert not can_be_used(calls["Erase …"]), "nothing is selected"
    endpoints = program.go("webhooks?view=endpoints")
    assert checked(endpoints, "radio button") & {"Deliveries", "Endpoints"} == {"Endpoints"}
    log = program.go("system?tab=log")
    assert checked(log, "check box") == {"Follow"}
    program.press("Follow", "check box")
    assert checked(program.tree(), "check box") == set()


def test_a_secret_is_read_only_and_its_buttons_say_what_they_do(program: ProgramUnderTest, links: list[str]) -> None:
    root = program.go(next(link for link in links if link.startswith("customer/")))
    assert State.READ_ONLY in root["API key"].states
    assert State.READ_ONLY not in root["Company"].states
    program.press("Show API key")
    program.press("Hide API key")
    program.comes("push button", "Show API key")


def test_a_message_is_said_and_can_be_read(program: ProgramUnderTest) -> None:
    program.go("system?tab=certificate")
    with contextlib.closing(program.listen()) as announcements:
        program.press("Copy the fingerprint")
        said = announcements.next()
    assert "ingerprint" in said
    program.comes("label", said)


def test_what_opens_above_the_window_is_told_as_well(program: ProgramUnderTest) -> None:
    program.go("overview")
    for open_, title in (("Commands", "Commands"), ("Program", "Program — vBot Administration")):
        program.press(open_)
        waited(lambda title=title: has_keyboard(program.comes("dialog", title)), f"the keyboard in {title}")
        assert list(faults(program.tree())) == []
        program.tell(CLOSE)
    program.tell(KEYS)
    program.comes("dialog", "Keyboard shortcuts — vBot Administration")
    assert list(faults(program.tree())) == []
    program.tell(CLOSE)


def test_one_connects_by_what_is_told(program: ProgramUnderTest, appliance: TlsAppliance) -> None:
    program.press("Disconnect")
    program.write("Address", f"127.0.0.1:{appliance.port}")
    found = [*faults(program.tree())]
    program.press("Continue")
    program.comes("push button", "They are the same: trust it")
    found += faults(program.tree())
    program.press("They are the same: trust it")
    program.write("Token", appliance.admin_token)
    found += faults(program.tree())
    program.press("Connect")
    program.press("Disconnect")
    program.comes("list", "Known appliances")
    found += faults(program.tree())
    assert found == []


def test_what_is_told_wrongly_is_found() -> None:
    def one(role: str, name: str, *states: State) -> Accessible:
        return Accessible(None, role, name, frozenset({State.FOCUSABLE, State.SHOWING, *states}))

    window = one("frame", "Calls — vBot")
    window.children = [
        one("push button", "Open"),
        one("push button", "Open"),
        one("text", " "),
        one("combo box", "All states"),
        one("filler", "Somewhere"),
        one("radio button", "Day"),
        one("table", "calls"),
    ]
    root = Accessible(None, "application", "vbot-admin", frozenset(), [window])
    assert list(faults(root))[1:] == [
        "text “ ” has no name",
        "combo box “” has no name",
        "filler “Somewhere” has no role",
        "radio button “Day” is no choice, or not told as one",
        "table “calls” is called as in the code",
        "2 buttons are called “Open”",
    ]
