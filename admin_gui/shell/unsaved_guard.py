"""Going away from what was typed, or from work that goes on: not out of the program without a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext, LongTask
from admin_gui.client.transport.connection import Connection
from admin_gui.links import Link
from admin_gui.pages.page import Page, Unsaved
from admin_gui.shell.drafts import Drafts
from admin_gui.shell.unsaved_bar import Leaving, UnsavedBar


class UnsavedGuard(QObject):
    """Asks the pages what would be lost, and the user what shall become of it."""

    held = Signal()  # somebody was about to go, and is asked first

    def __init__(
        self, context: AppContext, pages: Mapping[str, Page], seen: Callable[[], Page | None], parent: QObject
    ) -> None:
        """`pages` by their names, as they come and go; `seen`: the one that is seen."""
        super().__init__(parent)
        self._context = context
        self._pages = pages
        self._seen = seen
        self._drafts = Drafts()
        self._typed: Callable[[], Unsaved | None] = self._lost_typed  # what the question is about, as it stands now
        self._running: list[LongTask] = []
        context.long_task.connect(self._begun)
        self.bar = UnsavedBar(context)
        self.bar.stayed.connect(self._stay)
        self.bar.saves.connect(self._saves)
        self._keyboard: QWidget | None = None  # where it was as somebody was asked

    def go(self, go_on: Callable[[], object], link: Link) -> None:
        """Go there, after a question if something that was typed would be lost by it; of what stays it is said."""
        page, unsaved = self._seen(), self._left_by(link)
        if page is not None and unsaved is not None and unsaved.stays:
            left = page.link
            self.bar.clear()
            go_on()
            self._context.say_aside(unsaved.stays, left)
        else:
            self._unless_lost(lambda: self._left_by(link), Leaving.PAGE, go_on)

    def disconnect_(self, go_on: Callable[[], object]) -> None:
        """The same when all pages go."""
        self._unless_lost(self._lost_with_pages, Leaving.APPLIANCE, go_on)

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the program may end; if not, it is asked, and `close` is called after the answer."""
        unsaved = self._lost_with_pages() or self._drafts.unsaved()
        if unsaved is not None:
            self._typed = self._lost_typed
            self._ask(unsaved, Leaving.PROGRAM, close)
        return unsaved is None

    def watch(self, page: Page) -> None:
        """Somebody may save or discard in the page instead of answering."""
        page.edited.connect(self._look)

    def pages_go(self) -> None:
        """Nobody is asked any more."""
        self.bar.clear()

    def keep_drafts(self, connection: Connection | None) -> None:
        """The connection is taken from us, and nobody can be asked."""
        self._drafts.keep(connection, self._pages.values())

    def where_a_draft_waits(self, connection: Connection | None, here: Link | None) -> Link | None:
        """What was typed before for this appliance belongs there; `here` is where one was at last."""
        return self._drafts.link_of_one(connection, here) if self._context.session.may_change else None

    def give_back(self, connection: Connection | None, page: Page) -> None:
        """What was typed before in this page, which is shown again; what is typed in it by now is left alone."""
        if self._context.session.may_change and page.draft() is None:
            draft = self._drafts.given_back(connection, page.link)
            if draft is not None:
                page.restore(draft)

    def _unless_lost(self, lost: Callable[[], Unsaved | None], leaving: Leaving, go_on: Callable[[], object]) -> None:
        unsaved = lost()
        if unsaved is None:
            self.bar.clear()
            go_on()
        else:
            self.held.emit()
            # Where one page is left, the others stay, with what is in them.
            self._typed = lost if leaving is Leaving.PAGE else self._lost_typed
            self._ask(unsaved, leaving, lambda: self._unless_lost(lost, leaving, go_on))

    def _ask(self, unsaved: Unsaved, leaving: Leaving, go_on: Callable[[], object]) -> None:
        page = self._seen()
        if not self.bar.is_asking:
            self._keyboard = None if page is None else page.focusWidget()
        self.bar.ask_about(unsaved, leaving, go_on)

    def _left_by(self, link: Link) -> Unsaved | None:
        page = self._seen()
        return page.unsaved() if page is not None and page.leaves(link) else None

    def _lost_with_pages(self) -> Unsaved | None:
        return self._lost_typed() or self._lost_work()

    def _lost_typed(self) -> Unsaved | None:
        return next((found for page in self._pages.values() if (found := page.unsaved()) is not None), None)

    def _lost_work(self) -> Unsaved | None:
        """An export of many calls, say: what it has not done yet is not done when the connection goes."""
        if not self._running:
            return None
        told = self.tr("Not finished: %1. What the appliance has begun it finishes; the rest will not be done.")
        titles = ", ".join(f"“{task.title}”" for task in self._running)
        return Unsaved(told.replace("%1", titles), self._stop_work, is_running=True)

    def _stop_work(self) -> None:
        for task in list(self._running):
            task.stop()

    def _begun(self, task: LongTask) -> None:
        if not task.is_lost:
            return
        self._running.append(task)
        task.finished.connect(lambda: self._ended(task))

    def _ended(self, task: LongTask) -> None:
        self._running.remove(task)
        self._look()

    def _look(self) -> None:
        unsaved = self._lost_work() if self.bar.asks_of_work else self._typed()
        if unsaved is None:
            if self.bar.is_asking:
                self.bar.clear()
        elif self.bar.waits and not unsaved.is_being_saved:
            self.bar.ask_again(unsaved)  # it was refused: who has not read that yet finds the question where it was

    def _saves(self) -> None:
        """The question stays in its place until that is answered."""
        unsaved = self._typed()
        if unsaved is not None and unsaved.is_being_saved:
            self.bar.ask_again(unsaved)
        else:
            self.bar.clear()  # its page has a question of its own, or says why not

    def _stay(self) -> None:
        page, keyboard = self._seen(), self._keyboard
        if page is None:
            return
        is_there = keyboard is not None and shiboken6.isValid(keyboard) and page.isAncestorOf(keyboard)
        if keyboard is not None and is_there and keyboard.isVisible() and keyboard.isEnabled():
            keyboard.setFocus()
        else:
            page.setFocus()
