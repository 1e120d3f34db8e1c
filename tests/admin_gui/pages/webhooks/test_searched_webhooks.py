"""A searched list of webhooks while more come: their events do not tell what is searched for, so they are asked for."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.client.transport.paging import Order
from admin_gui.client.transport.paging import Page as Rows
from admin_gui.pages.webhooks.lookup import MOST_ROWS
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import opened


def a_delivery(number: int) -> Delivery:
    return Delivery(
        id=f"d{number}",
        call_id=f"call-{number}",
        customer_id=1,
        event="call.completed",
        state="failed",
        caller_number=f"+49{number}",
        called_number="+4930",
    )


def as_event(delivery: Delivery) -> Delivery:
    return replace(delivery, caller_number=None, called_number=None)


class Listed:
    """All that a search finds, newest first, as the appliance gives it by pages."""

    def __init__(self, count: int) -> None:
        self.rows = [a_delivery(number) for number in range(count, 0, -1)]
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.asked_for_new = 0

    def page(
        self, cursor: str | None, limit: int, _narrowed: DeliveryFilter | None = None, _order: Order | None = None
    ) -> Rows[Delivery]:
        first = int(cursor or 0)
        found = self.rows[first : first + limit]
        if limit == MOST_ROWS:
            self.asked_for_new += 1
            assert self.goes_on.wait(60)
        return Rows(found, str(first + limit) if first + limit < len(self.rows) else None)


@pytest.fixture
def listed(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Listed:
    found = Listed(250)
    monkeypatch.setattr(window.context.appliance.deliveries, "page", found.page)
    return found


def searched(qtbot: QtBot, window: MainWindow) -> WebhooksPage:
    page = opened(qtbot, window, "webhooks?search=49")
    assert isinstance(page, WebhooksPage)
    qtbot.waitUntil(lambda: len(ids(page)) == 100 and page.context.calls.under_way == 0, timeout=WAIT_MS)
    return page


def ids(page: WebhooksPage) -> list[str]:
    return [row.id for row in page.table.model.rows]


def in_order(first: int, last: int) -> list[str]:
    return [f"d{number}" for number in range(first, last - 1, -1)]


def test_a_new_one_comes_above_the_others_and_older_ones_with_their_page(
    qtbot: QtBot, window: MainWindow, listed: Listed
) -> None:
    page = searched(qtbot, window)
    assert ids(page) == in_order(250, 151)
    listed.rows.insert(0, a_delivery(251))
    page.lookup.heed([as_event(a_delivery(251))], set())
    page.lookup.look()
    qtbot.waitUntil(lambda: ids(page)[0] == "d251", timeout=WAIT_MS)
    assert ids(page) == in_order(251, 151)
    asked = listed.asked_for_new
    page.lookup.heed([as_event(a_delivery(251))], set())
    page.lookup.look()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert listed.asked_for_new == asked, "it is in the list already"
    page.lookup._asking.stop()


def test_what_an_event_tells_meanwhile_is_newer_than_the_answer(
    qtbot: QtBot, window: MainWindow, listed: Listed
) -> None:
    page = searched(qtbot, window)
    erased, changed = a_delivery(251), a_delivery(252)
    listed.rows[:0] = [changed, erased]
    seen = list[str]()
    page.table.model.rowsInserted.connect(lambda *_: seen.extend(ids(page)[:2]))
    listed.goes_on.clear()
    page.lookup.heed([as_event(erased), as_event(changed)], set())
    page.lookup.look()
    qtbot.waitUntil(lambda: listed.asked_for_new == 1, timeout=WAIT_MS)
    # Both are told of while the answer is on its way: the one is gone with its call, the other was delivered.
    listed.rows[:2] = [replace(changed, state="delivered")]
    page.lookup.heed([as_event(changed)], {erased.call_id})
    listed.goes_on.set()
    qtbot.waitUntil(lambda: ids(page)[0] == "d252", timeout=WAIT_MS)  # asked for once more
    assert page.table.model.rows[0].state == "delivered"
    assert "d251" not in seen
    page.lookup._asking.stop()
