"""The tiles of the overview say all of what they say, however narrow they are."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.widgets.card import Tile
from tests.admin_gui.conftest import WAIT_MS, shown


@pytest.mark.parametrize(
    ("name", "number"), [("Webhooks fehlgeschlagen", "0"), ("Letzte Sicherung", "vor 14 min"), ("Calls", "36")]
)
def test_words_that_have_no_room_in_one_line_are_read_in_two(
    qtbot: QtBot, context: AppContext, name: str, number: str
) -> None:
    tile = shown(qtbot, Tile(name))
    tile.show_number(number)
    tile.resize(140, 140)
    qtbot.waitUntil(lambda: tile.width() == 140, timeout=WAIT_MS)
    labels = (tile._name, tile._number)
    qtbot.waitUntil(
        lambda: all(not one.is_cut and one.height() >= one.minimumHeight() for one in labels), timeout=WAIT_MS
    )
    assert tile.number == number
