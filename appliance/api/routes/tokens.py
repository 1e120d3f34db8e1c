"""/api/tokens: operators' tokens. Also what `vbot token` talks to, over the local socket."""

from __future__ import annotations

from msgspec import UNSET

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.field_checks import check_text
from appliance.api.shapes.replies.basics import SuccessReply
from appliance.api.shapes.replies.tokens import TokenReply, TokensReply, token_reply
from appliance.api.shapes.requests import CreateToken, path_id
from appliance.domain.clock import utc_now
from appliance.domain.token import DEFAULT_LIFE, Role
from appliance.errors import InvalidRequest, NotFound, Problem

REVOKED = "Token revoked"


class _TokenHandler(Handler):
    async def admit(self) -> None:
        await self.admit_operator(changes=self.request.method != "GET")


class TokenList(_TokenHandler):
    """GET and POST /api/tokens."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="List operators' tokens.",
            caller=Caller.OPERATOR,
            answers=TokensReply,
        )
    )
    async def get(self) -> None:
        found, now = await self.services.access.tokens.listing(), utc_now()
        self.reply(TokensReply(tokens=[token_reply(token, now) for token in found], own_id=self.actor.token_id))

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Create a token for an administrator, a viewer, or workers on another machine.",
            caller=Caller.ADMIN,
            answers=TokenReply,
            takes=CreateToken,
            notes="The token itself is in this answer and nowhere else. It ends after a year unless you say otherwise.",
        )
    )
    async def post(self) -> None:
        request = self.json_body(CreateToken)
        name = request.name or request.role.value
        try:
            check_text(name)
        except ValueError as error:
            raise InvalidRequest(Problem("name", str(error))) from None
        expires_at = utc_now() + DEFAULT_LIFE if request.expires_at is UNSET else request.expires_at
        if expires_at is not None and (expires_at.tzinfo is None or expires_at <= utc_now()):
            raise InvalidRequest(Problem("expires_at", "must be a moment to come, with its zone"))
        only = None if request.customer_ids is None else frozenset(request.customer_ids)
        if only is not None and request.role is not Role.VIEWER:
            raise InvalidRequest(Problem("customer_ids", "only a viewer can be limited to customers"))
        try:
            token, text = await self.services.access.tokens.create(self.actor, request.role, name, expires_at, only)
        except NotFound as error:
            raise InvalidRequest(Problem("customer_ids", str(error))) from None
        self.reply(token_reply(token, utc_now(), text))


class TokenDetail(_TokenHandler):
    """DELETE /api/tokens/{id}."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Revoke a token.",
            caller=Caller.ADMIN,
            answers=SuccessReply,
            example={"message": REVOKED},
        )
    )
    async def delete(self, token_id: str) -> None:
        await self.services.access.tokens.revoke(self.actor, path_id(token_id))
        self.reply(SuccessReply(message=REVOKED))
