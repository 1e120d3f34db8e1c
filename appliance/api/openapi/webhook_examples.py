"""Examples of the webhook's events, made by the code that makes the webhooks themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from appliance.domain.call import Call
from appliance.domain.delivery import WebhookEvent
from appliance.messages.call_result import Failure
from appliance.services.calls.empty_calls import empty_result
from appliance.webhooks import events


def webhook_examples(completed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Examples by their event; `completed` is one of a call that was analysed, and the others tell of the same call."""
    at = datetime.fromisoformat(completed["timestamp"]).astimezone(UTC)
    call = Call(
        call_id=completed["call_id"],
        customer_id=completed["customer_id"],
        caller_number=completed["caller_number"],
        called_number=completed["called_number"],
        received_at=at,
        metadata=msgspec.json.encode(completed["metadata"]).decode(),
    )
    failure = Failure(code="unreadable_recording", message="The file holds nothing but zero bytes.")
    failed = events.failed_body(call, failure, at)
    tried = events.test_body(call.call_id, call.customer_id, at)
    no_samples = "The recording holds no samples: it ends where its header does."
    empty = events.completed_body(call, empty_result(0.0, [no_samples]), WebhookEvent.EMPTY, at)
    bodies = {
        WebhookEvent.COMPLETED: completed,
        WebhookEvent.FAILED: msgspec.json.decode(failed),
        WebhookEvent.EMPTY: msgspec.json.decode(empty),
        WebhookEvent.TEST: msgspec.json.decode(tried),
    }
    return {event.value: {"summary": _SUMMARIES[event], "value": body} for event, body in bodies.items()}


_SUMMARIES = {
    WebhookEvent.COMPLETED: "A call was analysed.",
    WebhookEvent.FAILED: "A call could not be analysed.",
    WebhookEvent.EMPTY: "Nothing was recorded.",
    WebhookEvent.TEST: "Somebody tries your endpoint.",
}
# Why a call fails, by `error.code`: what the worker's engine raises, and what the appliance itself finds.
FAILURES = {
    "unreadable_recording": "The recording cannot be decoded; the message names the fault.",
    "empty_recording": "In calls of earlier versions alone: the recording is well formed and holds no samples at all. "
    "Today such a call is completed, and `empty`.",
    "recording_too_long": "The recording is longer than any call; the message names the limit.",
    "decoded_too_large": "The recording is larger, when it is decoded, than any call of the permitted length.",
    "no_room_to_decode": "The worker's disk had no room for the decoded recording, and got none while it waited.",
    "unsupported_language": "The `language` that was asked for is none that the installed model knows.",
    "recording_missing": "The recording is no longer on the appliance's disk.",
    "recording_damaged": "The recording on the appliance's disk is not what was received, or cannot be read from it.",
    "worker_crashed": "The analysis was begun three times and did not end once.",
    "result_refused": "What the analysis reported could not be stored, three times: tell the administrator.",
    "engine_error": "A fault of the analysis itself: tell the administrator, whose log has more.",
}
