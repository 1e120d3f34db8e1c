"""The other ends of the queue, for tests: what a worker takes out, what the api takes out."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from dramatiq.brokers.redis import RedisBroker

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.claim_headers import PROTOCOL
from appliance.messages.queue_names import GPU_QUEUE, RESULTS_QUEUE
from appliance.messages.reports import WorkerReport
from appliance.queue.broker import calls_broker, connect
from appliance.queue.reports_broker import reports_broker
from appliance.services.calls.claim_call import Claim

QUIET_SECONDS = 0.3  # when nothing came for so long, nothing is there


class QueueEnd:
    """Takes messages out of one queue and, like a process that was killed, acknowledges only what it is told to."""

    def __init__(self, broker: Any, queue: str, at_once: int) -> None:
        self.broker = broker
        # Dramatiq's own, which looks and does not wait.
        self._consumer: Any = RedisBroker.consume(broker, queue, prefetch=at_once, timeout=20)
        self._taken: dict[str | None, Any] = {}

    def bodies(self, count: int | None = None, seconds: float = 60, *, acknowledge: bool = False) -> list[Any]:
        """Take so many messages, and fail when fewer come, or all that come until it is quiet. Blocks."""
        found: list[Any] = []
        deadline = time.monotonic() + seconds
        heard = time.monotonic()
        while time.monotonic() < deadline and (count is None or len(found) < count):
            message = next(self._consumer)
            if message is not None:
                body = message.kwargs["body"]
                body = json.loads(body) if isinstance(body, str) else body  # reports come as text
                self._taken[body.get("call_id")] = message
                found.append(body)
                heard = time.monotonic()
                if acknowledge:
                    self._consumer.ack(message)
            elif count is None and time.monotonic() - heard > QUIET_SECONDS:
                break
        assert count is None or len(found) == count, f"want {count} messages within {seconds:g} s, have {found}"
        return found

    def acknowledge(self, call_id: str) -> None:
        """The message about this call is done with: there is room for another."""
        self._consumer.ack(self._taken.pop(call_id))


class Taker:
    """A worker's end: messages about calls."""

    def __init__(self, url: str, at_once: int = 1000) -> None:
        self._end = QueueEnd(calls_broker(connect(url)), GPU_QUEUE, at_once)

    def take(self, count: int | None = None, seconds: float = 60) -> list[AnalyseCall]:
        """So many messages, or all that are there. Blocks."""
        return [msgspec.convert(body, AnalyseCall) for body in self._end.bodies(count, seconds)]

    def done(self, message: AnalyseCall) -> None:
        """It was worked on."""
        self._end.acknowledge(message.call_id)


class ReportTaker:
    """The api's end: reports."""

    def __init__(self, url: str) -> None:
        self.end = QueueEnd(reports_broker(connect(url)), RESULTS_QUEUE, 1000)

    def take(self, count: int | None = None, seconds: float = 60, *, acknowledge: bool = False) -> list[WorkerReport]:
        """So many reports, or all that are there. Blocks."""
        bodies = self.end.bodies(count, seconds, acknowledge=acknowledge)
        return [msgspec.convert(body, WorkerReport) for body in bodies]


def claim_of(message: AnalyseCall, worker: str = "box/cpu", boot: str = "first life") -> Claim:
    """What a worker asks of the api when it has taken this message."""
    parts = urlsplit(message.recording_path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Claim(
        call_id=parts.path.rpartition("/")[2],
        revision=int(query["revision"]),
        attempt=int(query["attempt"]),
        expires=int(query["expires"]),
        signature=query["signature"],
        worker=worker,
        boot=boot,
        protocol=PROTOCOL,
    )
