"""A worker shows that it lives, and proves what it holds."""

from __future__ import annotations

from appliance.errors import InvalidCredential
from appliance.messages.lease_renewal import LeaseRenewal
from appliance.services.calls.leases import Leases
from appliance.storage.folder.keys import Keys


class RenewLeases:
    """The use case. All in memory: on the event loop."""

    def __init__(self, keys: Keys, leases: Leases) -> None:
        self._keys = keys
        self._leases = leases

    def __call__(self, renewal: LeaseRenewal) -> None:
        """Lengthen the leases of those attempts that are proven; raises InvalidCredential if any is not."""
        unproven = 0
        for one in renewal.held:
            attempt = (one.call_id, one.revision, one.attempt)
            if self._keys.claim_token_matches(one.claim_token, *attempt, renewal.worker, renewal.boot):
                self._leases.renew(*attempt, renewal.worker, renewal.boot)
            else:
                unproven += 1
        if unproven:
            raise InvalidCredential(f"the claims of {unproven} calls are not proven")
