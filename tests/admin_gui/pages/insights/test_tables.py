"""The dissatisfied in the table of customers, and tiles that lead somewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.insights import CustomerInsights, Moods, Tally
from admin_gui.pages.insights.tables import CustomersTable
from admin_gui.widgets.card import Tile
from tests.admin_gui.driving import click_heading


def test_the_dissatisfied_are_counted_explained_and_sorted_by_their_share(qtbot: QtBot, context: AppContext) -> None:
    card = CustomersTable(context, str)
    qtbot.addWidget(card)
    card.resize(1000, 400)
    card.show()
    moods = {1: Moods(satisfied=14, dissatisfied=4), 2: Moods(), 3: Moods(satisfied=90, dissatisfied=10)}
    card.show_rows([CustomerInsights(customer_id=one, now=Tally(calls=5, mood=mood)) for one, mood in moods.items()])
    model = card.table.model
    place = [column.key for column in model.columns].index("dissatisfied")
    assert model.index(0, place).data() == "4 of 18 · 22 %"
    assert "with a mood" in model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    click_heading(card.table, "dissatisfied")
    once = [row.customer_id for row in model.rows]
    click_heading(card.table, "dissatisfied")
    twice = [row.customer_id for row in model.rows]
    assert {tuple(one for one in order if one != 2) for order in (once, twice)} == {(1, 3), (3, 1)}


def test_a_tile_that_leads_somewhere_answers_to_the_mouse(qtbot: QtBot) -> None:
    tile = Tile("Calls", clickable=True)
    qtbot.addWidget(tile)
    tile.resize(180, 90)
    tile.show()
    assert tile.button is not None
    assert tile.button.cursor().shape() is Qt.CursorShape.PointingHandCursor
    middle = QPoint(150, 70)

    def color(*, is_under_the_mouse: bool) -> QColor:
        # Said, not moved: where earlier tests have left the pointer is not known.
        tile.button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_under_the_mouse)
        return tile.grab().toImage().pixelColor(middle)

    assert color(is_under_the_mouse=True) != color(is_under_the_mouse=False)
