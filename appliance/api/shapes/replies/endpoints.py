"""How the customers' webhook endpoints fare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, moment
from appliance.api.shapes.replies.deliveries import EXAMPLE_URL
from appliance.domain.clock import contract_timestamp
from appliance.domain.endpoint import EndpointFigures
from appliance.domain.sealed_url import SealedUrl


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
    last_test: Annotated[LastTestReply | None, Meta(description="Its newest test, or null.")]


class EndpointsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All customers' endpoints, by the customers' numbers."""

    endpoints: Annotated[list[EndpointReply], Meta(description="The endpoints.")]


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
        last_test=_last_test(figures, shown),
    )


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
