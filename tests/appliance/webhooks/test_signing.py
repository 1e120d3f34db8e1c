"""Signatures: the official library of the receiving side must accept what we send."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from appliance.webhooks.signing import new_secret, sign

BODY = json.dumps({"event": "call.completed", "transcription": "Grüß Gott — ok"}).encode()


def test_the_official_library_accepts_our_signature() -> None:
    secret = new_secret()

    headers = sign("msg_1", BODY, [secret], datetime.now(UTC))

    assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)


def test_a_time_in_another_zone_is_converted_and_not_relabelled() -> None:
    secret = new_secret()
    now = datetime.now(timezone(timedelta(hours=5)))

    headers = sign("msg_1", BODY, [secret], now)

    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    Webhook(secret).verify(BODY, headers)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sign("msg_1", BODY, [new_secret()], datetime(2026, 1, 1))


def test_during_a_rotation_both_secrets_verify() -> None:
    new, old, foreign = new_secret(), new_secret(), new_secret()

    headers = sign("msg_1", BODY, [new, old], datetime.now(UTC))

    assert len(headers["webhook-signature"].split(" ")) == 2
    Webhook(new).verify(BODY, headers)
    Webhook(old).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(foreign).verify(BODY, headers)


def test_a_changed_body_or_id_does_not_verify() -> None:
    secret = new_secret()
    headers = sign("msg_1", BODY, [secret], datetime.now(UTC))

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers | {"webhook-id": "msg_2"})


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="secret"):
        sign("msg_1", BODY, [], datetime.now(UTC))


def test_a_new_secret_has_32_random_bytes_behind_its_prefix() -> None:
    secret = new_secret()

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert new_secret() != secret


@given(text=st.text(), webhook_id=st.from_regex(r"\A[A-Za-z0-9_-]{1,40}\Z"))
def test_any_text_verifies(text: str, webhook_id: str) -> None:
    secret = new_secret()
    body = json.dumps({"text": text}).encode()

    headers = sign(webhook_id, body, [secret], datetime.now(UTC))

    assert Webhook(secret).verify(body, headers) == {"text": text}
