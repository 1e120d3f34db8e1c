"""Python's collector of reference cycles, on the GUI thread alone.

By itself it runs on whichever thread has just allocated something. Where it takes away a QTimer or a scene beside the
GUI thread, the process dies of that later, in Qt's event loop.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 1000


class GuiThreadCollector(QObject):
    """Does what the automatic collector would do, by Python's own thresholds; that one is switched off."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(self.collect_what_is_due)
        timer.start(LOOK_EVERY_MS)

    def collect_what_is_due(self) -> None:
        """The oldest generation that is due, with all that are younger."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if 0 < thresholds[generation] < counts[generation]:
                gc.collect(generation)
                return
