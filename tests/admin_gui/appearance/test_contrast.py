"""The theme is measured as WCAG 2.2 does: text 4.5 to 1 (1.4.3), what bounds a field 3 to 1 (1.4.11)."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QStackedWidget, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import DARK, LIGHT, Colors, Tone
from admin_gui.appearance.theme import Theme
from admin_gui.models.table.columns import Column
from admin_gui.pages.page import Page
from admin_gui.shell.stale_overlay import StaleOverlay
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar
from tests.admin_gui.conftest import WAIT_MS

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
# What text stands on: pages, cards and fields, the sidebar, rows that are selected or pointed at.
GROUNDS = ("window", "surface", "sunken", "selection", "hover")
TEXTS = ("text", "muted", "accent", "good", "warn", "bad")
# What fields stand on.
FIELD_GROUNDS = ("window", "surface", "sunken")
TEXT_CONTRAST, EDGE_CONTRAST = 4.5, 3.0


def luminance(color: QColor) -> float:
    """From 0 (black) to 1 (white)."""
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: QColor, second: QColor) -> float:
    """From 1 (the same) to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(above: QColor, ground: QColor) -> QColor:
    """What is seen of a colour that lets the ground through."""
    share = above.alphaF()
    mixed = [
        a * share + g * (1 - share)
        for a, g in zip(above.getRgbF()[:3], ground.getRgbF()[:3], strict=True)  # type: ignore[index]
    ]
    return QColor.fromRgbF(*mixed)


@THEMES
def test_text_can_be_read_on_everything_that_it_stands_on(colors: Colors) -> None:
    faint = {
        f"{text} on {ground}": round(found, 2)
        for text, ground in product(TEXTS, GROUNDS)
        if (found := contrast(QColor(getattr(colors, text)), QColor(getattr(colors, ground)))) < TEXT_CONTRAST
    }
    assert faint == {}
    assert contrast(QColor(colors.on_accent), QColor(colors.accent)) >= TEXT_CONTRAST, "main buttons"


@THEMES
def test_states_can_be_read_on_their_wash_in_a_selected_row_too(colors: Colors) -> None:
    faint = {
        f"{tone} on {ground}": round(found, 2)
        for tone, ground in product(get_args(Tone), GROUNDS)
        if (found := contrast(QColor(colors.tone(tone)), over(colors.wash(tone), QColor(getattr(colors, ground)))))
        < TEXT_CONTRAST
    }
    assert faint == {}


@THEMES
def test_the_edge_of_a_field_can_be_seen(colors: Colors) -> None:
    found = {ground: contrast(QColor(colors.edge), QColor(getattr(colors, ground))) for ground in FIELD_GROUNDS}
    assert {ground: round(one, 2) for ground, one in found.items() if one < EDGE_CONTRAST} == {}
    assert contrast(QColor(colors.accent), QColor(colors.surface)) >= EDGE_CONTRAST, "of the one with the keyboard"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_edge_is_painted_so(qtbot: QtBot, mode: str) -> None:
    """The style sheet uses it: measured on the picture of a field."""
    theme = Theme(mode)  # type: ignore[arg-type]
    field = QLineEdit()
    field.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # with the keyboard it would have another edge
    qtbot.addWidget(field)
    field.setFixedSize(120, 30)
    with qtbot.waitExposed(field, timeout=WAIT_MS):
        field.show()
    edge = field.grab().toImage().pixelColor(60, 0)
    assert edge == QColor(theme.colors.edge)


SAMPLE = 20  # pixels


class Samples(QWidget):
    """Pairs of a text's colour and of what it stands on: each a square, half of this and half of that."""

    def __init__(self, pairs: list[tuple[QColor, QColor]]) -> None:
        super().__init__()
        self.pairs = pairs
        self.setMinimumSize(SAMPLE * len(pairs), SAMPLE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for place, (text, ground) in enumerate(self.pairs):
            painter.fillRect(place * SAMPLE, 0, SAMPLE // 2, self.height(), text)
            painter.fillRect(place * SAMPLE + SAMPLE // 2, 0, SAMPLE // 2, self.height(), ground)
        painter.end()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_page_that_is_out_of_date_can_be_read_and_is_marked(qtbot: QtBot, context: AppContext, mode: str) -> None:
    """Its texts as they are seen through what lies over it, from edge to edge of the page."""
    context.theme.set_mode(mode)  # type: ignore[arg-type]
    colors = context.theme.colors
    pairs = [
        (QColor(getattr(colors, text)), QColor(getattr(colors, ground))) for text, ground in product(TEXTS, GROUNDS)
    ]
    grounds = [(tone, QColor(getattr(colors, ground))) for tone, ground in product(get_args(Tone), GROUNDS)]
    pairs += [(QColor(colors.tone(tone)), over(colors.wash(tone), ground)) for tone, ground in grounds]
    samples, page, stack = Samples(pairs), Page(context), QStackedWidget()
    page.content.addWidget(samples, 1)
    stack.addWidget(page)
    qtbot.addWidget(stack)
    overlay = StaleOverlay(context.theme, stack)
    with qtbot.waitExposed(stack, timeout=WAIT_MS):
        stack.show()
    fresh = stack.grab().toImage()
    overlay.show()
    image = stack.grab().toImage()
    at = samples.mapTo(stack, samples.rect().topLeft())
    faint = {}
    for place, y in product(range(len(pairs)), range(at.y(), at.y() + samples.height())):
        x = at.x() + place * SAMPLE
        found = contrast(image.pixelColor(x + SAMPLE // 4, y), image.pixelColor(x + 3 * SAMPLE // 4, y))
        if found < TEXT_CONTRAST:
            faint[tuple(one.name() for one in pairs[place])] = round(found, 2)
    assert faint == {}
    line = range(0, at.x())
    marks = [contrast(image.pixelColor(x, y), fresh.pixelColor(x, y)) for x in line for y in range(at.y(), 60)]
    assert max(marks) >= EDGE_CONTRAST, "nobody would see that it is old"


@pytest.fixture
def numbers(qtbot: QtBot, context: AppContext) -> PagedTable:
    """Three rows in two columns; nothing is selected."""
    columns = [Column[int]("number", "Number", str), Column[int]("square", "Square", lambda row: str(row * row))]
    table = PagedTable(context, "numbers", "Numbers", columns, lambda row: row, empty=("calls", "Nothing", "yet"))
    SelectionBar(context, table)  # where several can be selected, the keyboard can be on one that is not
    qtbot.addWidget(table)
    table.resize(500, 300)
    table.model.set_rows([1, 2, 3])
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow, timeout=WAIT_MS)
    return table


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("selected", [False, True])
def test_the_row_that_the_keyboard_is_on_can_be_seen(
    qtbot: QtBot, context: AppContext, numbers: PagedTable, mode: str, selected: bool
) -> None:
    """Measured on the picture: each edge of the row against what is above it and in it, before and after a step."""
    context.theme.set_mode(mode)  # type: ignore[arg-type]
    view = numbers.view
    numbers.search.setFocus()
    qtbot.waitUntil(lambda: not view.hasFocus(), timeout=WAIT_MS)
    without = view.viewport().grab().toImage()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=WAIT_MS)
    view.put_keyboard_on(1, select=selected)
    QTest.keyClick(
        view, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier if selected else Qt.KeyboardModifier.ControlModifier
    )
    assert bool(view.selected()) is selected
    assert numbers.current() == 2
    image = view.viewport().grab().toImage()
    rows = [view.visualRect(view.model().index(row, 0)) for row in range(3)]
    right = view.viewport().width() - 1
    for x in (rows[1].center().x(), right - 20):
        inside = image.pixelColor(x, rows[1].top() + 4)
        for y in (rows[1].top(), rows[1].bottom()):
            assert contrast(image.pixelColor(x, y), inside) >= EDGE_CONTRAST, (x, y)
            assert contrast(image.pixelColor(x, y), without.pixelColor(x, y)) >= EDGE_CONTRAST, (
                "it came with the keyboard"
            )
    middle = rows[1].center().y()
    assert contrast(image.pixelColor(0, middle), image.pixelColor(4, middle)) >= EDGE_CONTRAST
    assert contrast(image.pixelColor(right, middle), image.pixelColor(right - 4, middle)) >= EDGE_CONTRAST
    assert image.pixelColor(rows[0].center().x(), rows[0].top()) == without.pixelColor(
        rows[0].center().x(), rows[0].top()
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", [QTableWidget, QListWidget])
def test_a_list_that_has_the_keyboard_and_no_rows_has_a_ring(
    qtbot: QtBot, mode: str, kind: type[QAbstractItemView]
) -> None:
    colors = Theme(mode).colors  # type: ignore[arg-type]
    around = QWidget()
    qtbot.addWidget(around)
    view = kind(around)
    view.setGeometry(20, 20, 200, 100)
    around.resize(240, 140)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow, timeout=WAIT_MS)
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=WAIT_MS)
    edge = view.grab().toImage().pixelColor(100, 0)
    assert min(contrast(edge, QColor(ground)) for ground in (colors.window, colors.surface)) >= EDGE_CONTRAST
