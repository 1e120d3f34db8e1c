"""Whoever leaves a page while it asks whether to delete has answered no: it is not asked when it is seen again."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.pages.page import Page
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.confirm_erase import ConfirmErase
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.recordings import silence


def asked(page: Page, erased: list[str]) -> list[ConfirmErase]:
    """All of its questions, asked."""
    questions = [
        one
        for one in page.findChildren(ConfirmErase)
        if (around := one.parentWidget()) is not None and around.isVisible()
    ]
    for one in questions:
        one.ask("Delete it?", ["all of it"], "Delete", lambda: erased.append("it"))
    return questions


def test_the_question_whether_to_delete_a_customer_goes_with_its_page(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Harbour Legal LLP")
    link = f"customer/{customer['id']}"
    page: Any = opened(qtbot, window, link)
    click(page.delete_button)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    opened(qtbot, window, link)
    assert not page.confirm.isVisible()


def test_a_question_that_is_being_made_while_one_leaves_is_not_asked(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Left Before It Asked Ltd")
    link = f"customer/{customer['id']}"
    page: Any = opened(qtbot, window, link)
    click(page.delete_button)  # its calls are counted first
    window.go("calls")
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    opened(qtbot, window, link)
    assert not page.confirm.isVisible()


@pytest.mark.parametrize("place", ["customer", "call", "calls", "system?tab=tokens", "system?tab=settings"])
def test_no_question_is_found_again(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, place: str) -> None:
    customer = appliance.new_customer(company_name=f"Asked In {place} Ltd")
    call_id = appliance.accepted(customer["api_key"], silence(0.5)) if place == "call" else ""
    link = {"customer": f"customer/{customer['id']}", "call": f"call/{call_id}"}.get(place, place)
    page, erased = opened(qtbot, window, link), list[str]()
    questions = asked(page, erased)
    assert questions
    assert all(one.isVisible() for one in questions)
    window.hide()
    window.show()
    assert all(one.isVisible() for one in questions), "whoever has it in the tray has not left it"
    opened(qtbot, window, "customers")
    opened(qtbot, window, link)
    assert not any(one.isVisible() for one in questions)
    for one in questions:
        one.yes_button.click()
    assert erased == []


def test_another_tab_is_another_page(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "system?tab=tokens")
    questions = asked(page, [])
    opened(qtbot, window, "system?tab=status")
    opened(qtbot, window, "system?tab=tokens")
    assert questions
    assert not any(one.isVisible() for one in questions)
