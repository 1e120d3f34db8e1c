"""The books of the rounds: all that one appliance accepted, and whether it, its disk and the receiver agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import requests
from standardwebhooks.webhooks import Webhook

from tests.support.fake_appliance import FakeAppliance
from tests.support.processes import wait_until
from tests.support.receiver import Endpoint, Received
from tests.support.spool import Said

SETTLE_SECONDS = 45.0


@dataclass
class Customer:
    """A customer and the endpoint to which its webhooks go."""

    id: int
    key: str
    secret: str
    endpoint: Endpoint


@dataclass
class Entry:
    """An accepted call: the SHA-256 of its recordings, one for each revision, and how it must end."""

    call_id: str
    customer: Customer
    external_id: str | None
    recordings: list[str] = field(default_factory=list)
    state: str = "completed"
    least_attempts: int = 1

    @property
    def revision(self) -> int:
        return len(self.recordings)


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


class RoundLedger:
    """Everything that one appliance ever answered with `success`."""

    def __init__(self, box: FakeAppliance) -> None:
        self.box = box
        self.entries: dict[str, Entry] = {}
        self.rounds: Counter[str] = Counter()
        self._by_external_id: dict[tuple[int, str], str] = {}

    def enter(self, customer: Customer, said: Said) -> Entry:
        """Note an accepted post; what was said before about the same call must have been the same."""
        post = said.post
        entry = self.entries.get(said.call_id)
        if entry is None:
            entry = self.entries[said.call_id] = Entry(said.call_id, customer, post.external_id)
        assert (entry.customer, entry.external_id) == (customer, post.external_id), "one id for two calls"
        if post.external_id is not None:
            first = self._by_external_id.setdefault((customer.id, post.external_id), said.call_id)
            assert first == said.call_id, f"{post.external_id} became two calls"
        if post.sha256 not in entry.recordings:
            entry.recordings.append(post.sha256)
        return entry

    def call(self, call_id: str) -> dict[str, Any]:
        """The call over HTTP; in an outage one in state `unreachable`."""
        try:
            answer = self.box.admin("GET", f"/api/calls/{call_id}", timeout=3)
        except requests.RequestException:
            return {"state": "unreachable"}
        if answer.status_code != 200:
            return {"state": f"unreachable ({answer.status_code})"}
        found: dict[str, Any] = answer.json()
        return found

    def is_final(self, entry: Entry) -> bool:
        """Whether the last revision that was accepted has come to its end."""
        call = self.call(entry.call_id)
        return call["state"] in ("completed", "failed") and call["revision"] == entry.revision

    def settle(self, entries: list[Entry], seconds: float = SETTLE_SECONDS) -> None:
        """Wait until they are final and all their webhooks were taken."""
        waiting = list(entries)

        def settled() -> bool:
            waiting[:] = [entry for entry in waiting if not (self.is_final(entry) and self._delivered(entry))]
            return not waiting

        if not wait_until(settled, seconds, 0.05):
            left = [{**self.call(one.call_id), "deliveries": self._deliveries(one)} for one in waiting]
            raise AssertionError(f"after {seconds:g} s not final, or not delivered: {left}\n{self.box.log_tail(60)}")

    def check(self, entries: list[Entry]) -> int:
        """These calls as a customer sees them, and the whole disk; returns how many webhooks came about them."""
        webhooks = sum(self._check_call(entry) for entry in entries)
        assert wait_until(lambda: not self._files("incoming"), 5), f"left in incoming: {self._files('incoming')}"
        wanted = sum(entry.revision for entry in self.entries.values())
        # Of an upload that was cut off between its file's place and its commit: swept when the api is back.
        assert wait_until(lambda: len(self._files("recordings")) == wanted, 5), "orphan files, or missing ones"
        assert wait_until(lambda: not self._copies(), 10), f"audio left among temporary files: {self._copies()}"
        return webhooks

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
            for received in self.received(entry):
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
        told = Counter((row["call_id"], row["revision"]) for row in deliveries)
        assert set(told.values()) <= {1}, "a revision with two webhooks"
        assert len({row["webhook_id"] for row in deliveries}) == len(deliveries), "one webhook id for two calls"
        for entry in self.entries.values():
            row, last = calls[entry.call_id], (entry.call_id, entry.revision)
            assert (row["state"], row["revision"]) == (entry.state, entry.revision), row
            assert results[last] == (entry.state == "completed"), row
            assert told[last] == 1, row
            assert row["attempt"] >= entry.least_attempts, f"the victim had no work in hand: {row}"
        attempts = defaultdict(list)
        for row in self.rows("delivery_attempt"):
            attempts[row["delivery_id"]].append(row["number"])
        for row in deliveries:
            assert sorted(attempts[row["id"]]) == list(range(1, row["attempts_made"] + 1)), row
        known = {row["file"] for row in self.rows("recording") if row["erased_at"] is None}
        assert known == set(self._files("recordings")), "orphan files, or recordings that are missing"
        assert not self._files("incoming")
        assert not self._copies()

    def received(self, entry: Entry) -> list[Received]:
        """The webhooks that came about a call."""
        return [one for one in list(entry.customer.endpoint.received) if one.json["call_id"] == entry.call_id]

    def _deliveries(self, entry: Entry) -> list[dict[str, Any]]:
        try:
            return self.box.deliveries(entry.call_id)
        except requests.RequestException:
            return []

    def _delivered(self, entry: Entry) -> bool:
        found = self._deliveries(entry)
        return bool(found) and all(one["state"] == "delivered" for one in found)

    def _check_call(self, entry: Entry) -> int:
        call = self.call(entry.call_id)
        assert (call["state"], call["revision"]) == (entry.state, entry.revision), call
        received = self.received(entry)
        ids: dict[int, set[str]] = defaultdict(set)
        for one in received:
            _verify(one, entry.customer.secret)
            ids[one.json["revision"]].add(one.webhook_id)
            if one.json["event"] != "call.failed":
                # What came out is the analysis of what was put in, of this revision.
                assert one.json["transcription"] == entry.recordings[one.json["revision"] - 1], "another call's result"
        if entry.state == "completed":
            assert call["transcription"] == entry.recordings[-1], "another call's result"
        assert entry.revision in ids, f"no webhook about {call}"
        told = {one["webhook_id"] for one in self.box.deliveries(entry.call_id)}
        assert all(len(one) == 1 for one in ids.values()), f"several webhook ids: {ids}"
        assert told == {one for found in ids.values() for one in found}
        return len(received)

    def _files(self, name: str) -> list[str]:
        folder = self.box.data_dir / name
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def _copies(self) -> list[Path]:
        return [path for path in self.box.temporary.rglob("*") if path.is_file()]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """With the appliance stopped: a whole table."""
        with duckdb.connect(str(self.box.data_dir / "vbot.duckdb"), read_only=True) as database:
            cursor = database.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _verify(one: Received, secret: str) -> None:
    """Check the signature as the official library makes it, whatever the clock of the box said at the time."""
    stamp = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(one.webhook_id, stamp, one.body.decode())
    assert signature in one.headers["webhook-signature"].split(), "a wrong signature"
