"""Who is asking: an operator by token, or a customer by API key."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from appliance.domain.actor import OWNER, Actor, ActorKind
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.domain.token import Role, Token, TokenState
from appliance.errors import Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, tokens

logger = logging.getLogger(__name__)

# "Last used" is for people who look for forgotten tokens; a commit for every request would cost more than it tells.
NOTE_USE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody on the administrator's side; `token` is None for the owner of the data folder on the local socket."""

    role: Role
    token: Token | None

    @property
    def customers(self) -> frozenset[int] | None:
        """Whose calls it may see, and nothing else; None: everybody's."""
        return None if self.token is None else self.token.customers

    def acting(self, address: str, request_id: str) -> Actor:
        """What is written down of the operator where it changes something."""
        if self.token is None:
            return replace(OWNER, request_id=request_id)
        return Actor(ActorKind.TOKEN, address, request_id, self.token.id, self.token.name, self.role)


Identity = Operator | Customer


class Authenticator:
    """Looks credentials up by their keyed hash."""

    def __init__(self, database: Database, keys: Keys, now: Clock) -> None:
        self._database = database
        self._keys = keys
        self._now = now
        self._noted: dict[int, datetime] = {}
        # This process alone changes customers, and says so: what is remembered is never stale.
        self._known: dict[str, Customer] = {}
        self._generation = 0

    async def operator(self, token: str) -> Operator | None:
        """The operator with this token, or None when it is unknown, expired, revoked, or one that joins workers."""
        found = await self._valid(token)
        if found is None or found.role is Role.WORKER:
            return None
        await self._note_use(found, self._now())
        return Operator(found.role, found)

    async def joining(self, token: str) -> Token | None:
        """The token that joins workers, or None when it is unknown, expired, revoked, or an operator's."""
        found = await self._valid(token)
        if found is None or found.role is not Role.WORKER:
            return None
        await self._note_use(found, self._now())
        return found

    async def _valid(self, token: str) -> Token | None:
        token_hash = self._keys.credential_hash(token)
        found = await self._database.read(lambda tx: tokens.by_hash(tx, token_hash))
        return found if found is not None and found.state_at(self._now()) is TokenState.VALID else None

    async def customer(self, api_key: str) -> Customer | None:
        """The active customer with this key, or None."""
        key_hash = self._keys.credential_hash(api_key)
        found = self._known.get(key_hash)
        if found is None:
            found = await self._look_up(key_hash)
        usable = found is not None and found.is_active and found.accepts_api_key_hash(key_hash, self._now())
        return found if usable else None

    def forget_customers(self) -> None:
        """Some customer has changed: what we remember of them is no longer true."""
        self._generation += 1
        self._known.clear()

    async def _look_up(self, key_hash: str) -> Customer | None:
        generation = self._generation
        found = await self._database.read(lambda tx: customers.by_api_key_hash(tx, key_hash))
        # Not when one was changed meanwhile: this may be what it was before.
        if found is not None and generation == self._generation:
            self._known[key_hash] = found
        return found

    async def _note_use(self, token: Token, now: datetime) -> None:
        last = self._noted.get(token.id)
        if last is not None and now - last < NOTE_USE_EVERY:
            return
        self._noted[token.id] = now

        def note(tx: Connection) -> None:
            tokens.note_use(tx, token.id, now)

        try:
            await self._database.write(note)
        except Unavailable as error:
            # Who comes to see why the disk is full must be let in.
            logger.warning("the use of token %d was not noted: %s", token.id, error)
