"""Columns that give way where there is no room for all: they stay as they are, and are nobody's drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call
from admin_gui.models.table.paged_model import PagedModel
from admin_gui.pages.calls.columns import call_columns
from admin_gui.widgets.table.table_view import TableView
from tests.admin_gui.speaking import speaking

ListOfCalls = Callable[[int], TableView]


@pytest.fixture(params=["en_GB", "de_DE"])
def language(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


@pytest.fixture
def list_of_calls(qtbot: QtBot, context: AppContext) -> ListOfCalls:
    """The list of calls as a start of the program makes it, in a place of this width."""
    places = list[QWidget]()

    def made(width: int) -> TableView:
        places.append(QWidget())
        qtbot.addWidget(places[-1])
        places[-1].resize(1600, 800)
        model = PagedModel[Call](call_columns(str, str), lambda call: call.call_id)
        view = TableView(context, "calls", model, places[-1])
        view.resize(width, 400)
        places[-1].show()
        return view

    return made


def hidden(view: TableView) -> set[str]:
    header = view.horizontalHeader()
    return {column.key for place, column in enumerate(view._rows.columns) if header.isSectionHidden(place)}


def menu_of(view: TableView) -> dict[str, bool]:
    """What the menu of columns says, and what is ticked in it."""
    view.open_columns_menu(QPoint(0, 0))
    menu = view.findChildren(QMenu)[-1]
    told = {action.text(): action.isChecked() for action in menu.actions() if action.isCheckable()}
    menu.close()
    return told


def test_what_yields_does_not_come_and_go_at_the_same_width(language: str, list_of_calls: ListOfCalls) -> None:
    view = list_of_calls(1000)
    for width in [*range(640, 1000, 2), *range(1000, 638, -2)]:
        view.resize(width, 400)
        first = hidden(view)
        for height in (401, 400):
            view.resize(width, height)
            assert hidden(view) == first, f"at {width}"


def test_a_list_first_opened_where_it_has_no_room_is_nobodys_drawing(language: str, list_of_calls: ListOfCalls) -> None:
    always = hidden(list_of_calls(1400))
    for width in range(640, 800, 6):
        view = list_of_calls(width)
        assert hidden(view) > always
        view.resize(width + 200, 400)
        view.resize(1400, 400)
        assert hidden(view) == always, f"after {width}"
        assert not view._remember.isActive(), f"at {width}"
        assert not view._columns_are_drawn, f"at {width}"
        view.parentWidget().hide()
    view.horizontalHeader().resizeSection(0, 200)
    assert view._remember.isActive(), "somebody has drawn this one"


def test_what_has_no_room_stays_ticked_in_the_menu_and_says_so(list_of_calls: ListOfCalls) -> None:
    view = list_of_calls(1400)
    assert menu_of(view)["Length"]
    view.resize(700, 400)
    told = menu_of(view)
    assert told["Length (no room)"], "it is wanted, and exported"
    assert not told["Call id"]
    assert told["State"]
    view.show_column([column.title for column in view._rows.columns].index("Length"), False)
    assert menu_of(view)["Length"] is False
