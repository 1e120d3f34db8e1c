"""Whoever presses a button by the keyboard is still there afterwards: the focus is on the page, on what can have it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from admin_gui import pages
from admin_gui.pages.page import Page
from admin_gui.pages.registry import PAGES, SYSTEM_TABS, pictures
from admin_gui.pages.system.tab import SystemTab
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.table.paged_table import PagedTable
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.fake_worker import that_says
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import stereo_conversation

pytestmark = pytest.mark.slow

TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "Where is my parcel?"}]


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """Of its own: every button is pressed, whatever it does to the appliance."""
    with TlsAppliance(tmp_path_factory.mktemp("pressed")) as running:
        yield running


@pytest.fixture
def things(appliance: TlsAppliance, receiver: WebhookReceiver) -> dict[str, str]:
    """Of each page about one thing one that is there."""
    customer = appliance.new_customer(company_name="Pressed Ltd", webhook_url=receiver.endpoint(Answer(404)).url)
    call_id = appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))
    delivery = appliance.delivery_in_state(call_id, "failed")
    assert appliance.admin("POST", "/api/backups").status_code == 200
    return {"customer": str(customer["id"]), "call": call_id, "webhook": delivery["id"]}


# What a page shows by its link's query, and the program's list of pages does not say.
OTHER_VIEWS = ("webhooks?view=endpoints",)
# Without one it shows the time that was chosen last, and names that in its link.
QUERIES = {"insights": "?days=7"}


def places() -> list[str]:
    """Every page that the program has, with its tabs; with a stroke at the end: that of one thing."""
    found = []
    for entry in PAGES:
        name = entry.name + QUERIES.get(entry.name, "")
        found.append(name if entry.targets is None else f"{entry.name}/")
        found += [f"{entry.name}/{entry.new}"] * (entry.new is not None)
        found += [f"{entry.name}?tab={tab}" for tab in entry.tabs[1:]]
    return [*found, *OTHER_VIEWS]


IN_EVERY_RUN = ("customer/", "calls")


def test_each_page_of_the_program_is_among_them() -> None:
    """Its classes tell which there are: what is pressed comes from the list by which the window opens them."""
    for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        importlib.import_module(module.name)
    opened_by_the_window = {f"{entry.module}.{entry.kind}" for entry in PAGES}
    assert {f"{kind.__module__}.{kind.__name__}" for kind in concrete(Page)} == opened_by_the_window
    assert {kind.__module__.rpartition(".")[2] for kind in concrete(SystemTab)} == set(SYSTEM_TABS)
    pressed = {re.sub(r"/.*|\?days=.*", "", one) for one in places()}
    assert {picture.name.replace("-", "?tab=") for picture in pictures()} <= pressed, "each that is pictured is pressed"


def concrete(kind: type[QWidget]) -> Iterator[Any]:
    """The program's classes of this kind that nothing else is made of."""
    for one in kind.__subclasses__():
        if one.__subclasses__():
            yield from concrete(one)
        elif one.__module__.startswith("admin_gui."):
            yield one


@pytest.mark.parametrize(
    "place", [pytest.param(one, marks=[pytest.mark.long] * (one not in IN_EVERY_RUN)) for one in places()]
)
def test_a_button_that_was_pressed_leaves_the_focus_on_its_page(
    qtbot: QtBot, window: MainWindow, things: dict[str, str], place: str
) -> None:
    link = f"{place}{things[place[:-1]]}" if place.endswith("/") else place
    come_back(qtbot, window)
    pressed: set[object] = set()  # each by itself and by its words: some change theirs, others are made anew
    lost = []
    page = opened(qtbot, window, link)
    settle(qtbot, window)
    while True:
        if window.page is not page or str(page.link) != link:
            page = opened(qtbot, window, link)
            settle(qtbot, window)
        for table in page.findChildren(PagedTable):
            if table.isVisible() and table.model.rowCount() and table.current() is None:
                table.select(table.model.identity(table.model.row_at(0)))
        button = next((one for one in buttons(page) if not {one, label_of(one)} & pressed), None)
        if button is None:
            break
        pressed |= {button, label_of(button)}
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        close_dialogs(page)
        come_back(qtbot, window)
        settle(qtbot, window)
        if window.page is page:
            focus = window.focusWidget()
            if not is_well(page, focus):
                lost.append(f"{label_of(button)}: {told(focus)}")
    assert lost == [], "\n".join(lost)
    assert pressed


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)


def buttons(page: Page) -> Iterator[QAbstractButton]:
    """Those that can be pressed now, but for what Qt makes within fields, and the yes to what cannot be undone."""
    sure = {question.yes_button for question in page.findChildren(ConfirmErase)}
    for one in (*page.tools.findChildren(QAbstractButton), *page.findChildren(QAbstractButton)):
        within = isinstance(one.parentWidget(), QLineEdit | QTabBar) or one in sure
        takes = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus) and getattr(one, "menu", lambda: None)() is None
        if takes and not within and one.isVisible() and one.isEnabled():
            yield one


def label_of(button: QAbstractButton) -> str:
    return (button.text() or button.accessibleName()).strip()


def is_well(page: Page, focus: QWidget | None) -> bool:
    """Whether the keyboard does something there."""
    return (
        focus is not None
        and focus.isVisible()
        and focus.isEnabled()
        and (focus is page or page.isAncestorOf(focus) or page.tools.isAncestorOf(focus))
    )


def told(focus: QWidget | None) -> str:
    if focus is None:
        return "nowhere"
    words = label_of(focus) if isinstance(focus, QAbstractButton) else ""
    state = f"{'seen' if focus.isVisible() else 'hidden'}, {'enabled' if focus.isEnabled() else 'disabled'}"
    return f"{type(focus).__name__} “{words}” in {type(focus.parentWidget()).__name__}, {state}"


def close_dialogs(page: Page) -> None:
    for chooser in page.findChildren(QFileDialog):
        chooser.reject()
    menu = QApplication.activePopupWidget()
    if menu is not None:
        menu.close()


def come_back(qtbot: QtBot, window: MainWindow) -> None:
    """Nothing but the test says which window is in front on a screen without a window manager."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
