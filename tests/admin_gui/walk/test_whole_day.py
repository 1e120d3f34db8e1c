"""A whole day before a real appliance: by the mouse, by the keyboard alone, and in each appearance of the program.

Most of them within this process, on Qt's own screen in memory. Two are walked on an X server with a window manager, and
every key and click of them comes from outside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Mode
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import ON_X, TlsAppliance, shown
from tests.admin_gui.keychain_in_memory import Keychain
from tests.admin_gui.sound_sink import SoundSink
from tests.admin_gui.speaking import speaking
from tests.admin_gui.walk import beginning, evening, listening, mending
from tests.admin_gui.walk.camera import Camera
from tests.admin_gui.walk.display import MISSING, Display
from tests.admin_gui.walk.events import Events, QtEvents
from tests.admin_gui.walk.hands import Hands, Keyboard, Mouse
from tests.admin_gui.walk.office import Offices
from tests.admin_gui.walk.person import Person
from tests.admin_gui.walk.x_events import XEvents
from tests.support.receiver import Answer, WebhookReceiver

pytestmark = pytest.mark.slow

# Where pictures are kept that somebody wants to look at.
PICTURES = "VBOT_WALK_PICTURES"
CALLS, FAILING = 60, 40
CHECKOUT = Path(__file__).parents[3]
# What Qt asks for before there is an application: another scale takes another process.
SCALE = "QT_SCALE_FACTOR"


@dataclass(frozen=True)
class Way:
    """How the day is walked."""

    name: str
    hands: type[Hands] = Mouse
    language: str = "en_GB"
    mode: Mode = "light"
    size: tuple[int, int] = (1280, 800)
    events: type[Events] = QtEvents


def _seldom(way: Way) -> ParameterSet:
    return pytest.param(way, id=way.name, marks=pytest.mark.long)


WAYS = (
    _seldom(Way("mouse")),
    _seldom(Way("keyboard", hands=Keyboard)),
    _seldom(Way("dark", mode="dark")),
    _seldom(Way("german", language="de_DE")),
    _seldom(Way("small", size=(1024, 640))),
    _seldom(Way("small-german", language="de_DE", size=(1024, 640))),
)
# 2560 by 1440 points, as a good laptop has them.
TWICE_AS_LARGE = Way("twice-as-large", size=(1280, 720))
ON_A_DISPLAY = (Way("mouse-on-x", events=XEvents), Way("keyboard-on-x", hands=Keyboard, events=XEvents))
# Which can be walked in this process, and which in one that a test starts.
HERE = (
    [_seldom(TWICE_AS_LARGE)] * (SCALE in os.environ) or [_seldom(way) for way in ON_A_DISPLAY] * (ON_X in os.environ)
) or WAYS


@pytest.fixture
def box(tmp_path: Path) -> Iterator[TlsAppliance]:
    """An appliance that nobody has set up yet."""
    with TlsAppliance(tmp_path / "box") as running:
        yield running


@pytest.fixture
def offices(box: TlsAppliance) -> Iterator[Offices]:
    made = Offices(box)
    yield made
    made.close()


@pytest.fixture
def way(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Way]:
    """In its language."""
    chosen: Way = request.param
    with speaking(chosen.language):
        yield chosen


@pytest.mark.long
def test_a_whole_day_at_200_percent(tmp_path: Path) -> None:
    """In a process of its own, where everything is twice as large."""
    sizes = walk_elsewhere(TWICE_AS_LARGE, {**os.environ, SCALE: "2"}, tmp_path)
    assert sizes == {(2560, 1440)}


@pytest.mark.long
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
@pytest.mark.parametrize("way", ON_A_DISPLAY, ids=lambda way: way.name)
def test_a_whole_day_on_a_display_with_keys_and_clicks_from_outside(way: Way, tmp_path: Path) -> None:
    """In a process of its own: a window manager gives it the keyboard, and xdotool uses it through the X server."""
    with Display(tmp_path / "display") as display:
        sizes = walk_elsewhere(way, {**display.environment, ON_X: "1"}, tmp_path)
    assert sizes == {way.size}


def walk_elsewhere(way: Way, environment: dict[str, str], folder: Path) -> set[tuple[int, int]]:
    """What Qt asks for before there is an application takes another process. How large its pictures are."""
    environment.setdefault(PICTURES, str(folder))
    pictures = Path(environment[PICTURES]) / way.name
    shutil.rmtree(pictures, ignore_errors=True)  # those of a former walk would be taken for this one's
    name = f"{__file__}::test_a_whole_day[{way.name}]"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", name],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:]
    sizes = [QImage(str(picture)).size() for picture in sorted(pictures.glob("*.png"))]
    return {(size.width(), size.height()) for size in sizes}


@pytest.mark.parametrize("way", HERE, indirect=True)
def test_a_whole_day(
    qtbot: QtBot,
    box: TlsAppliance,
    offices: Offices,
    receiver: WebhookReceiver,
    way: Way,
    keychain: Keychain,
    context: AppContext,
    sinks: list[SoundSink],
    tmp_path: Path,
) -> None:
    context.theme.set_mode(way.mode)
    window = MainWindow(context)
    window.resize(*way.size)
    shown(qtbot, window)
    events = way.events(qtbot)
    events.bring_to_front(window)
    folder = Path(os.environ[PICTURES]) if PICTURES in os.environ else tmp_path / "pictures"
    camera = Camera(folder / way.name, window)
    person = Person(qtbot, window, way.hands(qtbot, window, events), camera, box, offices, sinks)
    taken, mistaken, mended = (
        receiver.endpoint(),
        receiver.endpoint(Answer(404, body=b"no such page")),
        receiver.endpoint(),
    )

    person.sees("start")
    beginning.connects(person, box.admin_token)
    first = beginning.sets_up_the_first_customer(person, taken.url)
    second = beginning.makes_another_customer(person, mistaken.url)
    listening.sees_calls_come_in(person, first, second, CALLS, FAILING)
    call = listening.finds_a_call_by_its_words(person)
    listening.hears_it(person, call)
    listening.exchanges_its_parties(person, call)
    listening.searches_all_calls(person, "boiler")
    mending.finds_the_endpoint_that_fails(person, FAILING)
    mending.mends_it(person, second, mended)
    mending.sends_all_again(person, mended, FAILING)
    evening.exports_a_report(person, tmp_path / "report.pdf")
    evening.loses_the_appliance_and_has_it_back(person, first)
    evening.looks_as_the_viewer(person, evening.makes_a_token_for_a_viewer(person))
    assert len(camera.taken) >= 30
    assert person.misfits == []
