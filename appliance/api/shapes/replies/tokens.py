"""Tokens of operators, and of workers on other machines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, moment
from appliance.domain.clock import contract_timestamp
from appliance.domain.token import Role, Token, TokenState


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """A token; its text only in the answer that created it."""

    id: Annotated[int, Meta(description="The token's number.", examples=[2])]
    name: Annotated[str, Meta(description="What it is for.", examples=["grafana"])]
    role: Annotated[
        str,
        Meta(
            description="`admin` may change things; `viewer` reads, with secrets masked; `worker` joins workers on "
            "another machine.",
            examples=[Role.VIEWER.value],
            extra_json_schema={"enum": [role.value for role in Role]},
        ),
    ]
    state: Annotated[
        str,
        Meta(
            description="Only a `valid` one lets anybody in.",
            examples=[TokenState.VALID.value],
            extra_json_schema={"enum": [state.value for state in TokenState]},
        ),
    ]
    created_at: Annotated[str, Meta(description="When it was created, UTC.", examples=[EXAMPLE_MOMENT])]
    expires_at: Annotated[str | None, Meta(description="When it ends by itself, UTC, or null.", examples=[None])]
    ends_soon: Annotated[
        bool,
        Meta(
            description="Whether a valid one is in the last quarter of its life, with 14 days left at most.",
            examples=[False],
        ),
    ]
    last_used_at: Annotated[
        str | None, Meta(description="When it was last used, UTC and to the minute, or null.", examples=[None])
    ]
    customer_ids: Annotated[
        list[int] | None,
        Meta(description="Whose calls the viewer sees, and nothing else; null: everybody's.", examples=[None]),
    ]
    revoked_at: Annotated[str | None, Meta(description="When it was revoked, UTC, or null.", examples=[None])]
    token: Annotated[
        str | msgspec.UnsetType,
        Meta(description="The token itself: shown once, in the answer that created it.", examples=["token_shown_once"]),
    ] = msgspec.UNSET


class TokensReply(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens."""

    tokens: Annotated[list[TokenReply], Meta(description="The tokens.")]
    own_id: Annotated[
        int | None,
        Meta(description="The one that this request came with; null: it came from the appliance itself.", examples=[2]),
    ]


def token_reply(token: Token, at: datetime, text: str | None = None) -> TokenReply:
    """A token as it is at this moment, with its text when it was just created."""
    return TokenReply(
        id=token.id,
        name=token.name,
        role=token.role.value,
        state=token.state_at(at).value,
        created_at=contract_timestamp(token.created_at),
        expires_at=moment(token.expires_at),
        ends_soon=token.ends_soon(at),
        last_used_at=moment(token.last_used_at),
        customer_ids=None if token.customers is None else sorted(token.customers),
        revoked_at=moment(token.revoked_at),
        token=msgspec.UNSET if text is None else text,
    )
