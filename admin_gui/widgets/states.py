"""The words and tones of states, the same on every page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.theme import Tone

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


def _tr(text: str) -> str:
    return QCoreApplication.translate("states", text)


def _words() -> dict[str, str]:
    return {
        "received": _tr("received"),
        "queued": _tr("waiting"),
        "processing": _tr("in work"),
        "completed": _tr("completed"),
        "failed": _tr("failed"),
        "pending": _tr("pending"),
        "retrying": _tr("retrying"),
        "delivered": _tr("delivered"),
        "disabled": _tr("disabled"),
        "positive": _tr("positive"),
        "neutral": _tr("neutral"),
        "negative": _tr("negative"),
        "healthy": _tr("healthy"),
        "degraded": _tr("degraded"),
        "unhealthy": _tr("unhealthy"),
    }


def word(state: str) -> str:
    """A state in the user's language; one that we do not know as the appliance says it."""
    return _words().get(state, state)


def call_tone(state: str) -> Tone:
    return _CALL_TONES.get(state, "calm")


def delivery_tone(state: str) -> Tone:
    return _DELIVERY_TONES.get(state, "calm")


def sentiment_tone(sentiment: str | None) -> Tone:
    return _SENTIMENT_TONES.get(sentiment or "", "calm")
