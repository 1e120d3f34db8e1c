"""Whatever the mouse can press, Tab comes to: forward alone, and around."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.admin_gui.walk.hands import told
from tests.support.fake_worker import that_says
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import stereo_conversation

pytestmark = pytest.mark.slow

MOST_TABS = 120
TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "Where is my parcel?"}]
SYSTEM_TABS = ("backups", "settings", "tokens", "audit", "certificate", "log", "support")


@pytest.fixture
def links(appliance: TlsAppliance, receiver: WebhookReceiver) -> list[str]:
    """Every page, and of each page about one thing one that is there."""
    customer = appliance.new_customer(company_name="Reached Ltd", webhook_url=receiver.endpoint(Answer(404)).url)
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    delivery = appliance.delivery_in_state(call_id, "failed")
    return [
        *(
            "overview",
            "customers",
            "customer/new",
            "calls",
            "insights",
            "webhooks",
            "webhooks?view=endpoints",
            "system",
        ),
        *(f"customer/{customer['id']}", f"call/{call_id}", f"webhook/{delivery['id']}"),
        *(f"system?tab={tab}" for tab in SYSTEM_TABS),
    ]


def test_tab_comes_to_whatever_the_mouse_can_press(qtbot: QtBot, window: MainWindow, links: list[str]) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    missed = []
    for link in links:
        opened(qtbot, window, link)
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        reached = walked(window)
        missed += [f"{link}: {told(one)}" for one in pressable(window) if one not in reached]
    assert missed == [], "\n".join(missed)


def test_filters_of_a_table_come_in_the_order_in_which_they_are_seen(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "calls")
    table = page.table
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    table.search.setFocus()
    bar = [table.search, page.number, page.customer, page.state, page.time, page.more.button]
    wanted = [*bar, table.columns_button, table.export_button, table.view]
    found = list(walked(window))
    assert [told(one) for one in found[: len(wanted)]] == [told(one) for one in wanted]


def test_what_tab_comes_to_is_scrolled_into_sight(qtbot: QtBot, window: MainWindow, links: list[str]) -> None:
    window.resize(1024, 640)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    opened(qtbot, window, next(link for link in links if link.startswith("customer/") and link != "customer/new"))
    unseen = []
    for _ in range(MOST_TABS):
        focus = window.focusWidget()
        assert focus is not None
        if focus.visibleRegion().isEmpty():
            unseen.append(told(focus))
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert unseen == []


def walked(window: MainWindow) -> dict[QWidget, None]:
    """Where Tab leads, from where the keyboard is on until it is there again; in this order."""
    reached: dict[QWidget, None] = {}
    for _ in range(MOST_TABS):
        focus = window.focusWidget()
        assert focus is not None
        if focus in reached:
            break
        reached[focus] = None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return reached


def pressable(window: MainWindow) -> Iterator[QWidget]:
    """All that a click brings the keyboard to or presses, but for what is only marked to be copied."""
    for one in window.findChildren(QWidget):
        takes = isinstance(one, QAbstractButton) or bool(one.focusPolicy() & Qt.FocusPolicy.ClickFocus)
        is_part = isinstance(one.parentWidget(), QLineEdit | QTabBar | QAbstractSpinBox | QComboBox)
        is_there = one.isVisible() and one.isEnabled() and one.window() is window and one.focusProxy() is None
        is_text = isinstance(one, QLabel) or (isinstance(one, QLineEdit) and one.isReadOnly())
        if takes and is_there and not is_part and not is_text:
            yield one
