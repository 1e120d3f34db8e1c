"""Ctrl+K finds everything: by keys and mouse, on the real window, in front of a real appliance with a fake engine."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.backups import Backups
from admin_gui.client.calls import Call, Calls
from admin_gui.client.tokens import Tokens
from admin_gui.pages.system.backups import BackupsTab
from admin_gui.pages.system.selected.tokens import SelectedTokens
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette import command_palette, things
from admin_gui.shell.palette.call_finder import CallFinder
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.shell.palette.delivery_finder import searched_for
from admin_gui.text import formats
from admin_gui.text.plain_text import visible
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance, shown
from tests.admin_gui.driving import opened, press
from tests.support.cases import long_but
from tests.support.fake_worker import that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "The boiler at Zwettl is broken."}]


# Of three digits each: none is the beginning of another.
NUMBERS = itertools.count(101)


@pytest.fixture
def customer(appliance: TlsAppliance) -> dict[str, Any]:
    """A name that no other customer has, and nobody else's number."""
    return appliance.new_customer(company_name=f"Qwertz Möbelhaus {next(NUMBERS)} GmbH", name="Ines Qwertz")


def letters_of(customer: dict[str, Any]) -> str:
    """What is typed to find this one among all that tests have made before: a group shows seven at most."""
    return str(customer["company_name"]).lower().replace("ö", "o")


def palette_of(qtbot: QtBot, window: MainWindow) -> CommandPalette:
    """By its keys."""
    press(qtbot, window, Qt.Key.Key_K)
    found: list[CommandPalette] = []

    def there() -> bool:
        found[:] = [one for one in window.findChildren(CommandPalette) if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there, timeout=WAIT_MS)
    return found[0]


def titles(palette: CommandPalette) -> list[str]:
    return [one.title for one in palette.list.entries()]


def wait_for(qtbot: QtBot, palette: CommandPalette, found: Callable[[], bool]) -> None:
    qtbot.waitUntil(found, timeout=WAIT_MS)
    assert palette.isVisible()


def wait_for_title(qtbot: QtBot, palette: CommandPalette, title: str) -> None:
    wait_for(qtbot, palette, lambda: title in titles(palette))


def wait_for_key(qtbot: QtBot, palette: CommandPalette, key: str) -> None:
    wait_for(qtbot, palette, lambda: key in [one.key for one in palette.list.entries()])


def enter(palette: CommandPalette) -> None:
    QTest.keyClick(palette.field, Qt.Key.Key_Return)


def choose(qtbot: QtBot, palette: CommandPalette, typed: str, title: str) -> None:
    """Type, and press Enter as soon as this is the chosen line."""
    QTest.keyClicks(palette.field, typed)
    wait_for_title(qtbot, palette, title)
    while (chosen := palette.list.chosen) is None or chosen.title != title:
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    enter(palette)


def place(window: MainWindow) -> str:
    return str(window.page and window.page.link)


def test_a_new_customer_from_anywhere(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "calls")
    choose(qtbot, palette_of(qtbot, window), "new cust", "New customer")
    qtbot.waitUntil(lambda: place(window) == "customer/new", timeout=WAIT_MS)


def test_a_customer_is_found_by_its_name_and_opened(qtbot: QtBot, window: MainWindow, customer: dict[str, Any]) -> None:
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, letters_of(customer), customer["company_name"])
    qtbot.waitUntil(lambda: place(window) == f"customer/{customer['id']}", timeout=WAIT_MS)


def test_a_new_key_for_a_customer_is_asked_about_and_made(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    title = f"New API key for {customer['company_name']}"
    choose(qtbot, palette_of(qtbot, window), f"new key {letters_of(customer)}", title)
    qtbot.waitUntil(lambda: place(window) == f"customer/{customer['id']}", timeout=WAIT_MS)
    page: Any = window.page
    qtbot.waitUntil(page.key.rotation.confirm.isVisible, timeout=WAIT_MS)
    # Enter would keep what there is.
    qtbot.waitUntil(lambda: window.focusWidget() is page.key.rotation.confirm.no_button, timeout=WAIT_MS)
    QTest.mouseClick(page.key.rotation.confirm.yes_button, Qt.MouseButton.LeftButton)
    path = f"/api/customers/{customer['id']}"
    qtbot.waitUntil(lambda: appliance.admin("GET", path).json()["api_key"] != customer["api_key"], timeout=WAIT_MS)


def test_a_command_that_needs_to_know_which_one_asks_in_a_second_step(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, "calls of", "Calls of …")
    assert palette.isVisible()
    assert palette.question.isVisible()
    assert palette.question.text() == "Calls of …"
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.isVisible(), "Esc takes one step back"
    assert not palette.question.isVisible()
    choose(qtbot, palette, "calls of", "Calls of …")
    choose(qtbot, palette, letters_of(customer), customer["company_name"])
    qtbot.waitUntil(lambda: place(window) == f"calls?customer_id={customer['id']}", timeout=WAIT_MS)
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: place(window) == f"customer/{customer['id']}", timeout=WAIT_MS)


@pytest.mark.slow
@pytest.mark.usefixtures("same_day")
def test_calls_are_found_by_number_day_id_and_words(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    pytest.importorskip("soundfile")
    number = f"+4371{customer['id']:07}"
    call_id = appliance.accepted(
        customer["api_key"], that_says(stereo_conversation(), TURNS), caller_number=number, called_number="77"
    )
    appliance.final_call(call_id)
    title = f"{number} → 77"
    for typed in (f"+43 71 {customer['id']:07}", call_id, "boiler at zwettl", "today"):
        opened(qtbot, window, "customers")
        palette = palette_of(qtbot, window)
        QTest.keyClicks(palette.field, typed)
        wait_for_title(qtbot, palette, title)
        assert titles(palette)[-1] == f"Search calls for “{typed}”"
        choose(qtbot, palette, "", title)
        qtbot.waitUntil(lambda: place(window) == f"call/{call_id}", timeout=WAIT_MS)
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, "boiler at zw", "Search calls for “boiler at zw”")
    qtbot.waitUntil(lambda: place(window) == "calls?q=boiler+at+zw", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [one.call_id for one in window.page.table.model.rows] == [call_id], timeout=WAIT_MS)


@pytest.mark.parametrize("iso", long_but([False], [True, False]))
def test_the_calls_of_a_day_are_a_list(qtbot: QtBot, window: MainWindow, iso: bool) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "2026-11-03" if iso else formats.date(datetime(2026, 11, 3, 12).astimezone()))
    wait_for(qtbot, palette, lambda: any(one.startswith("Calls of ") for one in titles(palette)))
    title = next(one for one in titles(palette) if one.startswith("Calls of "))
    choose(qtbot, palette, "", title)
    qtbot.waitUntil(lambda: place(window).startswith("calls?since=2026-11-0"), timeout=WAIT_MS)


@pytest.mark.slow
@pytest.mark.long
def test_a_webhook_and_a_backup_are_found(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any], receiver: WebhookReceiver
) -> None:
    path = f"/api/customers/{customer['id']}"
    assert appliance.admin("PUT", path, json={"webhook_url": receiver.endpoint().url}).status_code == 200
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "delivered")
    choose(qtbot, palette_of(qtbot, window), delivery["webhook_id"], f"call.completed · {customer['company_name']}")
    qtbot.waitUntil(lambda: place(window) == f"webhook/{delivery['id']}", timeout=WAIT_MS)
    name = appliance.admin("POST", "/api/backups").json()["name"]
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, name)
    wait_for(qtbot, palette, lambda: any(one.key == f"backup:{name}" for one in palette.list.entries()))
    enter(palette)
    qtbot.waitUntil(lambda: place(window) == f"system?tab=backups&name={name}", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.page.is_ready, timeout=WAIT_MS)  # type: ignore[union-attr]
    assert window.page.tab.table.current().name == name  # type: ignore[union-attr]


def test_a_setting_is_found_and_its_line_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.context.session.last_snapshot is not None, timeout=WAIT_MS)
    choose(qtbot, palette_of(qtbot, window), "webhook timeout", "webhook_timeout_seconds")
    qtbot.waitUntil(lambda: place(window) == "system?tab=settings&name=webhook_timeout_seconds", timeout=WAIT_MS)
    page: Any = window.page
    qtbot.waitUntil(lambda: page.tab.table.current() is not None, timeout=WAIT_MS)
    assert page.tab.table.current().name == "webhook_timeout_seconds"


def test_the_mouse_chooses_too(qtbot: QtBot, window: MainWindow) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "go to system, tok")
    wait_for(qtbot, palette, lambda: "Go to System, Tokens" in titles(palette))
    row = next(row for row in range(palette.list.count()) if palette.list.entry(row) is not None)
    heading = palette.list.visualItemRect(palette.list.item(0)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=heading)
    assert palette.isVisible(), "a heading is no line that can be chosen"
    at: QPoint = palette.list.visualItemRect(palette.list.item(row)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: place(window) == "system?tab=tokens", timeout=WAIT_MS)


def test_what_was_used_last_stands_first_and_is_known_after_a_restart(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    choose(qtbot, palette_of(qtbot, window), letters_of(customer), customer["company_name"])
    choose(qtbot, palette_of(qtbot, window), "go to calls", "Go to Calls")
    palette = palette_of(qtbot, window)
    assert titles(palette)[:2] == ["Go to Calls", customer["company_name"]]
    palette.close()
    context = AppContext(window.context.memory, window.context.theme)
    again = shown(qtbot, MainWindow(context))
    choose(qtbot, palette_of(qtbot, again), "light", "Light colours")
    palette = palette_of(qtbot, again)
    assert titles(palette)[0] == "Light colours"
    assert customer["company_name"] not in titles(palette), "names of customers are not kept on the disk"
    palette.close()
    context.close()


@pytest.mark.long
def test_another_appliance_hears_nothing_of_this_ones_customers(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    choose(qtbot, palette_of(qtbot, window), letters_of(customer), customer["company_name"])
    window.context.session.close()
    palette = palette_of(qtbot, window)
    assert customer["company_name"] not in titles(palette)
    assert "Quit" in titles(palette)
    assert "Go to Calls" not in titles(palette)


def test_no_call_is_looked_for_where_the_connection_ends_before_it_is_asked_for(
    qtbot: QtBot, window: MainWindow
) -> None:
    finder = CallFinder(window.context, window)
    told = QSignalSpy(finder.changed)
    finder.look_for("boiler")
    assert finder.is_looking
    window.context.session.close()
    qtbot.waitUntil(lambda: told.count() == 1, timeout=WAIT_MS)
    assert not finder.is_looking


def test_what_finds_nothing_says_what_can_be_looked_for(qtbot: QtBot, window: MainWindow) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "xqxq zzkk <b>&")
    wait_for(qtbot, palette, lambda: palette.empty.isVisible() and "Looking" not in palette.empty.text())
    assert palette.empty.text().startswith("Nothing is called “xqxq zzkk <b>&”.")
    assert "a telephone number" in palette.empty.text()
    assert titles(palette) == ["Search calls for “xqxq zzkk <b>&”"]
    enter(palette)
    qtbot.waitUntil(lambda: place(window).startswith("calls?q=xqxq"), timeout=WAIT_MS)


def test_what_comes_late_does_not_change_what_was_chosen(qtbot: QtBot, window: MainWindow) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    chosen = palette.list.chosen
    assert chosen is not None
    palette.things.changed.emit()
    assert palette.list.chosen == chosen
    palette.close()


def test_a_viewer_is_offered_nothing_that_changes_anything(
    qtbot: QtBot, context: AppContext, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    window = shown(qtbot, MainWindow(context))
    context.session.connected.connect(lambda: context.go("customers"), Qt.ConnectionType.SingleShotConnection)
    window.open(appliance.connection(appliance.viewer_token()), "Seen only")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    palette = palette_of(qtbot, window)
    for typed in ("new customer", "make a backup", f"new key {customer['company_name']}", "erase call"):
        palette.field.setText(typed)
        found = titles(palette)
        assert not any(one.startswith(("New", "Make", "Erase")) for one in found), found
    palette.close()


def test_a_name_with_signs_that_turn_letters_round_is_read_out_as_it_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "a")
    palette.field.setText("evil\u202elive zzqq")
    wait_for(qtbot, palette, lambda: "evil" in palette.empty.text())
    assert "\u202e" not in palette.empty.text()
    item = palette.list.item(palette.list.count() - 1)
    spoken = item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == visible(spoken)
    palette.close()


def test_it_fits_into_a_small_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(window.minimumSize())
    palette = palette_of(qtbot, window)
    frame = palette.geometry()
    assert window.frameGeometry().contains(frame.topLeft())
    assert window.frameGeometry().contains(frame.bottomRight())
    qtbot.waitUntil(lambda: QApplication.focusWidget() is palette.field, timeout=WAIT_MS)
    palette.close()


@pytest.mark.long
def test_a_button_that_was_used_before_is_the_one_of_the_page_that_is_seen(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    """What is remembered of it is what stands on it: the button itself may be of a page that nobody sees."""
    other = appliance.new_customer(company_name="Seen instead Ltd")
    first = opened(qtbot, window, f"customer/{customer['id']}")
    choose(qtbot, palette_of(qtbot, window), "show api key", "Show API key")
    qtbot.waitUntil(lambda: first.key.key.shown == customer["api_key"], timeout=WAIT_MS)
    opened(qtbot, window, "customers")
    palette = palette_of(qtbot, window)
    assert "Show API key" not in titles(palette), "there is no such button here"
    palette.close()
    second = opened(qtbot, window, f"customer/{other['id']}")
    palette = palette_of(qtbot, window)
    assert titles(palette)[0] == "Show API key"
    enter(palette)
    qtbot.waitUntil(lambda: second.key.key.shown == other["api_key"], timeout=WAIT_MS)


def hide_from_list(monkeypatch: pytest.MonkeyPatch, client: type, gone: str) -> None:
    """From now on the appliance's list has others, but not this one."""
    ask = client.all  # type: ignore[attr-defined]

    def others(asked: Any) -> list[Any]:
        return [one for one in ask(asked) if gone not in (one.name, str(getattr(one, "id", "")))]

    monkeypatch.setattr(client, "all", others)


@pytest.mark.parametrize(
    ("title", "owner", "action", "client"),
    [
        ("Revoke the token …", SelectedTokens, "ask_to_revoke", Tokens),
        ("Check the backup …", BackupsTab, "verify", Backups),
    ],
)
@pytest.mark.parametrize("is_gone", [False, True], ids=["there", "gone"])
def test_a_command_for_one_that_is_gone_by_then_is_done_to_no_other(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    appliance: TlsAppliance,
    title: str,
    owner: type,
    action: str,
    client: type,
    is_gone: bool,
) -> None:
    """The list may have others by the time it comes, and in a table one is always chosen."""
    appliance.viewer_token()
    assert appliance.admin("POST", "/api/backups").status_code == 200
    done_to: list[str] = []
    shown: Any = window
    monkeypatch.setattr(owner, action, lambda _owner: done_to.append(shown.page.tab.chosen_name))
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, title.removesuffix(" …"), title)
    wait_for(qtbot, palette, lambda: bool(titles(palette)))
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    chosen = palette.list.chosen
    assert chosen is not None
    name = chosen.key.partition(":")[2]
    if is_gone:
        hide_from_list(monkeypatch, client, name)
    enter(palette)
    if is_gone:
        qtbot.waitUntil(lambda: window.status_line.message.startswith("It is gone"), timeout=WAIT_MS)
        assert done_to == []
    else:
        qtbot.waitUntil(lambda: done_to == [name], timeout=WAIT_MS)


def test_whom_a_command_changes_has_to_be_said_and_an_enter_that_is_held_says_nothing(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "deactivate or")
    wait_for_title(qtbot, palette, "Deactivate or activate …")
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(palette.field, held)
    assert not palette.question.isVisible(), "the key went down somewhere else"
    enter(palette)
    assert palette.question.isVisible()
    QTest.keyClicks(palette.field, "qwertz")
    wait_for_title(qtbot, palette, customer["company_name"])
    assert palette.list.chosen is None
    enter(palette)
    assert palette.isVisible()
    palette.things.changed.emit()  # they have come anew
    assert palette.list.chosen is None
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.chosen == palette.list.entries()[0]
    palette.close()
    # What changes nothing takes the first, as ever.
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, "calls of", "Calls of …")
    wait_for(qtbot, palette, lambda: bool(titles(palette)))
    assert palette.list.chosen == palette.list.entries()[0]
    palette.close()


@pytest.mark.long
def test_calls_that_were_looked_for_before_somebody_typed_on_are_not_shown(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, typed_on = threading.Event(), threading.Event()
    call = Call(
        call_id="3f0c1a52-8a5e-4b0a-9b0e-0123456789ab",
        customer_id=1,
        state="completed",
        caller_number="+43555",
        called_number="99",
        received_at=datetime.now(UTC),
    )

    def late(*_: object) -> SimpleNamespace:
        asked.set()
        assert typed_on.wait(WAIT_MS / 1000)
        return SimpleNamespace(rows=[call])

    monkeypatch.setattr(Calls, "page", late)
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "older words")
    qtbot.waitUntil(asked.is_set, timeout=WAIT_MS)
    monkeypatch.setattr(palette.calls._pause, "start", lambda: None)  # it is typed on without a pause
    QTest.keyClicks(palette.field, " and more")
    typed_on.set()
    qtbot.waitUntil(lambda: not window.context.calls.is_under_way(palette.calls, "calls"), timeout=WAIT_MS)
    assert "+43555 → 99" not in titles(palette)
    palette.close()


@pytest.mark.long
def test_a_token_that_was_revoked_sees_no_names_any_more(
    qtbot: QtBot, context: AppContext, appliance: TlsAppliance, customer: dict[str, Any]
) -> None:
    made = appliance.admin("POST", "/api/tokens", json={"role": "viewer"}).json()
    window = shown(qtbot, MainWindow(context))
    context.session.connected.connect(lambda: context.go("customers"), Qt.ConnectionType.SingleShotConnection)
    window.open(appliance.connection(made["token"]), "Let in for a while")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    choose(qtbot, palette_of(qtbot, window), letters_of(customer), customer["company_name"])
    palette = palette_of(qtbot, window)
    assert titles(palette)[0] == customer["company_name"]
    gone = QSignalSpy(palette.destroyed)
    assert appliance.admin("DELETE", f"/api/tokens/{made['id']}").status_code < 300
    context.session.poll_now()
    qtbot.waitUntil(lambda: context.session.situation.state is State.REFUSED, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: gone.count() == 1, timeout=WAIT_MS)
    palette = palette_of(qtbot, window)
    assert customer["company_name"] not in titles(palette)
    for typed in ("qwertz", "webhook_timeout_seconds"):
        palette.field.setText(typed)
        assert not any(one.key.startswith(("customer:", "setting:")) for one in palette.list.entries())
    palette.close()


class ShownWindows(QObject):
    """What is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.found.append(f"{type(watched).__name__} {watched.property('text') or ''}".strip())
        return False


@pytest.mark.long
def test_the_second_step_stays_over_a_new_customer_with_typed_text(
    qtbot: QtBot, window: MainWindow, customer: dict[str, Any]
) -> None:
    windows = ShownWindows()
    QApplication.instance().installEventFilter(windows)  # type: ignore[union-attr]
    try:
        page = opened(qtbot, window, "customer/new")
        QTest.keyClicks(page.who.company.editor, "Half typed")
        palette = palette_of(qtbot, window)
        choose(qtbot, palette, "calls of", "Calls of …")
        assert palette.question.isVisible()
        choose(qtbot, palette, letters_of(customer), customer["company_name"])
    finally:
        QApplication.instance().removeEventFilter(windows)  # type: ignore[union-attr]
    assert windows.found == ["CommandPalette"], "a part that is shown before it has a parent is a window for a moment"
    qtbot.waitUntil(window.unsaved_guard.bar.isVisible, timeout=WAIT_MS)
    assert place(window) == "customer/new"
    assert page.who.company.value == "Half typed"


def test_it_leaves_when_somebody_goes_elsewhere_and_gives_the_keyboard_back(qtbot: QtBot, window: MainWindow) -> None:
    gone = QSignalSpy(palette_of(qtbot, window).destroyed)
    window.activateWindow()
    qtbot.waitUntil(lambda: gone.count() == 1, timeout=WAIT_MS)
    palette = palette_of(qtbot, window)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)


def test_the_chosen_line_is_told_to_a_screen_reader(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    reader = SimpleNamespace(updateAccessibility=lambda event: told.append(event.message()))
    monkeypatch.setattr(command_palette, "QAccessible", reader)
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, "go to")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.chosen is not None
    assert told[-1].startswith(palette.list.chosen.title)
    palette.close()


@pytest.mark.parametrize(
    ("typed", "title"),
    long_but(
        [("people", "Go to System, Tokens")],
        [
            ("print", "Save the insights as a PDF report …"),
            ("user", "Go to System, Tokens"),
            ("people", "Go to System, Tokens"),
            ("address", "Show the endpoints"),
        ],
    ),
)
def test_a_command_is_found_by_other_words_for_it(qtbot: QtBot, window: MainWindow, typed: str, title: str) -> None:
    palette = palette_of(qtbot, window)
    QTest.keyClicks(palette.field, typed)
    found = [entry.title for place in range(palette.list.count()) if (entry := palette.list.entry(place)) is not None]
    assert title in found


def test_a_webhook_that_is_older_than_those_that_are_known_is_found_by_number_and_id(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    receiver: WebhookReceiver,
    customer: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(things, "WEBHOOKS_LOOKED_AT", 1)
    path, fields = f"/api/customers/{customer['id']}", {"webhook_url": receiver.endpoint().url}
    assert appliance.admin("PUT", path, json=fields).status_code == 200
    number = f"+4977{customer['id']:06}"
    call_id = appliance.accepted(customer["api_key"], silence(0.5), caller_number=number, called_number="+4930")
    old = appliance.delivery_in_state(call_id, "delivered")
    newer = appliance.accepted(customer["api_key"], silence(0.5), caller_number="+1555", called_number="+1556")
    appliance.delivery_in_state(newer, "delivered")
    key = f"webhook:{old['id']}"
    for typed in (number[3:], old["webhook_id"], call_id):
        palette = palette_of(qtbot, window)
        QTest.keyClicks(palette.field, typed)
        wait_for_key(qtbot, palette, key)
        (line,) = [one for one in palette.list.entries() if one.key == key]
        assert number in line.detail  # and is not cut off by what stands before it
        assert f"Search webhooks for “{typed}”" in titles(palette)
        QTest.keyClicks(palette.field, "9")
        assert key not in [one.key for one in palette.list.entries()], "somebody has typed on"
        palette.close()

    palette = palette_of(qtbot, window)
    choose(qtbot, palette, number, f"call.completed · {customer['company_name']}")
    qtbot.waitUntil(lambda: place(window) == f"webhook/{old['id']}", timeout=WAIT_MS)
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, number, f"Search webhooks for “{number}”")
    qtbot.waitUntil(lambda: place(window).startswith("webhooks?search="), timeout=WAIT_MS)


def test_an_old_webhook_is_chosen_where_a_command_asks_which_one(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    receiver: WebhookReceiver,
    customer: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(things, "WEBHOOKS_LOOKED_AT", 1)
    path, fields = f"/api/customers/{customer['id']}", {"webhook_url": receiver.endpoint().url}
    assert appliance.admin("PUT", path, json=fields).status_code == 200
    calls = [appliance.accepted(customer["api_key"], silence(0.5)) for _ in range(2)]
    old, _newer = (appliance.delivery_in_state(one, "delivered") for one in calls)
    palette = palette_of(qtbot, window)
    choose(qtbot, palette, "open the call of webhook", "Open the call of webhook …")
    QTest.keyClicks(palette.field, old["webhook_id"])
    wait_for_key(qtbot, palette, f"webhook:{old['id']}")
    enter(palette)
    qtbot.waitUntil(lambda: place(window) == f"call/{old['call_id']}", timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("+49 30 777", "+4930777"),
        ("1795797000.12", "1795797000.12"),
        ("030.777", "030777"),
        ("msg_9b2f6f0c", "msg_9b2f6f0c"),
        ("boiler", None),
        ("two words 1", None),
        ("2026-11-27", None),
        ("12", None),
    ],
)
def test_webhooks_are_looked_for_by_numbers_and_ids_alone(typed: str, searched: str | None) -> None:
    assert searched_for(typed) == searched
