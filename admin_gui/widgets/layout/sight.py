"""Bringing something into sight in whatever scrolls around it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


def bring_into_sight(widget: QWidget) -> None:
    """Scroll every part around it as far as needed.

    They are looked for from the windows down: see `KeyboardWindow` for what asking a widget for its parents does.
    """
    for window in QApplication.topLevelWidgets():
        if window.isAncestorOf(widget):
            for area in window.findChildren(QScrollArea):
                if area.isAncestorOf(widget):
                    area.ensureWidgetVisible(widget)
