"""Create, list, revoke tokens: operators', and those that join workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind, Value
from appliance.domain.clock import Clock, contract_timestamp
from appliance.domain.token import Role, Token
from appliance.errors import NotFound
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys, new_admin_token
from appliance.storage.tables import audit, customers, tokens


class Tokens:
    """The use cases around tokens."""

    def __init__(
        self, database: Database, keys: Keys, now: Clock, on_revoked: Callable[[int], None] = lambda _: None
    ) -> None:
        """`on_revoked` is told the token's id once that is stored."""
        self._database = database
        self._keys = keys
        self._now = now
        self._on_revoked = on_revoked

    async def create(
        self,
        actor: Actor,
        role: Role,
        name: str,
        expires_at: datetime | None = None,
        of_customers: frozenset[int] | None = None,
    ) -> tuple[Token, str]:
        """Create a token; returns it with its text, which is not kept. Raises NotFound for an unknown customer.

        Without `expires_at` it never ends; `of_customers` is whose calls a viewer may see, None: everybody's.
        """
        text = new_admin_token()
        token_hash = self._keys.credential_hash(text)

        def insert(tx: Connection) -> Token:
            now = self._now()
            for customer_id in sorted(of_customers or ()):
                if customers.get(tx, customer_id) is None:
                    raise NotFound(f"there is no customer {customer_id}")
            token = tokens.insert(
                tx,
                name=name,
                role=role,
                token_hash=token_hash,
                created_at=now,
                expires_at=expires_at,
                customers=of_customers,
            )
            audit.add(tx, token_created(actor, token))
            return token

        return await self._database.write(insert), text

    async def listing(self) -> list[Token]:
        """All tokens, revoked ones too."""
        return await self._database.read(tokens.listing)

    async def revoke(self, actor: Actor, token_id: int) -> Token:
        """Revoke a token at once and for ever; raises NotFound."""

        def revoke(tx: Connection) -> Token:
            now = self._now()
            before = tokens.get(tx, token_id)
            if before is None:
                raise NotFound(f"there is no token {token_id}")
            if before.revoked_at is not None:
                return before
            tokens.revoke(tx, token_id, now)
            audit.add(
                tx,
                AuditLine(
                    now,
                    actor,
                    Action.TOKEN_REVOKED,
                    _subject(before),
                    {"revoked_at": None},
                    {"revoked_at": contract_timestamp(now)},
                ),
            )
            return replace(before, revoked_at=now)

        revoked = await self._database.write(revoke)
        self._on_revoked(token_id)
        return revoked


def token_created(actor: Actor, token: Token) -> AuditLine:
    """The audit's line for a new token."""
    expires_at = None if token.expires_at is None else contract_timestamp(token.expires_at)
    fields: dict[str, Value] = {"name": token.name, "role": token.role.value, "expires_at": expires_at}
    if token.customers is not None:
        fields["customer_ids"] = sorted(token.customers)
    return AuditLine(token.created_at, actor, Action.TOKEN_CREATED, _subject(token), after=fields)


def _subject(token: Token) -> Subject:
    return Subject(SubjectKind.TOKEN, str(token.id))
