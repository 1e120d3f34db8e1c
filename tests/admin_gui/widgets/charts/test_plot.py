"""What charts are drawn with is loaded where Qt is used: on the GUI thread."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QPainter, QPicture
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.text import formats
from admin_gui.widgets.charts.plot import Plot, Series
from admin_gui.widgets.charts.scale import NUMBER_STEPS, TIME_STEPS, WHOLE_STEPS, label_values
from tests.admin_gui.conftest import WAIT_MS

CHECKOUT = Path(__file__).parents[4]
# In a process of its own: in this one, another test may have loaded it already.
LOAD = "import sys; from admin_gui.widgets.charts import plot; plot._load(); print('pyqtgraph' in sys.modules)"


def test_the_thread_loads_nothing_that_touches_qt() -> None:
    """pyqtgraph walks through all of Qt's classes while it is loaded; beside the GUI thread that ended the process."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=CHECKOUT, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize(
    ("top", "steps", "labels"),
    [
        (1.15, WHOLE_STEPS, [0, 1]),
        (23, WHOLE_STEPS, [0, 10, 20]),
        (0.9, NUMBER_STEPS, [0, 0.5]),
        (172.5, TIME_STEPS, [0, 60, 120]),
        (9.2, TIME_STEPS, [0, 5]),
        (400_000, TIME_STEPS, [0, 133_333, 266_667, 400_000]),
    ],
)
def test_labels_are_round_and_few(top: float, steps: Sequence[float], labels: list[float]) -> None:
    assert label_values(top, steps) == pytest.approx(labels, abs=1)


def drawn_at_the_left(plot: Plot) -> list[str]:
    """From the bottom up."""
    picture = QPicture()
    painter = QPainter(picture)
    texts = plot._plot.getAxis("left").generateDrawSpecs(painter)[2]
    painter.end()
    return [text for _, _, text in texts]


def test_the_labels_reach_up_to_the_points(qtbot: QtBot, context: AppContext) -> None:
    """Every one of them is drawn: pyqtgraph leaves out what is wider than the axis."""
    plot = Plot(context, "Time to result", "line", formats.span, TIME_STEPS)
    qtbot.addWidget(plot)
    plot.resize(360, 240)
    plot.show()
    qtbot.waitUntil(lambda: plot.is_loaded, timeout=WAIT_MS)
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    starts = [noon + timedelta(hours=number) for number in range(24)]
    for seconds in (4.2, 45.0, 95.0, 150.0, 700.0, 5_400.0):
        plot.show_series(starts, 3600, (Series("", [None] * 23 + [seconds]),), formats.span(seconds))
        written = [text for _, text in plot.value_labels]
        qtbot.waitUntil(lambda words=written: drawn_at_the_left(plot) == words, timeout=WAIT_MS)  # it is laid out
        assert plot.value_labels[-1][0] >= seconds / 2
