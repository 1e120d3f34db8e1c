"""That an appliance is away comes and goes, and nothing moves under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.admin_gui.fitting import misfits


def test_try_now_comes_and_goes_without_moving_what_is_pressed(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window, customer = empty_window, appliance.new_customer(company_name="Steady Ltd")
    session = window.context.session
    with Between(appliance) as between:
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, window, f"customer/{customer['id']}")
        type_over(page.who.contact.editor, "Typed")
        qtbot.waitUntil(page.save_button.isVisible, timeout=WAIT_MS)
        watched: list[QWidget] = [page.save_button, page.delete_button, page.who.contact, page.key.rotate_button]

        def places() -> list[QPoint]:
            return [one.mapTo(window, QPoint()) for one in watched]

        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        window.grab()  # what was typed changes the header, which is laid out a moment later
        before = places()
        between.die()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        banner = window._banner
        qtbot.waitUntil(lambda: banner.isVisible() and window.banner_text != "", timeout=WAIT_MS)
        assert places() == before
        at = banner._button.mapTo(window, banner._button.rect().center())
        assert window.childAt(at) is banner._button, "it can be pressed"
        # All of it is read, from the first time on.
        qtbot.waitUntil(lambda: banner.height() >= banner.heightForWidth(banner.width()), timeout=WAIT_MS)
        assert misfits(banner) == []
        between.revive()
        click(banner._button)
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        assert not banner.isVisible()
        assert places() == before
        assert window.childAt(at) is not page.save_button
        page.form.discard()
        session.close()
