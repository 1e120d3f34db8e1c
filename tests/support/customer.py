"""A customer of an appliance under test, and the server to which its webhooks go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.support.receiver import Endpoint, Received


@dataclass(frozen=True)
class Customer:
    """A customer's record, as the api gave it, and the endpoint that receives its webhooks."""

    record: dict[str, Any]
    endpoint: Endpoint

    @property
    def id(self) -> int:
        return int(self.record["id"])

    @property
    def key(self) -> str:
        return str(self.record["api_key"])

    @property
    def secret(self) -> str:
        return str(self.record["webhook_secret"])

    def received_about(self, call_id: str) -> list[Received]:
        """What came about one call, every signature verified."""
        found = [one for one in list(self.endpoint.received) if one.json["call_id"] == call_id]
        for one in found:
            _verify(one, self.secret)
        return found


def _verify(one: Received, secret: str) -> None:
    """Check the signature as the official library makes it, whatever the clock of the box said at the time."""
    stamp = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(one.webhook_id, stamp, one.body.decode())
    assert signature in one.headers["webhook-signature"].split(), "a wrong signature"
