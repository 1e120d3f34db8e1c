"""Every page about one thing acts on what it shows, whichever it showed before and however slow the next one comes.

The pages are those of the registry that have `targets`: a new one is tried by itself. One goes from one thing to
another, to one that is not there yet, and back; the appliance answers at once, late, or not at all. At every step it is
looked at what is seen, and everything that can be pressed is pressed: what would be sent must be about what is seen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client import company_names
from admin_gui.client.appliance import Appliance
from admin_gui.links import Link
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.object_page import ObjectPage
from admin_gui.pages.registry import PAGES, PageEntry
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.sound.recording import open_recording
from admin_gui.widgets.call.player_bar import SPEEDS
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import PATIENT, WAIT_MS, shown
from tests.admin_gui.driving import click
from tests.admin_gui.seeing import Eyes
from tests.admin_gui.sound_sink import SoundSink
from tests.support.cases import long_but
from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_worker import that_says
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import conversation, stereo_conversation

# A window beside an api that is slow or dead.
pytestmark = pytest.mark.slow

ABOUT_ONE_THING = [entry for entry in PAGES if entry.targets is not None]
IN_EVERY_RUN = [entry for entry in ABOUT_ONE_THING if entry.name == "call"]
# Who comes late begins with what comes at once.
WAYS = (pytest.param("at once", marks=pytest.mark.long), "late", pytest.param("not at all", marks=pytest.mark.long))
TYPED = "Typed and not saved"
BY_CHANCE = {"latency_ms"}  # whole numbers that now and then are those of something else


class SceneAppliance(FakeAppliance):
    """On the common disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.settings |= PATIENT

    def _mount(self) -> None:
        """A disk of its own is for tests that fill it."""


@dataclass
class Scene:
    """An appliance with two of everything, as different as they come."""

    appliance: FakeAppliance
    targets: dict[str, list[str]] = field(default_factory=dict)
    # By the calls' ids.
    recordings: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with SceneAppliance(tmp_path_factory.mktemp("scene")) as appliance, WebhookReceiver() as receiver:
        made = Scene(appliance)
        said = [stereo_conversation(), conversation(0.0, 4.0)]
        names = [
            ("Berger Möbelhaus", "Ines Berger", "+4989111222"),
            ("O'Connor & Sons", "Pat O'Connor", "+35318765432"),
        ]
        for (company, contact, caller), sound in zip(names, said, strict=True):
            endpoint = receiver.endpoint(Answer(200, body=f"thanks from {company}".encode()), Answer(410))
            customer = appliance.new_customer(
                company_name=company,
                name=contact,
                email=f"{contact.split()[0]}@example.com",
                webhook_url=endpoint.url,
            )
            turns = [
                {"start": 0.5, "end": 1.5, "channel": 0, "party": "caller", "text": f"This is {contact} speaking."},
                {"start": 2.0, "end": 3.5, "channel": 1, "party": "called", "text": f"Welcome to {company}."},
            ]
            recording = that_says(sound, turns)
            call_id = appliance.accepted(customer["api_key"], recording, caller_number=caller)
            appliance.delivery_in_state(call_id, "delivered")
            made.recordings[call_id] = recording
            if company == names[0][0]:  # its endpoint asks for no more: so there is one to enable
                appliance.admin("POST", f"/api/customers/{customer['id']}/test-webhook")
            time.sleep(1.0)  # no moment of one is the other's as well, where it is told to the second
        with Between(appliance) as between:
            client = Appliance(between.connection)
            for entry in ABOUT_ONE_THING:
                assert entry.targets is not None
                made.targets[entry.name] = entry.targets(client)
            client.close()
        yield made


@pytest.fixture
def between(scene: Scene) -> Iterator[Between]:
    with Between(scene.appliance) as made:
        yield made


class Visit:
    """Goes from thing to thing in one window, and looks at each."""

    def __init__(
        self,
        qtbot: QtBot,
        window: MainWindow,
        between: Between,
        scene: Scene,
        sinks: list[SoundSink],
        folder: Path,
        entry: str,
    ) -> None:
        self._qtbot = qtbot
        self._window = window
        self._between = between
        self._scene = scene
        self._sinks = sinks
        self._entry = entry
        self._values: dict[str, set[str]] = {}
        self.eyes = Eyes(qtbot, window, folder)
        self.targets = scene.targets[entry][:2]
        for target in self.targets:
            self._learn(target)

    def link(self, target: str) -> Link:
        return Link(self._entry, target)

    def own(self, target: str) -> set[str]:
        """What the appliance tells of this one, and of the other not."""
        (other,) = (one for one in self.targets if one != target)
        return self._values[target] - self._values[other]

    def go(self, target: str, how: str, step: Callable[[], object] | None = None) -> None:
        """Go there while the appliance answers so, and look at it on the way and at the end."""
        step = step or (lambda: self._window.context.go(self.link(target)))
        if how == "late":
            self._between.hold(target)
            step()
            self._wait(lambda: self._between.waiting > 0)
            self.sees_nothing()
            self._between.let_go()
        elif how == "not at all":
            self._between.die()
            step()
            self._wait(lambda: self.eyes.page.is_ready)
            self.sees_nothing()
            self._between.revive()
            self._window.context.session.poll_now()
            self._wait(lambda: self._window.context.session.situation.state is State.LIVE)
            self._window.refresh()
        else:
            step()
        self.sees(target)

    def sees(self, target: str) -> None:
        """This one and nothing of the other, and whatever is pressed is about this one."""
        (other,) = (one for one in self.targets if one != target)
        page, eyes = self.eyes.page, self.eyes
        self._wait(lambda: page.link == self.link(target) and page.is_ready and bool(self._seen_of(target)))
        self._wait(lambda: self._window.context.calls.under_way == 0)
        assert self._seen_of(other) == set()
        assert page.title() in eyes.text()
        self._between.sent()
        saved = eyes.press_everything()
        sent = self._between.sent()
        assert eyes.links or sent, "nothing could be pressed"
        for one in sent:
            assert not one.names & self.own(other), one
            assert not one.changes or target in one.names, one
            assert not _values(one.body) & self.own(other), one
        for link in eyes.links:
            assert not {link.target, *link.query.values()} & self.own(other), link
        for file in saved:
            assert self._said_in(file.read_bytes().decode(errors="replace"), other) == set(), file
        self._hears(target, saved)

    def sees_nothing(self) -> None:
        """Neither of the two, and nothing can be done."""
        eyes = self.eyes
        assert [self._seen_of(target) for target in self.targets] == [set(), set()]
        assert [field.text() for field in eyes.fields()] == []
        dead = [button.text() for button in eyes.enabled_buttons() if button not in self._ways_out()]
        assert dead == [], "these can be pressed, and nothing is shown"
        assert eyes.available_commands() == []
        before = list(eyes.links)
        self._between.sent()
        for command in eyes.page.commands():
            self._window.commands.run(command)
        if isinstance(eyes.page, CallPage):
            eyes.page.listening.toggle()
            assert eyes.page.listening.player._playback is None, "nothing of a recording is kept"
        assert not any(sink.is_playing for sink in self._sinks)
        assert [one for one in self._between.sent() if one.changes] == []
        assert eyes.links == before

    def sees_a_new_one(self, target: str) -> None:
        """Empty, whatever was seen before; what is pressed makes a new one, of nothing."""
        page, eyes = self.eyes.page, self.eyes
        self._wait(lambda: page.link == self.link(target) and page.is_ready)
        self._wait(lambda: self._window.context.calls.under_way == 0)
        assert [self._seen_of(one) for one in self.targets] == [set(), set()]
        assert {field.text() for field in eyes.fields()} == {""}
        self._between.sent()
        eyes.press_everything()
        sent = [one for one in self._between.sent() if one.changes]
        assert {one.method for one in sent} == {"POST"}
        for one in sent:
            assert not one.names & {*self.targets, *self.own(self.targets[0]), *self.own(self.targets[1])}
            assert not any(_values(one.body)), one

    def discard_what_was_typed(self) -> None:
        """Answer the question that stands before going on."""
        assert self._window.unsaved_guard.bar.isVisible(), "nobody was asked about what was typed"
        click(self._window.unsaved_guard.bar.discard_button)

    # Behind the scenes

    def _learn(self, target: str) -> None:
        """What the page asks about this one, and what it is told."""
        self._between.sent()
        self._window.context.go(self.link(target))
        self._wait(lambda: self.eyes.page.is_ready)
        self._wait(lambda: self._window.context.calls.under_way == 0)
        told = [one.answer for one in self._between.sent() if target in one.names]
        self._values[target] = {target} | set().union(*map(_values, told))
        self._window.context.go("system?tab=support")

    def _seen_of(self, target: str) -> set[str]:
        """What is seen of it. Numbers are everywhere; words of four letters and more are not."""
        return self._said_in(self.eyes.text(), target)

    def _said_in(self, text: str, target: str) -> set[str]:
        return {value for value in self.own(target) if len(value) > 3 and not value.isdecimal() and value in text}

    def _hears(self, target: str, saved: list[Path]) -> None:
        recording = self._scene.recordings.get(target)
        page = self.eyes.page
        if recording is None or not isinstance(page, CallPage):
            return
        decoded = open_recording(recording)
        assert decoded is not None
        listening = page.listening
        # With a party muted by a button, and with speeds that were pressed, it is not the sound as it was recorded.
        listening.bar.speed.setCurrentIndex(SPEEDS.index(1.0))
        listening.bar.show_turns(page.conversation.turns)
        listening.player.pause()
        listening.play_from(0.0)
        sink = self._sinks[-1]
        sink.play(0.5)
        expected = np.clip(decoded.read(0, len(sink.heard)).sum(axis=1), -1, 1)
        assert sink.heard[500:] == pytest.approx(expected[500:], abs=1e-3)
        by_kind = {file.suffix: file.read_bytes() for file in saved}
        assert by_kind[".wav"] == recording
        assert json.loads(by_kind[".json"])["call_id"] == target

    def _ways_out(self) -> list[Any]:
        """What leads away from a page that has nothing to show."""
        notice = getattr(self.eyes.page, "notice", None)
        return [] if notice is None else [notice._button, notice.leave_button]

    def _wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=WAIT_MS)


def _values(told: Any) -> set[str]:
    """Every single value in a JSON body, as text."""
    if isinstance(told, dict):
        return set().union(*(_values(value) for name, value in told.items() if name not in BY_CHANCE))
    if isinstance(told, list):
        return set().union(*map(_values, told))
    return set() if told is None or isinstance(told, bool) else {str(told)}


@pytest.fixture
def go_about(
    qtbot: QtBot,
    context: AppContext,
    between: Between,
    scene: Scene,
    sinks: list[SoundSink],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Visit]:
    """A window that is connected, and somebody before it."""
    # The overview of the box names both customers: it does not ask for them once more in between.
    monkeypatch.setattr(company_names, "KEPT_SECONDS", 3600.0)
    window = shown(qtbot, MainWindow(context))
    context.session.connected.connect(lambda: context.go("system?tab=support"))
    window.open(between.connection, "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    folder = tmp_path / "saved"
    folder.mkdir()
    return lambda entry: Visit(qtbot, window, between, scene, sinks, folder, entry)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entry", ABOUT_ONE_THING, ids=lambda entry: entry.name)
def test_a_page_does_everything_to_what_it_shows(go_about: Callable[[str], Visit], entry: PageEntry, way: str) -> None:
    visit = go_about(entry.name)
    window, (first, second) = visit._window, visit.targets
    visit.go(first, "at once")
    if visit.eyes.type_somewhere(TYPED):
        window.context.go(visit.link(second))
        assert TYPED in visit.eyes.text(), "what was typed is gone"
        visit.go(second, way, visit.discard_what_was_typed)
    else:
        visit.go(second, way)
    if entry.new is not None:
        window.context.go(visit.link(entry.new))
        visit.sees_a_new_one(entry.new)
        assert visit.eyes.type_somewhere(TYPED)
        window.context.go(visit.link(entry.new))
        visit.discard_what_was_typed()
        visit.sees_a_new_one(entry.new)
        visit.go(second, way, window.go_back)
    visit.go(first, way, window.go_back)
    visit.go(second, way, window.go_forward)


@pytest.mark.parametrize("entry", long_but(IN_EVERY_RUN, ABOUT_ONE_THING), ids=lambda entry: entry.name)
def test_an_answer_that_comes_too_late_is_not_shown(
    qtbot: QtBot, go_about: Callable[[str], Visit], between: Between, entry: PageEntry
) -> None:
    visit = go_about(entry.name)
    window, (first, second) = visit._window, visit.targets
    visit.go(first, "at once")
    between.hold(second)
    window.context.go(visit.link(second))
    qtbot.waitUntil(lambda: between.waiting > 0, timeout=WAIT_MS)
    window.go_back()
    visit._wait(lambda: bool(visit._seen_of(first)))
    between.let_go()
    qtbot.waitUntil(lambda: between.waiting == 0 and window.context.calls.under_way == 0, timeout=WAIT_MS)
    visit.sees(first)


@pytest.mark.parametrize("entry", long_but(IN_EVERY_RUN, ABOUT_ONE_THING), ids=lambda entry: entry.name)
def test_one_that_is_not_there_shows_nothing_of_the_one_before(
    go_about: Callable[[str], Visit], entry: PageEntry
) -> None:
    visit = go_about(entry.name)
    visit.go(visit.targets[0], "at once")
    visit._window.context.go(visit.link("99999999"))
    visit._wait(lambda: visit.eyes.page.is_ready)
    assert "does not exist" in visit.eyes.text()
    visit.sees_nothing()


def test_each_page_with_a_target_is_one_that_knows_what_it_shows(context: AppContext) -> None:
    assert {entry.name for entry in ABOUT_ONE_THING} == {
        entry.name for entry in PAGES if isinstance(entry.make(context), ObjectPage)
    }


def test_a_page_cannot_leave_out_how_it_forgets() -> None:
    with pytest.raises(TypeError, match=r"Careless must implement .*forget"):
        type("Careless", (ObjectPage,), {"load": lambda self, target: lambda: None})


def test_no_page_does_anything_to_what_the_link_names() -> None:
    """`wanted` and the link are for asking; requests that change something take what is on screen."""
    pages = Path(__file__).parents[2] / "admin_gui/pages"
    assert [file.name for file in sorted(pages.rglob("*.py")) if "link.target" in file.read_text()] == [
        "object_page.py"
    ]
