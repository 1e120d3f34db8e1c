"""The look around: workers that come, load, work and go; what is lacking; how calls end. Nothing is told twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from appliance.domain.failures import Ended, Failures
from appliance.domain.live_event import HealthChanged, LiveEvent, MuchChanged, WorkerChanged, WorkerState
from appliance.domain.system import ComponentState
from appliance.services.calls.leases import WORKER_ABSENT_AFTER_SECONDS, Leases
from appliance.services.health.watch import Watch
from tests.appliance.builders import NOON, a_call
from tests.support.parts import WORKER, Clocks, heartbeat


@dataclass
class Surroundings:
    """What the watch looks at."""

    clocks: Clocks = field(default_factory=Clocks)
    writable: bool = True
    lacking: list[str] = field(default_factory=list)
    failures: Failures = field(default_factory=lambda: Failures(NOON, NOON))
    told: list[LiveEvent | MuchChanged] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def writable(_more_bytes: int) -> bool:
            return self.writable

        self.leases = Leases(900, self.clocks.monotonic)
        self.watch = Watch(
            self.leases.present_workers, writable, lambda: self.lacking, lambda: self.failures, self.told.append
        )

    async def news(self) -> list[LiveEvent | MuchChanged]:
        """What one look tells."""
        self.told.clear()
        await self.watch.look()
        return list(self.told)


@pytest.fixture
async def box() -> Surroundings:
    box = Surroundings()
    await box.watch.look()
    return box


def worker(state: WorkerState, call_id: str | None = None) -> WorkerChanged:
    return WorkerChanged(WORKER, state, "cpu", "test", call_id)


async def test_the_first_look_tells_how_it_stands() -> None:
    box = Surroundings(lacking=["queue", "worker"])
    assert await box.news() == [HealthChanged("degraded", ("queue", "worker"))]


async def test_a_worker_comes_gets_ready_takes_a_call_puts_it_down_and_is_gone(box: Surroundings) -> None:
    call = a_call("one")
    box.leases.observe(heartbeat(1, ready=False))
    assert await box.news() == [worker(WorkerState.LOADING)]
    box.leases.observe(heartbeat(2))
    assert await box.news() == [worker(WorkerState.READY)]
    box.leases.observe(heartbeat(3, call))
    assert await box.news() == [worker(WorkerState.READY, "one")]
    box.leases.observe(heartbeat(4, call))
    assert await box.news() == []
    box.leases.observe(heartbeat(5))
    assert await box.news() == [worker(WorkerState.READY)]
    box.leases.observe({})
    assert await box.news() == [worker(WorkerState.GONE)]
    assert await box.news() == []


async def test_a_worker_that_is_not_heard_of_any_more_is_gone(box: Surroundings) -> None:
    box.leases.observe(heartbeat(1))
    await box.news()
    box.clocks.advance(WORKER_ABSENT_AFTER_SECONDS + 1)
    assert await box.news() == [worker(WorkerState.GONE)]
    box.leases.observe(heartbeat(2))
    assert await box.news() == [worker(WorkerState.READY)]


async def test_another_life_of_a_worker_is_news(box: Surroundings) -> None:
    box.leases.observe(heartbeat(1))
    await box.news()
    box.leases.observe(heartbeat(1, boot="second life"))
    assert await box.news() == [worker(WorkerState.READY)]
    assert await box.news() == []


async def test_workers_are_told_of_one_by_one(box: Surroundings) -> None:
    box.leases.observe({**heartbeat(1), **heartbeat(1, worker="box/cuda")})
    assert len(await box.news()) == 2
    box.leases.observe({**heartbeat(2), **heartbeat(2, worker="box/cuda", ready=False)})
    assert await box.news() == [WorkerChanged("box/cuda", WorkerState.LOADING, "cpu", "test")]


async def test_what_lacks_is_told_when_it_changes(box: Surroundings) -> None:
    box.lacking = ["worker"]
    assert await box.news() == [HealthChanged("degraded", ("worker",))]
    assert await box.news() == []
    box.lacking = ["queue", "worker"]
    assert await box.news() == [HealthChanged("degraded", ("queue", "worker"))]
    box.writable = False
    assert await box.news() == [HealthChanged("unhealthy", ("queue", "worker"))]
    box.writable, box.lacking = True, []
    assert await box.news() == [HealthChanged("healthy", ())]


async def test_it_is_told_when_calls_begin_to_fail_and_when_they_do_not_any_more(box: Surroundings) -> None:
    box.failures = Failures(NOON, NOON, ended=Ended(100, 30))
    assert await box.news() == [HealthChanged("healthy", (), ComponentState.WARNING)]
    box.failures = Failures(NOON, NOON, ended=Ended(101, 31))  # others, as many as before
    assert await box.news() == []
    box.failures = Failures(NOON, NOON, ended=Ended(100, 90))
    assert await box.news() == [HealthChanged("healthy", (), ComponentState.FAILED)]
    box.failures = Failures(NOON, NOON, ended=Ended(100, 90), own=Ended(80, 70))
    assert await box.news() == [HealthChanged("degraded", (), ComponentState.FAILED)]
    box.failures = Failures(NOON, NOON, ended=Ended(100, 2))
    assert await box.news() == [HealthChanged("healthy", (), ComponentState.OK)]
