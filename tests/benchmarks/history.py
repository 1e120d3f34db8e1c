"""What a million stored calls cost: each list and statistic, the start, the intake, the look at silent PBXs.

    python -m tests.benchmarks.history [--calls 1000000] [--rounds 40] [--cache FOLDER]

Two real apis run at once, one with so many calls and one with none, and requests alternate between them, so that a busy
machine is busy for both. Beside the time by the clock stands the api's processor time: it does not depend on who else
is at work. Filling takes some minutes; with `--cache` it is done once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.domain.live_event import publish_to_nobody
from appliance.services.customers.silent_pbxs import SilentPbxs
from appliance.storage.database import Database, opened_database
from appliance.storage.folder.data_folder import DataFolder
from tests.benchmarks import intake
from tests.benchmarks.filled_history import CUSTOMERS, DAYS, fill
from tests.support.appliance import RunningAppliance, vbot
from tests.support.processes import Process
from tests.support.recordings import silence
from tests.support.valkey import Valkey

INTAKE_KILOBYTES = 160
START_UPS = 3


@dataclass(slots=True)
class Taken:
    """What the requests for one thing took, in milliseconds by the clock and of the api's processor time."""

    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.clock)

    @property
    def p95(self) -> float:
        return _p95(self.clock)

    @property
    def p50_of_cpu(self) -> float:
        return statistics.median(self.cpu)

    @property
    def p95_of_cpu(self) -> float:
        return _p95(self.cpu)


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]


def cpu_ms(pid: int) -> float:
    """The processor time of all threads of a process that live."""
    total = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(file.read_text().split()[0])
    return total / 1e6


class Api:
    """One of the two apis, with its queue."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.valkey = Valkey(data_dir)
        settings = {
            "VBOT_RATE_LIMIT_PER_MINUTE": intake.MANY,
            "VBOT_MAX_CONCURRENT_CALLS": intake.MANY,
            # Its first one would begin at once, and copy gigabytes while others are measured.
            "VBOT_BACKUP_EVERY_HOURS": "0",
        }
        self.running = RunningAppliance(folder, settings, command="api", data_dir=data_dir)

    def start_up(self) -> float:
        """Start it; returns after how many seconds it answered."""
        began = time.perf_counter()
        self.running.start()
        return time.perf_counter() - began

    def sign_in(self) -> None:
        """Get a token from the data folder's owner."""
        made = vbot("token", "create", "--role", "admin", data_dir=self.data_dir)
        assert made.returncode == 0, made.stderr
        self.running.admin_token = made.stdout.strip()

    def get(self, path: str) -> Any:
        answer = self.running.admin("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def time(self, path: str, into: Taken) -> None:
        pid = self.running.pid
        cpu, began = cpu_ms(pid), time.perf_counter()
        self.get(path)
        into.clock.append((time.perf_counter() - began) * 1000)
        into.cpu.append(cpu_ms(pid) - cpu)


def stamp(days_ago: float) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days_ago):%Y-%m-%dT%H:%M:%SZ}"


def routes(api: Api) -> Iterator[str]:
    """Every list and statistic, with each of its filters; in braces what is another one in each round."""
    calls = api.get("/api/calls?limit=500").json()["calls"]
    middle = api.get(f"/api/calls?limit=1&until={stamp(DAYS / 2)}").json()
    call = calls[0]["call_id"] if calls else ""
    cursor = middle["next_cursor"]
    sent = api.get(f"/api/deliveries?limit=1&until={stamp(DAYS / 2)}").json()["next_cursor"]
    yield from ("/health", "/metrics", "/api/system", "/api/customers", "/api/tokens", "/api/backups", "/api/log")
    yield "/api/calls"
    yield "/api/calls?limit=500"
    if call:
        yield f"/api/calls/{call}"
        yield f"/api/deliveries?call_id={call}"
        yield f"/api/calls?call_id={call}"
    if cursor:
        yield f"/api/calls?cursor={cursor}"
    if sent:
        yield f"/api/deliveries?cursor={sent}"
    span = f"since={stamp(200)}&until={stamp(190)}"
    for query in (
        "customer_id=3",
        "state=failed",
        "state=completed",
        "state=processing",
        span,
        f"customer_id=3&state=failed&{span}",
        "error_code=unreadable_recording",
        "error_code=no-such-code",
        f"error_code=unreadable_recording&customer_id=3&finished_{span.replace('&', '&finished_')}",
        "number=30123",
        "number=no-such-number",
        "q=router+password",
        "q=no-such-words",
        "q=ticket+{number}00",
        "q=no-such-words&customer_id=3",
        "q=no-such-words&number=30123",
        f"q=no-such-words&until={stamp(DAYS / 2)}",
    ):
        yield f"/api/calls?{query}"
    yield "/api/deliveries"
    yield "/api/deliveries?limit=500"
    for query in ("customer_id=3", "state=failed", "state=retrying", "state=disabled", span, f"state=failed&{span}"):
        yield f"/api/deliveries?{query}"
    for query in ("", "?actor=vbot", "?action=call.erased", "?subject=customer:3", f"?since={stamp(3)}"):
        yield f"/api/audit{query}"
    yield "/api/stats"
    for query in (
        "bucket=day",
        "by=customer&bucket=day",
        "by=customer&bucket=range",
        "customer_id=3",
        f"since={stamp(DAYS + 5)}&bucket=day",
    ):
        yield f"/api/stats?{query}"
    # Another time in each round, so that no answer is remembered.
    yield "/api/stats?until={moment}"
    yield f"/api/stats?since={stamp(DAYS + 5)}&until={{moment}}&bucket=day"
    yield f"/api/stats?since={stamp(DAYS + 5)}&until={{moment}}&bucket=range&by=customer"
    yield "/api/stats?until={moment}&by=customer"


def measure_routes(full: Api, empty: Api, rounds: int) -> None:
    wanted = {path: (Taken(), Taken()) for path in routes(full)}
    for number in range(rounds):
        for path, (ours, theirs) in wanted.items():
            this_time = path.format(number=number + 1, moment=stamp((number + 1) / 24))
            full.time(this_time, ours)
            if "/api/calls/" not in path:
                empty.time(this_time, theirs)
    print(f"{'ms by the clock, and of processor time':64} p50   p95   max   cpu p50  p95   empty p50   cpu")
    for path, (ours, theirs) in wanted.items():
        peer = f"{theirs.p50:9.1f} {theirs.p50_of_cpu:5.1f}" if theirs.clock else ""
        print(
            f"{path[:60]:60} {ours.p50:7.1f} {ours.p95:5.0f} {max(ours.clock):5.0f} "
            f"{ours.p50_of_cpu:9.1f} {ours.p95_of_cpu:4.0f}   {peer}",
            flush=True,
        )
    ratio = statistics.median(
        ours.p50_of_cpu / theirs.p50_of_cpu for ours, theirs in wanted.values() if theirs.clock and theirs.p50_of_cpu
    )
    slowest = max(ours.p95 for ours, _ in wanted.values())
    dearest = max(ours.p95_of_cpu for ours, _ in wanted.values())
    print(
        f"median ratio of processor time {ratio:.1f}; the slowest route's p95 is {slowest:.0f} ms by the clock, "
        f"the dearest one's {dearest:.0f} ms of processor time"
    )


def measure_start_up(full: Api, empty: Api) -> None:
    taken: dict[Api, list[float]] = {full: [], empty: []}
    for number in range(START_UPS):
        for api, seconds in taken.items():
            seconds.append(api.start_up())
            if number < START_UPS - 1:
                api.running.stop()
    ours, theirs = (statistics.median(seconds) for seconds in taken.values())
    print(f"start-up until it answers: {ours:.1f} s, empty {theirs:.1f} s")


def measure_intake(full: Api, empty: Api, rounds: int) -> None:
    body = intake.form(silence(INTAKE_KILOBYTES * 1024 / 16000))
    arguments = argparse.Namespace(requests=200, clients=16)
    keys = {api: str(api.running.new_customer()["api_key"]) for api in (full, empty)}
    ratios, of_cpu = [], []
    for number in range(rounds + 1):
        rates, cpu = [], []
        for api, key in keys.items():
            before = cpu_ms(api.running.pid)
            rates.append(intake.measure(api.running.url, key, body, arguments)[0])
            cpu.append(cpu_ms(api.running.pid) - before)
        if number:  # the first one warms up
            ratios.append(rates[0] / rates[1])
            of_cpu.append(cpu[0] / cpu[1])
    print(
        f"intake, with the calls over without: {statistics.median(ratios):.2f} of the rate, "
        f"{statistics.median(of_cpu):.2f} of the processor time"
    )


def measure_silence(folder: DataFolder) -> None:
    """What the looks at silent PBXs cost while everybody is quiet: the first, which learns, and those after it."""

    async def look(database: Database) -> list[float]:
        async def writable() -> bool:
            return True

        began = datetime.now(UTC)
        moment = began
        silent = SilentPbxs(database, writable, lambda _customer: False, lambda: moment, publish_to_nobody)
        await silent.look()
        moment = began + timedelta(hours=2)
        taken = []
        for _ in range(10):
            before = time.process_time()
            await silent.look()
            taken.append((time.process_time() - before) * 1000)
        return taken

    with opened_database(folder.database) as database:
        first, *others = asyncio.run(look(database))
    print(f"a look at {CUSTOMERS} silent PBXs: {first:.0f} ms of processor time to learn, then {max(others):.0f} ms")


def filled_folder(cache: Path, calls: int) -> Path:
    """The data folder with so many calls, made unless it is there."""
    data_dir = cache / f"history-{calls}"
    if not (data_dir / "filled").exists():
        shutil.rmtree(data_dir, ignore_errors=True)
        made = vbot("init", data_dir=data_dir)
        assert made.returncode == 0, made.stderr
        fill(DataFolder(data_dir), calls)
        (data_dir / "filled").touch()
    return data_dir


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--intake-rounds", type=int, default=7)
    parser.add_argument("--cache", type=Path, help="where the filled data folder is kept for the next run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vbot-history-") as temporary:
        folder = Path(temporary)
        kept = filled_folder(arguments.cache or folder / "cache", arguments.calls)
        shutil.copytree(kept, folder / "full", ignore=shutil.ignore_patterns("run"))
        made = vbot("init", data_dir=folder / "empty")
        assert made.returncode == 0, made.stderr
        measure_silence(DataFolder(folder / "full"))
        full, empty = Api(folder / "a", folder / "full"), Api(folder / "b", folder / "empty")
        with contextlib.ExitStack() as stack:
            for api in (full, empty):
                stack.callback(api.running.destroy)
                stack.enter_context(api.valkey)
            measure_start_up(full, empty)
            for api in (full, empty):
                api.sign_in()
            measure_routes(full, empty, arguments.rounds)
            measure_intake(full, empty, arguments.intake_rounds)
            peaks = [Process(api.running.pid, 0).peak_resident_bytes / 1e6 for api in (full, empty)]
            print(f"the api's memory at its peak: {peaks[0]:.0f} MB, empty {peaks[1]:.0f} MB")


if __name__ == "__main__":
    main()
