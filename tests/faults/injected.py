"""The faults of the rounds. Each comes in while its victim holds work, and is mended where it does not mend itself."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
# Where the work itself is the victim, it must not be done before it is hit, on a busy machine neither.
VICTIMS_CALL_SECONDS = 1.2
SHORT_CALL_SECONDS = (0.1, 0.25)
UNTIL_SEEN_SECONDS = 20.0
LEAST_CALLS = 5


@dataclass
class Round:
    """Two customers post; something goes wrong; they go on posting until all was accepted."""

    ledger: Ledger
    customers: tuple[Customer, Customer]
    rng: random.Random
    long_call_seconds: float
    spools: list[Spool] = field(default_factory=list)

    @property
    def box(self) -> FakeAppliance:
        assert isinstance(self.ledger.box, FakeAppliance)
        return self.ledger.box

    def begin(self) -> None:
        """The first posts of both, a long call each: whatever is to be hit then holds work, and more work waits."""

        def posts(count: int) -> list[Post]:
            return [Post(recording(self.rng.uniform(*SHORT_CALL_SECONDS))) for _ in range(count)]

        named = Post(recording(self.long_call_seconds), external_id=f"pbx-{uuid4().hex}")
        again = Post(named.audio, named.external_id)  # a PBX that forgot that it had posted this
        later = [Post(recording(0.1), named.external_id)] if self.rng.random() < 0.5 else []
        plans = (
            ([Post(recording(self.long_call_seconds)), *posts(1)], posts(2)),
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
        """Wait until the worker is at the long call; return its id. It goes on for half a second."""
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
            accepted = spool.join(60)
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
            spool.join(60)
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
    now.go_on()
    kill(now.box, API)
    _nobody_answers(now)


def valkey_is_killed(now: Round) -> None:
    now.in_mid_call()
    with _calls_queue_up(now):
        kill(now.box, VALKEY)


def all_are_killed(now: Round) -> None:
    held = now.in_mid_call()
    now.go_on()
    kill(now.box, API, WORKER, VALKEY)
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
    now.box.one(WORKER).kill(signal.SIGTERM)
    now.entries()
    now.ledger.entries[held].attempts = AGAIN


def disk_has_little_room(now: Round) -> None:
    """Below the floor intake refuses, while there is still room for the results of what was accepted."""
    _needs_disk(now.box)
    now.in_mid_call()
    assert wait_until(lambda: now.accepted == 4, 10, 0.02), now.box.log_tail()
    before = now.entries()
    try:
        now.box.fill_disk(leave_bytes=FLOOR_MB * MIB // 2)
        time.sleep(0.6)  # it looks twice a second
        now.go_on()
        assert wait_until(lambda: now.refused > 0, 10), "accepted on a disk without room"
        now.ledger.settle(before, 20)
        assert now.accepted == 4, "refused, and accepted all the same"
    finally:
        now.box.free_disk()


def disk_is_full(now: Round) -> None:
    """To the last byte, by somebody else, in the middle of everything."""
    _needs_disk(now.box)
    now.in_mid_call()
    try:
        now.box.fill_disk(leave_bytes=0)
        now.go_on()
        assert wait_until(lambda: now.refused + now.unreachable > 0, 10), "accepted on a full disk"
        time.sleep(now.rng.uniform(0.3, 1.2))
    finally:
        now.box.free_disk()


def receiver_hangs(now: Round) -> None:
    answers = now.customers[1].endpoint.answers
    answers[:] = [Answer(delay_seconds=3.0)]
    try:
        came = len(now.customers[1].endpoint.received)
        assert wait_until(lambda: len(now.customers[1].endpoint.received) > came, UNTIL_SEEN_SECONDS, 0.02)
        now.go_on()
        assert wait_until(lambda: now.failed_attempts() > 0, 10, 0.1), "nobody was kept waiting"
    finally:
        answers[:] = [Answer()]


def dns_fails(now: Round) -> None:
    customer = now.customers[1]
    _webhooks_go_to(now.box, customer, "http://receiver.invalid/hook")
    try:
        assert wait_until(lambda: now.failed_attempts() > 0, UNTIL_SEEN_SECONDS, 0.1), "the name was found"
        now.go_on()
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
        assert wait_until(lambda: now.failed_attempts() > 0, UNTIL_SEEN_SECONDS, 0.05)
        _jump(now.box, "+1d")
        assert wait_until(lambda: now.failed_attempts() > 1, 5, 0.05)
        now.go_on()
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
WORK_IS_VICTIM = (worker_is_killed, all_are_killed, worker_is_told_to_end, valkey_is_killed, queue_is_wiped)


def _nobody_answers(now: Round) -> None:
    assert wait_until(lambda: now.unreachable > 0, 10, 0.01), "nobody noticed that the api was away"


@contextlib.contextmanager
def _calls_queue_up(now: Round) -> Iterator[None]:
    """The worker stands still meanwhile: on a busy machine it had done all of them before anybody looked."""
    worker = now.box.one(WORKER)
    worker.kill(signal.SIGSTOP)
    try:
        now.go_on()
        with _queue(now.box) as queue:
            assert wait_until(lambda: bool(queue.llen(f"{CALLS_NAMESPACE}:{GPU_QUEUE}")), 20, 0.01), "an empty queue"
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
    box.set_clock(offset)
    jumped = wait_until(lambda: abs(_clock(box) - before) > timedelta(hours=22), 5)
    assert jumped, "the clock has not jumped"


def _clock(box: FakeAppliance) -> datetime:
    try:
        return datetime.fromisoformat(box.request("GET", "/health", timeout=3).json()["timestamp"])
    except requests.RequestException as error:
        raise AssertionError("the api does not answer") from error
