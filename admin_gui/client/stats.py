"""What was done over time: figures by hour or day, of one customer or of all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from admin_gui.client.deliveries import Attempt
from admin_gui.client.system import FailedWebhooks, System
from admin_gui.client.transport.errors import ClientError, NotFound
from admin_gui.client.transport.exchange import Requests

# /api/system is asked every few seconds.
KEPT_SECONDS = 60.0
Bucket = Literal["hour", "day", "range"]


class CallCounts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Calls by what became of them (`empty`: nothing was recorded); the rest of the accepted wait, or are in work."""

    accepted: int = 0
    completed: int = 0
    empty: int = 0
    failed: int = 0


class SentimentCounts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    positive: int = 0
    neutral: int = 0
    negative: int = 0


class DeliveryCounts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    pending: int = 0
    retrying: int = 0
    delivered: int = 0
    failed: int = 0
    disabled: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Calls by when they were accepted, deliveries by when they were made."""

    calls: CallCounts = msgspec.field(default_factory=CallCounts)
    audio_seconds: float = 0.0
    speech_seconds: float = 0.0
    time_to_result_p50_seconds: float | None = None
    time_to_result_p95_seconds: float | None = None
    sentiment: SentimentCounts = msgspec.field(default_factory=SentimentCounts)
    deliveries: DeliveryCounts = msgspec.field(default_factory=DeliveryCounts)


class StatsRow(Figures, frozen=True, kw_only=True, gc=False):
    """The figures of one bucket, which begins at `start` (UTC)."""

    start: datetime
    bucket: str = "hour"
    customer_id: int | None = None


class Stats(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Rows, oldest first, and all of them together."""

    since: datetime
    until: datetime
    bucket: str
    rows: list[StatsRow] = []
    totals: Figures = msgspec.field(default_factory=Figures)


class LastTest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The newest test of an endpoint, as the appliance keeps it."""

    delivery_id: str
    at: datetime
    status: int | None = None
    latency_ms: int = 0
    error: str | None = None
    url: str | None = None

    @property
    def attempt(self) -> Attempt:
        """What came of it."""
        return Attempt(at=self.at, status=self.status, latency_ms=self.latency_ms, error=self.error, url=self.url)


class EndpointFigures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a customer's endpoint fares; latencies, in milliseconds, and the last failure are of the last 24 hours."""

    customer_id: int
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    attempts: int = 0
    succeeded: int = 0
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None
    last_failure: Attempt | None = None
    last_test: LastTest | None = None


class _EndpointsReply(msgspec.Struct):
    endpoints: list[EndpointFigures]


class StatsHistory:
    """/api/stats."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def between(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        bucket: Bucket = "hour",
        customer_id: int | None = None,
        by_customer: bool = False,
    ) -> Stats:
        """The figures of a time; whole hours or days of UTC."""
        return self._requests.get(
            "/api/stats",
            Stats,
            since=since.isoformat(),
            until=None if until is None else until.isoformat(),
            bucket=bucket,
            customer_id=customer_id,
            by="customer" if by_customer else None,
        )

    def endpoints(self, customer_id: int | None = None) -> list[EndpointFigures]:
        """How the endpoints fare, all of them or one; nothing where the appliance is an older one."""
        try:
            return self._requests.get("/api/stats/endpoints", _EndpointsReply, customer_id=customer_id).endpoints
        except NotFound:
            return []


class WebhookFailures:
    """Whose webhooks fail, asked for once a minute at the most, and only where some do. Safe to use from threads."""

    def __init__(self, history: StatsHistory, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._history = history
        self._monotonic = monotonic
        self._known: tuple[list[FailedWebhooks], float] = ([], 0.0)

    def put_into(self, system: System, now: datetime) -> System:
        """The same with the customers; without them where the appliance cannot be asked. `now`: its clock."""
        if not system.deliveries.failed_last_24_hours:
            return system
        found, until = self._known
        if self._monotonic() >= until:
            try:
                told = self._history.between(now - timedelta(days=1), bucket="range", by_customer=True)
            except ClientError:
                # One that takes half a minute to fail must not hold up each look at the appliance.
                self._known = found, self._monotonic() + KEPT_SECONDS
                return self._with(system, found)
            counted = Counter[int]()
            for row in told.rows:
                if row.customer_id is not None and row.deliveries.failed:
                    counted[row.customer_id] += row.deliveries.failed
            found = [FailedWebhooks(customer_id=which, count=count) for which, count in sorted(counted.items())]
            self._known = found, self._monotonic() + KEPT_SECONDS
        return self._with(system, found)

    def _with(self, system: System, failed: list[FailedWebhooks]) -> System:
        replace = msgspec.structs.replace
        return replace(system, deliveries=replace(system.deliveries, failed_of_customers=failed))
