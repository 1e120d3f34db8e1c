"""Whether the desktop program stays smooth: 100,000 calls in its table, 200 events a second, a long call that plays.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.gui [--calls 100000] [--events 200] [--seconds 30] [--player]

A process of its own answers as the API does (pages of calls, the event stream), so that nothing but the program is
measured. The program shows its calls page, pages through all calls, then follows the events, first at the top of the
table, then while one scrolls, then while one sorts by one column after the other; then, all paged in, in an order. Last
it plays a call of two hours (`gui_player.py`), to a sound device that nobody hears.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Theme
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.profiles import Memory
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.program import freeze_garbage_collector
from admin_gui.widgets.table.paged_table import PagedTable
from tests.benchmarks import virtual_sink
from tests.benchmarks.gui_api import Api
from tests.benchmarks.gui_loop import TICK_MS, Phases, wait
from tests.benchmarks.gui_player import listen
from tests.benchmarks.virtual_sink import VirtualSink

FIRST_WINDOW = """
import os, sys, time
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QEventLoop, QTimer
from pathlib import Path
application = QApplication([])
from admin_gui.shell import program
from admin_gui.app_context import AppContext
from admin_gui.local_storage.profiles import Memory
from admin_gui.appearance.theme import Theme
from admin_gui.shell.main_window import MainWindow
context = AppContext(Memory(Path(sys.argv[1])), Theme("light"))
window = MainWindow(context)
window.show()
loop = QEventLoop()
QTimer.singleShot(0, loop.quit)
loop.exec()
window.grab()
print(time.process_time(), *(name for name in ("torch", "duckdb") if name in sys.modules))
context.close()
"""


class Sorts:
    """Somebody who clicks on a heading each second, and again only when the table stands in the order asked for."""

    COLUMNS = (2, 0, 6)  # the caller, when it was received, the customer

    def __init__(self, table: PagedTable) -> None:
        self.count = 0
        self.longest_seconds = 0.0
        self._view = table.view
        self._began = 0.0  # 0: it stands in the order asked for
        table.loaded.connect(self._done)
        self._clicks = QTimer()
        self._clicks.setInterval(1000)
        self._clicks.timeout.connect(self._click)

    def begin(self) -> None:
        self._view.selectRow(100)
        self._click()
        self._clicks.start()

    def end(self) -> None:
        self._clicks.stop()
        wait(30, lambda: not self._began)

    def _click(self) -> None:
        if self._began:
            return
        self._began = time.perf_counter()
        column = self.COLUMNS[self.count % len(self.COLUMNS)]
        turn = self.count // len(self.COLUMNS) % 2
        self.count += 1
        self._view.sortByColumn(column, (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)[turn])

    def _done(self) -> None:
        if self._began:
            self.longest_seconds = max(self.longest_seconds, time.perf_counter() - self._began)
            self._began = 0.0


def run(url: str, chosen: argparse.Namespace, folder: Path, sink: VirtualSink | None) -> None:
    """The program itself."""
    application = QApplication.instance() or QApplication([])
    context = AppContext(Memory(folder / "settings.ini"), Theme("light"))
    freeze_garbage_collector(context)
    window = MainWindow(context)
    window.resize(1280, 800)
    window.show()
    phases = Phases()
    phases.measure("idle, without an appliance", chosen.seconds)
    window.open(Connection(url, "token"), "benchmark")
    wait(30, lambda: window.page is not None)
    follow(window, phases, chosen)
    listen(window, phases, chosen.seconds, sink)
    print(f"gaps in ms from tick to tick, {TICK_MS} of them the timer's own by the clock")
    window.close()
    context.close()
    application.processEvents()


def follow(window: MainWindow, phases: Phases, chosen: argparse.Namespace) -> None:
    """The table of all calls; with `--player` it is filled, and that is all."""
    seconds = chosen.seconds
    window.go("calls")
    page = window.page
    assert isinstance(page, CallsPage)
    wait(30, lambda: page.is_ready)
    table, model = page.table, page.table.model

    def load_all() -> None:
        scroll = QTimer()
        scroll.setInterval(10)
        scroll.timeout.connect(table.view.scrollToBottom)
        scroll.start()
        wait(600, lambda: model.is_complete)

    phases.measure(f"paging through {chosen.calls} calls", 0.5, load_all)
    table.view.scrollToTop()
    if chosen.player:
        return
    phases.measure("following at the top", seconds)
    pages = QTimer()
    pages.setInterval(50)
    bar = table.view.verticalScrollBar()
    pages.timeout.connect(lambda: bar.setValue((bar.value() + 37) % max(1, bar.maximum())))
    pages.start()
    phases.measure("following while one scrolls", seconds)
    pages.stop()
    sorts = Sorts(table)
    phases.measure("following while one sorts", seconds, sorts.begin)
    sorts.end()
    phases.measure(f"paging through {chosen.calls} sorted calls", 0.5, load_all)
    phases.measure("following while it is sorted", seconds)
    print(f"{sorts.count} sorts, the longest {sorts.longest_seconds:.1f} s from the click to the new order")
    print(f"rows {model.rowCount()}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=200, help="a second")
    parser.add_argument("--seconds", type=float, default=30, help="of each phase")
    parser.add_argument("--player", action="store_true", help="of the table no more than what the player needs")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first = subprocess.run(
            [sys.executable, "-c", FIRST_WINDOW, folder / "first.ini"], capture_output=True, text=True, check=True
        )
        seconds, *unwanted = first.stdout.split()
        print(f"first window: {float(seconds):.2f} s of CPU; loaded and unwanted: {unwanted or 'nothing'}")
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        server = context.Process(target=Api(chosen.calls, chosen.events).serve, args=(theirs,), daemon=True)
        server.start()
        stack.callback(server.join)
        stack.callback(server.kill)
        sink = stack.enter_context(VirtualSink(folder)) if virtual_sink.is_there() else None
        run(f"http://127.0.0.1:{ours.recv()}", chosen, folder, sink)
    return 0


if __name__ == "__main__":
    sys.exit(main())
