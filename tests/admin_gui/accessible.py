"""What a screen reader is told of a control: Qt's accessibility tree, as it goes to AT-SPI, UI Automation or macOS."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSlider,
    QTabBar,
    QWidget,
)

ROLE, TEXT = QAccessible.Role, QAccessible.Text
LABEL = QAccessible.RelationFlag.Label
BUTTONS = {ROLE.PushButton, ROLE.ButtonMenu, ROLE.ButtonDropDown}
ROLES: dict[type[QWidget], set[QAccessible.Role]] = {
    QLineEdit: {ROLE.EditableText},
    QPlainTextEdit: {ROLE.EditableText},
    QComboBox: {ROLE.ComboBox},
    QAbstractSpinBox: {ROLE.SpinBox},
    QAbstractItemView: {ROLE.Table, ROLE.List},
    QTabBar: {ROLE.PageTabList},
    QSlider: {ROLE.Slider},
}


def controls(root: QWidget) -> Iterator[QWidget]:
    """What the keyboard comes to, but for the fields within others, and what merely scrolls."""
    for widget in (root, *root.findChildren(QWidget)):
        within = isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox) and isinstance(widget, QLineEdit)
        scrolls = isinstance(widget, QScrollArea) or widget.focusProxy() is not None
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes and widget.isVisible() and widget.isEnabled() and not within and not scrolls:
            yield widget


def name_of(control: QWidget) -> str:
    """What it is called, by itself or by the label that belongs to it.

    The name of a choice is what is chosen, wherever AT-SPI is: there its label says what for.
    """
    interface = QAccessible.queryAccessibleInterface(control)
    labels = [other.text(TEXT.Name) for other, relation in interface.relations() if relation & LABEL]
    if labels:
        return " ".join(labels)
    return "" if isinstance(control, QComboBox) else interface.text(TEXT.Name)


def role_of(control: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(control).role()


def faults(control: QWidget) -> Iterator[str]:
    """What a screen reader would be told wrongly, or not at all."""
    if not name_of(control).strip():
        yield "has no name"
    role = role_of(control)
    if role not in roles_of(control):
        yield f"is told as {role.name}"


def roles_of(control: QWidget) -> set[QAccessible.Role]:
    """Those that fit."""
    if isinstance(control, QAbstractButton):
        if not control.isCheckable():
            return BUTTONS
        group = control.group()
        one_of_several = control.autoExclusive() or (group is not None and group.exclusive())
        return {ROLE.RadioButton} if one_of_several else {ROLE.CheckBox}
    fitting = next((roles for kind, roles in ROLES.items() if isinstance(control, kind)), None)
    # One of our own: anything but what Qt says of a widget that it knows nothing of.
    return set(ROLE) - {ROLE.NoRole, ROLE.Client, ROLE.Border, ROLE.Pane} if fitting is None else fitting
