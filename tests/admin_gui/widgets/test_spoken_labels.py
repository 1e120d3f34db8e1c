"""A choice is called by what it is for, and so is the field in it."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.widgets.spoken_labels import label_choices


def names_of_labels(choice: QWidget) -> list[str]:
    relations = QAccessible.queryAccessibleInterface(choice).relations()
    return [other.text(QAccessible.Text.Name) for other, kind in relations if kind & QAccessible.RelationFlag.Label]


def test_a_choice_gets_its_name_as_a_label(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    layout = QVBoxLayout(root)
    named, unnamed, typed = QComboBox(), QComboBox(), QComboBox()
    named.setAccessibleName("State")
    typed.setAccessibleName("Customer")
    typed.setEditable(True)
    for one in (named, unnamed, typed):
        layout.addWidget(one)
    root.show()

    for _visit in range(2):
        label_choices(root)

    assert [names_of_labels(one) for one in (named, unnamed, typed)] == [["State"], [], ["Customer"]]
    assert [field.accessibleName() for field in typed.findChildren(QLineEdit)] == ["Customer"]
