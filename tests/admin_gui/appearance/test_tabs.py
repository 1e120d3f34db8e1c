"""Tabs stay where they are, whichever is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from admin_gui.appearance.theme import Theme


def test_no_tab_moves_when_another_is_chosen(qtbot: QtBot) -> None:
    Theme("light")
    bar = QTabBar()
    qtbot.addWidget(bar)
    bar.setExpanding(False)
    for words in ("Status", "Settings", "Certificate", "Log"):
        bar.addTab(words)
    bar.show()
    places = []
    for chosen in range(bar.count()):
        bar.setCurrentIndex(chosen)
        places.append([bar.tabRect(one) for one in range(bar.count())])
    assert all(one == places[0] for one in places)
