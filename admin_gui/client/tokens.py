"""Tokens of operators, and those that join workers."""

from __future__ import annotations

from datetime import datetime

import msgspec

from admin_gui.client.transport.errors import Forbidden, NotFound
from admin_gui.client.transport.exchange import Requests

ADMIN, VIEWER, WORKER = "admin", "viewer", "worker"


class Token(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A token: `state` is valid, expired or revoked; its text (`token`) only in the answer that created it."""

    id: int
    name: str
    role: str
    state: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    ends_soon: bool = False
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    customer_ids: list[int] | None = None  # whose calls a viewer sees, and nothing else; None: everybody's
    token: str | None = None
    # The one that we came with; None: an appliance of before does not say which.
    is_own: bool | None = None


class _TokensReply(msgspec.Struct):
    tokens: list[Token]
    own_id: int | None = None


class _Anything(msgspec.Struct):
    pass


class Tokens:
    """/api/tokens."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def all(self) -> list[Token]:
        reply = self._requests.get("/api/tokens", _TokensReply)
        if reply.own_id is None:
            return reply.tokens
        return [msgspec.structs.replace(one, is_own=one.id == reply.own_id) for one in reply.tokens]

    def create(
        self, role: str, name: str = "", expires_at: datetime | None = None, customer_ids: list[int] | None = None
    ) -> Token:
        """A new token, with its text; without `expires_at` it never ends."""
        body: dict[str, object] = {"role": role, "name": name, "expires_at": expires_at}
        if customer_ids is not None:  # an appliance of before does not know the field
            body["customer_ids"] = customer_ids
        return self._requests.post("/api/tokens", Token, body)

    def revoke(self, token_id: int) -> None:
        self._requests.delete(f"/api/tokens/{token_id}", _Anything)

    def own_role(self) -> str:
        """What our own token may do. Raises NotAuthorised; Forbidden when it is no operator's token.

        A viewer may list backups and not download one: asked for a backup that cannot exist, the appliance tells who
        may not from what is not there, and nothing is changed.
        """
        self._requests.get("/api/customers", _Anything, limit=1)
        try:
            self._requests.get("/api/backups/no-such-backup", _Anything)
        except Forbidden:
            return VIEWER
        except NotFound:
            pass
        return ADMIN
