"""The icon beside the clock, where the desktop has a place for one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from admin_gui.appearance.colors import LIGHT, Tone
from admin_gui.models.notices.standing import State
from admin_gui.text.plain_text import plain_tooltip, unmarked
from admin_gui.widgets import icons

MESSAGE_MS = 15_000


class Tray(QObject):
    """None: what the window has unless it is given another one. Tests put theirs in its place."""

    opened = Signal()  # the icon was clicked
    message_clicked = Signal()

    @property
    def is_there(self) -> bool:
        """Whether there is an icon that one can come back by."""
        return False

    def begin(self, menu: QMenu) -> None:
        """Show the icon, with this menu."""

    def show_state(self, state: State, text: str) -> None:
        """In a colour and a sentence."""

    def say(self, title: str, text: str, tone: Tone) -> None:
        """Let it pop up."""

    def end(self) -> None:
        """Take the icon away."""


class SystemTray(Tray):
    """Qt's."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = QSystemTrayIcon(self)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.message_clicked)

    @property
    def is_there(self) -> bool:
        return self._icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def begin(self, menu: QMenu) -> None:
        self.show_state(State.UNASKED, "")
        self._icon.setContextMenu(menu)
        # A panel that starts after the program is given the icon then.
        self._icon.show()

    def show_state(self, state: State, text: str) -> None:
        tone = state.tone
        # The bar may be light or dark, whatever our theme is: the dark colours have white on them.
        color = LIGHT.accent if tone == "good" else LIGHT.tone(tone)
        self._icon.setIcon(icons.program_icon(color, tone))
        self._icon.setToolTip(plain_tooltip(unmarked(text)))

    def say(self, title: str, text: str, tone: Tone) -> None:
        kinds = {"bad": QSystemTrayIcon.MessageIcon.Critical, "warn": QSystemTrayIcon.MessageIcon.Warning}
        kind = kinds.get(tone, QSystemTrayIcon.MessageIcon.Information)
        self._icon.showMessage(unmarked(title), unmarked(text), kind, MESSAGE_MS)

    def end(self) -> None:
        self._icon.hide()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
