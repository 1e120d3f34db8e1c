"""What is shown, and to whom: a viewer sees no secret; contract timestamps are whole seconds, UTC, `Z`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from appliance.api.shapes.replies.calls import call_reply, erasure_reply
from appliance.api.shapes.replies.customers import customer_reply
from appliance.api.shapes.replies.deliveries import attempt_reply, delivery_reply
from appliance.api.shapes.replies.endpoints import certificate_reply
from appliance.api.shapes.replies.tokens import token_reply
from appliance.domain.call import CallError, CallState
from appliance.domain.delivery import DeliveryAttempt, DeliveryState, address_cell, attempt_address_cell
from appliance.domain.endpoint import ReceiverCertificate
from appliance.domain.masks import mask_secret, mask_url
from appliance.domain.sealed_url import masked_url
from appliance.domain.token import Role, Token
from appliance.services.calls.erase_call import ErasureReceipt
from appliance.services.calls.history import CallView
from tests.appliance.builders import KEYS, NOON, a_call, a_customer, a_delivery, a_result

KEY, SECRET = "vbk_0123456789abcdefghij", "whsec_0123456789abcdefghij"
URL = "https://hooks.example.com:8443/secret-path/x?token=secret-query"
CONTRACT = ["id", "name", "company_name", "email", "api_key", "is_active", "created_at", "updated_at"]


def on_the_wire(reply: msgspec.Struct) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(msgspec.json.encode(reply))
    return body


def shown(*, masked: bool, **changes: Any) -> dict[str, Any]:
    customer = a_customer(id=7, webhook_url=URL, **changes)
    return on_the_wire(customer_reply(customer, api_key=KEY, webhook_secret=SECRET, webhook_url=URL, masked=masked))


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        (URL, "https://hooks.example.com:8443/****"),
        ("http://192.0.2.7/", "http://192.0.2.7/****"),
        ("https://[2001:db8::1]:444/x", "https://[2001:db8::1]:444/****"),
        ("https://user:password@example.com/x", "https://example.com/****"),
        ("https://example.com?token=secret", "https://example.com/****"),
    ],
)
def test_of_a_masked_url_scheme_and_host_are_left(url: str, seen: str) -> None:
    assert mask_url(url) == seen


def test_of_a_masked_secret_the_end_is_left() -> None:
    assert mask_secret(KEY) == "****ghij"


def test_an_admin_sees_the_contracts_fields_first_and_whole() -> None:
    body = shown(masked=False)
    assert list(body)[:8] == CONTRACT
    assert (body["id"], body["api_key"], body["webhook_secret"], body["webhook_url"]) == (7, KEY, SECRET, URL)
    assert body["created_at"] == "2026-11-24T12:00:00Z"


def test_a_viewer_sees_a_customer_without_its_secrets() -> None:
    body = shown(masked=True)
    assert set(body) == set(shown(masked=False))
    text = json.dumps(body)
    for secret in (KEY, SECRET, "secret-path", "secret-query"):
        assert secret not in text
    assert (body["api_key"], body["webhook_url"]) == ("****ghij", "https://hooks.example.com:8443/****")


@pytest.mark.parametrize(
    ("days", "text_days", "seen"),
    [(None, None, None), (7, None, 7), (0, None, 0), (7, 90, {"recordings": 7, "texts": 90})],
)
def test_retention_is_shown_as_it_was_set(days: int | None, text_days: int | None, seen: object) -> None:
    assert shown(masked=False, retention_days=days, text_retention_days=text_days)["retention_days"] == seen


def test_retention_of_texts_alone_is_shown_too() -> None:
    body = shown(masked=False, retention_days=None, text_retention_days=90)
    assert body["retention_days"] == {"recordings": None, "texts": 90}


def test_a_delivery_shows_its_attempts_and_the_url_that_its_reader_may_see() -> None:
    former = KEYS.seal_url("https://old.example.com/hook?token=1", attempt_address_cell("d", 2))
    attempts = (
        DeliveryAttempt(1, NOON, None, 12, "connection refused", ""),
        DeliveryAttempt(2, NOON, 404, 3, None, "", former),
    )
    delivery = a_delivery(
        "d", url=KEYS.seal_url(URL, address_cell("d")), state=DeliveryState.RETRYING, attempts=attempts
    )
    body = on_the_wire(delivery_reply(delivery, masked_url, None))
    assert (body["caller_number"], body["called_number"], body["created_at"]) == (None, None, "2026-11-24T12:00:00Z")
    assert body["url"] == "https://hooks.example.com:8443/****"
    told = {"at": "2026-11-24T12:00:00Z", "status": None, "latency_ms": 12, "error": "connection refused", "reply": ""}
    later = told | {"status": 404, "latency_ms": 3, "error": None}
    assert body["attempts"] == [told | {"url": None}, later | {"url": "https://old.example.com/****"}]
    assert "body" not in body
    in_full = on_the_wire(
        delivery_reply(delivery, lambda url: None if url is None else KEYS.unseal_url(url), ("1", "2"))
    )
    assert (in_full["caller_number"], in_full["called_number"]) == ("1", "2")
    assert in_full["url"] == URL
    assert [one["url"] for one in in_full["attempts"]] == [None, "https://old.example.com/hook?token=1"]


def test_moments_of_another_zone_are_shown_in_utc() -> None:
    moment = datetime(2026, 11, 24, 1, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=3)))
    assert on_the_wire(call_reply(CallView(a_call(received_at=moment), None)))["received_at"] == "2026-11-23T22:59:59Z"


def test_a_call_without_a_result_has_no_result_fields() -> None:
    call = a_call("c", state=CallState.FAILED, error=CallError("broken", "it is"), finished_at=NOON)
    body = on_the_wire(call_reply(CallView(call, None)))
    assert body["error"] == {"code": "broken", "message": "it is"}
    assert not {"transcription", "summary", "segments", "metadata", "models", "no_speech"} & set(body)


def test_a_completed_call_has_every_field_of_its_result() -> None:
    call = a_call("c", state=CallState.COMPLETED, metadata='{"ticket":1}', duration_seconds=2.5)
    result = a_result()
    body = on_the_wire(call_reply(CallView(call, msgspec.json.encode(result).decode())))
    assert body["metadata"] == {"ticket": 1}
    told = json.loads(msgspec.json.encode(result))
    assert {name: body[name] for name in told} == told
    assert body["error"] is None


def test_a_result_that_was_stored_by_an_earlier_version_is_shown_with_neutral_values() -> None:
    stored = json.loads(msgspec.json.encode(a_result()))
    for name in ("voices_confidence", "conversation", "warnings", "summary_sources", "sentiment_basis"):
        del stored[name]
    del stored["segments"][0]["voice"]

    body = on_the_wire(call_reply(CallView(a_call(state=CallState.COMPLETED), json.dumps(stored))))

    assert (body["voices_confidence"], body["conversation"], body["warnings"]) == (0.0, None, [])
    assert body["summary_sources"] == []
    assert body["sentiment_basis"] == "text"
    assert body["segments"] == [stored["segments"][0] | {"voice": 0}]
    assert body["transcription"] == "Hello."


def test_metadata_that_was_never_given_is_null() -> None:
    body = on_the_wire(call_reply(CallView(a_call(), msgspec.json.encode(a_result()).decode())))
    assert body["metadata"] is None


def test_a_tokens_text_is_shown_once() -> None:
    token = Token(3, "ada", Role.VIEWER, "hash", NOON)
    assert on_the_wire(token_reply(token, NOON, "vbt_text"))["token"] == "vbt_text"
    again = on_the_wire(token_reply(token, NOON))
    assert "token" not in again
    assert "hash" not in json.dumps(again)


@pytest.mark.parametrize(
    ("expires", "revoked", "state"),
    [(None, None, "valid"), (1, None, "valid"), (0, None, "expired"), (None, -1, "revoked"), (0, -1, "revoked")],
)
def test_a_tokens_state_is_told(expires: int | None, revoked: int | None, state: str) -> None:
    def moment(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOON + timedelta(seconds=seconds)

    token = Token(3, "ada", Role.VIEWER, "hash", NOON, moment(expires), None, moment(revoked))
    assert on_the_wire(token_reply(token, NOON))["state"] == state


def test_the_receipt_of_an_erasure_names_the_backups_that_hold_it() -> None:
    body = on_the_wire(erasure_reply(ErasureReceipt("c", NOON, NOON, 1, 2, 3), ["vbot-1.tar"]))
    assert body == {
        "call_id": "c",
        "erased_at": "2026-11-24T12:00:00Z",
        "traces_gone_by": "2026-11-25T12:00:00Z",
        "recordings": 1,
        "results": 2,
        "deliveries": 3,
        "backups": ["vbot-1.tar"],
    }


def test_what_a_hostile_receiver_answered_commands_no_terminal() -> None:
    attempt = DeliveryAttempt(1, NOON, 500, 3, None, "\x1b]0;owned\x07\x1b[2J\u202egnp\u3164\nan\terror")
    assert attempt_reply(attempt, None).reply == "\ufffd]0;owned\ufffd\ufffd[2J\ufffdgnp\ufffd\nan\terror"


def test_what_a_receivers_certificate_says_of_itself_hides_nothing() -> None:
    seen = ReceiverCertificate("5f" * 32, f"CN=bank\u202e{'x' * 999}", "CN=Ada\n", NOON, NOON)
    told = certificate_reply(seen)
    assert told.subject is not None
    assert told.subject.startswith("CN=bank\N{REPLACEMENT CHARACTER}xxx")
    assert len(told.subject) == 300
    assert (told.issuer, told.not_before) == ("CN=Ada\N{REPLACEMENT CHARACTER}", "2026-11-24T12:00:00Z")
    assert certificate_reply(ReceiverCertificate("5f" * 32)).subject is None
