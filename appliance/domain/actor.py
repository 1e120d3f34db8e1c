"""Who does something: an operator, a customer, the owner of the data folder, the appliance itself, or nobody known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.token import Role

# The address of what does not come over the network.
LOCAL = "local"


class ActorKind(StrEnum):
    """`owner` is whoever may open the data folder: over its socket, or with a command that works on it."""

    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    OWNER = "owner"
    VBOT = "vbot"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from where; handed to every use case that changes anything.

    An operator has the id, name and role of its token, a customer the name of its company; `request_id` is that of the
    HTTP request, where there is one.
    """

    kind: ActorKind
    address: str = LOCAL
    request_id: str | None = None
    token_id: int | None = None
    name: str | None = None
    role: Role | None = None


OWNER = Actor(ActorKind.OWNER)
VBOT = Actor(ActorKind.VBOT)
