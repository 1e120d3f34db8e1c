"""What a worker says to the api itself, by HTTP, every 2 s: that it still holds what it claimed.

Heartbeats lie in the queue, where whoever has a worker's password may write them in another's name. Over these calls
nobody has a say but who was given their tokens.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.messages.bounds import MAX_CALLS_IN_HAND, Name, Place

LEASES_PATH = "/internal/leases"


class ClaimedCall(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt in a worker's hands, with the token that its claim was answered with."""

    call_id: Name
    revision: Place
    attempt: Place
    claim_token: Name


class LeaseRenewal(msgspec.Struct, frozen=True, kw_only=True):
    """worker → api, a POST to `LEASES_PATH`: I live, and hold these."""

    worker: Name
    boot: Name
    held: Annotated[list[ClaimedCall], Meta(max_length=MAX_CALLS_IN_HAND)]
