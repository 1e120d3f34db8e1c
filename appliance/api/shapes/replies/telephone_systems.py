"""What is told of telephone systems: those that fell silent, and those that send what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.domain.system import RefusedPosts, SilentPbx


class SilentPbxReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whose telephone system has fallen silent when it usually sends calls."""

    customer_id: Annotated[int, Meta(description="The customer.", examples=[123])]
    customer_name: Annotated[str, Meta(description="Its name.", examples=["Customer Name"])]
    last_call_at: Annotated[str, Meta(description="When its last call was accepted, UTC.", examples=[EXAMPLE_MOMENT])]
    silent_since: Annotated[
        str, Meta(description="Since when the silence is longer than usual, UTC.", examples=["2024-03-14T14:00:00Z"])
    ]
    reason: Annotated[
        str,
        Meta(
            description="What is unusual, in words.",
            examples=["No call for 3 hours; about 10 an hour are usual at its working times."],
        ),
    ]


class RefusedPostsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whose posts are refused."""

    customer_id: Annotated[int, Meta(description="The customer.", examples=[123])]
    count: Annotated[int, Meta(description="How many were refused in the last hour.", examples=[81])]
    last_at: Annotated[str, Meta(description="When the last one came, UTC.", examples=[EXAMPLE_MOMENT])]
    last_problem: Annotated[
        str,
        Meta(
            description="Why the last one was refused: the field and what is wrong with it, never what was sent.",
            examples=["caller_number is required"],
        ),
    ]


def silent_pbxs_reply(found: Iterable[SilentPbx]) -> list[SilentPbxReply]:
    """The silent ones, as they are shown."""
    return [
        SilentPbxReply(
            customer_id=one.customer_id,
            customer_name=one.customer_name,
            last_call_at=contract_timestamp(one.last_call_at),
            silent_since=contract_timestamp(one.silent_since),
            reason=one.reason,
        )
        for one in found
    ]


def refused_posts_reply(found: Iterable[RefusedPosts]) -> list[RefusedPostsReply]:
    """Those whose posts are refused, as they are shown."""
    return [
        RefusedPostsReply(
            customer_id=one.customer_id,
            count=one.count,
            last_at=contract_timestamp(one.last_at),
            last_problem=one.last_problem,
        )
        for one in found
    ]
