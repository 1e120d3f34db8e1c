"""Whole domain objects from a few words, and fakes at our seams. Every field has a value, so that a lost one shows."""

from __future__ import annotations

import io
import itertools
import os
import wave
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.call import Call
from appliance.domain.customer import Customer, customer_cell
from appliance.domain.delivery import Delivery, DeliveryState, WebhookEvent, address_cell
from appliance.domain.sealed_url import SealedUrl
from appliance.domain.token import Role
from appliance.messages.call_result import (
    CallResult,
    ConversationResult,
    PartiesResult,
    PartyResult,
    SegmentResult,
    TalkResult,
)
from appliance.storage.folder.keys import Keys

# Those of the fixture `keys`.
KEYS = Keys(bytes(range(32)))
NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
AN_ADMIN = Actor(ActorKind.TOKEN, "192.0.2.7", "request-1", 1, "ada", Role.ADMIN)

_numbers = itertools.count(1)


def sealed_for_no_place(text: str, keys: Keys) -> bytes:
    """As versions before the schema 0011 sealed everything."""
    nonce = os.urandom(12)
    return nonce + keys._seal.encrypt(nonce, text.encode(), None)


class FakeClock:
    """A clock that stands until it is turned."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> datetime:
        """Turn the clock on by `timedelta(**units)`."""
        self.now += timedelta(**units)
        return self.now


def a_customer(**changes: Any) -> Customer:
    """A customer that was never stored; its address, given as a text, is sealed under KEYS for its `id`."""
    url = changes.pop("webhook_url", "https://ada.example.com/hook")
    cell = customer_cell(changes.get("id", 0), "sealed_webhook_url")
    return Customer(
        **{
            "id": 0,
            "name": "Ada",
            "company_name": "Ada Ltd",
            "email": "ada@example.com",
            "is_active": True,
            "created_at": NOON,
            "updated_at": NOON,
            "api_key_hash": f"hash-{next(_numbers)}",
            "sealed_api_key": b"\x00sealed key",
            "sealed_webhook_secret": b"\x00sealed secret",
            "webhook_url": None if url is None else KEYS.seal_url(url, cell),
            **changes,
        }
    )


def a_call(call_id: str | None = None, **changes: Any) -> Call:
    """A call as it is when it was just accepted."""
    return Call(
        **{
            "call_id": call_id or f"call-{next(_numbers)}",
            "customer_id": 1,
            "caller_number": "+15550100",
            "called_number": "+15550199",
            "received_at": NOON,
            **changes,
        }
    )


def a_delivery(delivery_id: str | None = None, **changes: Any) -> Delivery:
    """A delivery that is due at noon."""
    number = next(_numbers)
    return Delivery(
        **{
            "id": delivery_id or f"delivery-{number}",
            "call_id": "call-1",
            "customer_id": 1,
            "event": WebhookEvent.COMPLETED,
            "revision": 1,
            "webhook_id": f"msg_{number}",
            "state": DeliveryState.PENDING,
            "body": b'{"call_id": "call-1"}',
            "created_at": NOON,
            "url": None,
            "next_attempt_at": NOON,
            **changes,
        }
    )


def a_result(**changes: Any) -> CallResult:
    """A whole analysis of a short call."""
    party = PartyResult(talk_seconds=1.5, sentiment="positive", sentiment_score=0.5)
    segment = SegmentResult(start=0.0, end=1.5, channel=0, party="caller", text="Hello.", confidence=0.9, voice=1)
    talk = TalkResult(talk_seconds=1.5, turns=1, longest_turn_seconds=1.5, interruptions=2)
    return CallResult(
        **{
            "transcription": "Hello.",
            "summary": "A greeting.",
            "sentiment": "positive",
            "keywords": "hello",
            "duration_seconds": 2.5,
            "speech_seconds": 1.5,
            "language": "en",
            "segments": [segment],
            "parties": PartiesResult(caller=party, called=party),
            "keyword_scores": {"hello": 0.8},
            "models": {"asr": "whisper-base"},
            "no_speech": False,
            "voices_confidence": 0.7,
            "conversation": ConversationResult(
                silence_seconds=1.0, longest_silence_seconds=0.75, overlap_seconds=0.25, caller=talk, called=talk
            ),
            "warnings": ["The recording is cut off."],
            "announcement": "Welcome to Example Ltd.",
            "summary_sources": [[0]],
            "sentiment_basis": "text",
            **changes,
        }
    )


def a_recording(samples: bytes = bytes(800)) -> bytes:
    """A WAV file; other samples make other audio."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples)
    return target.getvalue()


def every_field_set(kind: type[Any], **given: Any) -> Any:
    """A dataclass in which each field has a value of its own, so that a round trip which loses one shows it."""
    made: dict[str, Any] = {}
    for number, item in enumerate(fields(kind)):
        of_kind: dict[str, Any] = {
            "str": f"{item.name} — ünïcödé {number}",
            "int": 100 + number,
            "float": number + 0.5,
            "bool": True,
            "bytes": bytes([0, 255, number]),
            "datetime": NOON + timedelta(hours=number),
            "tuple[str, ...]": (f"{item.name} {number}", "Zoë, O'Hara"),
        }
        if str(item.type).startswith("SealedUrl") and item.name not in given:
            row = (made | given)["id"]
            cell = customer_cell(row, "sealed_webhook_url") if kind is Customer else address_cell(row)
            of_kind["SealedUrl"] = SealedUrl(f"https://{number}.example.com/****", bytes([1, 255, number]), cell)
        wanted = str(item.type).removesuffix(" | None")
        if item.name not in given:
            made[item.name] = of_kind[wanted]
    return kind(**made, **given)
