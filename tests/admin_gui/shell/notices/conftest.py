"""The window with a tray, telling of what lasts at all, and at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.models.notices import ledger
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.notices import announcer
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import shown
from tests.admin_gui.shell.notices.fake_tray import FakeTray


@pytest.fixture
def tray() -> FakeTray:
    return FakeTray()


@pytest.fixture
def window(
    qtbot: QtBot, context: AppContext, tray: FakeTray, berlin: Box, bonn: Box, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """Not connected, with two appliances that are remembered, telling of what lasts at all, and at once."""
    monkeypatch.setattr(ledger, "SURE_SECONDS", 0.0)
    monkeypatch.setattr(announcer, "GATHER_MS", 50)
    made = shown(qtbot, MainWindow(context, tray=tray))
    made.notices.begin()
    yield made
    made.notices.end()
    made.appliances.watch.end()
    QApplication.setQuitOnLastWindowClosed(True)
