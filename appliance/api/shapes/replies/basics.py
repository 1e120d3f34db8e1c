"""What many replies share: errors, success, pages, moments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from appliance.domain.clock import contract_timestamp

EXAMPLE_CALL_ID = "5f6c9a52-7c0b-4d3e-9d5c-0f2b8a1f6c11"
EXAMPLE_MOMENT = "2024-03-14T12:00:00Z"
NEXT_CURSOR = "What to send as `cursor` for the next page; null at the end."


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """What every error answers."""

    status: Annotated[Literal["error"], Meta(description="Always `error`.")] = "error"
    message: Annotated[
        str,
        Meta(description="What is wrong, in words that stay the same.", examples=["Invalid request parameters"]),
    ]
    details: Annotated[
        list[dict[str, str]] | msgspec.UnsetType,
        Meta(
            description="Where it helps: each `field` at fault, and its `problem`.",
            examples=[[{"field": "caller_number", "problem": "is required"}]],
        ),
    ] = msgspec.UNSET


class SuccessReply(msgspec.Struct, frozen=True, kw_only=True):
    """Something was done."""

    status: Annotated[Literal["success"], Meta(description="Always `success`.")] = "success"
    message: Annotated[str, Meta(description="What was done.", examples=["Customer deleted successfully"])]


class HealthReply(msgspec.Struct, frozen=True, kw_only=True):
    """Whether calls are accepted: three fields, and never more."""

    status: Annotated[
        Literal["healthy", "degraded", "unhealthy"],
        Meta(
            description="`degraded`: calls are accepted, but wait because queue or worker is missing, or most of them "
            "fail through the appliance's own fault, or recordings were found damaged in the last 24 hours; "
            "`unhealthy` (with status 503): no call can be accepted, or one of usual length was just refused for want "
            "of room.",
            examples=["healthy"],
        ),
    ]
    version: Annotated[str, Meta(description="The version of vBot.", examples=["1.0.0"])]
    timestamp: Annotated[str, Meta(description="The appliance's clock, UTC.", examples=[EXAMPLE_MOMENT])]


def moment(value: datetime | None) -> str | None:
    """A moment as the contract writes it."""
    return None if value is None else contract_timestamp(value)
