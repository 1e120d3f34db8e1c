"""How a customer's webhook endpoint fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.delivery import Delivery


@dataclass(frozen=True, slots=True)
class EndpointFigures:
    """One customer's endpoint, by the attempts that were made; tests are told apart from them.

    `attempts` and `succeeded` count those of the last day, and the latencies are of those of it that were answered.
    """

    customer_id: int
    failing_since: datetime | None = None  # an attempt failed then, and none has succeeded since
    last_success_at: datetime | None = None
    attempts: int = 0
    succeeded: int = 0
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None
    last_test: Delivery | None = None  # without its body
