"""Two honest customers beside a hostile one: their times to the result against those when they are alone.

    python -m tests.benchmarks.tenants [--seconds 60] [--at-once 4] [--rounds 2]

The appliance is the real one, the worker's engine is the fake one, which sleeps: what is measured is who waits for
whom. Each honest customer posts a call now and then that takes a second. The hostile one posts calls that take thirty
times as long whenever it may (ten in hand), the same external id with ever other audio, and holds uploads open. A
result is there when its webhook has come. Rounds alone and beside it alternate, in one appliance.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.support.appliance import RunningAppliance
from tests.support.receiver import Endpoint, WebhookReceiver
from tests.support.spool import recording

HONEST_TAKES, HOSTILE_TAKES = 1.0, 30.0
PAUSE_SECONDS = (2.0, 6.0)


@dataclass
class Honest:
    """A customer that posts a call now and then and notes when its result has come."""

    name: str
    box: RunningAppliance
    key: str
    endpoint: Endpoint
    posted: dict[str, float] = field(default_factory=dict)
    refused: int = 0

    def post_for(self, seconds: float, seed: str) -> None:
        chance, end = random.Random(seed), time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                self.posted[self.box.accepted(self.key, recording(HONEST_TAKES))] = began
            except AssertionError:
                self.refused += 1
            time.sleep(chance.uniform(*PAUSE_SECONDS))

    def taken(self) -> list[float]:
        """The seconds from each post to its webhook, once all have come."""
        deadline = time.monotonic() + 600
        while {one.json["call_id"] for one in self.endpoint.received} < set(self.posted):
            assert time.monotonic() < deadline, f"{self.name}: results are missing"
            time.sleep(0.1)
        came = {one.json["call_id"]: one.at for one in self.endpoint.received}
        found = [came[call_id] - began for call_id, began in self.posted.items()]
        self.posted.clear()
        return found


class Hostile:
    """A customer that does all that its key lets it do."""

    def __init__(self, box: RunningAppliance, key: str) -> None:
        self._box, self._key = box, key
        self._stop = threading.Event()
        self.accepted = self.refused = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._stop.clear()
        workers = [self._flood, self._revise, self._hold_open, self._hold_open]
        threads = [threading.Thread(target=work, daemon=True) for work in workers]
        for thread in threads:
            thread.start()
        time.sleep(5.0)  # its backlog is there when the others begin
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _post(self, **fields: str) -> None:
        response = self._box.submit(self._key, recording(HOSTILE_TAKES), **fields)
        if response.status_code == 200:
            self.accepted += 1
        else:
            self.refused += 1
            self._stop.wait(0.2)

    def _flood(self) -> None:
        while not self._stop.is_set():
            self._post()

    def _revise(self) -> None:
        while not self._stop.is_set():
            self._post(external_id="always the same")

    def _hold_open(self) -> None:
        """An upload in chunks, a few bytes at a time."""

        def trickle() -> Iterator[bytes]:
            while not self._stop.wait(1.0):
                yield b"x"

        headers = {"X-API-Key": self._key, "Content-Type": "multipart/form-data; boundary=b"}
        while not self._stop.wait(0.2):
            try:
                url = f"{self._box.url}/api/process-call"
                requests.post(url, data=trickle(), headers=headers, timeout=120, verify=False)
            except requests.RequestException:
                pass


def p(share: float, found: list[float]) -> float:
    return sorted(found)[min(len(found) - 1, int(len(found) * share))]


def a_round(honest: list[Honest], seconds: float, seed: int) -> list[list[float]]:
    """The times of each customer's calls."""
    threads = [
        threading.Thread(target=one.post_for, args=(seconds, f"{one.name} {seed}"), daemon=True) for one in honest
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one.taken() for one in honest]


def measure(seconds: float, at_once: int, rounds: int) -> float:
    """Print the table; returns the worst ratio of the 95th percentiles."""
    settings: dict[str, Any] = {
        "VBOT_TLS": "off",
        "VBOT_WEBHOOK_ALLOW": "127.0.0.0/8",
        "VBOT_CALLS_AT_ONCE": str(at_once),
    }
    with (
        tempfile.TemporaryDirectory(prefix="vbot-tenants-", dir="/var/tmp") as name,
        WebhookReceiver() as receiver,
        RunningAppliance(Path(name) / "box", settings, program=[sys.executable, "-m", "tests.support.fake_up"]) as box,
    ):
        honest = []
        for company in ("Hospital A", "Hospital B"):
            endpoint = receiver.endpoint()
            key = box.new_customer(name=company, webhook_url=endpoint.url)["api_key"]
            honest.append(Honest(company, box, key, endpoint))
        hostile = Hostile(box, box.new_customer(name="Mallory")["api_key"])
        alone: list[list[float]] = [[] for _ in honest]
        beside: list[list[float]] = [[] for _ in honest]
        for number in range(rounds):
            _collect(alone, a_round(honest, seconds, number))
            with hostile.at_work():
                _collect(beside, a_round(honest, seconds, number))
            _until_idle(box)
        return _table(honest, alone, beside, hostile, at_once)


def _collect(into: list[list[float]], found: list[list[float]]) -> None:
    for one, more in zip(into, found, strict=True):
        one.extend(more)


def _until_idle(box: RunningAppliance) -> None:
    def waiting(state: str) -> list[Any]:
        found: list[Any] = box.admin("GET", f"/api/calls?state={state}").json()["calls"]
        return found

    while any(waiting(state) for state in ("received", "queued", "processing")):
        time.sleep(1.0)


def _table(
    honest: list[Honest], alone: list[list[float]], beside: list[list[float]], hostile: Hostile, at_once: int
) -> float:
    print(f"{at_once} calls at once; the hostile customer: {hostile.accepted} accepted, {hostile.refused} refused")
    print(
        f"{'seconds to the result':24}{'calls':>7}{'alone p50':>11}{'p95':>7}{'beside p50':>12}{'p95':>7}{'ratio':>7}"
    )
    worst = 0.0
    for one, before, then in zip(honest, alone, beside, strict=True):
        ratio = p(0.95, then) / p(0.95, before)
        worst = max(worst, ratio)
        print(
            f"{one.name:24}{len(then):>7}{p(0.5, before):>11.2f}{p(0.95, before):>7.2f}"
            f"{p(0.5, then):>12.2f}{p(0.95, then):>7.2f}{ratio:>7.2f}   refused {one.refused}"
        )
    print(f"worst ratio of p95: {worst:.2f} (asked for: at most 1.5)")
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tenants")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each round")
    parser.add_argument("--at-once", type=int, default=4, help="calls that the worker has in hand")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    return 0 if measure(given.seconds, given.at_once, given.rounds) <= 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())
