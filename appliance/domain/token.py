"""Who may use the administrator's side, and which workers on other machines may join."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.domain.ending import ends_soon

# A token that nobody said anything else of ends by itself.
DEFAULT_LIFE = timedelta(days=365)
# A new one is made in a minute, and whoever uses it has to be reached.
TOLD_BEFORE = timedelta(days=14)


class Role(StrEnum):
    """An admin may change things; a viewer reads, with secrets masked.

    A worker is nobody's way to the administrator's side: its token joins workers on another machine, and no more.
    """

    ADMIN = "admin"
    VIEWER = "viewer"
    WORKER = "worker"


class TokenState(StrEnum):
    """Whether a token lets anybody in."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Token:
    """One operator's token, or one that joins workers; only its keyed hash is kept.

    `customers`: whose calls a viewer may see, and nothing else; None: everybody's.
    """

    id: int
    name: str
    role: Role
    token_hash: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    customers: frozenset[int] | None = None

    def state_at(self, moment: datetime) -> TokenState:
        """One that was revoked stays so, whether or not its time would be over by now."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        if self.expires_at is not None and moment >= self.expires_at:
            return TokenState.EXPIRED
        return TokenState.VALID

    def ends_soon(self, now: datetime) -> bool:
        """Whether somebody has to think of a new one."""
        if self.expires_at is None or self.state_at(now) is not TokenState.VALID:
            return False
        return ends_soon(self.created_at, self.expires_at, now, TOLD_BEFORE)
