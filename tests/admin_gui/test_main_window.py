"""The window, before any appliance is known."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from admin_gui.widgets.main_window import MainWindow


def test_main_window_says_that_it_is_not_connected(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    assert window.windowTitle() == "vBot Administration"
    assert window.connection_text == "not connected"
    assert window.statusBar().isVisible()
    assert not window.grab().isNull()
