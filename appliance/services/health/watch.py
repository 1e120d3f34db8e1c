"""Looks every second at what nobody reports: which workers are there, whether calls can be accepted, how they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from appliance.domain.failures import Failures
from appliance.domain.health import health_of
from appliance.domain.live_event import HealthChanged, Publish, WorkerChanged, WorkerState
from appliance.errors import Unavailable
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.services.health.failing_calls import failing_calls

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0


class Watch:
    """Publishes what has changed since the last look; runs until cancelled."""

    def __init__(
        self,
        present_workers: Callable[[], Iterable[WorkerHeartbeat]],
        writable: Callable[[int], Awaitable[bool]],
        lacking: Callable[[], list[str]],
        failures: Callable[[], Failures],
        publish: Publish,
    ) -> None:
        self._present_workers = present_workers
        self._writable = writable
        self._lacking = lacking
        self._failures = failures
        self._publish = publish
        self._workers: dict[str, WorkerChanged] = {}
        self._boots: dict[str, str] = {}
        self._health: HealthChanged | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                logger.warning("the look around goes on in a second: %s", error)
            except Exception:
                logger.exception("the look around stumbled; it goes on in a second")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Look once."""
        self._look_at_workers()
        writable, lacking, failures = await self._writable(0), self._lacking(), self._failures()
        status = health_of(writable=writable, lacking=lacking, failing=failures.through_own_fault)
        health = HealthChanged(status, tuple(lacking), failing_calls(failures).state)
        if health != self._health:
            self._health = health
            self._publish(health)

    def _look_at_workers(self) -> None:
        present = {heartbeat.worker: heartbeat for heartbeat in self._present_workers()}
        for name in set(self._workers) - set(present):
            last = self._workers.pop(name)
            self._publish(WorkerChanged(name, WorkerState.GONE, last.device, last.model))
        for name, heartbeat in present.items():
            now = _worker(heartbeat)
            # Another life is news, even where it stands as the one before did.
            if now != self._workers.get(name) or heartbeat.boot != self._boots[name]:
                self._workers[name] = now
                self._boots[name] = heartbeat.boot
                self._publish(now)


def _worker(heartbeat: WorkerHeartbeat) -> WorkerChanged:
    return WorkerChanged(
        worker=heartbeat.worker,
        state=WorkerState.READY if heartbeat.ready else WorkerState.LOADING,
        device=heartbeat.device,
        model=heartbeat.model,
        call_id=heartbeat.held[0].call_id if heartbeat.held else None,
    )
