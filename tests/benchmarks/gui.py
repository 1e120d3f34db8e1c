"""Whether the desktop program stays smooth: 100,000 calls in its table, 200 events a second.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.gui [--calls 100000] [--events 200] [--seconds 30]

A process of its own answers as the API does (pages of calls, the event stream), so that nothing but the program is
measured. The program shows its calls page, pages through all calls, then follows the events, first at the top of the
table, then while one scrolls, then while one sorts by one column after the other; and last, all paged in, in an order.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import msgspec
from aiohttp import web
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Theme
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.profiles import Memory
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.program import freeze_garbage_collector
from admin_gui.widgets.table.paged_table import PagedTable

TICK_MS = 4
SHARES = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0))
NOW = datetime.now(UTC)
STATES = ("received", "queued", "processing", "completed")
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


def call(number: int, state: str = "completed") -> dict[str, object]:
    """One call, as a list shows it."""
    received = NOW + timedelta(seconds=number)
    return {
        "call_id": f"00000000-0000-4000-8000-{number:012}",
        "customer_id": number % 40 + 1,
        "caller_number": f"+4930{number:07}",
        "called_number": "+4940654321",
        "external_id": None,
        "revision": 1,
        "state": state,
        "received_at": received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "started_at": None,
        "finished_at": None,
        "duration_seconds": 61.5,
        "error": None,
        "sentiment": "neutral",
        "summary": "The caller asks when the delivery will come; it is promised for Friday.",
    }


class Api:
    """What the program asks for."""

    def __init__(self, calls: int, events_per_second: int) -> None:
        self._calls = calls
        self._per_second = events_per_second
        self._next = calls
        self._sorted: list[int] = []

    def serve(self, pipe: Pipe) -> None:
        asyncio.run(self._serve(pipe))

    async def _serve(self, pipe: Pipe) -> None:
        application = web.Application()
        application.router.add_get("/health", self._health)
        application.router.add_get("/api/customers", lambda _: _json({"customers": []}))
        application.router.add_get("/api/backups/{name}", lambda _: _json({"message": "Resource not found"}, 404))
        application.router.add_get("/api/system", lambda _: _json({"version": "1"}))
        application.router.add_get("/api/stats", self._stats)
        application.router.add_get("/api/calls", self._page)
        application.router.add_get("/api/events", self._events)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        while True:
            await asyncio.sleep(3600)

    async def _health(self, _request: web.Request) -> web.Response:
        return await _json({"status": "healthy", "version": "1", "timestamp": "2026-11-24T12:00:00Z"})

    async def _stats(self, _request: web.Request) -> web.Response:
        moment = "2026-11-24T12:00:00Z"
        return await _json({"since": moment, "until": moment, "bucket": "hour", "rows": [], "totals": {}})

    async def _page(self, request: web.Request) -> web.Response:
        if "sort" in request.query:
            return await self._sorted_page(request)
        start = int(request.query.get("cursor", self._next))
        numbers = range(start - 1, max(start - 1 - int(request.query["limit"]), -1), -1)
        after = numbers[-1] if numbers else 0
        return await _json({"calls": [call(one) for one in numbers], "next_cursor": str(after) if after else None})

    async def _sorted_page(self, request: web.Request) -> web.Response:
        """Sorted once for all pages of an order; of a call, numbers and moments rise with its own number."""
        start, limit = int(request.query.get("cursor", 0)), int(request.query["limit"])
        if start == 0:
            by_customer = request.query["sort"] == "company_name"
            self._sorted = sorted(
                range(self._next),
                key=lambda number: (str(number % 40 + 1) if by_customer else "", number),
                reverse=request.query["order"] == "desc",
            )
        rows = [call(number) for number in self._sorted[start : start + limit]]
        end = start + len(rows)
        return await _json({"calls": rows, "next_cursor": str(end) if end < len(self._sorted) else None})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        await reply.write(b"id: b-0\n\n")
        sent, began = 0, time.monotonic()
        while True:
            due = int((time.monotonic() - began) * self._per_second)
            frames = b"".join(self._frame(number) for number in range(sent, due))
            if frames:
                await reply.write(frames)
            sent = due
            await asyncio.sleep(0.02)

    def _frame(self, number: int) -> bytes:
        """Each new call goes through its states, so that a quarter of the events are new rows."""
        state = STATES[number % len(STATES)]
        if state == STATES[0]:
            self._next += 1
        body = msgspec.json.encode(call(self._next - 1, state))
        return b"id: b-%d\nevent: call\ndata: %b\n\n" % (number + 1, body)


async def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


class Ticks:
    """How long the GUI thread was away between two ticks of a timer: by the clock, and by its own CPU time.

    On a machine that does other things as well, only the second is the program's own doing.
    """

    def __init__(self) -> None:
        self._gaps: list[tuple[float, float]] = []
        self._last = (0.0, 0.0)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start()

    def end(self) -> str:
        self._timer.stop()
        told = []
        for name, gaps in zip(("clock", "cpu"), zip(*self._gaps, strict=True), strict=True):
            ordered = sorted(gaps)
            told.append(f"{name} " + " ".join(f"{label} {_share(ordered, share):5.1f}" for label, share in SHARES))
        return "   ".join(told)

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self._gaps.append(((now[0] - self._last[0]) * 1000, (now[1] - self._last[1]) * 1000))
        self._last = now


def _share(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _memory_mb() -> float:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait(seconds: float, done: Callable[[], bool] = lambda: False) -> None:
    """Let the program run for so long, or until it is done."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    watch = QTimer()
    watch.setInterval(20)

    def look() -> None:
        if done():
            loop.quit()

    watch.timeout.connect(look)
    watch.start()
    loop.exec()


def measured(title: str, seconds: float, run: Callable[[], None] = lambda: None) -> None:
    """Run a phase, print its gaps and how memory changed in it."""
    ticks, before = Ticks(), _memory_mb()
    ticks.begin()
    run()
    wait(seconds)
    print(f"{title:32} {ticks.end()}  memory {before:.0f} → {_memory_mb():.0f} MB", flush=True)


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


def follow(url: str, seconds: float, calls: int, folder: Path) -> None:
    """The program itself."""
    application = QApplication.instance() or QApplication([])
    context = AppContext(Memory(folder / "settings.ini"), Theme("light"))
    freeze_garbage_collector(context)
    window = MainWindow(context)
    window.resize(1280, 800)
    window.show()
    window.open(Connection(url, "token"), "benchmark")
    wait(30, lambda: window.page is not None)
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

    measured(f"paging through {calls} calls", 0.5, load_all)
    table.view.scrollToTop()
    measured("following at the top", seconds)
    pages = QTimer()
    pages.setInterval(50)
    bar = table.view.verticalScrollBar()
    pages.timeout.connect(lambda: bar.setValue((bar.value() + 37) % max(1, bar.maximum())))
    pages.start()
    measured("following while one scrolls", seconds)
    pages.stop()
    sorts = Sorts(table)
    measured("following while one sorts", seconds, sorts.begin)
    sorts.end()
    measured(f"paging through {calls} sorted calls", 0.5, load_all)
    measured("following while it is sorted", seconds)
    print(f"{sorts.count} sorts, the longest {sorts.longest_seconds:.1f} s from the click to the new order")
    print(f"rows {model.rowCount()}; gaps in ms from tick to tick, {TICK_MS} of them the timer's own by the clock")
    window.close()
    context.close()
    application.processEvents()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=200, help="a second")
    parser.add_argument("--seconds", type=float, default=30, help="of each phase")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = subprocess.run(
            [sys.executable, "-c", FIRST_WINDOW, folder / "first.ini"], capture_output=True, text=True, check=True
        )
        seconds, *unwanted = first.stdout.split()
        print(f"first window: {float(seconds):.2f} s of CPU; loaded and unwanted: {unwanted or 'nothing'}")
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        server = context.Process(target=Api(chosen.calls, chosen.events).serve, args=(theirs,), daemon=True)
        server.start()
        try:
            follow(f"http://127.0.0.1:{ours.recv()}", chosen.seconds, chosen.calls, folder)
        finally:
            server.kill()
            server.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
