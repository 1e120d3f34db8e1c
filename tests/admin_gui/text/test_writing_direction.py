"""Names that are written from the right, and signs that turn the order round: each side stays where it belongs."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextLayout
from pytestqt.qtbot import QtBot

from admin_gui.text.plain_text import from_to, isolated, visible
from admin_gui.widgets.elided_label import ElidedLabel


def places_of(text: str, *parts: str) -> list[float]:
    """How far from the left the middle of each of them is when Qt draws the text."""
    layout = QTextLayout(text)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(10_000)
    layout.endLayout()
    return [line.cursorToX(text.index(part) + len(part) // 2)[0] for part in parts]


@pytest.mark.parametrize("caller", ["+1 200", "שלום", "مكتب المحاسبة 12", "\u202e12345\u202c שלום"])
@pytest.mark.parametrize("called", ["+44 20", "שלום", "أحمد"])
def test_the_caller_stands_left_of_the_called_party(qtbot: QtBot, caller: str, called: str) -> None:
    text = visible(from_to(caller, called))
    before, after = text.split("→")
    left, arrow, right = places_of(text, before, "→", after)
    assert left < arrow < right
    assert text.replace("\u200e", "") == visible(f"{caller} → {called}")


@pytest.mark.parametrize("name", ["Lindgren AB", "שלום בע״מ", "\u202eevil\u202c <b>", "مكتب 12"])
def test_a_name_does_not_turn_our_sentence_round(qtbot: QtBot, name: str) -> None:
    text = f"{isolated(name)} has 1 unsaved change"
    left, number, right = places_of(text, isolated(name), "1 ", "change")
    assert left < number < right


def test_a_line_that_is_cut_shows_the_signs_that_turn_it_round(qtbot: QtBot) -> None:
    label = ElidedLabel("\u202e12345")
    qtbot.addWidget(label)
    label.resize(400, 30)
    assert label._shown() == "\ufffd12345"
    assert not label.is_cut
