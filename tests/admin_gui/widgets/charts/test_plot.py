"""What charts are drawn with is loaded where Qt is used: on the GUI thread."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[4]
# In a process of its own: in this one, another test may have loaded it already.
LOAD = "import sys; from admin_gui.widgets.charts import plot; plot._load(); print('pyqtgraph' in sys.modules)"


def test_the_thread_loads_nothing_that_touches_qt() -> None:
    """pyqtgraph walks through all of Qt's classes while it is loaded; beside the GUI thread that ended the process."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
