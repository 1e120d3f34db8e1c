"""The state of an endpoint in words: on its customer's page, and in the list of endpoints."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.client.deliveries import Attempt
from admin_gui.client.stats import EndpointFigures
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.webhook_advice import advice
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def latency(milliseconds: int | None) -> str:
    """How long an answer took."""
    return formats.DASH if milliseconds is None else f"{formats.number(milliseconds)} ms"


def moment_and_age(value: datetime | None, now: datetime) -> str:
    """How long ago, and when; `now` is the appliance's clock."""
    age = formats.rough_age(value, now)
    return age if value is None else f"{age} ({formats.moment(value)})"


def latency_words(figures: EndpointFigures) -> str:
    """How quickly it answers."""
    if figures.latency_p50_ms is None:
        return translate("endpoints", "no answers")
    text = translate("endpoints", "half of them within %1, 95 % within %2")
    return text.replace("%1", latency(figures.latency_p50_ms)).replace("%2", latency(figures.latency_p95_ms))


def test_words(test: Attempt | None) -> str:
    """When the newest test was made, and what came of it; empty where there is none."""
    if test is None:
        return ""
    text = translate("endpoints", "Test at %1: %2").replace("%1", formats.moment(test.at))
    return text.replace("%2", meaning(test))


def failure_words(endpoint: Endpoint) -> str:
    """When something was not taken last, and why; empty where something was taken since."""
    failure = endpoint.last_failure
    if failure is None:
        return ""
    text = translate("endpoints", "At %1: %2").replace("%1", formats.moment(failure.at))
    return text.replace("%2", meaning(failure))


def meaning(attempt: Attempt) -> str:
    """What it means and what to do about it, and the appliance's own words, whole."""
    meaning = " ".join(advice(attempt)).strip()
    return f"{meaning} ({translated(attempt.error)})" if attempt.error else meaning
