"""What is said at the foot of the window is read whole, also in the smallest window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from admin_gui.client.system import Component
from admin_gui.models.health import _about_other
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from admin_gui.widgets.elided_label import LinesLabel
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.fitting import misfits
from tests.admin_gui.speaking import speaking


@pytest.fixture(params=["en_GB", "de_DE"])
def language(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def test_the_note_of_the_first_boot_is_read_whole(qtbot: QtBot, language: str, empty_window: MainWindow) -> None:
    line = empty_window.status_line
    empty_window.resize(SMALLEST_SIZE)
    note = _about_other(Component(name="note", state="warning", reason="it is still there"))
    empty_window.context.say(f"Appliance on the third floor: {note}")
    qtbot.waitUntil(lambda: not line._message.is_cut, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: line._message.height() >= line._message.minimumHeight(), timeout=WAIT_MS)
    assert misfits(line) == []
    assert empty_window.size() == SMALLEST_SIZE


def test_what_to_do_after_a_lost_answer_is_read_whole(qtbot: QtBot, language: str, empty_window: MainWindow) -> None:
    line = empty_window.status_line
    empty_window.resize(1024, 640)
    height = line.height()
    text = QCoreApplication.translate(
        "CustomerSaving",
        "No answer came. Whether it is saved is looked up once the appliance answers again, and told here.",
    )
    empty_window.context.say(text, "bad")
    qtbot.waitUntil(lambda: not line._message.is_cut, timeout=WAIT_MS)
    assert line.height() == height, "nothing moves under the pointer"
    empty_window.context.say("word " * 300)
    qtbot.waitUntil(lambda: line._message.is_cut, timeout=WAIT_MS)
    assert empty_window.size().toTuple() == (1024, 640)


@pytest.mark.parametrize("emoji", ["", "\U0001f600" * 40])
def test_nothing_is_left_out_of_a_message_with_emoji(qtbot: QtBot, emoji: str) -> None:
    label = LinesLabel()
    qtbot.addWidget(label)
    label.resize(400, 100)
    label.show()
    text = f"{emoji} " + " ".join(f"word{number}" for number in range(12))
    label.setText(text)
    assert "".join(label._lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(label.fontMetrics().horizontalAdvance, label._lines)) <= label.contentsRect().width(), "none is seen"
    assert not label.is_cut
