"""Every action of the program is in the palette: all buttons and commands of the page that is seen, and from
everywhere else all commands of all pages. A new button or command that the palette cannot reach fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.commands import Command
from admin_gui.pages.registry import PAGES, SYSTEM_TABS
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.shell.palette.entries import Entry
from admin_gui.shell.palette.far_commands import far_commands
from admin_gui.widgets.table.paged_table import PagedTable
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence

# It opens every page of the program, of a call that was analysed and delivered.
pytestmark = pytest.mark.slow

# What needs something that was typed or selected on the page: from elsewhere it would mean nothing.
HERE_ALONE = {
    "Save the customer",
    "Discard what was changed",
    "Send the selected webhooks again",
    "Analyse the selected calls again",
    "Send the webhooks of the selected calls again",
    "Erase the selected calls …",
    "Tags of the selected calls …",
    "Activate the selected customers",
    "Deactivate the selected customers",
    "Enable the webhooks of the selected customers",
    # Of what is being heard: the palette plays a call from elsewhere.
    "Back by 5 seconds",
    "Forward by 5 seconds",
    "Faster",
    "Slower",
    "Skip silence, or play it",
    "Mute or hear the party at the left",
    "Mute or hear the party at the right",
    "Load the waveform",
    "Look closer at the waveform",
    "See more of the waveform",
    "Find in this call",
    "Open what the line is about",
    "Save the settings",
    "Discard the changed settings",
    "Set the setting back to its default",
}
# Qt's own, within a widget: what they do is done by the keyboard, or by the widget.
WITHIN = (QTabBar, QLineEdit)


@pytest.fixture
def links(appliance: TlsAppliance, receiver: WebhookReceiver) -> list[str]:
    """Every page and every tab, the pages about one thing with one that is there."""
    customer = appliance.new_customer(company_name="Reached Ltd", webhook_url=receiver.endpoint().url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "delivered")
    assert appliance.admin("POST", "/api/backups").status_code == 200
    things = {"customer": str(customer["id"]), "call": call_id, "webhook": delivery["id"]}
    found = [f"{page.name}/{things[page.name]}" if page.targets else page.name for page in PAGES]
    found += [f"system?tab={tab}" for tab in SYSTEM_TABS[1:]]
    return [*found, "customer/new", "webhooks?view=endpoints"]


def labels_of(root: QWidget) -> Iterator[str]:
    """What stands on each button that can be pressed, or what it is called."""
    for button in root.findChildren(QAbstractButton):
        if not button.isVisible() or not button.isEnabled() or isinstance(button.parentWidget(), WITHIN):
            continue
        label = (button.text().replace("&", "") or button.accessibleName()).strip()
        assert label, f"a button without a name: {button} in {button.parentWidget()}"
        menu = button.menu() if hasattr(button, "menu") else None
        if menu is None:
            yield label
        else:
            yield from (action.text().replace("&", "") for action in menu.actions() if action.isEnabled())


def entries_of(window: MainWindow) -> list[Entry]:
    window.open_palette()
    palette = next(one for one in window.findChildren(CommandPalette) if one.isVisible())
    found = palette.list.entries()
    palette.close()
    return found


def is_offered(label: str, entries: list[Entry]) -> bool:
    """By its own words, or as what a command that does the same is found by."""
    same = {label, f"Go to {label}"}
    return any(one.title in same or label in one.also or one.title.endswith(f": {label}") for one in entries)


def select_something(page: Any) -> None:
    """Buttons that need a row are there to be pressed then."""
    for table in page.findChildren(PagedTable):
        if table.isVisible() and table.model.rowCount():
            table.select(table.model.identity(table.model.row_at(0)))


def test_0_actions_are_missing(qtbot: QtBot, window: MainWindow, links: list[str]) -> None:
    missing, seen, commands = [], 0, dict[str, Command]()
    for link in links:
        page = opened(qtbot, window, link)
        qtbot.waitUntil(lambda: window.context.calls.under_way <= 1, timeout=WAIT_MS)
        select_something(page)
        entries = entries_of(window)
        labels = [*labels_of(page), *labels_of(page.tools), *labels_of(window.sidebar), *labels_of(window.header)]
        available = [one.title for one in page.commands() if window.commands.available(one)]
        seen += len(labels) + len(available)
        labels.remove("Commands")  # which opens the palette itself
        missing += [f"{link}: {label}" for label in (*labels, *available) if not is_offered(label, entries)]
        commands |= {one.title: one for one in page.commands()}
    assert missing == []
    assert seen > 150, "the pages were there to be looked at"
    far = {one.title for one in far_commands()}
    shown_tabs = {title for title in commands if title.startswith("Show ")} - far  # "Go to System, …"
    assert sorted(set(commands) - far - HERE_ALONE - shown_tabs) == [], "from everywhere"
    assert sorted(far - set(commands)) == [], "what no page knows would do nothing"


def test_what_belongs_to_the_table_of_a_page_is_there(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "customers")
    qtbot.waitUntil(lambda: page.table.model.rowCount() > 0, timeout=WAIT_MS)
    select_something(page)
    entries = entries_of(window)
    for title in ("Open", "Copy cell", "Copy rows", "Choose columns", "Export to a CSV file", "New customer"):
        assert sum(one.title == title for one in entries) == 1, title


def test_a_button_that_the_palette_presses_is_pressed(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "webhooks")
    assert not page.endpoints_button.isChecked()
    next(one for one in entries_of(window) if one.title == page.endpoints_button.text()).run()
    qtbot.waitUntil(page.endpoints_button.isChecked, timeout=WAIT_MS)
