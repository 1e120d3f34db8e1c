"""Two customers whose names differ at the end alone are never taken for each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from admin_gui.text.plain_text import WIDEST_TOOLTIP
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened

NAME = "Donaudampfschifffahrtsgesellschaft " * 5 + "North"


def test_a_long_name_is_whole_in_questions_and_tooltips(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name=NAME)
    window.resize(800, 600)
    page = opened(qtbot, window, "customers")
    model = page.table.model
    column = next(place for place, one in enumerate(model.columns) if one.key == "company")
    tooltip = model.data(model.index(model.place_of(customer["id"]), column), Qt.ItemDataRole.ToolTipRole)
    assert " ".join(tooltip.split("\n")) == NAME
    assert max(len(line) for line in tooltip.split("\n")) <= WIDEST_TOOLTIP
    assert model.columns[column].middle, "its end is seen"

    page = opened(qtbot, window, f"customer/{customer['id']}")
    for button, question in ((page.active_button, page.deactivation), (page.delete_button, page.confirm)):
        click(button)
        qtbot.waitUntil(question.isVisible, timeout=WAIT_MS)
        title = question._title
        assert NAME in title.text()
        assert not getattr(title, "is_cut", False)
        qtbot.waitUntil(lambda title=title: title.height() >= title.heightForWidth(title.width()) > 0, timeout=WAIT_MS)
        assert title.width() <= question.width()
        click(question.no_button)
