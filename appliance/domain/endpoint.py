"""How a customer's webhook endpoint fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.delivery import Delivery


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt that was not taken: `status` is None when no answer came."""

    at: datetime
    status: int | None
    error: str | None


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
    last_failure: FailedAttempt | None = None  # of the last day
    last_test: Delivery | None = None  # without its body


@dataclass(frozen=True, slots=True)
class ReceiverCertificate:
    """The certificate that a receiver shows; all but its fingerprint is None where it cannot be read.

    It is the receiver that says this: whether it is the right one is known only by comparing the fingerprint there.
    """

    fingerprint_sha256: str  # 64 hex digits
    subject: str | None = None  # as RFC 4514 writes it
    issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
