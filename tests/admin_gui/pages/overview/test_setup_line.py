"""How far an appliance is set up is looked at again as calls come, and not more often than it must be."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.pages.overview import setup_line
from admin_gui.pages.overview.setup_line import SetupLine
from tests.admin_gui.conftest import WAIT_MS

PAUSE_MS = 300


def test_what_comes_is_looked_at_at_once_and_what_follows_together(
    qtbot: QtBot, context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(setup_line, "LOOK_AGAIN_MS", PAUSE_MS)
    monkeypatch.setattr(SetupLine, "look", lambda _self: looked.append(1))
    line = SetupLine(context)
    qtbot.addWidget(line)
    line.look_again()
    assert len(looked) == 1
    for _ in range(5):
        line.look_again()
    assert len(looked) == 1
    qtbot.waitUntil(lambda: len(looked) == 2, timeout=WAIT_MS)
    qtbot.wait(3 * PAUSE_MS)
    assert len(looked) == 2, "nothing has come since"
