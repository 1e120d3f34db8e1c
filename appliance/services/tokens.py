"""Create, list, revoke operators' tokens."""

from __future__ import annotations

from datetime import datetime

from appliance.domain.clock import Clock
from appliance.domain.token import Role, Token
from appliance.errors import NotFound
from appliance.storage import tokens
from appliance.storage.database import Connection, Database
from appliance.storage.keys import Keys, new_admin_token


class Tokens:
    """The use cases around tokens."""

    def __init__(self, database: Database, keys: Keys, now: Clock) -> None:
        self._database = database
        self._keys = keys
        self._now = now

    async def create(
        self, role: Role, name: str, expires_at: datetime | None = None, token: str | None = None
    ) -> tuple[Token, str]:
        """Create a token (or take this one); returns it with its text, which is not kept."""
        text = token or new_admin_token()
        token_hash = self._keys.credential_hash(text)

        def insert(tx: Connection) -> Token:
            return tokens.by_hash(tx, token_hash) or tokens.insert(
                tx, name=name, role=role, token_hash=token_hash, created_at=self._now(), expires_at=expires_at
            )

        return await self._database.write(insert), text

    async def listing(self) -> list[Token]:
        """All tokens, revoked ones too."""
        return await self._database.read(tokens.listing)

    async def revoke(self, token_id: int) -> Token:
        """Revoke a token at once and for ever; raises NotFound."""
        now = self._now()
        token = await self._database.write(lambda tx: tokens.revoke(tx, token_id, now))
        if token is None:
            raise NotFound(f"there is no token {token_id}")
        return token
