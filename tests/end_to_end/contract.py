"""What the published contract says, word for word, for the tests to compare with."""

from __future__ import annotations

import re
from typing import Any

import requests

CUSTOMER_KEYS = ["id", "name", "company_name", "email", "api_key", "is_active", "created_at", "updated_at"]
CUSTOMER_EXTRAS = {"webhook_url", "webhook_secret", "retention_days", "default_language", "caller_channel"}
WEBHOOK_KEYS = [
    "call_id",
    "caller_number",
    "called_number",
    "transcription",
    "summary",
    "sentiment",
    "keywords",
    "timestamp",
    "customer_id",
]
WEBHOOK_EXTRAS = {
    "event",
    "revision",
    "external_id",
    "direction",
    "call_started_at",
    "linked_id",
    "agent",
    "extension",
    "queue",
    "did",
    "disposition",
    "answered_at",
    "bridged_at",
    "links",
    "duration_seconds",
    "speech_seconds",
    "language",
    "segments",
    "parties",
    "keyword_scores",
    "metadata",
    "models",
    "no_speech",
    "voices_confidence",
    "conversation",
    "warnings",
    "announcement",
    "summary_sources",
    "sentiment_basis",
}
RESULT_KEYS = {
    "transcription",
    "summary",
    "sentiment",
    "keywords",
    "duration_seconds",
    "speech_seconds",
    "language",
    "segments",
    "parties",
    "keyword_scores",
    "models",
    "no_speech",
    "voices_confidence",
    "conversation",
    "warnings",
    "announcement",
    "summary_sources",
    "sentiment_basis",
}
SEGMENT_KEYS = {"start", "end", "channel", "party", "text", "confidence", "voice"}
CALL_KEYS = {
    "call_id",
    "customer_id",
    "caller_number",
    "called_number",
    "revision",
    "state",
    "received_at",
    "external_id",
    "direction",
    "call_started_at",
    "linked_id",
    "agent",
    "extension",
    "queue",
    "did",
    "disposition",
    "answered_at",
    "bridged_at",
    "links",
    "started_at",
    "finished_at",
    "duration_seconds",
    "error",
}
DELIVERY_KEYS = {
    "id",
    "call_id",
    "customer_id",
    "event",
    "url",
    "state",
    "webhook_id",
    "next_attempt_at",
    "attempts",
}
ATTEMPT_KEYS = {"at", "status", "latency_ms", "error", "reply", "url"}

MESSAGES = {
    400: "Invalid request parameters",
    401: "Invalid API key",
    403: "Insufficient permissions",
    404: "Resource not found",
    500: "Internal server error",
}

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$")  # ours may be more exact than the contract's
TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def assert_error(answer: requests.Response, status: int, message: str | None = None) -> dict[str, Any]:
    """Check status and body of an error: exactly the contract's, plus `details` only where they may be."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    body: dict[str, Any] = answer.json()
    assert body["status"] == "error"
    expected = message or MESSAGES.get(status)
    if expected is not None:
        assert body["message"] == expected
    else:
        assert isinstance(body["message"], str)
        assert body["message"]
    details = body.pop("details", None)
    assert list(body) == ["status", "message"]
    if details is not None:
        assert status not in (401, 403, 500), "these say nothing more"
        assert all(set(item) == {"field", "problem"} for item in details)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Request-ID"]
    return {"details": details or []}


def assert_customer(body: dict[str, Any]) -> None:
    """Check a customer's fields: the contract's first and in its order, with its types, then ours."""
    assert list(body)[: len(CUSTOMER_KEYS)] == CUSTOMER_KEYS
    assert set(body) >= CUSTOMER_EXTRAS
    assert type(body["id"]) is int
    assert type(body["is_active"]) is bool
    for name in ("name", "company_name", "email", "api_key", "created_at", "updated_at"):
        assert type(body[name]) is str, name
    assert TIMESTAMP.match(body["created_at"])
    assert TIMESTAMP.match(body["updated_at"])
    assert len(body["api_key"]) >= 20
