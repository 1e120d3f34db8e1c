"""Tokens of operators."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.replies.basics import EXAMPLE_MOMENT, moment
from appliance.domain.clock import contract_timestamp
from appliance.domain.token import Role, Token


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """A token; its text only in the answer that created it."""

    id: Annotated[int, Meta(description="The token's number.", examples=[2])]
    name: Annotated[str, Meta(description="What it is for.", examples=["grafana"])]
    role: Annotated[
        str,
        Meta(
            description="`admin` may change things; `viewer` reads, with secrets masked.",
            examples=[Role.VIEWER.value],
            extra_json_schema={"enum": [role.value for role in Role]},
        ),
    ]
    created_at: Annotated[str, Meta(description="When it was created, UTC.", examples=[EXAMPLE_MOMENT])]
    expires_at: Annotated[str | None, Meta(description="When it ends by itself, UTC, or null.", examples=[None])]
    last_used_at: Annotated[str | None, Meta(description="When it was last used, UTC, or null.", examples=[None])]
    revoked_at: Annotated[str | None, Meta(description="When it was revoked, UTC, or null.", examples=[None])]
    token: Annotated[
        str | msgspec.UnsetType,
        Meta(description="The token itself: shown once, in the answer that created it.", examples=["token_shown_once"]),
    ] = msgspec.UNSET


class TokensReply(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens."""

    tokens: Annotated[list[TokenReply], Meta(description="The tokens.")]


def token_reply(token: Token, text: str | None = None) -> TokenReply:
    """A token, with its text when it was just created."""
    return TokenReply(
        id=token.id,
        name=token.name,
        role=token.role.value,
        created_at=contract_timestamp(token.created_at),
        expires_at=moment(token.expires_at),
        last_used_at=moment(token.last_used_at),
        revoked_at=moment(token.revoked_at),
        token=msgspec.UNSET if text is None else text,
    )
