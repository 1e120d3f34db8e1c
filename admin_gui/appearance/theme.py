"""How it looks: one accent colour, calm greys, light and dark as the system is."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from admin_gui.appearance.colors import DARK, LIGHT, Colors
from admin_gui.appearance.stylesheet import stylesheet

Mode = Literal["system", "light", "dark"]


class Theme(QObject):
    """The present colours; `changed` when the system turns from light to dark, or the user does."""

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self.colors = LIGHT
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._follow()

    def _follow(self) -> None:
        if self._wanted() is not self.colors:
            self._apply()
            self.changed.emit()

    def _wanted(self) -> Colors:
        if self._mode != "system":
            return DARK if self._mode == "dark" else LIGHT
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT

    def _apply(self) -> None:
        self.colors = self._wanted()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            if application.style().objectName().lower() != "fusion":
                application.setStyle("Fusion")
            wanted = stylesheet(self.colors)
            if application.styleSheet() != wanted:  # every widget that there is would be looked at again for nothing
                application.setPalette(palette(self.colors))
                application.setStyleSheet(wanted)


def palette(colors: Colors) -> QPalette:
    """Qt's palette of a theme: what no style sheet reaches is painted from it."""
    made = QPalette()
    role = QPalette.ColorRole
    for place, color in {
        role.Window: colors.window,
        role.WindowText: colors.text,
        role.Base: colors.surface,
        role.AlternateBase: colors.window,
        role.Text: colors.text,
        role.PlaceholderText: colors.muted,
        role.Button: colors.surface,
        role.ButtonText: colors.text,
        role.BrightText: colors.bad,
        role.Highlight: colors.selection,
        role.HighlightedText: colors.text,
        role.Link: colors.accent,
        role.LinkVisited: colors.accent,
        role.ToolTipBase: colors.surface,
        role.ToolTipText: colors.text,
        role.Light: colors.surface,
        role.Midlight: colors.hover,
        role.Mid: colors.border,
        role.Dark: colors.border,
        role.Shadow: colors.border,
        role.Accent: colors.accent,
    }.items():
        made.setColor(place, QColor(color))
    for place in (role.Text, role.WindowText, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, place, QColor(colors.muted))
    return made
