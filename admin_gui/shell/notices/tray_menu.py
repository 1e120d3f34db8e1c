"""The menu of the icon beside the clock: what is wrong now, one click from its place, and quiet for an hour."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QMenu

from admin_gui.local_storage.profiles import Profile
from admin_gui.models.notices.standing import State, worst
from admin_gui.models.notices.troubles import Trouble
from admin_gui.shell.appliances.watch import ApplianceWatch
from admin_gui.shell.notices.announcer import Announcer
from admin_gui.text import formats
from admin_gui.text.plain_text import isolated, plain_button

if TYPE_CHECKING:
    from admin_gui.shell.notices.notices import Notices

translate = QCoreApplication.translate

MOST_TROUBLES = 8
LONGEST = 90


class TrayMenu(QObject):
    """Made anew when something in it changes: some desktops copy it, and never ask again."""

    def __init__(self, notices: Notices, watch: ApplianceWatch, announcer: Announcer) -> None:
        super().__init__(notices)
        self._notices = notices
        self._watch = watch
        self._announcer = announcer
        self.menu = QMenu()
        self._shown: list[str] | None = None

    def update(self) -> None:
        """As it stands now."""
        lines = self._lines()
        shown = [text for text, _run in lines]
        if shown == self._shown:
            return
        self._shown = shown
        self.menu.clear()
        for text, run in lines:
            if not text:
                self.menu.addSeparator()
                continue
            action = self.menu.addAction(plain_button(text))
            if run is None:
                action.setEnabled(False)
            else:
                action.triggered.connect(lambda _checked=False, run=run: run())

    @property
    def state(self) -> State:
        """The worst of all."""
        return worst(self._watch.standing(one.url) for one in self._watch.profiles)

    @property
    def sentence(self) -> str:
        """For the tooltip: each appliance in a line, those that need somebody first."""
        standings = [(one, self._watch.standing(one.url)) for one in self._watch.profiles]
        if not standings:
            return translate("notices", "No appliance is known yet")
        ordered = sorted(standings, key=lambda pair: -pair[1].state)
        lines = [f"{isolated(one.name)}: {standing.text}" for one, standing in ordered[:MOST_TROUBLES]]
        return "\n".join(lines)

    def _lines(self) -> list[tuple[str, Callable[[], object] | None]]:
        notices = self._notices
        troubles = self._troubles()
        made: list[tuple[str, Callable[[], object] | None]] = [
            (translate("notices", "Open the window"), notices.come_forward),
            ("", None),
        ]
        for profile, trouble in troubles[:MOST_TROUBLES]:
            text = f"{isolated(profile.name)}: {trouble.text}"
            shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
            made.append((shown, partial(notices.show_place, profile.url, trouble.link)))
        if len(troubles) > MOST_TROUBLES:
            more = formats.number(len(troubles) - MOST_TROUBLES)
            made.append((translate("notices", "and %1 more").replace("%1", more), notices.come_forward))
        if not troubles:
            made += [(text, None) for text in self._well_words()]
        return [
            *made,
            ("", None),
            self._pause_line(),
            (translate("notices", "Notifications …"), notices.open_settings),
            ("", None),
            (translate("MainWindow", "Quit"), notices.quit),
        ]

    def _troubles(self) -> list[tuple[Profile, Trouble]]:
        found = [
            (profile, trouble)
            for profile in self._watch.profiles
            for trouble in self._watch.standing(profile.url).troubles
            if trouble.begins
        ]
        return sorted(found, key=lambda pair: pair[1].tone != "bad")

    def _well_words(self) -> list[str]:
        if self.state is State.UNASKED:
            return [translate("notices", "No appliance has been asked yet")]
        unasked = [one.name for one in self._watch.profiles if not self._watch.standing(one.url).is_known]
        if not unasked:
            return [translate("health", "All is well")]
        names = ", ".join(isolated(name) for name in unasked)
        text = translate("notices", "Not asked: %1").replace("%1", names)
        shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
        return [shown, translate("notices", "The others are well")]

    def _pause_line(self) -> tuple[str, Callable[[], object] | None]:
        until = self._announcer.settings.paused_until
        if until is None or not self._announcer.is_paused:
            return translate("notices", "Pause notifications for an hour"), self._announcer.pause
        text = translate("notices", "Notifications pause until %1: resume now")
        return text.replace("%1", formats.time_of_day(until)), self._announcer.resume
