"""The layouts that pages and widgets are put together of."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_gui.widgets.plain_label import PlainLabel


def section_title(text: str) -> PlainLabel:
    """A heading within a page."""
    label = PlainLabel(text)
    label.setObjectName("sectionTitle")
    return label


def keep_place(widget: QWidget, *, kept: bool = True) -> None:
    """While it is hidden its place stays empty: nothing else comes to stand under the pointer."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(kept)
    widget.setSizePolicy(policy)


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
