"""The books of a test: what was accepted, and whether the appliance, its disk and the customers' server agree."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.database_file import open_file
from tests.support.fake_appliance import FakeAppliance
from tests.support.machine_time import MachineTime
from tests.support.processes import family, wait_until
from tests.support.receiver import Answer, Received, WebhookReceiver
from tests.support.running_folder import everything_below, files_below
from tests.support.spool import Post, Said

FINAL_SECONDS = 60.0  # published: whatever was killed, the call is final within a minute
SETTLE_SECONDS = 45.0  # of the machine's time
TIDY_SECONDS = 60.0  # nothing is published of it: what a busy machine may take
Measured = Callable[[str, float], None]  # what took how many seconds
EVENT_OF = {"completed": "call.completed", "failed": "call.failed"}
ANY = range(1, 1000)
TRIES = 3
TOO_SHORT = "the recording is too short for this test"
ONCE, AGAIN = range(1, 2), range(2, 1000)


@dataclass
class Entry:
    """An accepted call: how it must end, how often it may be begun, and how often each of its webhooks may come."""

    call_id: str
    customer: Customer
    state: str = "completed"
    external_id: str | None = None
    recordings: list[str] = field(default_factory=list)  # SHA-256, one for each revision
    webhooks: range = ANY
    crashes: int | None = None
    attempts: range = ANY

    @property
    def revision(self) -> int:
        return len(self.recordings)

    def event(self, revision: int) -> str:
        """What tells of this revision: a later one that is complete updates."""
        return "call.updated" if revision > 1 and self.state == "completed" else EVENT_OF[self.state]


@dataclass
class Sums:
    """What the ledger line says."""

    accepted: int = 0
    final: int = 0
    lost: int = 0
    duplicate_results: int = 0
    webhook_ids: int = 0  # of the call, and revision, that has the most
    rounds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"accepted {self.accepted}, final {self.final}, lost {self.lost}, "
            f"duplicate results {self.duplicate_results}, webhook ids per call {self.webhook_ids}"
        )

    def add(self, other: Sums) -> None:
        self.accepted += other.accepted
        self.final += other.final
        self.lost += other.lost
        self.duplicate_results += other.duplicate_results
        self.webhook_ids = max(self.webhook_ids, other.webhook_ids)
        self.rounds.update(other.rounds)


class Ledger:
    """All that one appliance has ever answered with `success`."""

    def __init__(self, box: RunningAppliance, receiver: WebhookReceiver) -> None:
        """`receiver` is the server of all customers."""
        self.box = box
        self.receiver = receiver
        self.entries: dict[str, Entry] = {}
        self.rounds: Counter[str] = Counter()
        self._by_external_id: dict[tuple[int, str], str] = {}

    # What was accepted

    def customer(self, *answers: Answer, **fields: Any) -> Customer:
        """Make a customer with an endpoint of its own that answers so; without answers it says 200 to all."""
        endpoint = self.receiver.endpoint(*answers)
        return Customer(self.box.new_customer(webhook_url=endpoint.url, **fields), endpoint)

    def accept(self, customer: Customer, recording: bytes, *, webhooks: range = ONCE, **must_be: Any) -> str:
        """Post a recording that must be accepted, and note what must become of it, as fields of an Entry."""
        call_id = self.box.accepted(customer.key, recording, language="en")
        entry = self.enter(customer, Said(Post(recording), call_id))
        self.entries[call_id] = replace(entry, webhooks=webhooks, **must_be)
        return call_id

    def enter(self, customer: Customer, said: Said) -> Entry:
        """Note an accepted post; what was said before about the same call must have been the same."""
        post = said.post
        entry = self.entries.get(said.call_id)
        if entry is None:
            entry = self.entries[said.call_id] = Entry(said.call_id, customer, external_id=post.external_id)
        assert (entry.customer, entry.external_id) == (customer, post.external_id), "one id for two calls"
        if post.external_id is not None:
            first = self._by_external_id.setdefault((customer.id, post.external_id), said.call_id)
            assert first == said.call_id, f"{post.external_id} became two calls"
        if post.sha256 not in entry.recordings:
            entry.recordings.append(post.sha256)
        return entry

    # What becomes of it

    def call(self, call_id: str) -> dict[str, Any]:
        """The call over HTTP; in an outage one in state `unreachable`."""
        try:
            answer = self.box.admin("GET", f"/api/calls/{call_id}", timeout=30)
        except requests.RequestException:
            return {"state": "unreachable"}
        if answer.status_code != 200:
            return {"state": f"unreachable ({answer.status_code})"}
        found: dict[str, Any] = answer.json()
        return found

    def state(self, call_id: str) -> str:
        """The call's state over HTTP."""
        return str(self.call(call_id)["state"])

    def begun(self, customer: Customer, recording: bytes, **must_be: Any) -> str:
        """As `accept`, and a worker has it in hand: one that was done before we looked is followed by another."""
        for _ in range(TRIES):
            call_id = self.accept(customer, recording, **must_be)
            if self.in_mid_call(call_id):
                return call_id
            self.entries[call_id] = replace(self.entries[call_id], state="completed", crashes=0, attempts=ONCE)
        raise AssertionError(TOO_SHORT)

    def in_mid_call(self, call_id: str, seconds: float = 120) -> bool:
        """Wait until a worker is transcribing the call: it has claimed it, and a moment more. False: it is done."""
        began = wait_until(lambda: self.state(call_id) in ("processing", "completed"), seconds, 0.02)
        assert began, f"nobody began with the call\n{self.box.log_tail()}"
        time.sleep(0.7)
        state = self.state(call_id)
        assert state in ("processing", "completed"), state
        return state == "processing"

    def final_within(self, call_id: str, seconds: float = FINAL_SECONDS) -> float:
        """Wait until the call is final, through any outage; return how long that took."""
        since = MachineTime(self.box.processes)
        done = since.wait_until(lambda: self.is_final(self.entries[call_id]), seconds, 0.05)
        assert done, f"after {seconds:g} s the call is {self.call(call_id)}\n{self.box.log_tail(60)}"
        return since.seconds

    def is_final(self, entry: Entry) -> bool:
        """Whether the last revision that was accepted has come to its end."""
        call = self.call(entry.call_id)
        return call["state"] in EVENT_OF and call["revision"] == entry.revision

    def settle(self, entries: Iterable[Entry], seconds: float = SETTLE_SECONDS) -> None:
        """Wait until they are final and all their webhooks were taken."""
        waiting = list(entries)

        def settled() -> bool:
            waiting[:] = [entry for entry in waiting if not (self.is_final(entry) and self._delivered(entry))]
            return not waiting

        # The receiver is ours, and the appliance one of our children.
        since = MachineTime(lambda: family(os.getpid()))
        if not since.wait_until(settled, seconds, 0.05):
            left = [{**self.call(one.call_id), "deliveries": self._deliveries(one)} for one in waiting]
            raise AssertionError(f"after {seconds:g} s not final, or not delivered: {left}\n{self.box.log_tail(60)}")

    # Whether all agree

    def check(self, entries: Iterable[Entry] | None = None) -> int:
        """With the appliance running: these calls, or all, as a customer sees them, and the whole disk.

        Returns how many webhooks came about them.
        """
        checked = list(self.entries.values() if entries is None else entries)
        self.settle(checked)
        received = [one for entry in checked for one in self._check_call(entry)]
        calls_of = defaultdict(set)
        for one in received:
            calls_of[one.webhook_id].add(one.json["call_id"])
        assert all(len(calls) == 1 for calls in calls_of.values()), f"one webhook id for several calls: {calls_of}"
        assert wait_until(lambda: not self.incoming(), TIDY_SECONDS), f"left in incoming: {self.incoming()}"
        wanted = sum(map(self._kept, self.entries.values()))
        # Of an upload that was cut off between its file's place and its commit: swept when the api is back.
        assert wait_until(lambda: len(self.recordings()) == wanted, TIDY_SECONDS), "orphan files, or missing ones"
        assert wait_until(lambda: not self.copies(), TIDY_SECONDS), f"audio left among temporary files: {self.copies()}"
        open_to_others = {
            str(path): oct(mode) for path, mode in _modes(self.box.data_dir) if stat.S_IMODE(mode) & 0o077
        }
        assert not open_to_others, "the data folder is 0700, its files 0600"
        return len(received)

    def _kept(self, entry: Entry) -> int:
        """How many of its recordings are kept: not those that another replaced before they were analysed."""
        return len({entry.revision, *(one.json["revision"] for one in entry.customer.received_about(entry.call_id))})

    def _check_call(self, entry: Entry) -> list[Received]:
        call = self.call(entry.call_id)
        assert (call["state"], call["revision"]) == (entry.state, entry.revision), call
        received = entry.customer.received_about(entry.call_id)
        ids: dict[int, set[str]] = defaultdict(set)
        for one in received:
            ids[one.json["revision"]].add(one.webhook_id)
            if one.json["revision"] == entry.revision:
                assert one.json["event"] == entry.event(entry.revision)
            if one.json["event"] != "call.failed" and self._echoes:
                assert one.json["transcription"] == entry.recordings[one.json["revision"] - 1], "another call's result"
        if entry.state == "completed" and self._echoes:
            assert call["transcription"] == entry.recordings[-1], "another call's result"
        assert entry.revision in ids, f"no webhook about {call}"
        assert all(len(one) == 1 for one in ids.values()), f"several webhook ids: {ids}"
        assert {one["webhook_id"] for one in self.box.deliveries(entry.call_id)} == set().union(*ids.values())
        assert len(received) in entry.webhooks, f"{len(received)} webhooks, want {entry.webhooks}"
        return received

    @property
    def _echoes(self) -> bool:
        """Whether the engine makes of each recording its own SHA-256."""
        return isinstance(self.box, FakeAppliance)

    def sums(self) -> Sums:
        """With the appliance stopped: count in the database itself."""
        states = {row["call_id"]: (row["state"], row["revision"]) for row in self.rows("call")}
        results = Counter((row["call_id"], row["revision"]) for row in self.rows("result"))
        webhook_ids: dict[tuple[str, int], set[str]] = defaultdict(set)
        for row in self.rows("delivery"):
            webhook_ids[row["call_id"], row["revision"]].add(row["webhook_id"])
        final = {
            entry.call_id
            for entry in self.entries.values()
            if states.get(entry.call_id) == (entry.state, entry.revision)
            and results[entry.call_id, entry.revision] >= (entry.state == "completed")
        }
        for entry in self.entries.values():
            for received in entry.customer.received_about(entry.call_id):
                webhook_ids[entry.call_id, received.json["revision"]].add(received.webhook_id)
        return Sums(
            accepted=len(self.entries),
            final=len(final),
            lost=len(set(self.entries) - final),
            duplicate_results=sum(count - 1 for count in results.values()),
            webhook_ids=max((len(ids) for ids in webhook_ids.values()), default=0),
            rounds=self.rounds,
        )

    def audit(self) -> None:
        """With the appliance stopped: row by row, file by file."""
        calls = {row["call_id"]: row for row in self.rows("call")}
        assert set(calls) == set(self.entries), "the appliance knows other calls than it has accepted"
        results = Counter((row["call_id"], row["revision"]) for row in self.rows("result"))
        assert set(results.values()) <= {1}, "a revision with two results"
        deliveries = self.rows("delivery")
        announced = Counter((row["call_id"], row["revision"]) for row in deliveries)
        assert set(announced.values()) <= {1}, "a revision with two webhooks"
        assert len({row["webhook_id"] for row in deliveries}) == len(deliveries), "one webhook id for two calls"
        events = {(row["call_id"], row["revision"]): row["event"] for row in deliveries}
        for entry in self.entries.values():
            row, last = calls[entry.call_id], (entry.call_id, entry.revision)
            assert (row["state"], row["revision"]) == (entry.state, entry.revision), row
            assert results[last] == (entry.state == "completed"), row
            assert events.get(last) == entry.event(entry.revision), row
            assert row["attempt"] in entry.attempts, f"begun {row['attempt']} times, want {entry.attempts}: {row}"
            assert entry.crashes is None or row["crashes"] == entry.crashes, row
        attempts = defaultdict(list)
        for row in self.rows("delivery_attempt"):
            attempts[row["delivery_id"]].append(row["number"])
        for row in deliveries:
            assert sorted(attempts[row["id"]]) == list(range(1, row["attempts_made"] + 1)), row
        known = {row["file"] for row in self.rows("recording") if row["erased_at"] is None}
        assert known == set(self.recordings()), "orphan files, or recordings that are missing"
        assert not self.incoming()
        assert not self.copies()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """With the appliance stopped: a whole table."""
        with open_file(self.box.data_dir / "vbot.duckdb", read_only=True) as database:
            cursor = database.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def recordings(self) -> list[str]:
        """The recordings on the disk, as the database names them."""
        return self._files_below("recordings")

    def incoming(self) -> list[str]:
        """Unfinished uploads on the disk."""
        return self._files_below("incoming")

    def copies(self) -> list[Path]:
        """Recordings in workers' hands: copies that go when the call is done, however its worker ended."""
        return files_below(Path(str(self.box.settings["TMPDIR"])))

    def _files_below(self, name: str) -> list[str]:
        folder = self.box.data_dir / name
        return sorted(path.relative_to(folder).as_posix() for path in files_below(folder))

    def _deliveries(self, entry: Entry) -> list[dict[str, Any]]:
        try:
            answer = self.box.admin("GET", "/api/deliveries", params={"call_id": entry.call_id})
        except requests.RequestException:
            return []
        found: list[dict[str, Any]] = answer.json()["deliveries"] if answer.status_code == 200 else []
        return found

    def _delivered(self, entry: Entry) -> bool:
        found = self._deliveries(entry)
        return bool(found) and all(one["state"] == "delivered" for one in found)


def _modes(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in [folder, *everything_below(folder)]:
        try:
            yield path, path.lstat().st_mode
        except FileNotFoundError:
            continue  # the appliance runs: its files come and go
