"""Tags: written on a call and taken away again, found, and given to many calls at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.client.tags import Tags as TagsClient
from admin_gui.client.transport.errors import Unreachable
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.calls.tagging import SelectionTags
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.call.tag_editor import TagEditor
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, press
from tests.admin_gui.fitting import misfits
from tests.support.recordings import silence

Tags = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def customer(appliance: TlsAppliance) -> dict[str, Any]:
    made: dict[str, Any] = appliance.new_customer(company_name="Tagged Ltd")
    return made


@pytest.fixture
def calls(appliance: TlsAppliance, customer: dict[str, Any]) -> list[str]:
    """To be there before the window: what it is still told of them would say that they have no tags."""
    sent = [appliance.accepted(customer["api_key"], silence(0.5)) for _ in range(2)]
    for call_id in sent:
        appliance.final_call(call_id)
    return sent


@pytest.fixture
def tags(appliance: TlsAppliance) -> Tags:
    """What the appliance knows of a call."""
    return lambda call_id: list(appliance.admin("GET", f"/api/calls/{call_id}").json()["tags"])


def enter(editor: TagEditor, tag: str) -> None:
    QTest.keyClicks(editor.field, tag)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)


def panel_of_selected(
    qtbot: QtBot, window: MainWindow, between: Between, customer: dict[str, Any], calls: list[str]
) -> SelectionTags:
    """For the tags of all these calls, over a connection that can be cut."""
    between.holds_changes = False
    window.open(between.connection, "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)
    return page.selected.tags


def test_a_tag_is_written_on_a_call_taken_away_and_brought_back(
    qtbot: QtBot, calls: list[str], tags: Tags, window: MainWindow
) -> None:
    page: CallPage = opened(qtbot, window, f"call/{calls[0]}")
    editor = page.about.tags
    enter(editor, "  call   back ")
    enter(editor, "CALL BACK")
    enter(editor, "urgent")
    QTest.keyClick(editor.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.field.text() == "", "its words would stand there once more"
    qtbot.waitUntil(lambda: tags(calls[0]) == ["call back", "urgent"], timeout=WAIT_MS)
    assert editor.tags == ["call back", "urgent"]
    click(editor.chip("call back"))
    qtbot.waitUntil(lambda: tags(calls[0]) == ["urgent"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: tags(calls[0]) == ["call back", "urgent"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: editor.tags == ["call back", "urgent"], timeout=WAIT_MS)


@pytest.mark.long
def test_what_other_calls_have_is_offered_and_taken_by_the_keyboard(
    qtbot: QtBot, appliance: TlsAppliance, calls: list[str], tags: Tags, window: MainWindow
) -> None:
    appliance.admin("PUT", f"/api/calls/{calls[1]}/tags", json={"tags": ["Broken boiler"]})
    page: CallPage = opened(qtbot, window, f"call/{calls[0]}")
    editor = page.about.tags
    qtbot.waitUntil(lambda: editor.completer.model().rowCount() > 0, timeout=WAIT_MS)
    press(qtbot, window, Qt.Key.Key_T)
    qtbot.waitUntil(editor.field.hasFocus, timeout=WAIT_MS)
    added: list[str] = []
    editor.added.connect(added.append)
    QTest.keyClicks(editor.field, "boil")
    popup = editor.completer.popup()
    qtbot.waitUntil(popup.isVisible, timeout=WAIT_MS)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tags(calls[0]) == ["Broken boiler"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: editor.field.text() == "", timeout=WAIT_MS)
    assert added == ["Broken boiler"], "and once"


def test_many_calls_are_tagged_at_once_found_by_it_and_that_is_taken_back(
    qtbot: QtBot, appliance: TlsAppliance, customer: dict[str, Any], calls: list[str], tags: Tags, window: MainWindow
) -> None:
    appliance.admin("PUT", f"/api/calls/{calls[0]}/tags", json={"tags": ["old"]})
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel = page.selected.tags

    def select() -> None:
        page.table.view.clearSelection()
        page.table.view.select_again(calls)

    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    select()
    click(page.selected.tags_button)
    assert panel.isVisible()
    assert panel.editor.tags == ["old"]
    enter(panel.editor, "new")
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["old", "new"], ["new"]], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: panel.editor.tags in (["old", "new"], ["new", "old"]), timeout=WAIT_MS)
    columns = {column.key: column for column in page.table.model.columns}
    assert sorted(columns["tags"].text(call) for call in page.table.selected()) == ["new", "old, new"]
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["old"], []], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.status_line.message == "Taken back", timeout=WAIT_MS)
    narrowed = opened(qtbot, window, f"calls?customer_id={customer['id']}&tag=OLD")
    qtbot.waitUntil(lambda: calls[0] in [one.call_id for one in narrowed.table.model.rows], timeout=WAIT_MS)
    assert calls[1] not in [one.call_id for one in narrowed.table.model.rows]
    assert narrowed.chips.texts == ["Tag: OLD"]


@pytest.mark.long
def test_one_that_has_too_many_already_is_told(
    qtbot: QtBot, appliance: TlsAppliance, customer: dict[str, Any], calls: list[str], tags: Tags, window: MainWindow
) -> None:
    full = [f"tag {number}" for number in range(20)]
    appliance.admin("PUT", f"/api/calls/{calls[0]}/tags", json={"tags": full})
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: misfits(window) == [], timeout=WAIT_MS)
    enter(page.selected.tags.editor, "one more")
    banner = page.selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("1 done, 1 not: ")
    assert banner.text.endswith("Refused: tags must be at most 20")
    assert (len(tags(calls[0])), tags(calls[1])) == (20, ["one more"])


def test_a_tag_that_is_typed_as_the_appliance_goes_waits_for_it(
    qtbot: QtBot, appliance: TlsAppliance, calls: list[str], tags: Tags, empty_window: MainWindow
) -> None:
    session = empty_window.context.session
    with Between(appliance) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        page: CallPage = opened(qtbot, empty_window, f"call/{calls[0]}")
        editor = page.about.tags
        QTest.keyClicks(editor.field, "call ")
        between.die()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        enter(editor, "back")
        assert editor.field.isVisible()
        assert editor.field.text() == "call back"
        assert "does not answer" in empty_window.status_line.message
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        QTest.keyClick(editor.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: tags(calls[0]) == ["call back"], timeout=WAIT_MS)
        qtbot.waitUntil(lambda: empty_window.context.calls.under_way == 0, timeout=WAIT_MS)
        session.close()


@pytest.mark.slow
def test_a_tag_typed_for_the_selected_calls_as_the_appliance_goes_waits_for_it_too(
    qtbot: QtBot,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    empty_window: MainWindow,
) -> None:
    session = empty_window.context.session
    with Between(appliance) as between:
        panel = panel_of_selected(qtbot, empty_window, between, customer, calls)
        QTest.keyClicks(panel.editor.field, "call back")
        between.die()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        for leave in (lambda: QTest.keyClick(panel.editor.field, Qt.Key.Key_Return), lambda: click(panel.close_button)):
            leave()
            assert panel.isVisible()
            assert panel.editor.field.text() == "call back"
            assert "does not answer" in empty_window.status_line.message
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        click(panel.close_button)
        qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["call back"]] * 2, timeout=WAIT_MS)


@pytest.mark.slow
def test_tags_of_the_selected_calls_that_the_connection_kept_from_being_written_are_written_later(
    qtbot: QtBot,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What somebody else has written meanwhile stays."""
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel, write, banner = page.selected.tags, TagsClient.write, page.selected.many.banner
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)

    def cut_off(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        if call_id == calls[0]:
            raise Unreachable("box:8443", "the network is down")
        return write(self, call_id, wanted)

    monkeypatch.setattr(TagsClient, "write", cut_off)
    enter(panel.editor, "call back")
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("1 done, 1 not: ")
    appliance.admin("PUT", f"/api/calls/{calls[0]}/tags", json={"tags": ["theirs"]})
    monkeypatch.setattr(TagsClient, "write", write)
    page.refresh()
    qtbot.waitUntil(lambda: ["theirs"] in [list(one.tags or ()) for one in page.table.model.rows], timeout=WAIT_MS)
    assert banner._button.text() == "Do the rest now"
    click(banner._button)
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["theirs", "call back"], ["call back"]], timeout=WAIT_MS)


@pytest.mark.slow
def test_a_tag_whose_panel_was_closed_during_a_run_comes_back_where_it_cannot_be_written(
    qtbot: QtBot,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    empty_window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, write, go_on = empty_window.context.session, TagsClient.write, threading.Event()

    def held(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        go_on.wait(60)
        return write(self, call_id, wanted)

    with Between(appliance) as between:
        panel = panel_of_selected(qtbot, empty_window, between, customer, calls)
        monkeypatch.setattr(TagsClient, "write", held)
        enter(panel.editor, "first")
        panel.editor.field.setText("second")
        click(panel.close_button)
        assert not panel.isVisible()
        between.die()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        go_on.set()
        qtbot.waitUntil(lambda: not panel.is_writing, timeout=WAIT_MS)
        assert panel.isVisible()
        assert panel.editor.field.text() == "second"
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        click(panel.close_button)
        qtbot.waitUntil(lambda: all("second" in tags(one) for one in calls), timeout=WAIT_MS)


def test_a_viewer_sees_tags_and_writes_none(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, calls: list[str]
) -> None:
    appliance.admin("PUT", f"/api/calls/{calls[0]}/tags", json={"tags": ["seen"]})
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page: CallPage = opened(qtbot, empty_window, f"call/{calls[0]}")
    editor = page.about.tags
    assert editor.tags == ["seen"]
    assert not editor.chip("seen").isEnabled()
    assert editor.field.isHidden()


def test_a_tag_that_was_typed_and_not_entered_is_asked_about(
    qtbot: QtBot, calls: list[str], tags: Tags, window: MainWindow
) -> None:
    page: CallPage = opened(qtbot, window, f"call/{calls[0]}")
    QTest.keyClicks(page.about.tags.field, "half typed")
    told = page.unsaved()
    assert told is not None
    assert told.save is not None
    assert "half typed" in told.description
    left: list[bool] = []
    told.save(lambda: left.append(True))
    qtbot.waitUntil(lambda: left == [True], timeout=WAIT_MS)
    assert (tags(calls[0]), page.unsaved()) == (["half typed"], None)


def test_a_tag_that_was_typed_for_the_selected_calls_is_set_when_the_panel_is_closed(
    qtbot: QtBot, customer: dict[str, Any], calls: list[str], tags: Tags, window: MainWindow
) -> None:
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel = page.selected.tags
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)
    QTest.keyClicks(panel.editor.field, "first")
    click(panel.close_button)
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["first"]] * 2, timeout=WAIT_MS)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    click(page.selected.tags_button)
    assert panel.editor.field.text() == ""
    click(panel.close_button)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert [tags(one) for one in calls] == [["first"]] * 2, "nothing was typed"
    click(page.selected.tags_button)
    QTest.keyClicks(panel.editor.field, "second")
    click(panel.editor.chip("first"))
    click(panel.close_button)
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["second"]] * 2, timeout=WAIT_MS)


@pytest.mark.long
def test_a_tag_goes_to_those_it_was_typed_for_also_to_one_of_several_that_lacks_it(
    qtbot: QtBot,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = calls
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel, write, go_on = page.selected.tags, TagsClient.write, threading.Event()
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again([first])
    click(page.selected.tags_button)
    QTest.keyClicks(panel.editor.field, "never entered")
    page.table.view.clearSelection()
    page.table.view.select_again([second])
    click(page.selected.tags_button)
    assert panel.editor.field.text() == "", "it was typed for the other one"

    def held(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        go_on.wait(60)
        return write(self, call_id, wanted)

    monkeypatch.setattr(TagsClient, "write", held)
    enter(panel.editor, "theirs")
    panel.editor.field.setText("too late")
    click(panel.close_button)
    page.table.view.clearSelection()
    page.table.view.select_again([first])
    go_on.set()
    qtbot.waitUntil(lambda: not panel.is_writing and page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert (tags(first), tags(second)) == ([], ["theirs"])
    page.table.view.select_again(calls)
    click(page.selected.tags_button)
    enter(panel.editor, "theirs")
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["theirs"]] * 2, timeout=WAIT_MS)


@pytest.mark.slow
def test_whoever_leaves_while_tags_are_written_leaves_when_all_of_them_are(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, calls: list[str], tags: Tags
) -> None:
    window, bar = empty_window, empty_window.unsaved_guard.bar
    with Between(appliance) as between:
        between.holds_changes = False
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        page: CallPage = opened(qtbot, window, f"call/{calls[0]}")
        qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
        between.hold("tags")
        enter(page.about.tags, "first")
        qtbot.waitUntil(lambda: between.changes_waiting == 1, timeout=WAIT_MS)
        enter(page.about.tags, "second")
        QTest.keyClicks(page.about.tags.field, "third")
        window.go(f"call/{calls[1]}")
        assert "third" in bar.text
        click(bar.save_button)
        assert page.link.target == calls[0], "it is not written yet"
        window.leave_appliance()
        assert bar.text == "The tags are being saved. If you leave before that, the changes may be lost."
        assert bar.discard_button.text() == "Do not wait"
        between.let_go()
        qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
        assert tags(calls[0]) == ["first", "second", "third"]


@pytest.mark.long
def test_whoever_does_not_wait_for_tags_that_are_written_leaves_at_once(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, calls: list[str]
) -> None:
    window, bar = empty_window, empty_window.unsaved_guard.bar
    with Between(appliance) as between:
        between.holds_changes = False
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        page: CallPage = opened(qtbot, window, f"call/{calls[0]}")
        qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
        between.hold("tags")
        enter(page.about.tags, "first")
        qtbot.waitUntil(lambda: between.changes_waiting == 1, timeout=WAIT_MS)
        window.go("customers")
        assert bar.isVisible()
        click(bar.discard_button)
        assert str(window.page and window.page.link) == "customers"
        between.let_go()
        window.context.session.close()


def test_one_run_over_the_selected_calls_is_made_of_what_the_one_before_has_written(
    qtbot: QtBot,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel, write, go_on = page.selected.tags, TagsClient.write, threading.Event()
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)
    enter(panel.editor, "first")
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)

    def held(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        go_on.wait(60)
        return write(self, call_id, wanted)

    monkeypatch.setattr(TagsClient, "write", held)
    enter(panel.editor, "second")
    assert not panel.editor.isEnabled()
    assert not page.selected.tags_button.isEnabled()
    panel.editor.added.emit("not now")
    click(window.status_line.undo_button)
    go_on.set()
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [["second"]] * 2, timeout=WAIT_MS)
    qtbot.waitUntil(panel.editor.isEnabled, timeout=WAIT_MS)
    assert page.selected.tags_button.isEnabled()
    assert panel.editor.tags == ["second"]


@pytest.mark.long
def test_after_a_run_was_stopped_another_one_may_begin(
    qtbot: QtBot,
    customer: dict[str, Any],
    calls: list[str],
    tags: Tags,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel, write, on_its_way, go_on = page.selected.tags, TagsClient.write, threading.Event(), threading.Event()
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in calls), timeout=WAIT_MS)
    page.table.view.select_again(calls)
    click(page.selected.tags_button)

    def held(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        on_its_way.set()
        go_on.wait(60)
        return write(self, call_id, wanted)

    monkeypatch.setattr(TagsClient, "write", held)
    enter(panel.editor, "first")
    assert not panel.editor.isEnabled()
    assert on_its_way.wait(60)
    window.status_line.stop_task("Tag: first")
    assert window.status_line.tasks == []
    assert not panel.editor.isEnabled(), "what is written next is made of what is being written"
    go_on.set()
    qtbot.waitUntil(lambda: window.status_line.message == "Stopped: 1 of 2 done", timeout=WAIT_MS)
    assert panel.editor.isEnabled()
    assert panel.editor.tags == ["first"]
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert sorted(tags(one) for one in calls) == [[], ["first"]], "the one that was on its way is written"
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: [tags(one) for one in calls] == [[], []], timeout=WAIT_MS)


def test_who_stops_a_run_at_its_last_call_is_told_that_all_is_done(
    qtbot: QtBot,
    customer: dict[str, Any],
    calls: list[str],
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page: CallsPage = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    panel, write, on_its_way, go_on = page.selected.tags, TagsClient.write, threading.Event(), threading.Event()
    qtbot.waitUntil(lambda: page.table.model.place_of(calls[0]) is not None, timeout=WAIT_MS)
    page.table.view.select_again(calls[:1])
    click(page.selected.tags_button)

    def held(self: TagsClient, call_id: str, wanted: Sequence[str]) -> list[str]:
        on_its_way.set()
        go_on.wait(60)
        return write(self, call_id, wanted)

    monkeypatch.setattr(TagsClient, "write", held)
    enter(panel.editor, "last")
    assert on_its_way.wait(60)
    window.status_line.stop_task("Tag: last")
    go_on.set()
    qtbot.waitUntil(lambda: "1 call" in window.status_line.message, timeout=WAIT_MS)
    assert panel.editor.tags == ["last"]
