"""What came of long work while nobody looked: it waits on its page, and the tray tells of it if no window is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import Came, Offer
from admin_gui.appearance.colors import Tone
from admin_gui.models.notices.wording import Notification
from admin_gui.pages.page import Page

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate

_TONES: dict[str, Tone] = {"good": "good", "info": "calm"}


class UnseenWork(QObject):
    """Of one window. `told` with a Notification while the window is hidden or minimised."""

    told = Signal(object)

    def __init__(self, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        window.context.long_work_told.connect(self._tell)

    def _tell(self, came: Came) -> None:
        page = _page_of(came.owner)
        is_away = self._window.isHidden() or self._window.isMinimized()
        if page is None or not (is_away or _is_hidden(came.owner)):
            return
        tone = _TONES.get(came.kind, "warn")
        text = came.text if tone == "good" else f"{came.title}: {came.text}"
        page.keep_message(text, tone, _action(came))
        connection = self._window.context.session.connection
        if is_away and connection is not None:
            place = str(page.link)
            name = self._window.context.session.name
            self.told.emit(Notification(title=name, text=text, tone=tone, appliance=connection.url, link=place))


def _action(came: Came) -> tuple[str, Callable[[], object]] | None:
    if came.offer is None:
        return None
    if isinstance(came.offer, Offer):
        return came.offer.words, came.offer.run
    return translate("ManyAtOnce", "Take back what was done"), came.offer


def _is_hidden(owner: QObject) -> bool:
    return isinstance(owner, QWidget) and not owner.isVisible()


def _page_of(owner: QObject | None) -> Page | None:
    while owner is not None and not isinstance(owner, Page):
        owner = owner.parent()
    return owner
