"""What the look at windows finds: a look that finds nothing would let every page pass."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.fitting import misfits


@pytest.fixture
def labels(qtbot: QtBot) -> tuple[QWidget, PlainLabel, PlainLabel]:
    """A window with two labels side by side, in a row within its layout."""
    window, one, other = QWidget(), PlainLabel("one"), PlainLabel("other")
    line = QHBoxLayout()
    line.addWidget(one)
    line.addWidget(other)
    QVBoxLayout(window).addLayout(line)
    qtbot.addWidget(window)
    window.resize(400, 100)
    with qtbot.waitExposed(window, timeout=WAIT_MS):
        window.show()
    return window, one, other


def test_what_fits_is_no_misfit(labels: tuple[QWidget, PlainLabel, PlainLabel]) -> None:
    assert misfits(labels[0]) == []


def test_what_lies_over_its_neighbour_in_an_inner_layout_is_found(
    labels: tuple[QWidget, PlainLabel, PlainLabel],
) -> None:
    window, one, other = labels
    other.setGeometry(one.geometry())
    (found,) = misfits(window)
    assert "overlap" in found


def test_a_label_that_is_cut_is_found(labels: tuple[QWidget, PlainLabel, PlainLabel]) -> None:
    window, one, _ = labels
    one.setGeometry(QRect(one.x(), one.y(), 4, one.height()))
    (found,) = misfits(window)
    assert " has 4 of " in found


def test_what_no_layout_holds_may_lie_over_others(labels: tuple[QWidget, PlainLabel, PlainLabel]) -> None:
    window, one, _ = labels
    above = PlainLabel("above", window)
    above.setGeometry(one.geometry())
    above.show()
    assert misfits(window) == []
