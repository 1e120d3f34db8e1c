"""What choices are called, for screen readers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from admin_gui.widgets.plain_label import PlainLabel


def label_choices(root: QWidget) -> None:
    """Give each choice without a label of its own one that is not seen, with its accessible name.

    On Linux Qt tells of a choice what is chosen ("All states") and leaves its name ("State") to the label beside it.
    The field of one that can be typed into is told as a control of its own, and is called the same.
    """
    for choice in root.findChildren(QComboBox):
        beside, name = choice.parentWidget(), choice.accessibleName()
        if beside is None or not name:
            continue
        field = choice.lineEdit()
        if field is not None:
            field.setAccessibleName(name)
        labels = beside.findChildren(PlainLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not any(label.buddy() is choice for label in labels):
            label = PlainLabel(name, beside)
            label.setBuddy(choice)
            label.hide()
