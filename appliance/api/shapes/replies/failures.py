"""How the calls of the last hour ended."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, moment
from appliance.domain.clock import contract_timestamp
from appliance.domain.failures import OWN_FAULTS, Failures
from appliance.domain.system import DamagedRecordings

FAILURES = (
    "How the calls of the last hour ended. The component `calls` is a `warning` when chance does not explain how many "
    "failed, of all or of one customer's: were one in 20 to fail, or twice the usual share where that is more, so many "
    "would do so in one of a million hours. It is `failed` when in addition more than half of all failed. `health` is "
    "`degraded` only when of those that ended since the api started most failed through the appliance's own fault "
    f"({', '.join(f'`{code}`' for code in sorted(OWN_FAULTS))}), calls whose recordings are at fault left out."
)

# Damage comes with the whole disk or with one file: nobody reads a longer list.
MOST_DAMAGED_TOLD = 100


class FailureGroupReply(msgspec.Struct, frozen=True, kw_only=True):
    """The failed calls of one customer with one error.

    `GET /api/calls` lists exactly these with `error_code` and `customer_id`, `since` of the failures as
    `finished_since` and their `until` as `finished_until`.
    """

    error_code: Annotated[str, Meta(description="The calls' `error.code`.", examples=["unreadable_recording"])]
    customer_id: Annotated[int, Meta(description="Whose calls they are.", examples=[123])]
    customer_name: Annotated[
        str | None,
        Meta(description="The customer's name, the last one where it was deleted.", examples=["Customer Name"]),
    ]
    count: Annotated[int, Meta(description="How many they are.", examples=[900])]
    example: Annotated[
        str,
        Meta(
            description="What the last of them says, cut where it is long.",
            examples=["the bytes are no audio that can be decoded"],
        ),
    ]


class FailuresReply(msgspec.Struct, frozen=True, kw_only=True):
    """How the calls of the last hour ended, as of a few seconds ago.

    A call counts once, as it is now: not while it is analysed again, and not after it was erased. Calls in which
    nothing was recorded do not count.
    """

    since: Annotated[
        str,
        Meta(
            description="Calls count that were completed, or failed, from this moment on, UTC.",
            examples=[EXAMPLE_MOMENT],
        ),
    ]
    until: Annotated[str, Meta(description="And before this moment, UTC.", examples=["2024-03-14T13:00:00Z"])]
    finished: Annotated[int, Meta(description="How many were completed, or failed.", examples=[1262])]
    failed: Annotated[int, Meta(description="How many of these failed.", examples=[1161])]
    share: Annotated[float, Meta(description="Which share that is, from 0 to 1; 0 where none ended.", examples=[0.92])]
    usual_share: Annotated[
        float | None,
        Meta(
            description="The share of those that ended in the 14 days before; null where these are fewer than 50.",
            examples=[0.03],
        ),
    ]
    groups: Annotated[
        list[FailureGroupReply],
        Meta(description="The failures by error and customer, the largest group first; 20 groups at most."),
    ]


def failures_reply(failures: Failures) -> FailuresReply:
    """How the calls ended, as it is shown."""
    ended, usual_share = failures.ended, failures.usual.usual_share
    return FailuresReply(
        since=contract_timestamp(failures.since),
        until=contract_timestamp(failures.until),
        finished=ended.finished,
        failed=ended.failed,
        share=round(ended.share, 4),
        usual_share=None if usual_share is None else round(usual_share, 4),
        groups=[msgspec.convert(group, FailureGroupReply, from_attributes=True) for group in failures.groups],
    )


class DamagedRecordingsReply(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings that the disk does not give back as they were written."""

    since: Annotated[
        str | None,
        Meta(description="When the first was found, UTC; null where there is none.", examples=[None]),
    ]
    count: Annotated[int, Meta(description="How many calls they belong to.", examples=[0])]
    call_ids: Annotated[
        list[str], Meta(description=f"The calls, the newest first, {MOST_DAMAGED_TOLD} at most.", examples=[[]])
    ]


def damaged_recordings_reply(found: DamagedRecordings) -> DamagedRecordingsReply:
    """The newest of them by name."""
    return DamagedRecordingsReply(
        since=moment(found.since),
        count=len(found.call_ids),
        call_ids=list(found.call_ids[:MOST_DAMAGED_TOLD]),
    )
