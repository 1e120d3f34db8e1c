"""Every page in every language, in a small window and in the first one: nothing overlaps, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect
from pytestqt.qtbot import QtBot

from admin_gui.app_context import LongTask, Offer
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from admin_gui.widgets.table.paged_table import PagedTable
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened, type_over
from tests.admin_gui.fitting import misfits
from tests.admin_gui.speaking import speaking
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

pytestmark = pytest.mark.slow
SPACING = 8  # between a page's main buttons
SIZES = (SMALLEST_SIZE.toTuple(), (1024, 640), (1280, 800))
TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "The caller called (or so it seems) at noon."},
    {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": "We look for it at once."},
]


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One of this file's own: lists that other tests have filled are no ordinary day's, and its call of a minute
    would hold a place of their worker.
    """
    with TlsAppliance(tmp_path_factory.mktemp("fits")) as running:
        yield running


@pytest.fixture(scope="module")
def links(appliance: TlsAppliance, receiver: WebhookReceiver) -> list[str]:
    """Each page, with what an ordinary day has."""
    customer = appliance.new_customer(company_name="Example Ltd", webhook_url=receiver.endpoint().url)
    key, numbers = customer["api_key"], {"caller_number": "+491510000123", "called_number": "+493000000456"}
    call_id = appliance.accepted(key, that_says(stereo_conversation(), TURNS), **numbers)
    failed = appliance.accepted(key, silence(0.5) + UNREADABLE, **numbers)
    delivery = appliance.delivery_in_state(call_id, "delivered")
    appliance.final_call(failed)
    waiting = appliance.accepted(key, silence(0.5) + b"takes 60.0 seconds", **numbers)
    body = {"role": "viewer", "name": "the office's monitoring system on the second floor"}
    assert appliance.admin("POST", "/api/tokens", json=body).status_code == 200
    for number in range(110):  # more lines of the audit than come at once
        name = {"name": f"Ada {number}"}
        assert appliance.admin("PUT", f"/api/customers/{customer['id']}", json=name).status_code == 200
    assert appliance.admin("POST", "/api/backups").status_code in (200, 202)
    return [
        "overview",
        "welcome",
        "customers",
        f"customer/{customer['id']}",
        "customer/new",
        "calls",
        f"call/{call_id}",
        f"call/{failed}",
        f"call/{waiting}",
        "insights?days=30",
        "insights?since=2026-11-01&until=2026-11-10",
        "webhooks",
        "webhooks?view=endpoints",
        f"webhook/{delivery['id']}",
        *(f"system?tab={tab}" for tab in SYSTEM_TABS),
    ]


@pytest.fixture(params=[pytest.param("en_GB", marks=pytest.mark.long), "de_DE"])  # the longer words
def language(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def test_nothing_overlaps_and_nothing_is_cut(qtbot: QtBot, links: list[str], language: str, window: MainWindow) -> None:
    found = []
    for width, height in SIZES:
        window.resize(width, height)
        for link in links:
            page = opened(qtbot, window, link)
            for table in page.findChildren(PagedTable):
                table.view.selectRow(0)  # what is told of it, and can be done with it, needs its room
            found += [f"{link} at {width}x{height}: {one}" for one in _misfits_once_laid_out(qtbot, window)]
    assert found == []


def test_a_title_gives_way_to_nothing_but_the_buttons_that_are_seen(
    qtbot: QtBot, links: list[str], language: str, window: MainWindow
) -> None:
    found = []
    for link in links:
        page = opened(qtbot, window, link)
        seen = [one.sizeHint().width() for one in page.header_widgets() if one.isVisible()]
        needed = sum(seen) + SPACING * (len(seen) - 1)
        if (taken := page.tools.sizeHint().width()) > max(0, needed):
            found.append(f"{link}: {taken} px for buttons of {needed} px")
    assert found == []


@pytest.mark.parametrize("typed", [False, True])
def test_a_customers_name_keeps_its_room_beside_the_buttons(
    qtbot: QtBot, links: list[str], language: str, window: MainWindow, typed: bool
) -> None:
    window.resize(1024, 640)
    page = opened(qtbot, window, next(one for one in links if one.startswith("customer/") and one != "customer/new"))
    if typed:
        type_over(page.who.contact.editor, "Zora")
    window.header.show_title("Beta GmbH CHANGED")
    qtbot.waitUntil(lambda: not window.header._title.is_cut, timeout=WAIT_MS)
    assert _misfits_once_laid_out(qtbot, window) == []
    page.form.discard()


def test_what_the_status_line_offers_stays_in_the_window_however_much_it_says(
    qtbot: QtBot, language: str, empty_window: MainWindow
) -> None:
    window, line = empty_window, empty_window.status_line
    said = (
        "The delivery to Example Ltd could not be sent again: the server answered with 503 and asks for patience. " * 3
    )
    task = LongTask("Recordings of 12,345 calls are saved in the folder that was chosen", window)
    window.context.long_task.emit(task)
    found = []
    for offered, button in (
        (lambda: None, line.undo_button),
        (Offer(QCoreApplication.translate("saving", "Show in folder"), lambda: None), line.offer_button),
        (Offer("Die übrigen 1.234 Anrufe auswerten", lambda: None), line.offer_button),
    ):
        window.context.say(said, "bad", offered)
        for size in ((800, 600), (1024, 640)):
            window.resize(*size)
            for one in _misfits_once_laid_out(qtbot, window):
                found.append(f"{size}: {one}")
            assert window.size().toTuple() == size, "it is made no larger by what is said"
            assert button.isVisible()
            assert line.rect().contains(QRect(button.mapTo(line, QPoint(0, 0)), button.size()))
    assert found == []
    task.finished.emit()


def _misfits_once_laid_out(qtbot: QtBot, window: MainWindow) -> list[str]:
    """What still does not fit after ten seconds: a busy machine lays out and paints later than it shows."""
    found: list[str] = []
    for _ in range(100):
        qtbot.wait(100)
        found = misfits(window)
        if not found:
            break
    return found
