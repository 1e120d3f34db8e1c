"""A monkey at the real window: whatever is clicked, pressed, typed and resized, nothing is thrown or warned of.

Each walk is random by its seed, which a failure names together with the last steps: to walk it again, run the test of
that seed. What comes from the appliance comes when it comes, so a walk is the same only as far as that goes.
"""

from __future__ import annotations

import random
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    QMessageLogContext,
    QPoint,
    QPointF,
    QSize,
    Qt,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from admin_gui import translations
from admin_gui.app_context import AppContext
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance, shown
from tests.admin_gui.keychain_in_memory import Keychain
from tests.admin_gui.test_hostile_texts import Scene, made_scene
from tests.support.receiver import WebhookReceiver

pytestmark = [pytest.mark.slow, pytest.mark.long]

STEPS = 2000
SEEDS = (1, 2, 3, 4)
TRAIL = 25  # so many of the last steps are told
FEWEST_PAGES = 7  # or the monkey has got stuck somewhere
# Of Qt's screen in memory, which is no window system.
NOT_OURS = "This plugin does not support"
TYPED = (
    "Example Ltd", "0", "-1", "99999999999999999999", "28.11.26", "https://crm.example.org/hook", "<b>x</b>", "%1 %n",
    "&&File", "'; DROP TABLE call; --", "..\\..\\/etc/passwd", "a@b", "   ", "quit", "dark", "new customer", "{0}",
)  # fmt: skip
PASTED = (
    "\u202eevil\u2066", "x" * 5000, "two\nlines\r\nand\ta tab", "\x00\x07\x1b[31m", "Müller–Straße 💥 漢字", "\ud83d",
    "﷽" * 40, "e\u0301" * 200, "",
)  # fmt: skip
Key, Modifier = Qt.Key, Qt.KeyboardModifier
PLAIN_KEYS = (
    Key.Key_Tab, Key.Key_Tab, Key.Key_Backtab, Key.Key_Return, Key.Key_Escape, Key.Key_Space, Key.Key_Up, Key.Key_Down,
    Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Delete,
    Key.Key_Backspace, Key.Key_F1, Key.Key_F5, Key.Key_Menu, Key.Key_Question,
)  # fmt: skip
CONTROL_KEYS = (
    Key.Key_A, Key.Key_B, Key.Key_C, Key.Key_F, Key.Key_K, Key.Key_S, Key.Key_V, Key.Key_X, Key.Key_Z, Key.Key_N,
    Key.Key_Home, Key.Key_End, Key.Key_Return, *(Key(Key.Key_1 + place) for place in range(7)),
)  # fmt: skip
SIZES = ((780, 540), (800, 600), (1024, 640), (1280, 800), (1920, 1080), (900, 2000), (2400, 560))
THEMES = ("light", "dark", "system")
LANGUAGES = ("en_GB", "de_DE")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver) -> Iterator[tuple[TlsAppliance, Scene]]:
    """An appliance of its own: the monkey erases, revokes and saves there what it likes."""
    folder: Path = tmp_path_factory.mktemp("monkey")
    with TlsAppliance(folder) as running:
        yield running, made_scene(running, receiver, folder / "p.png")


@pytest.fixture
def troubles(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was thrown and not caught, and what Qt warned of."""
    found: list[str] = []

    def thrown(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
        found.append("".join(traceback.format_exception(kind, error, trace)))

    def warned(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not text.startswith(NOT_OURS):
            found.append(f"{kind.name}: {text}\n{''.join(traceback.format_stack(limit=12))}")

    monkeypatch.setattr(sys, "excepthook", thrown)
    monkeypatch.setattr(threading, "excepthook", lambda one: thrown(one.exc_type, one.exc_value, one.exc_traceback))
    monkeypatch.setattr(sys, "unraisablehook", lambda one: thrown(one.exc_type, one.exc_value, one.exc_traceback))
    former = qInstallMessageHandler(warned)
    yield found
    qInstallMessageHandler(former)


@pytest.fixture
def harmless(monkeypatch: pytest.MonkeyPatch, keychain: Keychain) -> None:
    """Nothing gets out of the program: no file, no other program; and it does not end."""
    monkeypatch.setattr(QFileDialog, "open", lambda chooser, *_: chooser.reject())
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    monkeypatch.setattr(MainWindow, "quit", lambda _window: None)


class Monkey:
    """One walk."""

    def __init__(
        self, qtbot: QtBot, window: MainWindow, scene: Scene, reconnect: Callable[[], None], seed: int
    ) -> None:
        self._qtbot, self._window, self._scene, self._reconnect = qtbot, window, scene, reconnect
        self._random = random.Random(seed)
        self._translators: list[QTranslator] = []
        self._known: list[QWidget] = []
        self.trail: deque[str] = deque(maxlen=TRAIL)
        self._kinds = (
            (40, self._click), (22, self._press), (8, self._type), (6, self._go), (5, self._palette), (4, self._wheel),
            (4, self._wait), (3, self._resize), (2, self._theme), (1, self._language), (5, self._step_back),
        )  # fmt: skip

    def step(self) -> None:
        """Do one thing, and let the window answer."""
        weights, kinds = zip(*self._kinds, strict=True)
        self._random.choices(kinds, weights)[0]()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        is_out = self._window.context.session.situation.state in (State.DISCONNECTED, State.REFUSED)
        if is_out and self._random.random() < 0.2:  # the page where one connects is a page like others
            self._note("connect")
            self._reconnect()

    def rest(self) -> None:
        """Close what is open, and take our languages away."""
        while (popup := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            popup.close()
            QApplication.processEvents()
        for translator in self._translators:
            QCoreApplication.instance().removeTranslator(translator)  # type: ignore[union-attr]

    def _note(self, text: str) -> None:
        self.trail.append(text)

    # Where

    def _top(self) -> QWidget:
        """What a person can reach now."""
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        others = [one for one in QApplication.topLevelWidgets() if one.isVisible() and not one.inherits("QTipLabel")]
        return above or (self._random.choice(others) if others and self._random.random() < 0.2 else self._window)

    def _spot(self) -> tuple[QWidget, QPoint] | None:
        """Somewhere in it: on one of its widgets, rather than on the ground between them."""
        top = self._top()
        inside = [one for one in top.findChildren(QWidget) if one.isVisible() and not one.visibleRegion().isEmpty()]
        if not inside:
            return (top, top.rect().center()) if top.isVisible() else None
        # Where Python forgets a widget's parent, it takes the widget itself for deleted.
        self._known = [top, *inside]
        chosen = self._random.choice(inside)
        seen = chosen.visibleRegion().boundingRect()
        at = QPoint(self._random.randint(seen.left(), seen.right()), self._random.randint(seen.top(), seen.bottom()))
        there = top.childAt(chosen.mapTo(top, at)) or top
        self._known += _with_parents(there)
        return there, there.mapFrom(top, chosen.mapTo(top, at))

    def _focus(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return (popup and (popup.focusWidget() or popup)) or QApplication.focusWidget() or self._top()

    # What

    def _click(self) -> None:
        spot = self._spot()
        if spot is None:
            return
        widget, at = spot
        if not shiboken6.isValid(widget):
            return
        kind = self._random.choices(("left", "double", "right"), (20, 2, 1))[0]
        self._note(f"{kind} click on {named(widget)} at {at.toTuple()}")
        button = Qt.MouseButton.RightButton if kind == "right" else Qt.MouseButton.LeftButton
        modifier = self._random.choice((*[Modifier.NoModifier] * 6, Modifier.ControlModifier, Modifier.ShiftModifier))
        QTest.mouseClick(widget, button, modifier, at)
        if kind == "double" and shiboken6.isValid(widget):
            QTest.mouseDClick(widget, button, modifier, at)

    def _press(self) -> None:
        focus = self._focus()
        if self._random.random() < 0.3:
            key, modifier = self._random.choice(CONTROL_KEYS), Modifier.ControlModifier
        elif self._random.random() < 0.1:
            key, modifier = (
                self._random.choice((Key.Key_Left, Key.Key_Right, Key.Key_1, Key.Key_2)),
                Modifier.AltModifier,
            )
        else:
            key, modifier = self._random.choice(PLAIN_KEYS), Modifier.NoModifier
        self._note(f"{modifier.name} {key.name} on {named(focus)}")
        QTest.keyClick(focus, key, modifier)

    def _type(self) -> None:
        if self._random.random() < 0.3:
            pasted = self._random.choice(PASTED)
            self._note(f"paste {pasted[:20]!r} into {named(self._focus())}")
            QGuiApplication.clipboard().setText(pasted.encode("utf-8", "replace").decode())
            QTest.keyClick(self._focus(), Key.Key_V, Modifier.ControlModifier)
            return
        text = self._random.choice(TYPED)
        self._note(f"type {text!r} into {named(self._focus())}")
        for letter in text:  # the keyboard may be elsewhere after each
            self._type_one(letter)

    def _type_one(self, letter: str) -> None:
        focus = self._focus()
        if shiboken6.isValid(focus):  # Python may know a list of a field's by one that was there before
            QTest.keyClicks(focus, letter)

    def _go(self) -> None:
        tabs = [f"system?tab={tab}" for tab in SYSTEM_TABS]
        odd = [
            "customer/999999",
            "call/none",
            "webhook/",
            "nowhere",
            "calls?state=nonsense&number=%00",
            "insights?days=x",
        ]
        ours = ["overview", "welcome", "customers", "customer/new", "calls", "insights", "webhooks", "calls?q=parcel"]
        link = self._random.choice([*ours, *self._scene.links, *tabs, *odd])
        self._note(f"go to {link}")
        self._window.context.go(link)

    def _palette(self) -> None:
        text = self._random.choice((*TYPED, "go to", "parcel", "system", "", "+49", "key", "light"))
        self._note(f"palette: {text!r}")
        self._window.open_palette()
        for letter in text:
            self._type_one(letter)
        self._qtbot.wait(self._random.choice((0, 0, 300)))
        for _ in range(self._random.randint(0, 4)):
            QTest.keyClick(self._focus(), Key.Key_Down)
        QTest.keyClick(self._focus(), self._random.choice((Key.Key_Return, Key.Key_Return, Key.Key_Escape)))

    def _wheel(self) -> None:
        spot = self._spot()
        if spot is None:
            return
        widget, at = spot
        if not shiboken6.isValid(widget):
            return
        self._note(f"wheel over {named(widget)}")
        down, point = QPoint(0, self._random.choice((-1200, -120, 120, 1200))), QPointF(at)
        glob = QPointF(widget.mapToGlobal(at))
        no_button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(point, glob, QPoint(), down, no_button, Modifier.NoModifier, phase, False)
        QApplication.sendEvent(widget, event)

    def _wait(self) -> None:
        self._note("wait")
        self._qtbot.wait(self._random.choice((1, 20, 120)))

    def _resize(self) -> None:
        size = self._random.choice(SIZES)
        self._note(f"resize to {size}")
        self._window.resize(QSize(*size))

    def _theme(self) -> None:
        mode = self._random.choice(THEMES)
        self._note(f"{mode} colours")
        self._window.context.theme.set_mode(mode)  # type: ignore[arg-type]

    def _language(self) -> None:
        """What is made from now on speaks it."""
        language = self._random.choice(LANGUAGES)
        self._note(language)
        application = QCoreApplication.instance()
        assert application is not None
        for translator in self._translators:
            application.removeTranslator(translator)
        self._translators = translations.install(application, language)

    def _step_back(self) -> None:
        step = self._random.choice((self._window.go_back, self._window.go_forward, self._window.refresh))
        self._note(step.__name__)
        step()


def _with_parents(widget: QWidget) -> list[QWidget]:
    parent = widget.parentWidget()
    return [widget] if parent is None else [widget, *_with_parents(parent)]


def named(widget: QWidget) -> str:
    if not shiboken6.isValid(widget):
        return "what is gone"
    text = widget.property("text")  # Qt's: a `text` of ours may ask which
    return f"{type(widget).__name__} “{str(text or widget.accessibleName() or widget.objectName())[:40]}”"


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_nothing_is_thrown_and_nothing_warned_of(
    qtbot: QtBot,
    context: AppContext,
    scene: tuple[TlsAppliance, Scene],
    harmless: None,
    troubles: list[str],
    seed: int,
) -> None:
    appliance, things = scene
    former = QLocale()
    window = shown(qtbot, MainWindow(context))
    window.activateWindow()

    def connect() -> None:
        window.open(appliance.connection(), "The monkey's")

    pages: set[str] = set()
    window.page_shown.connect(lambda page: pages.add(page.link.page))
    connect()
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    monkey = Monkey(qtbot, window, things, connect, seed)
    try:
        for number in range(STEPS):
            monkey.step()
            trail = "\n".join(monkey.trail)
            assert not troubles, f"seed {seed}, step {number}, after\n{trail}\n\n" + "\n".join(troubles)
            assert shiboken6.isValid(window), f"seed {seed}, step {number}, after\n{trail}: the window is gone"
            assert window.isVisible(), f"seed {seed}, step {number}, after\n{trail}: the window is hidden"
    finally:
        monkey.rest()
        QLocale.setDefault(former)
    assert len(pages) >= FEWEST_PAGES, f"seed {seed} has come to {sorted(pages)} alone"
    window.activateWindow()  # it is still good for something
    connect()
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    assert not troubles, f"seed {seed}, at the end\n" + "\n".join(troubles)
