"""The message that a call becomes: what its worker has to know of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.domain.vocabulary import together
from appliance.messages.analyse_call import AnalyseCall
from appliance.services.calls.moods import wanted_moods
from appliance.storage.database import Connection
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, customers

# How long the signed address of a recording is good for. A message that waits longer comes back and is signed anew.
ADDRESS_LIFETIME_SECONDS = 3600


def with_customers(tx: Connection, call_ids: list[str]) -> dict[str, tuple[Call, Customer | None]]:
    """These calls by their ids, each with its customer, a deleted one too."""
    found = calls.these(tx, call_ids).values()
    theirs = {
        customer_id: customers.get(tx, customer_id, with_deleted=True)
        for customer_id in {call.customer_id for call in found}
    }
    return {call.call_id: (call, theirs[call.customer_id]) for call in found}


def message_of(call: Call, customer: Customer | None, keys: Keys, now: datetime, sentiment_of: str) -> AnalyseCall:
    """The message of the call's next attempt; `sentiment_of` is the appliance's."""
    attempt = call.attempt + 1
    expires = int(now.timestamp()) + ADDRESS_LIFETIME_SECONDS
    signature = keys.sign_recording(call.call_id, call.revision, attempt, expires)
    options: dict[str, Any] = {
        "language": call.language or (customer.default_language if customer else None),
        "direction": call.direction,
        "caller_channel": call.caller_channel or (customer.caller_channel if customer else None) or "left",
        "vocabulary": together(call.vocabulary, customer.vocabulary if customer else ()),
        "sentiment_of": wanted_moods(customer, sentiment_of),
        # The customer's channel is a default; the call's is somebody's word for this very recording.
        "parties_by_channel": call.caller_channel is not None,
        "announcement_seconds": call.announcement_seconds,
    }
    return AnalyseCall(
        call_id=call.call_id,
        revision=call.revision,
        attempt=attempt,
        recording_path=(
            f"/internal/recordings/{call.call_id}?revision={call.revision}&attempt={attempt}"
            f"&expires={expires}&signature={signature}"
        ),
        alone=call.alone,
        **options,
    )
