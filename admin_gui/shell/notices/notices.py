"""Telling, put together for the window: what pops up, the tray, the settings, and what closing does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt

from admin_gui.app_context import Lasting
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.notices.wording import Notification
from admin_gui.shell.notices.announcer import Announcer, local_now
from admin_gui.shell.notices.closing import Closing
from admin_gui.shell.notices.lasting import LastingTroubles
from admin_gui.shell.notices.program_dialog import ProgramDialog
from admin_gui.shell.notices.second_start import SecondStart
from admin_gui.shell.notices.tray_icon import Tray
from admin_gui.shell.notices.tray_menu import TrayMenu
from admin_gui.shell.notices.unseen_work import UnseenWork
from admin_gui.text.plain_text import isolated

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate

# So long one of several may still be clicked.
KEPT = timedelta(days=1)
SETTINGS_KEYS = "Ctrl+Shift+N"


class Notices(QObject):
    """Nothing is told before `begin`."""

    def __init__(self, window: MainWindow, tray: Tray | None) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray or Tray(self)
        self._watch = window.appliances.watch
        # Desktops keep them, and do not say which of them is clicked.
        self._told: list[tuple[datetime, Notification]] = []
        self.announcer = Announcer(window.context.memory, self._names, self)
        self.announcer.told.connect(self._pop_up)
        self.lasting = LastingTroubles(self._watch, self.show_place, self)
        self.lasting.told.connect(self._let_last)
        self.unseen_work = UnseenWork(window, self)
        self.unseen_work.told.connect(self._tell_of_work)
        self.closing = Closing(window, self._tray, self.announcer)
        self.menu = TrayMenu(self, self._watch, self.announcer)
        self.quit = self.closing.quit
        self._second_start = SecondStart(window.context.memory.file, self)
        self._second_start.wanted.connect(self.come_forward)
        self._second_start.first.connect(self._begin)
        self._tray.opened.connect(self.come_forward)
        self._tray.message_clicked.connect(self._go_there)

    def begin(self) -> None:
        """Tell from now on; beside another one that runs and tells, as soon as that has ended."""
        self._second_start.begin()

    def _begin(self) -> None:
        self.announcer.begin()
        self._watch.looked.connect(self.announcer.take)
        self._watch.looked.connect(self.lasting.take)
        self._watch.changed.connect(self.lasting.tell)
        self._watch.changed.connect(self._show_state)
        self.announcer.settings_changed.connect(self.lasting.tell)
        self.announcer.settings_changed.connect(self._show_state)
        self._tray.begin(self.menu.menu)
        self._show_state()

    def end(self) -> None:
        """The program ends; one that waits reads what has been told so far."""
        self._window.context.memory.sync()
        self._second_start.end()
        self._tray.end()

    def commands(self) -> list[Command]:
        """What belongs to it, in the palette."""
        group, announcer = translate("MainWindow", "Program"), self.announcer
        return [
            Command(
                translate("notices", "Notifications, language and colours of the program"),
                self.open_settings,
                SETTINGS_KEYS,
                group,
                synonyms=" ".join(
                    (
                        translate("MainWindow", "Program"),
                        translate("palette", "what was told settings english german dark light"),
                        "English Deutsch Sprache language",  # also for who cannot read the present one
                    )
                ),
            ),
            Command(
                translate("notices", "Pause notifications for an hour"),
                announcer.pause,
                "",
                group,
                enabled=lambda: not announcer.is_paused,
            ),
            Command(
                translate("notices", "End the pause of notifications"),
                announcer.resume,
                "",
                group,
                enabled=lambda: announcer.is_paused,
            ),
        ]

    def open_settings(self) -> None:
        """What belongs to the program: what was told, and how it is to be."""
        self.come_forward()
        if self._window.findChild(ProgramDialog) is None:
            has_tray = self._tray.is_there
            dialog = ProgramDialog(self._window.context, self.announcer, self._names(), self._window, has_tray=has_tray)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.place_chosen.connect(self.show_place)
            dialog.open()

    def show_place(self, appliance: str, link: str) -> None:
        """Open the window there."""
        self.come_forward()
        profile = next((one for one in self._watch.profiles if one.url == appliance), None)
        if profile is not None:
            self._window.appliances.go(profile, Link.parse(link))

    def come_forward(self) -> None:
        """The window is to be seen again; what was told is seen in it."""
        self._told.clear()
        self.closing.come_forward()

    def _names(self) -> dict[str, str]:
        return {one.url: one.name for one in self._watch.profiles}

    def _let_last(self, troubles: list[Lasting]) -> None:
        self._window.context.troubles_last.emit(troubles if self.announcer.settings.are_on else [])

    def _pop_up(self, notification: Notification) -> None:
        self._told.append((datetime.now(UTC), notification))
        if self._tray.is_there:
            self._tray.say(notification.title, notification.text, notification.tone)
        else:
            lines = notification.text.split("\n")
            if all(line in self._window.status_line.lasting.text for line in lines):
                return  # it is said there, and lasts
            line = " · ".join(lines)
            self._window.context.say(f"{notification.title}: {line}", "bad" if notification.tone == "bad" else "info")

    def _tell_of_work(self, notification: Notification) -> None:
        """At the foot of the window it is said in any case."""
        settings = self.announcer.settings
        if self._tray.is_there and settings.are_on and not settings.are_quiet(local_now()):
            self._pop_up(notification)

    def _go_there(self) -> None:
        """To the place, where it is clear which: of several it may be any that was clicked."""
        since = datetime.now(UTC) - KEPT
        told = [one for at, one in self._told if at >= since]
        appliances = {one.appliance for one in told}
        places = {(one.appliance, one.link) for one in told}
        if len(places) == 1:
            self.show_place(*places.pop())
        elif len(appliances) == 1:
            self.show_place(appliances.pop(), "overview")
        else:
            self.come_forward()
            lines = [f"{isolated(one.title)}: {one.text}".replace("\n", " · ") for one in reversed(told)]
            if lines:
                self._window.context.say(" · ".join(dict.fromkeys(lines)))

    def _show_state(self) -> None:
        self.menu.update()
        self._tray.show_state(self.menu.state, self.menu.sentence)
