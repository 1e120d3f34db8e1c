"""The window that all pages are in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.events import Event
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import CertificateChanged
from admin_gui.commands import CommandBook
from admin_gui.discovery import Discovery
from admin_gui.links import History, Link
from admin_gui.pages.connect.certificate_changed_page import CertificateChangedPage
from admin_gui.pages.connect.connect_page import ConnectPage
from admin_gui.pages.page import MARGIN, Page
from admin_gui.pages.page_ahead import PageAhead
from admin_gui.pages.registry import entry_of
from admin_gui.session import Situation, State
from admin_gui.shell.appliances.appliances import Appliances
from admin_gui.shell.keyboard_window import KeyboardWindow
from admin_gui.shell.loading_indicator import LoadingIndicator
from admin_gui.shell.notices.notices import SETTINGS_KEYS, Notices
from admin_gui.shell.notices.tray_icon import Tray
from admin_gui.shell.page_header import PageHeader
from admin_gui.shell.palette.keys_overlay import KeysOverlay
from admin_gui.shell.palette.opener import PaletteOpener
from admin_gui.shell.sidebar import Sidebar
from admin_gui.shell.stale_overlay import StaleOverlay
from admin_gui.shell.status_line import StatusLine
from admin_gui.shell.unsaved_guard import UnsavedGuard
from admin_gui.shell.window_commands import first_page, window_commands
from admin_gui.text import error_messages, formats
from admin_gui.text.plain_text import visible
from admin_gui.widgets import icons
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.layout.at_the_foot import AtTheFoot

TITLE = "vBot Administration"
FIRST_SIZE = QSize(1280, 800)
SMALLEST_SIZE = QSize(780, 540)  # within 800 by 600, with a frame and a bar around it


class MainWindow(KeyboardWindow):
    """Sidebar, pages, status line. Pages are made when they are first opened, and gone when the connection ends."""

    page_shown = Signal(object)  # the page that one came to

    def __init__(self, context: AppContext, discovery: Discovery | None = None, tray: Tray | None = None) -> None:
        super().__init__()
        self.context = context
        self._history = History()
        self._pages: dict[str, Page] = {}
        self._ahead = PageAhead(context, self)
        self._connection: Connection | None = None
        self.setWindowTitle(TITLE)
        self._restore_size()
        self.commands = CommandBook(self, lambda: context.session.may_change, context.say_barred)
        self.sidebar = Sidebar(context.theme, context.memory)
        self.sidebar.chosen.connect(context.go)
        self.sidebar.add_button(self.tr("Commands"), "commands", self.open_palette, "Ctrl+K")
        self.sidebar.add_button(self.tr("Program"), "program", self.open_notifications, SETTINGS_KEYS)
        self.disconnect_button = self.sidebar.add_button(
            self.tr("Disconnect"), "plug", self.leave_appliance, "Ctrl+Shift+D"
        )
        self._banner = Banner(context.theme)
        self.unsaved_guard = UnsavedGuard(context, self._pages, lambda: self.page, self)
        self.unsaved_guard.held.connect(self._light_page)
        self._palette = PaletteOpener(self)
        self.header = PageHeader(context.theme)
        self.header.back.connect(self.go_back)
        self.header.forward.connect(self.go_forward)
        self.connect_page = ConnectPage(context, discovery)
        self.connect_page.connecting.connect(self._open)
        self.certificate_page = CertificateChangedPage(context.theme)
        self.certificate_page.left.connect(context.session.close)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.connect_page)
        self._stack.addWidget(self.certificate_page)
        self.stale_overlay = StaleOverlay(context.theme, self._stack)
        self.loading_indicator = LoadingIndicator(context, self._stack)
        self._at_the_foot = AtTheFoot(self._banner, self._stack)
        self._lay_out()
        self.status_line = StatusLine(context)
        self.setStatusBar(self.status_line)
        context.navigation_requested.connect(self._go)
        context.theme.changed.connect(self._paint_icons)
        session = context.session
        session.changed.connect(self._situation_changed)
        session.connected.connect(self._connected)
        session.ended.connect(self._ended)
        session.resync_needed.connect(self._anew)
        session.events.connect(self._pass_events)
        self.appliances = Appliances(self, self.sidebar.switcher)
        self.notices = Notices(self, tray)
        self.commands.add(*window_commands(self), *self.notices.commands())
        self._paint_icons()
        self._situation_changed(session.situation)

    # What tests and pictures ask

    @property
    def connection_text(self) -> str:
        """What the status line says about the connection."""
        return self.status_line.connection_text

    @property
    def page(self) -> Page | None:
        """The page that is seen, if it is one of an appliance's."""
        current = self._stack.currentWidget()
        return current if isinstance(current, Page) else None

    @property
    def banner_text(self) -> str:
        """What the strip over the page says, or nothing."""
        return self._banner.text if self._banner.isVisibleTo(self) else ""

    # Going

    def go(self, place: str) -> None:
        """Open a page, as `context.go` does."""
        self.context.go(place)

    def open(self, connection: Connection, name: str) -> None:
        """Connect to an appliance."""
        self._open(connection, name)
        self.connect_page.expect(connection, name)

    def _open(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self.context.session.open(connection, name)

    def _go(self, link: Link, instead: bool) -> None:
        if not self.context.session.is_connected:
            return
        if instead:
            here = self._history.here
            if here is not None and here.page == link.page:  # it may have been left meanwhile
                self._history.replace(link)
                self.header.look_at(self._history)
            return
        if entry_of(link.page) is None:
            self.context.say(self.tr("There is no page “%1”").replace("%1", link.page), "bad")
            return
        self.unsaved_guard.go(lambda: self._visit(link), link)

    def _visit(self, link: Link) -> None:
        self._history.visit(link)
        self._show(link)

    def go_back(self) -> None:
        self._step(self._history.behind, self._history.back)

    def go_forward(self) -> None:
        self._step(self._history.ahead, self._history.forward)

    def _step(self, link: Link | None, step: Callable[[], Link | None]) -> None:
        if link is not None:
            self.unsaved_guard.go(lambda: self._show(step() or link), link)

    def _show(self, link: Link) -> None:
        entry = entry_of(link.page)
        if entry is None:
            return
        page = self._pages.get(entry.name)
        if page is None:
            page = self._ahead.make(entry)
            page.titled.connect(self.show_title)
            self.unsaved_guard.watch(page)
            self._pages[entry.name] = page
            self._stack.addWidget(page)
        self.status_line.move_to(link)
        page.show_link(link)
        self._stack.setCurrentWidget(page)
        self.sidebar.light(entry.section)
        self.header.show_page(page)
        self.commands.show_page(page.commands())
        self.show_title()
        self.header.look_at(self._history)
        page.setFocus()
        self.unsaved_guard.give_back(self._connection, page)
        self.page_shown.emit(page)
        self._ahead.begin()

    def leave_appliance(self) -> None:
        """Disconnect."""
        self.unsaved_guard.disconnect_(self.context.session.close)

    def _light_page(self) -> None:
        """The sidebar lights what was clicked; here it is what is seen that counts."""
        entry = None if self.page is None else entry_of(self.page.link.page)
        if entry is not None:
            self.sidebar.light(entry.section)

    def show_title(self) -> None:
        """What is seen, and of which appliance."""
        page = self.page
        if page is not None:
            self.header.show_title(page.title())
            self.setWindowTitle(visible(f"{page.title()} – {self.context.session.name}"))

    def refresh(self) -> None:
        """The page that is seen asks anew."""
        if self.page is not None:
            self.page.refresh()
        self.context.session.poll_now()

    # The connection

    def _situation_changed(self, situation: Situation) -> None:
        connected = self.context.session.is_connected
        self.sidebar.setVisible(connected)
        self.stale_overlay.setVisible(situation.state is State.STALE)
        if situation.state is State.STALE:
            since = formats.short_moment(situation.since)
            why = "" if situation.error is None else error_messages.message_of(situation.error)
            text = self.tr("What is shown here is from %1 and may be out of date.").replace("%1", since)
            self._banner.show_message(f"{text} {why}", "warn", (self.tr("Try now"), self.context.session.poll_now))
        else:
            self._banner.clear()
        if situation.state in (State.CERTIFICATE_CHANGED, State.REFUSED):
            self.unsaved_guard.keep_drafts(self._connection)
            if self._connection is not None:
                self._history.put_aside(self._connection.url)
        if situation.state is State.CERTIFICATE_CHANGED and isinstance(situation.error, CertificateChanged):
            self.certificate_page.show_change(self.context.session.name, situation.error)
            self._stack.setCurrentWidget(self.certificate_page)
            self._forget_pages()
        elif situation.state in (State.REFUSED, State.DISCONNECTED, State.CONNECTING):
            self._show_connect_page()
            self._forget_pages()

    def _connected(self) -> None:
        url = "" if self._connection is None else self._connection.url
        here = self._history.take_back(url)
        if self.page is None:
            typed = self.unsaved_guard.where_a_draft_waits(self._connection, here)
            self.context.go(typed or here or first_page(self.context))

    def _ended(self) -> None:
        self._show_connect_page()
        self._forget_pages()

    def _show_connect_page(self) -> None:
        if self._stack.currentWidget() is self.connect_page:
            return
        self._stack.setCurrentWidget(self.connect_page)
        # It chose its field while it was hidden, and what is hidden cannot have the keyboard.
        self.connect_page.setFocus()

    def _forget_pages(self) -> None:
        """Nothing of one appliance is ever seen beside another's name.

        None of them is seen by now: the next one would come into sight, and ask an appliance that is not there.
        """
        self.unsaved_guard.pages_go()
        self.status_line.forget_undo()
        self.commands.show_page([])
        self.header.show_page(None)
        for page in self._pages.values():
            self.context.calls.forget(page)
            for timer in page.findChildren(QTimer):
                timer.stop()  # until it is deleted it must not ask anybody any more
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._ahead.forget()
        self._history.clear()
        self.setWindowTitle(TITLE)

    def _anew(self) -> None:
        """What is seen asks again; the other pages do when they are opened."""
        page = self.page
        if page is not None:
            page.refresh()

    def _pass_events(self, events: list[Event]) -> None:
        page = self.page
        if page is not None:
            page.on_events(events)

    # The window itself

    def open_palette(self) -> None:
        self._palette.open()

    def open_notifications(self) -> None:
        self.notices.open_settings()

    def open_keys(self) -> None:
        KeysOverlay(self.commands, self).open()

    def focus_fallback(self) -> QWidget | None:
        return self.page

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.sidebar.fit(self.width())

    def quit(self) -> None:
        """End the program, also where the close button would leave it in the tray."""
        self.notices.quit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self.notices.closing.stays():
            event.ignore()
            return
        if not self.unsaved_guard.may_close(self.quit):
            event.ignore()
            if self.isMinimized() or self.isHidden():
                self.notices.come_forward()
            return
        self.context.memory.remember_state("window", self.saveGeometry())
        self.context.memory.sync()
        super().closeEvent(event)

    def _restore_size(self) -> None:
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(FIRST_SIZE)
        geometry = self.context.memory.state("window")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def _lay_out(self) -> None:
        over = QVBoxLayout()
        over.setContentsMargins(MARGIN, 12, MARGIN, 0)
        over.addWidget(self.unsaved_guard.bar)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(over)
        right.addWidget(self.header)
        right.addWidget(self._stack, 1)
        middle = QWidget()
        both = QHBoxLayout(middle)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.sidebar)
        both.addLayout(right, 1)
        self.setCentralWidget(middle)

    def _paint_icons(self) -> None:
        self.setWindowIcon(icons.program_icon(self.context.theme.colors.accent))
