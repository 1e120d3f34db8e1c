"""The books of a test: what was accepted, and whether the appliance, its disk and the customers' server agree."""

from __future__ import annotations

import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import requests

from tests.support.appliance import RunningAppliance
from tests.support.machine_time import MachineTime
from tests.support.processes import wait_until
from tests.support.receiver import Answer, Endpoint, Received, WebhookReceiver

FINAL_SECONDS = 60.0  # published: whatever was killed, the call is final within a minute
Measured = Callable[[str, float], None]  # what took how many seconds
EVENT_OF = {"completed": "call.completed", "failed": "call.failed"}


@dataclass(frozen=True)
class Customer:
    """A customer and the endpoint to which its webhooks go."""

    key: str
    secret: str
    endpoint: Endpoint

    def received_about(self, call_id: str) -> list[Received]:
        """What came about one call, every signature verified."""
        return [one for one in list(self.endpoint.received) if one.verified(self.secret)["call_id"] == call_id]


@dataclass(frozen=True)
class Entry:
    """An accepted call: how it must end, and how often its webhook may come."""

    call_id: str
    customer: Customer
    state: str
    webhooks: range
    crashes: int | None
    attempts: range | None


@dataclass
class Ledger:
    """All that one data folder has ever accepted."""

    box: RunningAppliance
    receiver: WebhookReceiver
    entries: dict[str, Entry] = field(default_factory=dict)

    def customer(self, *answers: Answer, **fields: Any) -> Customer:
        """Make a customer with an endpoint of its own that answers so."""
        endpoint = self.receiver.endpoint(*answers)
        record = self.box.new_customer(webhook_url=endpoint.url, **fields)
        return Customer(record["api_key"], record["webhook_secret"], endpoint)

    def accept(
        self,
        customer: Customer,
        recording: bytes,
        *,
        state: str = "completed",
        webhooks: range = range(1, 2),
        crashes: int | None = None,
        attempts: range | None = None,
    ) -> str:
        """Post a recording that must be accepted, and note what must become of it."""
        call_id = self.box.accepted(customer.key, recording, language="en")
        self.entries[call_id] = Entry(call_id, customer, state, webhooks, crashes, attempts)
        return call_id

    def state(self, call_id: str) -> str:
        """The call's state over HTTP, or `unreachable` while nobody answers."""
        try:
            answer = self.box.admin("GET", f"/api/calls/{call_id}", timeout=5)
        except requests.RequestException:
            return "unreachable"
        return str(answer.json()["state"]) if answer.status_code == 200 else "unreachable"

    def in_mid_call(self, call_id: str, seconds: float = 40) -> None:
        """Wait until a worker is transcribing the call: it has claimed it, and a moment more."""
        began = wait_until(lambda: self.state(call_id) == "processing", seconds, 0.02)
        assert began, f"nobody began with the call\n{self.box.log_tail()}"
        time.sleep(0.7)
        assert self.state(call_id) == "processing", "the recording is too short for this test"

    def final_within(self, call_id: str, seconds: float = FINAL_SECONDS) -> float:
        """Wait until the call is final, through any outage; return how long that took."""
        since = MachineTime(self.box.processes)
        done = since.wait_until(lambda: self.state(call_id) in EVENT_OF, seconds, 0.05)
        assert done, f"after {seconds:g} s the call is {self.state(call_id)}\n{self.box.log_tail(60)}"
        return since.seconds

    def check(self) -> None:
        """With the appliance running: accepted = final, one webhook id for each call, nothing left on the disk."""
        for entry in self.entries.values():
            self._check_call(entry)
        seen = Counter(one.webhook_id for entry in self.entries.values() for one in self._first_received(entry))
        assert all(count == 1 for count in seen.values()), f"one webhook id for several calls: {seen}"
        self._check_files()

    def audit(self) -> dict[str, dict[str, Any]]:
        """With the appliance stopped: the same in the database, row by row. Returns the calls' rows by id."""
        with duckdb.connect(str(self.box.data_dir / "vbot.duckdb"), read_only=True) as database:
            calls = {row["call_id"]: row for row in _rows(database, "SELECT * FROM call")}
            results = Counter(row["call_id"] for row in _rows(database, "SELECT call_id FROM result"))
            deliveries = list(_rows(database, "SELECT * FROM delivery"))
            attempts = list(_rows(database, "SELECT * FROM delivery_attempt"))
            files = {row["file"] for row in _rows(database, "SELECT file FROM recording WHERE erased_at IS NULL")}

        assert set(calls) == set(self.entries), "the appliance knows other calls than it has accepted"
        assert len({row["webhook_id"] for row in deliveries}) == len(deliveries)
        by_call = Counter((row["call_id"], row["revision"], row["event"]) for row in deliveries)
        for entry in self.entries.values():
            row = calls[entry.call_id]
            assert row["state"] == entry.state, row
            assert results[entry.call_id] == (1 if entry.state == "completed" else 0), row
            assert by_call.pop((entry.call_id, 1, EVENT_OF[entry.state])) == 1
            if entry.crashes is not None:
                assert row["crashes"] == entry.crashes, row
            if entry.attempts is not None:
                assert row["attempt"] in entry.attempts, row
        assert not by_call, f"deliveries that nothing asks for: {by_call}"
        for delivery in deliveries:
            numbers = sorted(row["number"] for row in attempts if row["delivery_id"] == delivery["id"])
            assert numbers == list(range(1, delivery["attempts_made"] + 1)), delivery
        assert files == set(self.recordings())
        self._check_files()
        return calls

    def rows(self, table: str) -> list[dict[str, Any]]:
        """With the appliance stopped: a whole table."""
        with duckdb.connect(str(self.box.data_dir / "vbot.duckdb"), read_only=True) as database:
            return list(_rows(database, f"SELECT * FROM {table}"))

    def recordings(self) -> list[str]:
        """The recordings on the disk, as the database names them."""
        return self._files_below("recordings")

    def incoming(self) -> list[str]:
        """Unfinished uploads on the disk."""
        return self._files_below("incoming")

    def copies(self) -> list[Path]:
        """Recordings in workers' hands: copies that go when the call is done, however its worker ended."""
        return [path for path in Path(str(self.box.settings["TMPDIR"])).rglob("*") if path.is_file()]

    def _files_below(self, name: str) -> list[str]:
        folder = self.box.data_dir / name
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def _first_received(self, entry: Entry) -> list[Received]:
        return entry.customer.received_about(entry.call_id)[:1]

    def _check_call(self, entry: Entry) -> None:
        call_id = entry.call_id
        assert self.state(call_id) == entry.state, call_id
        delivery = self.box.delivery_in_state(call_id, "delivered", FINAL_SECONDS)
        assert [one["id"] for one in self.box.deliveries(call_id)] == [delivery["id"]], "one delivery for a call"
        received = entry.customer.received_about(call_id)
        assert {one.webhook_id for one in received} == {delivery["webhook_id"]}
        assert {one.json["event"] for one in received} == {EVENT_OF[entry.state]}
        assert len(received) in entry.webhooks, f"{len(received)} webhooks, want {entry.webhooks}"

    def _check_files(self) -> None:
        assert wait_until(lambda: not self.incoming(), 5), f"left in incoming: {self.incoming()}"
        assert len(self.recordings()) == len(self.entries), "as many recordings as accepted calls"
        assert wait_until(lambda: not self.copies(), 10), f"audio left among temporary files: {self.copies()}"
        open_to_others = {
            str(path): oct(mode) for path, mode in _modes(self.box.data_dir) if stat.S_IMODE(mode) & 0o077
        }
        assert not open_to_others, "the data folder is 0700, its files 0600"


def _modes(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in [folder, *folder.rglob("*")]:
        try:
            yield path, path.lstat().st_mode
        except FileNotFoundError:
            continue  # the appliance runs: its files come and go


def _rows(database: duckdb.DuckDBPyConnection, query: str) -> Iterator[dict[str, Any]]:
    cursor = database.execute(query)
    names = [column[0] for column in cursor.description or ()]
    for values in cursor.fetchall():
        yield dict(zip(names, values, strict=True))
