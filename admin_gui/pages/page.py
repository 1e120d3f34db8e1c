"""What every page is made of. README.md beside the package says how to write one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.spoken_labels import label_choices

if TYPE_CHECKING:
    from admin_gui.app_context import AppContext
    from admin_gui.appearance.colors import Tone
    from admin_gui.client.events import Event

MARGIN = 20
SPACING = 12


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What would be lost when its page goes: in words, how to save it (None: it cannot be), how to drop it."""

    description: str
    drop: Callable[[], object]
    # Saves it, and calls what it is given once it is saved; never when that was refused.
    save: Callable[[Callable[[], object]], object] | None = None
    # Another page may be looked at meanwhile: it is lost with the connection only. This is said there.
    stays: str = ""
    # It was sent, and is saved whatever is answered; `save` only waits for that.
    is_being_saved: bool = False
    # Nothing that was typed, but work that goes on: `drop` stops it.
    is_running: bool = False


class Page(QWidget):
    """A page: made when it is first opened, gone when the connection ends."""

    # What it shows is there (or the words why not): pictures are taken then. Emit it after each load.
    ready = Signal()
    # The title has changed: "Customer 7" becomes "Example Ltd".
    titled = Signal()
    # What `unsaved` tells has changed.
    edited = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.link = Link("")
        self.is_ready = False
        self.ready.connect(self._note_ready)
        self.titled.connect(self._name_scroll_areas)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self._layout.setSpacing(SPACING)

    # What a page implements

    def title(self) -> str:
        """What stands over it."""
        raise NotImplementedError

    def visit(self, link: Link) -> None:
        """Show what the link says, which is `self.link` by now. Called at each visit."""
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

    def unsaved(self) -> Unsaved | None:
        """What was typed and would be lost: the window asks before it goes anywhere else."""
        return None

    def leaves(self, link: Link) -> bool:
        """Whether to go there takes away what stands here."""
        return link.page != self.link.page

    def shows(self, link: Link) -> bool:
        """Whether what the link names is what is chosen here now: to be asked before something is done to it."""
        return True

    def draft(self) -> object | None:
        """What was typed, for when the connection is taken from us and comes back."""
        return None

    def restore(self, draft: Any) -> None:
        """Put a draft of an earlier connection back where it was typed."""

    # What the window does

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody may read what it says."""
        return is_looked_at(self)

    @final
    def keep_message(self, text: str, tone: Tone, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """What came of its work while nobody looked stands over it until somebody has read it."""
        banner = Banner(self.context.theme, self)

        def act(run: Callable[[], object] = lambda: None) -> None:
            banner.hide()
            banner.deleteLater()
            run()

        if action is None:
            banner.show_message(text, tone, (self.tr("Close"), act))
        else:
            banner.ask(text, (action[0], lambda: act(action[1])), tone)
        self._layout.insertWidget(0, banner)

    @final
    def show_link(self, link: Link) -> None:
        """Go where the link says."""
        self.is_ready = False
        self.link = link
        self.tools.ensurePolished()  # made by now: a button that is shown before it has a parent is a window
        self.visit(link)
        label_choices(self)
        self._name_scroll_areas()

    # What a page uses

    @property
    def is_seen(self) -> bool:
        """Whether it is the page that the window shows, also while the window itself is in the tray."""
        return self.isVisibleTo(self.window())

    @cached_property
    def tools(self) -> QWidget:
        """Its main buttons side by side, for whoever shows the title."""
        return self._make_tools()

    def _make_tools(self) -> QWidget:
        strip = QWidget(self)
        line = QHBoxLayout(strip)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addStretch(1)  # until the strip is narrower, too, none comes to stand where another has been
        for widget in self.header_widgets():
            line.addWidget(widget)
        return strip

    @property
    def content(self) -> QVBoxLayout:
        """Where its widgets go."""
        return self._layout

    def _name_scroll_areas(self) -> None:
        """The keyboard comes to what scrolls: there a screen reader tells where one is."""
        for area in self.findChildren(QScrollArea):
            area.setAccessibleName(self.title())

    def _note_ready(self) -> None:
        self.is_ready = True


def is_looked_at(part: QWidget) -> bool:
    """Whether somebody may read what a page, or a part of one, says."""
    return part.isVisible() and not part.window().isMinimized()
