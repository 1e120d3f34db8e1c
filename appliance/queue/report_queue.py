"""The worker's end of the queue: what it reports, and that it lives."""

from __future__ import annotations

import msgspec
import redis

from appliance.messages.heartbeat import WorkerHeartbeat, read_heartbeat
from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_QUEUE, WORKERS_KEY
from appliance.messages.reports import WorkerReport
from appliance.queue.broker import REPORTS_LIST, new_message, reaching_queue
from appliance.queue.dramatiq_internals import bodies_of, id_in_queue, with_id_in_queue


class ReportQueue:
    """The worker's side. Every method blocks and raises Unavailable when the queue cannot be reached."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def report(self, report: WorkerReport) -> None:
        """Tell the api what came of an attempt, whatever others have put there."""
        # As Dramatiq puts it there, but for its script: that would also show us as one of the queue's consumers.
        message = with_id_in_queue(new_message(RESULTS_QUEUE, REPORT_ACTOR, report))
        with reaching_queue(), self._client.pipeline() as pipeline:
            pipeline.hset(bodies_of(REPORTS_LIST), id_in_queue(message), message.encode())
            pipeline.rpush(REPORTS_LIST, id_in_queue(message))
            pipeline.execute()

    def beat(self, heartbeat: WorkerHeartbeat) -> None:
        """Show that we live, and what we hold."""
        with reaching_queue():
            self._client.hset(WORKERS_KEY, heartbeat.worker, msgspec.json.encode(heartbeat))

    def last_heartbeat(self, worker: str) -> WorkerHeartbeat | None:
        """What is left of the last life of that name, or None: it went in order, or spoke another version."""
        with reaching_queue():
            body: bytes | None = self._client.hget(WORKERS_KEY, worker)  # type: ignore[assignment]
        try:
            return None if body is None else read_heartbeat(worker, body)
        except msgspec.DecodeError:
            return None

    def leave(self, worker: str) -> None:
        """A worker that ends in order takes its name away."""
        with reaching_queue():
            self._client.hdel(WORKERS_KEY, worker)
