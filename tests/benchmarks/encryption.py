"""What the encryption of the database costs: opening, searches, pages and the intake of calls, beside a plain file.

    python -m tests.benchmarks.encryption [--calls 100000] [--rounds 40]

The plain file is a copy of the same content. The two take turns, so that a busy machine is busy for both, and the
processor time, which does not depend on who else is at work, stands beside the time by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from appliance.services.calls.history import History
from appliance.storage.attached_database import copy_into
from appliance.storage.database import Database
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.opening import locked, new_cursor
from appliance.storage.tables.call_filter import CallFilter
from tests.benchmarks.filled_history import fill
from tests.support.appliance import vbot
from tests.support.database_file import keys_beside
from tests.support.parts import Clocks, Parts

ALL = CallFilter()
INTAKE = 40


class Times:
    """What one thing took, in milliseconds by the clock and of this process's time."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.cpu: list[float] = []

    def begin(self) -> Callable[[], None]:
        clock, cpu = time.perf_counter(), time.process_time()

        def end() -> None:
            self.clock.append((time.perf_counter() - clock) * 1000)
            self.cpu.append((time.process_time() - cpu) * 1000)

        return end


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]


def plain_copy(folder: DataFolder, target: Path) -> DataFolder:
    """A data folder with the same database, plain."""
    copy = DataFolder(target)
    copy.create()
    key = keys_beside(folder.database).of(folder.database)
    with (
        closing(locked(folder.database, key=key, beside=[target])) as connection,
        new_cursor(connection, key) as cursor,
    ):
        copy_into(cursor, copy.database)
    return copy


class Box:
    """One of the two, opened anew for each round: nothing of it is in DuckDB's memory."""

    def __init__(self, folder: DataFolder, keys: Keys, database_keys: DatabaseKeys | None) -> None:
        self._folder = folder
        self._keys = keys
        self._database_keys = database_keys
        self.taken: dict[str, Times] = {}

    async def round(self, number: int) -> None:
        end = self._begin("opening")
        database = Database.open(self._folder.database, existing=True, keys=self._database_keys)
        end()
        with closing(database):
            await self._round(Parts(self._folder, database, Clocks(), self._keys), number)

    async def _round(self, box: Parts, number: int) -> None:
        history = History(box.database, box.recordings)
        for name, text in (
            ("q of a frequent word", "router password"),
            ("q of no word, 10,000 calls", f"no such words {number}"),
            ("the same again, in memory", f"nor such words {number}"),
        ):
            await self._time(name, lambda text=text: history.calls(ALL, None, 50, text))
        await self._time("page of 500", lambda: history.calls(ALL, None, 500))
        customer = await box.customer()
        for _ in range(INTAKE):
            await self._time("intake of a call", lambda: box.submitted(customer))

    async def _time(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        end = self._begin(name)
        await work()
        end()

    def _begin(self, name: str) -> Callable[[], None]:
        return self.taken.setdefault(name, Times()).begin()


def told(encrypted: Box, plain: Box) -> None:
    print(
        f"{'ms, encrypted and plain':32}    p50            p95           cpu p50          cpu p95       ratios of cpu"
    )
    for name, ours in encrypted.taken.items():
        theirs = plain.taken[name]
        pairs = [
            (measure(ours_), measure(theirs_))
            for ours_, theirs_ in ((ours.clock, theirs.clock), (ours.cpu, theirs.cpu))
            for measure in (statistics.median, p95)
        ]
        ratios = " ".join(f"{one / other:6.2f}" for one, other in pairs[2:])
        print(f"{name:32}", "  ".join(f"{one:6.1f} {other:6.1f}" for one, other in pairs), ratios, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vbot-encryption-") as temporary:
        folder = DataFolder(Path(temporary) / "encrypted")
        made = vbot("init", data_dir=folder.root)
        assert made.returncode == 0, made.stderr
        fill(folder, arguments.calls)
        plain = plain_copy(folder, Path(temporary) / "plain")
        print(f"{folder.database.stat().st_size / 1e6:.0f} MB, plain {plain.database.stat().st_size / 1e6:.0f} MB")
        keys = Keys.load(folder.master_key)
        boxes = Box(folder, keys, DatabaseKeys(keys)), Box(plain, keys, None)
        for number in range(arguments.rounds):
            for box in boxes if number % 2 else reversed(boxes):
                asyncio.run(box.round(number))
        told(*boxes)


if __name__ == "__main__":
    main()
