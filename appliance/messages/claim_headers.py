"""The headers of a claim: a worker's POST to the address of a recording, and the answer."""

from __future__ import annotations

# Who claims: sent with the POST to a recording's address.
WORKER_HEADER = "X-Worker"
BOOT_HEADER = "X-Worker-Boot"
# Sent with it, and in heartbeats. A worker of before the second has no token in its reports, which are dropped; one of
# before the third does not say to the api itself what it holds.
PROTOCOL_HEADER = "X-Worker-Protocol"
PROTOCOL = 3
# Answered with it: what the recording must be, and what every report about this attempt must carry.
SHA256_HEADER = "X-Recording-SHA256"
CLAIM_TOKEN_HEADER = "X-Claim-Token"  # noqa: S105  # a header's name
