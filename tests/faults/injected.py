"""The faults of the rounds. Each comes in while its victim holds work, and is mended where it does not mend itself."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import requests

from appliance.messages.queue_names import CALLS_NAMESPACE, GPU_QUEUE
from tests.support.customer import Customer
from tests.support.fake_appliance import FLOOR_MB, MIB, FakeAppliance
from tests.support.ledger import AGAIN, Entry, Ledger
from tests.support.processes import wait_until
from tests.support.receiver import Answer
from tests.support.spool import Post, Spool, recording

API, WORKER, VALKEY = "vbot api", "vbot worker", "valkey-server"
LONG_CALL_SECONDS = 0.6
SHORT_CALL_SECONDS = (0.1, 0.25)
UNTIL_SEEN_SECONDS = 120.0
LEAST_CALLS = 5


@dataclass
class Round:
    """Two customers post; something goes wrong; they go on posting until all was accepted."""

    ledger: Ledger
    customers: tuple[Customer, Customer]
    rng: random.Random
    holds: bool = False  # the long call is not done before it is hit, on a busy machine neither
    spools: list[Spool] = field(default_factory=list)

    @property
    def box(self) -> FakeAppliance:
        assert isinstance(self.ledger.box, FakeAppliance)
        return self.ledger.box

    @property
    def held_by(self) -> Path:
        """The file that holds it up."""
        return self.box.folder / "held"

    def let_go(self) -> None:
        """The long call may end."""
        self.held_by.unlink(missing_ok=True)

    def begin(self) -> None:
        """The first posts of both, a long call each: whatever is to be hit then holds work, and more work waits."""

        def posts(count: int) -> list[Post]:
            return [Post(recording(self.rng.uniform(*SHORT_CALL_SECONDS))) for _ in range(count)]

        if self.holds:
            self.held_by.touch()

        def long_call() -> bytes:
            return recording(LONG_CALL_SECONDS, held_by=self.held_by if self.holds else None)

        named = Post(long_call(), external_id=f"pbx-{uuid4().hex}")
        again = Post(named.audio, named.external_id)  # a PBX that forgot that it had posted this
        later = [Post(recording(0.1), named.external_id)] if self.rng.random() < 0.5 else []
        plans = (
            ([Post(long_call()), *posts(1)], posts(2)),
            ([named, *posts(1)], [again, *later, *posts(1)]),
        )
        for customer, plan in zip(self.customers, plans, strict=True):
            spool = Spool(self.box, customer.key, *plan)
            self.spools.append(spool)
            spool.start()

    def go_on(self) -> None:
        """The second half of the posts begins; a moment later the fault comes in among them."""
        for spool in self.spools:
            spool.gate.set()
        time.sleep(self.rng.uniform(0.0, 0.05))

    def in_mid_call(self) -> str:
        """Wait until the worker is at the long call; return its id."""
        first = self.spools[0].said
        assert wait_until(lambda: bool(first), UNTIL_SEEN_SECONDS, 0.01), self.box.log_tail()
        call_id = first[0].call_id
        began = wait_until(lambda: self.ledger.call(call_id)["state"] == "processing", UNTIL_SEEN_SECONDS, 0.02)
        assert began, f"nobody began with {self.ledger.call(call_id)}\n{self.box.log_tail()}"
        return call_id

    def entries(self) -> list[Entry]:
        """What was accepted in this round until now."""
        found = {}
        for customer, spool in zip(self.customers, self.spools, strict=True):
            for said in list(spool.said):
                found[said.call_id] = self.ledger.enter(customer, said)
        return list(found.values())

    def finish(self) -> None:
        """Everything was accepted, is final and delivered; the books agree, and the round was worth it."""
        for spool in self.spools:
            accepted = spool.join(150)
            assert not spool.wrong, f"{spool.wrong}\n{self.box.log_tail()}"
            assert accepted, f"not everything was accepted\n{self.box.log_tail(60)}"
        entries = self.entries()
        assert len(entries) >= LEAST_CALLS
        self.ledger.settle(entries)
        webhooks = self.ledger.check(entries)
        assert webhooks >= len(entries)

    def note_what_was_accepted(self) -> None:
        """A round that failed must not make the next ones fail."""
        for spool in self.spools:
            spool.join(150)
        self.entries()

    @property
    def accepted(self) -> int:
        """How many posts, not calls: a repeated one counts."""
        return sum(len(spool.said) for spool in self.spools)

    @property
    def unreachable(self) -> int:
        return sum(spool.unreachable for spool in self.spools)

    @property
    def refused(self) -> int:
        return sum(spool.refused for spool in self.spools)

    def failed_attempts(self) -> int:
        """How many attempts at webhooks of this round came to nothing until now."""
        found = [self.box.deliveries(entry.call_id) for entry in self.entries()]
        attempts = [attempt for deliveries in found for one in deliveries for attempt in one["attempts"]]
        return sum(attempt["status"] != 200 for attempt in attempts)


def kill(box: FakeAppliance, *titles: str) -> None:
    """kill -9, all at once."""
    for victim in [box.one(title) for title in titles]:
        victim.kill()


def worker_is_killed(now: Round) -> None:
    held = now.in_mid_call()
    now.go_on()
    kill(now.box, WORKER)
    now.entries()
    now.ledger.entries[held].attempts = AGAIN  # else it held nothing


def api_is_killed(now: Round) -> None:
    now.in_mid_call()
    api = now.box.one(API)
    now.spools[0].gate.set()
    time.sleep(now.rng.uniform(0.0, 0.05))
    api.kill()
    now.spools[1].gate.set()  # at least these meet nobody
    _nobody_answers(now)


def valkey_is_killed(now: Round) -> None:
    now.in_mid_call()
    with _calls_queue_up(now):
        kill(now.box, VALKEY)


def all_are_killed(now: Round) -> None:
    held = now.in_mid_call()
    victims = [now.box.one(title) for title in (API, WORKER, VALKEY)]
    now.spools[0].gate.set()
    time.sleep(now.rng.uniform(0.0, 0.05))
    for victim in victims:
        victim.kill()
    now.spools[1].gate.set()
    _nobody_answers(now)
    now.entries()
    now.ledger.entries[held].attempts = AGAIN


def queue_is_wiped(now: Round) -> None:
    now.in_mid_call()
    with _calls_queue_up(now), _queue(now.box) as queue:
        queue.flushall()


def worker_is_told_to_end(now: Round) -> None:
    held = now.in_mid_call()
    now.go_on()
    worker = now.box.one(WORKER)
    worker.kill(signal.SIGTERM)
    assert wait_until(lambda: not worker.alive, 60), "it does not end"  # before anybody lets the call go
    now.entries()
    now.ledger.entries[held].attempts = AGAIN


def disk_has_little_room(now: Round) -> None:
    """Below the floor intake refuses, while there is still room for the results of what was accepted."""
    _needs_disk(now.box)
    now.in_mid_call()
    assert wait_until(lambda: now.accepted == 4, 60, 0.02), now.box.log_tail()
    before = now.entries()
    try:
        now.box.fill_disk(leave_bytes=FLOOR_MB * MIB // 2)
        assert wait_until(lambda: now.box.health() == "unhealthy", 60, 0.1), "it has not looked"
        now.go_on()
        assert wait_until(lambda: now.refused > 0, 60), "accepted on a disk without room"
        now.let_go()
        now.ledger.settle(before, 45)
        assert now.accepted == 4, "refused, and accepted all the same"
    finally:
        now.box.free_disk()


def disk_is_full(now: Round) -> None:
    """To the last byte, by somebody else, in the middle of everything."""
    _needs_disk(now.box)
    now.in_mid_call()
    try:
        now.box.fill_disk(leave_bytes=0)
        now.let_go()
        now.go_on()
        assert wait_until(lambda: now.refused + now.unreachable > 0, 60), "accepted on a full disk"
        time.sleep(now.rng.uniform(0.3, 1.2))
    finally:
        now.box.free_disk()


def receiver_hangs(now: Round) -> None:
    answers = now.customers[1].endpoint.answers
    answers[:] = [Answer(delay_seconds=60.0)]
    try:
        came = len(now.customers[1].endpoint.received)
        now.go_on()  # else both first webhooks may be delivered by now
        assert wait_until(lambda: len(now.customers[1].endpoint.received) > came, UNTIL_SEEN_SECONDS, 0.02)
        assert wait_until(lambda: now.failed_attempts() > 0, 60, 0.1), "nobody was kept waiting"
    finally:
        answers[:] = [Answer()]


def dns_fails(now: Round) -> None:
    customer = now.customers[1]
    _webhooks_go_to(now.box, customer, "http://receiver.invalid/hook")
    try:
        now.go_on()
        assert wait_until(lambda: now.failed_attempts() > 0, UNTIL_SEEN_SECONDS, 0.1), "the name was found"
        time.sleep(now.rng.uniform(0.0, 0.5))
    finally:
        _webhooks_go_to(now.box, customer, customer.endpoint.url)


def clock_jumps(now: Round) -> None:
    """By a day forward and then back, while calls are in hand and webhooks wait for their next attempt."""
    if not now.box.has_clock:
        pytest.skip("no clock to set: Debian's package libfaketime is not installed")
    answers = now.customers[1].endpoint.answers
    answers[:] = [Answer(503)]
    try:
        now.go_on()
        assert wait_until(lambda: now.failed_attempts() > 0, UNTIL_SEEN_SECONDS, 0.05)
        _jump(now.box, "+1d")
        assert wait_until(lambda: now.failed_attempts() > 1, 60, 0.05)
        # What was planned by the wrong clock is due when it is right again, not a day later. Not before this line: the
        # attempts that the jumps bring forward must not be used up.
        answers[:] = [Answer()]
        _jump(now.box, "+0")
    finally:
        now.box.set_clock("+0")
        answers[:] = [Answer()]


FAULTS: tuple[Callable[[Round], None], ...] = (
    worker_is_killed,
    api_is_killed,
    valkey_is_killed,
    all_are_killed,
    queue_is_wiped,
    worker_is_told_to_end,
    receiver_hangs,
    dns_fails,
    clock_jumps,
)
# In these the long call is held up until the fault has come.
HOLDS = (
    worker_is_killed,
    all_are_killed,
    worker_is_told_to_end,
    valkey_is_killed,
    queue_is_wiped,
    api_is_killed,
    disk_has_little_room,
    disk_is_full,
)


def _nobody_answers(now: Round) -> None:
    assert wait_until(lambda: now.unreachable > 0, 60, 0.01), "nobody noticed that the api was away"


@contextlib.contextmanager
def _calls_queue_up(now: Round) -> Iterator[None]:
    """The worker stands still meanwhile: on a busy machine it had done all of them before anybody looked."""
    worker = now.box.one(WORKER)
    worker.kill(signal.SIGSTOP)
    try:
        now.go_on()
        with _queue(now.box) as queue:
            assert wait_until(lambda: bool(queue.llen(f"{CALLS_NAMESPACE}:{GPU_QUEUE}")), 60, 0.01), "an empty queue"
        yield
    finally:
        worker.kill(signal.SIGCONT)


def _queue(box: FakeAppliance) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(box.data_dir / "run/valkey.sock"))


def _needs_disk(box: FakeAppliance) -> None:
    if not box.has_disk:
        pytest.skip("no small disk to fill: only root can mount one")


def _webhooks_go_to(box: FakeAppliance, customer: Customer, url: str) -> None:
    answer = box.admin("PUT", f"/api/customers/{customer.id}", json={"webhook_url": url})
    assert answer.status_code == 200, answer.text


def _jump(box: FakeAppliance, offset: str) -> None:
    before = _clock(box)
    assert before is not None, "the api does not answer"
    box.set_clock(offset)

    def has_jumped() -> bool:
        now = _clock(box)
        return now is not None and abs(now - before) > timedelta(hours=22)

    assert wait_until(has_jumped, 60), "the clock has not jumped"


def _clock(box: FakeAppliance) -> datetime | None:
    try:
        return datetime.fromisoformat(box.request("GET", "/health", timeout=20).json()["timestamp"])
    except requests.RequestException:
        return None
