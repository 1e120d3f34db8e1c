"""What nobody sees cannot be typed: a name reads while it is typed as it reads in the lists."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from admin_gui.pages.customers.form import FormField


@pytest.fixture
def field(qtbot: QtBot) -> FormField:
    made = FormField("Company", QLineEdit())
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_sign_that_turns_the_order_round_is_left_out_and_named(field: FormField) -> None:
    assert isinstance(field.editor, QLineEdit)
    QApplication.clipboard().setText("abc\u202egnp.exe")
    field.editor.setText("  tail")
    field.editor.setCursorPosition(0)
    QTest.keyClick(field.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.editor.text() == "abcgnp.exe  tail"
    assert field.editor.cursorPosition() == len("abcgnp.exe")
    assert "U+202E" in field.problem


def test_the_cursor_stays_where_it_was_behind_signs_that_qt_counts_twice(field: FormField) -> None:
    assert isinstance(field.editor, QLineEdit)
    QApplication.clipboard().setText("\U0001f600\U0001f600 a\u202eb")
    field.editor.setText("tail")
    field.editor.setCursorPosition(0)
    QTest.keyClick(field.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field.editor, "!")
    assert field.editor.text() == "\U0001f600\U0001f600 ab!tail"


@pytest.mark.parametrize("name", ["Lindgren AB", "שלום בע״מ", "مكتب المحاسبة", "Müller & Söhne"])
def test_names_of_all_scripts_are_typed_as_they_are(field: FormField, name: str) -> None:
    assert isinstance(field.editor, QLineEdit)
    QApplication.clipboard().setText(name)
    QTest.keyClick(field.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.editor.text() == name
    assert field.problem == ""


def test_what_stands_there_already_is_no_change(field: FormField) -> None:
    field.set_value("abc\u202egnp.exe")
    assert field.value == "abc\u202egnp.exe"
