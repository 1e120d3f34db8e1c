"""The headers of a claim: a worker's POST to the address of a recording, and the answer."""

from __future__ import annotations

import hashlib

# Who claims: sent with the POST to a recording's address. The secret is this life's own, and in no heartbeat.
WORKER_HEADER = "X-Worker"
SECRET_HEADER = "X-Worker-Secret"  # noqa: S105  # a header's name
# Sent with it, and in heartbeats. A worker of before the second has no token in its reports, which are dropped; one of
# before the third does not say to the api itself what it holds; one of before the fourth has no secret.
PROTOCOL_HEADER = "X-Worker-Protocol"
PROTOCOL = 4
# Answered with it: what the recording must be, and what every report about this attempt must carry.
SHA256_HEADER = "X-Recording-SHA256"
CLAIM_TOKEN_HEADER = "X-Claim-Token"  # noqa: S105  # a header's name

# Answered with it, and to each renewal of a lease: how the worker is to log, such as `debug 812` for so many seconds.
LOG_LEVEL_HEADER = "X-Log-Level"


def boot_of(secret: str) -> str:
    """What a worker's life is called where others read it: who has only heard of it cannot claim in its name."""
    return hashlib.sha256(secret.encode()).hexdigest()
