"""The shapes of requests (of those about customers: `customer_requests.py`), and what paths and queries hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from appliance.api.shapes import text_schemas
from appliance.domain.delivery import DeliveryState
from appliance.domain.token import DEFAULT_LIFE, Role
from appliance.errors import NotFound
from appliance.process.log.level import LONGEST_SECONDS

HIGHEST_ID = 2**31 - 1

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET
HIGHEST_STATUS = 599  # of HTTP's answers
_EXAMPLE_MOMENT = "2024-03-14T12:00:00Z"
_EXAMPLE_FUTURE = "2099-03-14T12:00:00Z"


def described(schema: dict[str, Any], sentence: str, example: str | int | None) -> Meta:
    """What JSON Schema says of a field besides its type."""
    return Meta(description=sentence, examples=[example], extra_json_schema=schema)


class CreateToken(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new token for an operator, or for workers on other machines."""

    role: Annotated[
        Role,
        Meta(
            description="`admin` may change things; `viewer` reads, with secrets masked; `worker` joins workers on "
            "another machine, and opens none of these routes."
        ),
    ]
    name: Annotated[str, Meta(description="What it is for; the role's name unless given.", examples=["grafana"])] = ""
    expires_at: Annotated[
        datetime | Unset | None,
        described(
            text_schemas.MOMENT,
            f"When it ends by itself, with its zone; null: never. After {DEFAULT_LIFE.days} days unless given.",
            _EXAMPLE_FUTURE,
        ),
    ] = UNSET
    customer_ids: Annotated[
        Annotated[list[Annotated[int, Meta(ge=1, le=HIGHEST_ID)]], Meta(min_length=1, max_length=1000)] | None,
        Meta(
            description="The customers whose calls, recordings, deliveries, figures and audit lines a viewer sees, and "
            "nothing else; null: everybody's. Not for an administrator.",
            examples=[None],
        ),
    ] = None


class ChosenLogLevel(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How much is to be logged, and for how long."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="`info` is the usual one.", examples=["debug"])
    ]
    seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=LONGEST_SECONDS,
            description=f"After how many seconds it goes back to `info`; from 1 to {LONGEST_SECONDS}.",
            examples=[900],
        ),
    ] = 900


class RedeliverMany(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which deliveries are to be sent again: those that match everything that is given."""

    customer_id: Annotated[
        Annotated[int, Meta(ge=0, le=HIGHEST_ID)] | None, Meta(description="Only this customer's.", examples=[123])
    ] = None
    call_id: Annotated[str | None, Meta(description="Only those that tell of this call.", examples=[None])] = None
    state: Annotated[
        DeliveryState | None, Meta(description="Only those in this state; null: those that failed.", examples=[None])
    ] = None
    since: Annotated[
        datetime | None,
        described(text_schemas.MOMENT, "Only those made at this moment or later.", _EXAMPLE_MOMENT),
    ] = None
    until: Annotated[
        datetime | None,
        described(text_schemas.MOMENT, "Only those made before this moment.", None),
    ] = None
    status: Annotated[
        Annotated[int, Meta(ge=0, le=HIGHEST_STATUS)] | None,
        Meta(description="Only those whose last attempt was answered with this; 0: no answer came.", examples=[None]),
    ] = None
    search: Annotated[
        str | None,
        Meta(description="Only those with this in a number of their call, or as one of their ids.", examples=[None]),
    ] = None
    dry_run: Annotated[bool, Meta(description="Only count them.", examples=[True])] = False


def path_id(text: str) -> int:
    """A numeric id in a path; what cannot be one does not exist."""
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit()) or len(digits) > 10 or int(digits or "0") > HIGHEST_ID:
        raise NotFound(f"there is nothing with id {text[:20]}")
    return int(digits or "0")


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
