"""Bringing something into sight in whatever scrolls around it."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget


def bring_into_sight(root: QWidget, widget: QWidget) -> None:
    """Scroll every part of `root` around the widget as far as needed."""
    for area in root.findChildren(QScrollArea):
        if area.isAncestorOf(widget):
            area.ensureWidgetVisible(widget)
