"""The words and tones of states, the same on every page."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.deliveries import Delivery

translate = QCoreApplication.translate

_CALL_TONES: dict[str, Tone] = {
    "received": "calm",
    "queued": "calm",
    "processing": "busy",
    "completed": "good",
    "failed": "bad",
}
_DELIVERY_TONES: dict[str, Tone] = {
    "pending": "calm",
    "retrying": "warn",
    "delivered": "good",
    "failed": "bad",
    "disabled": "bad",
}
_SENTIMENT_TONES: dict[str, Tone] = {"positive": "good", "neutral": "calm", "negative": "bad"}


def _words() -> dict[str, str]:
    return {
        "received": translate("states", "received"),
        "queued": translate("states", "waiting"),
        "processing": translate("states", "in work"),
        "completed": translate("states", "completed"),
        "failed": translate("states", "failed"),
        "empty": translate("states", "empty"),
        "erased": translate("states", "erased"),
        "pending": translate("states", "pending"),
        "retrying": translate("states", "retrying"),
        "delivered": translate("states", "delivered"),
        "disabled": translate("states", "disabled"),
        "no address": translate("states", "no address"),
        "positive": translate("states", "satisfied"),
        "neutral": translate("states", "neutral"),
        "negative": translate("states", "dissatisfied"),
        "inbound": translate("states", "incoming"),
        "outbound": translate("states", "outgoing"),
        "internal": translate("states", "internal"),
        "healthy": translate("states", "healthy"),
        "degraded": translate("states", "degraded"),
        "ready": translate("states", "ready"),
        "loading": translate("states", "loading"),
        "gone": translate("states", "gone"),
        "outdated": translate("states", "older version"),
        "unhealthy": translate("states", "unhealthy"),
    }


def word(state: str) -> str:
    """A state in the user's language; one that we do not know as the appliance says it."""
    return _words().get(state, state)


def longest_word(states: Iterable[str]) -> str:
    """Of these states, for the width of what shows them."""
    return max(map(word, states), key=_room)


def _room(text: str) -> float:
    """About how wide it is: of two words of as many letters the one with fewer thin ones is the wider."""
    return sum(0.5 if letter in "fijlrt" else 1.0 for letter in text)


def call_tone(state: str) -> Tone:
    return _CALL_TONES.get(state, "calm")


def of_delivery(delivery: Delivery) -> str:
    """Its state; `no address` of one that waits because its customer never had one, which is nobody's fault."""
    return "no address" if delivery.state == "disabled" and delivery.url is None else delivery.state


def delivery_tone(state: str) -> Tone:
    return _DELIVERY_TONES.get(state, "calm")


def sentiment_tone(sentiment: str | None) -> Tone:
    return _SENTIMENT_TONES.get(sentiment or "", "calm")
