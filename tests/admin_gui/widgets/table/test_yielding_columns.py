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


def choose(view: TableView, key: str) -> None:
    """Tick it in the header's menu, or take its tick away."""
    view.open_columns_menu(QPoint(0, 0))
    menu = view.findChildren(QMenu)[-1]
    places = [action for action in menu.actions() if action.isCheckable()]
    places[[column.key for column in view._rows.columns].index(key)].trigger()
    menu.close()


def widths(view: TableView) -> dict[str, int]:
    """Of those that are seen, but for the last one, which fills what is left."""
    header = view.horizontalHeader()
    seen = [place for place in range(header.count()) if not header.isSectionHidden(place)]
    return {view._rows.columns[place].key: header.sectionSize(place) for place in seen[:-1]}


@pytest.mark.parametrize("width", [1400, 700])
def test_a_column_that_is_hidden_by_the_menu_stays_hidden_however_wide_it_grows(
    list_of_calls: ListOfCalls, width: int
) -> None:
    """In a narrow one it may lack the room already, and is unticked as what is not wanted."""
    view = list_of_calls(width)
    yielding = {column.key for column in view._rows.columns if column.yields}
    always = hidden(list_of_calls(1400))
    for key in sorted(yielding):
        choose(view, key)
    for wide in (700, 1000, 1500, 700, 1500):
        view.resize(wide, 400)
        assert hidden(view) >= yielding, f"at {wide}"
    assert hidden(view) == always | yielding
    again = list_of_calls(1500)
    assert hidden(again) == hidden(view), "and when the program starts again"


def test_a_column_that_is_shown_by_the_menu_stays_however_narrow_it_grows(list_of_calls: ListOfCalls) -> None:
    view = list_of_calls(700)
    key = next(column.key for column in view._rows.columns if column.key in hidden(view) and column.yields)
    choose(view, key)  # it was ticked, without room
    assert key in hidden(view)
    choose(view, key)
    assert key not in hidden(view)
    for width in (1400, 900, 640, 1400, 640):
        view.resize(width, 400)
        assert key not in hidden(view), f"at {width}"
    assert key not in hidden(list_of_calls(640)), "nor when the program starts again"


@pytest.mark.parametrize("width", [1400, 900])
def test_who_hides_a_column_by_the_menu_has_drawn_them_at_once(list_of_calls: ListOfCalls, width: int) -> None:
    """The widths stay as they are seen then, in this start of the program as in the next."""
    view = list_of_calls(width)
    choose(view, "state")
    drawn = widths(view)
    view.resize(width + 200, 400)
    view.resize(width + 100, 400)
    assert {key: size for key, size in widths(view).items() if key in drawn} == drawn
    for wide in [*range(1400, 640, -20), *range(640, 1400, 20)]:
        view.resize(wide, 400)
        first = hidden(view)
        for height in (401, 400):
            view.resize(wide, height)
            assert hidden(view) == first, f"one comes and goes at {wide}"
