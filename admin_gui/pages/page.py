"""What every page is made of. README.md beside the package says how to write one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.client.events import Event
    from admin_gui.desk import Desk

MARGIN = 20
SPACING = 12


class Page(QWidget):
    """A page: made when it is first opened, gone when the connection ends."""

    # What it shows is there (or the words why not): pictures are taken then. Emit it after each load.
    ready = Signal()
    # The title has changed: "Customer 7" becomes "Example Ltd".
    titled = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.link = Link("")
        self.is_ready = False
        self.ready.connect(self._note_ready)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self._layout.setSpacing(SPACING)

    # What a page implements

    def title(self) -> str:
        """What stands over it."""
        raise NotImplementedError

    def show_link(self, link: Link) -> None:
        """Show what the link says: `link.target` (an id) and `link.query` (filters). Called at each visit."""
        self.refresh()

    def refresh(self) -> None:
        """Ask the appliance anew, in the background. Called when something may have been missed, and by F5."""

    def on_events(self, events: list[Event]) -> None:
        """What happened meanwhile, at most ten times a second, while the page is seen."""

    def commands(self) -> list[Command]:
        """What can be done here: in the command palette, the help overlay, and by its keys, while the page is seen."""
        return []

    def header_widgets(self) -> list[QWidget]:
        """What stands at the right of the title: the page's main buttons."""
        return []

    # What a page uses

    @cached_property
    def tools(self) -> QWidget:
        """Its main buttons side by side, for whoever shows the title."""
        strip = QWidget(self)
        line = QHBoxLayout(strip)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in self.header_widgets():
            line.addWidget(widget)
        return strip

    @property
    def content(self) -> QVBoxLayout:
        """Where its widgets go."""
        return self._layout

    def _note_ready(self) -> None:
        self.is_ready = True


def section_title(text: str) -> PlainLabel:
    """A heading within a page."""
    label = PlainLabel(text)
    label.setObjectName("sectionTitle")
    return label


def row(*widgets: QWidget, stretch_after: int | None = None) -> QHBoxLayout:
    """Widgets side by side; the free room goes behind the one with this number."""
    made = QHBoxLayout()
    made.setSpacing(8)
    for number, widget in enumerate(widgets):
        made.addWidget(widget)
        if number == stretch_after:
            made.addStretch(1)
    return made


def centred(widget: QWidget) -> QHBoxLayout:
    """A widget with a largest width in the middle, as wide as it may be."""
    made = QHBoxLayout()
    made.addStretch(1)
    made.addWidget(widget, 100)
    made.addStretch(1)
    return made
