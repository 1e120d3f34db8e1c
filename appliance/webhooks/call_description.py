"""What the PBX told of a call, as webhooks, replies and live events show it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.domain.call import Call, Disposition
from appliance.domain.clock import contract_timestamp

_ID = "5f6c9a52-7c0b-4d3e-9d5c-0f2b8a1f6c11"

ExternalId = Annotated[
    str | None, Meta(description="The PBX's own id of the call, if it sent one.", examples=["1710417600.42"])
]
CallStartedAt = Annotated[
    str | None,
    Meta(
        description="When the call began, UTC, as it was submitted in `started_at`; null where it was not.",
        examples=["2024-03-14T11:58:00Z"],
    ),
]
DirectionShown = Annotated[
    str | None,
    Meta(
        description="`inbound`, `outbound` or `internal`, as it was submitted, or as the customer's own numbers tell; "
        "null where nothing does.",
        examples=["inbound"],
    ),
]
LinkedId = Annotated[
    str | None,
    Meta(description="The PBX's id of the whole call, if it sent one: several recordings may be of one call."),
]
Agent = Annotated[str | None, Meta(description="Who in the office took or made the call, if sent.", examples=["Ada"])]
Extension = Annotated[str | None, Meta(description="The extension, if sent.", examples=["201"])]
Queue = Annotated[str | None, Meta(description="The queue or group, if sent.", examples=["support"])]
Did = Annotated[str | None, Meta(description="The number dialled from outside, if sent.", examples=["+0987654321"])]
DispositionShown = Annotated[
    str | None,
    Meta(
        description=f"What came of the call, if sent: one of {', '.join(Disposition)}.",
        examples=[Disposition.ANSWERED.value],
    ),
]
AnsweredAt = Annotated[
    str | None,
    Meta(description="When the PBX answered, UTC, if sent.", examples=["2024-03-14T11:58:04Z"]),
]
BridgedAt = Annotated[
    str | None,
    Meta(description="When the two parties were connected, UTC, if sent.", examples=["2024-03-14T11:58:21Z"]),
]


_TEXTS = ("external_id", "direction", "linked_id", "agent", "extension", "queue", "did", "disposition")
_MOMENTS = ("call_started_at", "answered_at", "bridged_at")
# Of a call that never was, or is no more.
NO_DESCRIPTION: dict[str, Any] = dict.fromkeys((*_TEXTS, *_MOMENTS))


class CallLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Where the appliance shows the call: paths behind the address that recordings are posted to."""

    call: Annotated[str, Meta(description="The call.", examples=[f"/api/calls/{_ID}"])]
    recording: Annotated[
        str, Meta(description="Its recording, while that is kept.", examples=[f"/api/calls/{_ID}/recording"])
    ]


def call_description(call: Call) -> dict[str, Any]:
    """The fields by which a receiver finds the call in its PBX's own records."""
    texts = {name: getattr(call, name) for name in _TEXTS}
    return texts | {name: _shown(getattr(call, name)) for name in _MOMENTS}


def links_of(call_id: str) -> CallLinks:
    """Where a call is shown."""
    return CallLinks(call=f"/api/calls/{call_id}", recording=f"/api/calls/{call_id}/recording")


def _shown(at: datetime | None) -> str | None:
    return None if at is None else contract_timestamp(at)
