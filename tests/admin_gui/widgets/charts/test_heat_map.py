"""The week of hours: what was not measured is not told as nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.appearance.colors import LIGHT
from admin_gui.appearance.theme import Theme
from admin_gui.widgets.charts.heat_map import HOURS, HeatMap, cell_box, paint_cells

NOTHING = [[0] * HOURS for _ in range(7)]


class Painted(QPainter):
    """Notes what is written, and where."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.hours: list[tuple[str, QRectF]] = []

    def drawText(self, box: QRectF, flags: int, text: str) -> None:  # type: ignore[override]  # noqa: N802
        if text.isdigit():
            self.hours.append((text, self.boundingRect(box, flags, text)))
        super().drawText(box, flags, text)


def test_an_hour_that_the_time_does_not_have_is_told_as_that(qtbot: QtBot) -> None:
    chart = HeatMap(Theme("light"))
    qtbot.addWidget(chart)
    chart.resize(500, 180)
    chart.show()
    chart.show_counts(NOTHING, {(0, 9)})
    told: list[str] = []
    chart.read.connect(told.append)
    chart._point_at((0, 9))
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert told == ["Mon 09:00–10:00   0", "Mon 10:00–11:00   no data"]
    assert chart.accessibleDescription() == told[-1]


def test_it_looks_other_than_one_without_calls(qtbot: QtBot) -> None:
    image = QImage(500, 180, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    cells = paint_cells(painter, QRectF(image.rect()), NOTHING, LIGHT, {(0, 9)})
    painter.end()
    measured, other = (image.copy(cell_box(cells, one).toRect().adjusted(2, 2, -2, -2)) for one in ((0, 9), (0, 10)))
    assert measured != other


@pytest.mark.parametrize("points", [7, 9, 14, 20])
def test_hours_are_round_and_none_is_written_over_another(qtbot: QtBot, points: int) -> None:
    for width in (240, 360, 900):
        image = QImage(width, 260, QImage.Format.Format_RGB32)
        painter = Painted(image)
        font = painter.font()
        font.setPointSize(points)
        painter.setFont(font)
        paint_cells(painter, QRectF(image.rect()), NOTHING, LIGHT)
        painter.end()
        assert {int(text) % 3 for text, _ in painter.hours} == {0}
        assert len(painter.hours) >= 2
        boxes = [box for _, box in painter.hours]
        assert not any(left.intersects(right) for left, right in pairwise(boxes)), width
