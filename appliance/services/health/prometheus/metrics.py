"""What is counted for Prometheus. Labels are words of ours, never of a client: a flood makes no new series."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from appliance.domain.call import Call, CallState
from appliance.domain.dropped_reports import DropReason
from appliance.domain.failures import OWN_FAULTS, RECORDINGS_AT_FAULT
from appliance.domain.system import System
from appliance.services.deliveries.deliverer import Sender
from appliance.services.health.prometheus.system_gauges import SystemGauges
from appliance.services.health.readings import Readings
from appliance.webhooks.sender import Outcome
from appliance.webhooks.trust import Trust

# From a look-up in memory to a long recording over a slow line.
DURATION_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
OTHER = "other"
EMPTY = "empty"
KNOWN_ERRORS = OWN_FAULTS | RECORDINGS_AT_FAULT


@dataclass(frozen=True, slots=True)
class Exposition:
    """All series as text, in the format that the asker understands."""

    content_type: str
    text: bytes


class Metrics:
    """The counters that parts add to. Readings are taken when somebody asks, and shown beside them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.calls_accepted = Counter(
            "vbot_calls_accepted", "Calls accepted, each new revision too.", registry=registry
        )
        self.calls_finished = Counter(
            "vbot_calls_finished",
            "Calls that became final, by their state; those completed ones in which nothing was recorded as `empty`.",
            ["state"],
            registry=registry,
        )
        self.calls_failed = Counter(
            "vbot_calls_failed", "Calls that failed, by their error.", ["error"], registry=registry
        )
        self.webhook_attempts = Counter(
            "vbot_webhook_attempts",
            "Attempts to deliver: taken (2xx), refused (any other status), unanswered.",
            ["result"],
            registry=registry,
        )
        self._reports_dropped = Counter(
            "vbot_reports_dropped",
            "Reports of workers that were not taken, by the reason: unproven (no claim's token), outdated (its attempt "
            "is over), malformed, unstorable (its attempt has failed), given_up (could not be stored for too long).",
            ["reason"],
            registry=registry,
        )
        self.database_write_errors = Counter(
            "vbot_database_write_errors", "Writes that the database refused or could not store.", registry=registry
        )
        self._requests = Counter(
            "vbot_http_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "vbot_http_request_seconds",
            "From a request's first byte to its answer: an upload's time is mostly the client's.",
            ["route", "method"],
            registry=registry,
            buckets=DURATION_BUCKETS_SECONDS,
        )
        self._gauges = {
            name: Gauge(f"vbot_{name}", sentence, registry=registry) for name, sentence in Readings.SENTENCES.items()
        }
        self._system = SystemGauges(registry)
        self._one_exposition = threading.Lock()  # two at once would mix what each of them saw
        # What has not happened yet is 0, not absent: a rate over it can be asked for from the first minute on.
        for state in (*(state.value for state in CallState if state.final), EMPTY):
            self.calls_finished.labels(state)
        for code in (*sorted(KNOWN_ERRORS), OTHER):
            self.calls_failed.labels(code)
        for reason in DropReason:
            self._reports_dropped.labels(reason.value)
        for result in ("taken", "refused", "unanswered"):
            self.webhook_attempts.labels(result)

    def call_finished(self, call: Call) -> None:
        """A call became final."""
        self.calls_finished.labels(EMPTY if call.empty else call.state.value).inc()
        if call.error is not None:
            self.calls_failed.labels(call.error.code if call.error.code in KNOWN_ERRORS else OTHER).inc()

    def report_dropped(self, reason: DropReason) -> None:
        """A worker's report was not taken."""
        self._reports_dropped.labels(reason.value).inc()

    def webhook_attempted(self, outcome: Outcome) -> None:
        """One attempt to deliver is over."""
        result = "unanswered" if outcome.status is None else "taken" if outcome.succeeded else "refused"
        self.webhook_attempts.labels(result).inc()

    def request_answered(self, route: str, method: str | None, status: int, seconds: float | None) -> None:
        """A request is over; `route` is a pattern, not what was asked for. `seconds` is None where it was a stream."""
        known = method if method in METHODS else OTHER
        self._requests.labels(route, known, f"{status // 100}xx").inc()
        if seconds is not None:
            self._request_seconds.labels(route, known).observe(seconds)

    def exposition(self, readings: Readings, system: System, accept: str) -> Exposition:
        """Everything as text. Takes milliseconds: not for the event loop."""
        encode, content_type = choose_encoder(accept)
        with self._one_exposition:
            for name, gauge in self._gauges.items():
                gauge.set(getattr(readings, name))
            self._system.show(system)
            return Exposition(content_type, encode(self._registry))


class CountedSender:
    """A Sender (see `appliance.services.deliveries.deliverer`) whose attempts are counted."""

    def __init__(self, sender: Sender, metrics: Metrics) -> None:
        self._sender = sender
        self._metrics = metrics

    async def send(
        self, url: str, webhook_id: str, body: bytes, secrets: Sequence[str], trust: Trust | None = None
    ) -> Outcome:
        """Make one attempt."""
        outcome = await self._sender.send(url, webhook_id, body, secrets, trust)
        self._metrics.webhook_attempted(outcome)
        return outcome
