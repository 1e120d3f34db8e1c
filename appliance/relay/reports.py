"""The embedded Dramatiq worker of the api: workers' reports are stored here before they are acknowledged."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import dramatiq
import msgspec
import redis

from appliance.errors import Unavailable
from appliance.messages import REPORT_ACTOR, RESULTS_QUEUE, WorkerReport
from appliance.queue.broker import reports_broker

logger = logging.getLogger(__name__)

THREADS = 4  # reports that come together share one commit
# Dramatiq's threads look so often whether they are to end; a report wakes one at once.
WAKE_EVERY_MILLISECONDS = 500
TRY_AGAIN_AFTER_SECONDS = 2.0
STORE_TIMEOUT_SECONDS = 120.0

ReportHandler = Callable[[WorkerReport], Awaitable[None]]


class ReportConsumer:
    """CallsInHand each report to `handle` on the event loop; one that cannot be stored is tried again, not dropped."""

    def __init__(self, client: redis.Redis, loop: asyncio.AbstractEventLoop, handle: ReportHandler) -> None:
        self._loop = loop
        self._handle = handle
        self._stopping = threading.Event()
        broker = reports_broker(client)
        dramatiq.actor(broker=broker, actor_name=REPORT_ACTOR, queue_name=RESULTS_QUEUE)(self._receive)
        self._worker = dramatiq.Worker(broker, worker_threads=THREADS, worker_timeout=WAKE_EVERY_MILLISECONDS)

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        """Blocks for a few seconds at most; what was not stored stays in the queue."""
        self._stopping.set()
        self._worker.stop(timeout=3000)

    def _receive(self, body: dict[str, Any]) -> None:
        try:
            report: WorkerReport = msgspec.convert(body, WorkerReport)
        except msgspec.ValidationError:
            logger.exception("a report that we do not understand was dropped")
            return
        while True:
            future = asyncio.run_coroutine_threadsafe(self._store(report), self._loop)
            try:
                future.result(STORE_TIMEOUT_SECONDS)
            except Unavailable as error:
                logger.warning("a report about call %s waits: %s", report.call_id, error)
            except Exception:
                logger.exception("a report about call %s could not be stored", report.call_id)
            else:
                return
            if self._stopping.wait(TRY_AGAIN_AFTER_SECONDS):
                # Never acknowledged: the api's next life gets it again. This thread ends with the process.
                threading.Event().wait()

    async def _store(self, report: WorkerReport) -> None:
        await self._handle(report)
