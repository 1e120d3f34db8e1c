"""Every control of every page has a name and a role that fit, for whoever hears the program instead of seeing it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QButtonGroup, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.pages.registry import PAGES, SYSTEM_TABS
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.spoken_labels import label_choices
from tests.admin_gui.accessible import ROLE, controls, faults, name_of, role_of
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.fake_worker import that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import stereo_conversation

pytestmark = pytest.mark.slow

TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "Where is my parcel?"},
    {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": "We look for it at once."},
]


@pytest.fixture
def links(appliance: TlsAppliance, receiver: WebhookReceiver) -> list[str]:
    """Every page and every tab, those about one thing with one that is there."""
    customer = appliance.new_customer(company_name="Heard Ltd", webhook_url=receiver.endpoint().url)
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    delivery = appliance.delivery_in_state(call_id, "delivered")
    things = {"customer": str(customer["id"]), "call": call_id, "webhook": delivery["id"]}
    found = [f"{page.name}/{things[page.name]}" if page.targets else page.name for page in PAGES]
    found += [f"system?tab={tab}" for tab in SYSTEM_TABS[1:]]
    return [*found, "customer/new", "webhooks?view=endpoints"]


def told_wrongly(root: QWidget, place: str) -> list[str]:
    return [
        f"{place}: {type(control).__name__} “{name_of(control)}” {fault}"
        for control in controls(root)
        for fault in faults(control)
    ]


def test_every_control_has_a_name_and_a_role(qtbot: QtBot, window: MainWindow, links: list[str]) -> None:
    found, seen = [], 0
    for link in links:
        opened(qtbot, window, link)
        qtbot.waitUntil(lambda: window.context.calls.under_way <= 1, timeout=WAIT_MS)
        seen += len(list(controls(window)))
        found += told_wrongly(window, link)

    assert sorted(set(found)) == []
    assert seen > 300, "the pages were there to be walked over"


def test_so_have_those_of_the_palette_and_the_keys(qtbot: QtBot, window: MainWindow) -> None:
    for open_ in (window.open_palette, window.open_keys):
        open_()
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        shown += [one for one in window.findChildren(QWidget) if one.isWindow() and one.isVisible()]
        assert len(shown) > 1
        assert [fault for one in shown for fault in told_wrongly(one, type(one).__name__)] == []
        for one in shown:
            if one is not window:
                one.close()


def test_the_page_to_connect_has_them_too(empty_window: MainWindow) -> None:
    page = empty_window.connect_page
    for part in (page.address, page.trust, page.token):
        part.show()
    assert told_wrongly(page, "connect") == []


def test_the_sidebar_is_one_choice_of_several(window: MainWindow) -> None:
    assert {role_of(window.sidebar.button(entry.section)) for entry in PAGES} == {ROLE.RadioButton}


def test_a_filter_is_called_by_what_it_filters(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "calls")
    assert [name_of(one) for one in (page.customer, page.state, page.time)] == ["Customer", "State", "Time"]


def test_a_control_without_a_name_and_one_with_another_role_are_found(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    layout = QVBoxLayout(root)
    unnamed, ticked, choice = QLineEdit(), QPushButton("Day"), QComboBox()
    ticked.setCheckable(True)
    group = QButtonGroup(root)
    group.addButton(ticked)
    choice.addItem("All states")
    choice.setAccessibleName("State")
    for one in (unnamed, ticked, choice):
        layout.addWidget(one)
    root.show()
    assert told_wrongly(root, "x") == [
        "x: QLineEdit “” has no name",
        "x: QPushButton “Day” is told as CheckBox",
        "x: QComboBox “” has no name",
    ]
    label_choices(root)
    assert told_wrongly(root, "x")[2:] == []
