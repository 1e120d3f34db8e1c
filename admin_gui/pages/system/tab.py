"""What the tabs of the system's page are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.pages.page import SPACING, Unsaved
from admin_gui.session import Snapshot


class SystemTab(QWidget):
    """One tab: made when it is first opened."""

    ready = Signal()  # its data, or the words why not, is shown
    edited = Signal()  # what `unsaved` tells has changed
    moved = Signal(object)  # it shows something else now (a filter was set): the Link to that

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(0, SPACING, 0, 0)
        self.outer.setSpacing(SPACING)

    def show_link(self, link: Link) -> None:
        """At each visit; the default refreshes."""
        self.refresh()

    def refresh(self) -> None:
        """Ask anew, in the background."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """What the appliance says of itself every few seconds."""

    def on_events(self, events: list[Event]) -> None:
        """What happened meanwhile, while the tab is seen."""

    def commands(self) -> list[Command]:
        """What can be done here."""
        return []

    @property
    def chosen_name(self) -> str | None:
        """How a link names what is chosen here; None where nothing is."""
        return None

    def unsaved(self) -> Unsaved | None:
        """What would be lost with the connection."""
        return None

    def scrolled(self) -> QVBoxLayout:
        """A column that scrolls when it is longer than the window."""
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(SPACING)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.outer.addWidget(area, 1)
        return column
