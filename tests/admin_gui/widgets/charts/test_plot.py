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
from admin_gui.widgets.charts.drawn_series import LONE_POINT, POINT, Series
from admin_gui.widgets.charts.plot import Plot
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


def drawn_at(plot: Plot, side: str) -> list[str]:
    """From the bottom up, or from the left."""
    picture = QPicture()
    painter = QPainter(picture)
    texts = plot._plot.getAxis(side).generateDrawSpecs(painter)[2]
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
        qtbot.waitUntil(lambda words=written: drawn_at(plot, "left") == words, timeout=WAIT_MS)  # it is laid out
        assert plot.value_labels[-1][0] >= seconds / 2


@pytest.fixture
def line(qtbot: QtBot, context: AppContext) -> Plot:
    plot = Plot(context, "Time to result", "line", formats.span, TIME_STEPS)
    qtbot.addWidget(plot)
    plot.resize(360, 240)
    plot.show()
    qtbot.waitUntil(lambda: plot.is_loaded, timeout=WAIT_MS)
    return plot


def lines_of(plot: Plot) -> list[list[float]]:
    """The values of each line that is drawn."""
    return [list(item.getData()[1]) for item in plot._plot.getPlotItem().listDataItems() if hasattr(item, "curve")]


def test_where_nothing_was_measured_the_line_ends_and_a_lone_point_is_seen(qtbot: QtBot, line: Plot) -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    starts = [noon + timedelta(hours=number) for number in range(7)]
    line.show_series(starts, 3600, (Series("", [4.0, 5.0, None, None, 9.0, None, 3.0]),), "")
    assert lines_of(line) == [[4.0, 5.0], [9.0], [3.0]]
    sizes = [item.opts["symbolSize"] for item in line._plot.getPlotItem().listDataItems() if hasattr(item, "curve")]
    assert sizes == [POINT, LONE_POINT, LONE_POINT]
    assert hatched(line) == [starts[place].timestamp() for place in (2, 3, 5)]


def hatched(plot: Plot) -> list[float]:
    """Where the buckets begin of which nothing is known."""
    items = plot._plot.getPlotItem().items
    gaps = [
        one
        for one in items
        if getattr(one, "opts", {}).get("brush") and "x0" in one.opts and one.opts["x0"] is not None
    ]
    return [time for one in gaps for time in one.opts["x0"]]


def test_a_gap_is_told_in_words(qtbot: QtBot, line: Plot) -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    starts = [noon + timedelta(hours=number) for number in range(24)]
    line.show_series(starts, 3600, (Series("", [4.0, None] * 12),), "")
    line._tell(1)
    assert line.reading.endswith("no data")
    assert line.accessibleDescription() == line.reading
    line._tell(0)
    assert line.reading.endswith("4 s")


def test_every_name_below_is_drawn(qtbot: QtBot, line: Plot) -> None:
    """pyqtgraph leaves out what has no room."""
    for begin in (5, 11, 16, 22):
        first = datetime(2026, 11, 27, begin, tzinfo=UTC)
        starts = [first + timedelta(hours=number) for number in range(24)]
        line.show_series(starts, 3600, (Series("", [4.0] * 24),), "")
        wanted = [text for _, text in line._ticks()]
        assert len(wanted) >= 3
        assert all(int(text[:2]) % 3 == 0 and text.endswith(":00") for text in wanted)
        qtbot.waitUntil(lambda texts=wanted: drawn_at(line, "bottom") == texts, timeout=WAIT_MS)
