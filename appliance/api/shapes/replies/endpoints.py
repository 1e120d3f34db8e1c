"""How the customers' webhook endpoints fare, and which certificate one shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, moment
from appliance.api.shapes.replies.deliveries import EXAMPLE_URL
from appliance.domain.clock import contract_timestamp
from appliance.domain.endpoint import EndpointFigures, ReceiverCertificate
from appliance.domain.sealed_url import SealedUrl
from appliance.domain.short_text import with_unseen_shown

# A certificate may be of any length.
LONGEST_NAME = 300


class LastTestReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newest test of an endpoint; `GET /api/deliveries/{id}` has all of it."""

    delivery_id: Annotated[str, Meta(description="Its delivery.", examples=["0e1b2f04-3f0e-4f2a-8d2c-4b7f6c1f2a90"])]
    at: Annotated[str, Meta(description="When it was made, UTC.", examples=[EXAMPLE_MOMENT])]
    status: Annotated[int | None, Meta(description="What was answered; null when no answer came.", examples=[200])]
    latency_ms: Annotated[int, Meta(description="How long it took, in milliseconds.", examples=[87])]
    error: Annotated[
        str | None, Meta(description="What went wrong, where the status does not say it.", examples=[None])
    ]
    url: Annotated[
        str | None,
        Meta(
            description="Where it went, which may be another address than the present one. A viewer does not see path "
            "and query.",
            examples=[EXAMPLE_URL],
        ),
    ]


class LastFailureReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newest attempt of the last 24 hours that was not taken."""

    at: Annotated[str, Meta(description="When it was made, UTC.", examples=[EXAMPLE_MOMENT])]
    status: Annotated[int | None, Meta(description="What was answered; null when no answer came.", examples=[None])]
    error: Annotated[
        str | None,
        Meta(description="What went wrong, where the status does not say it.", examples=["connection refused"]),
    ]


class EndpointReply(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's endpoint. Tests are counted in `last_test` alone, and attempts for erased calls not at all."""

    customer_id: Annotated[int, Meta(description="Whose endpoint it is.", examples=[1])]
    failing_since: Annotated[
        str | None,
        Meta(
            description="When an attempt failed since which none has succeeded, UTC; null: the last one succeeded, or "
            "there was none at this address.",
            examples=[None],
        ),
    ]
    last_success_at: Annotated[
        str | None,
        Meta(
            description="When a webhook was taken last, UTC, at whatever address; or null.", examples=[EXAMPLE_MOMENT]
        ),
    ]
    attempts: Annotated[int, Meta(description="Attempts of the last 24 hours.", examples=[41])]
    succeeded: Annotated[int, Meta(description="Those of them that were answered with 2xx.", examples=[40])]
    latency_p50_ms: Annotated[
        int | None,
        Meta(
            description="How long half of the answers of the last 24 hours took at most, in milliseconds; null where "
            "there was none.",
            examples=[87],
        ),
    ]
    latency_p95_ms: Annotated[int | None, Meta(description="The same of 95 % of the answers.", examples=[410])]
    last_failure: Annotated[
        LastFailureReply | None,
        Meta(description="The newest attempt of the last 24 hours that was not taken, or null."),
    ]
    last_test: Annotated[LastTestReply | None, Meta(description="Its newest test, or null.")]


class EndpointsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All customers' endpoints, by the customers' numbers."""

    endpoints: Annotated[list[EndpointReply], Meta(description="The endpoints.")]


class WebhookCertificateReply(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate of a receiver; what it says of itself is null where it cannot be read."""

    fingerprint_sha256: Annotated[
        str, Meta(description="SHA-256 of the certificate, 64 hex digits.", examples=["5f" * 32])
    ]
    subject: Annotated[
        str | None, Meta(description="Whose it is, as it says itself (RFC 4514).", examples=["CN=crm.example.com"])
    ]
    issuer: Annotated[
        str | None,
        Meta(description="Who signed it; its own subject where it did so itself.", examples=["CN=crm.example.com"]),
    ]
    not_before: Annotated[str | None, Meta(description="From when on it holds, UTC.", examples=[EXAMPLE_MOMENT])]
    not_after: Annotated[str | None, Meta(description="Until when it holds, UTC.", examples=[EXAMPLE_MOMENT])]


def certificate_reply(seen: ReceiverCertificate) -> WebhookCertificateReply:
    """A certificate, whose names are anybody's text."""
    return WebhookCertificateReply(
        fingerprint_sha256=seen.fingerprint_sha256,
        subject=_shown_name(seen.subject),
        issuer=_shown_name(seen.issuer),
        not_before=moment(seen.not_before),
        not_after=moment(seen.not_after),
    )


def _shown_name(name: str | None) -> str | None:
    return None if name is None else with_unseen_shown(name[:LONGEST_NAME])


def endpoint_reply(figures: EndpointFigures, shown: Callable[[SealedUrl | None], str | None]) -> EndpointReply:
    """How one fares; `shown` tells an address as far as the reader may see it."""
    return EndpointReply(
        customer_id=figures.customer_id,
        failing_since=moment(figures.failing_since),
        last_success_at=moment(figures.last_success_at),
        attempts=figures.attempts,
        succeeded=figures.succeeded,
        latency_p50_ms=figures.latency_p50_ms,
        latency_p95_ms=figures.latency_p95_ms,
        last_failure=_last_failure(figures),
        last_test=_last_test(figures, shown),
    )


def _last_failure(figures: EndpointFigures) -> LastFailureReply | None:
    found = figures.last_failure
    if found is None:
        return None
    return LastFailureReply(at=contract_timestamp(found.at), status=found.status, error=found.error)


def _last_test(figures: EndpointFigures, shown: Callable[[SealedUrl | None], str | None]) -> LastTestReply | None:
    delivery = figures.last_test
    if delivery is None or not delivery.attempts:
        return None
    attempt = delivery.attempts[-1]
    return LastTestReply(
        delivery_id=delivery.id,
        at=contract_timestamp(attempt.at),
        status=attempt.status,
        latency_ms=attempt.latency_ms,
        error=attempt.error,
        url=shown(attempt.url or delivery.url),
    )
