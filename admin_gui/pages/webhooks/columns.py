"""The columns of a table of deliveries."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from admin_gui.client.deliveries import STATES, Delivery
from admin_gui.models import states
from admin_gui.models.table.columns import Column
from admin_gui.models.webhook_advice import advice
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.text.formats import TYPICAL_NUMBER

translate = QCoreApplication.translate


def delivery_columns(name_of: Callable[[int], str]) -> list[Column[Delivery]]:
    """`name_of` tells a customer's company."""
    return [
        Column(
            "state",
            translate("deliveries", "State"),
            lambda one: states.word(states.of_delivery(one)),
            tone=lambda one: states.delivery_tone(states.of_delivery(one)),
            sort=lambda one: one.state,
            field="state",
            export=lambda one: one.state,
            typical=states.longest_word(STATES),
        ),
        Column(
            "customer",
            translate("deliveries", "Customer"),
            lambda one: name_of(one.customer_id),
            sort=lambda one: name_of(one.customer_id),
            field="company_name",
            width=130,
            middle=True,
        ),
        Column(
            "caller",
            translate("deliveries", "Caller"),
            lambda one: one.caller_number or formats.DASH,
            tooltip=_whole_id,
            link=_call_of,
            link_title=translate("deliveries", "Open the call"),
            typical=TYPICAL_NUMBER,
        ),
        Column(
            "called",
            translate("deliveries", "Called"),
            lambda one: one.called_number or formats.DASH,
            tooltip=_whole_id,
            link=_call_of,
            link_title=translate("deliveries", "Open the call"),
            typical=TYPICAL_NUMBER,
            yields=6,
        ),
        Column(
            "event",
            translate("deliveries", "Event"),
            lambda one: one.event,
            sort=lambda one: one.event,
            field="event",
            width=120,
            yields=1,  # nearly always the same
        ),
        Column(
            "call",
            translate("deliveries", "Call"),
            _short_id,
            tooltip=_whole_id,
            export=lambda one: one.call_id,
            link=_call_of,
            link_title=translate("deliveries", "Open the call"),
            mono=True,
            width=90,
            yields=4,  # the numbers lead to the call, too
        ),
        Column("answer", translate("deliveries", "Answer"), answer, tooltip=exact_answer, width=85),
        Column(
            "attempts",
            translate("deliveries", "Attempts"),
            lambda one: str(one.attempt_count),
            sort=lambda one: one.attempt_count,
            field="attempts",
            right=True,
            width=85,
            yields=3,
        ),
        Column(
            "attempted",
            translate("deliveries", "Last attempt"),
            lambda one: formats.moment(one.last_attempt.at if one.last_attempt else None),
            tooltip=lambda one: formats.utc_tooltip(one.last_attempt.at if one.last_attempt else None),
            sort=lambda one: one.last_attempt.at if one.last_attempt else None,
            field="last_attempt_at",
            typical=formats.longest_moment(),
            yields=5,
        ),
        Column(
            "next",
            translate("deliveries", "Next attempt"),
            lambda one: formats.moment(one.next_attempt_at),
            tooltip=lambda one: formats.utc_tooltip(one.next_attempt_at),
            sort=lambda one: one.next_attempt_at,
            field="next_attempt_at",
            typical=formats.longest_moment(),
            yields=2,
        ),
        Column(
            "url",
            translate("deliveries", "Address"),
            lambda one: one.url or formats.DASH,
            width=260,
            middle=True,
            hidden=True,
        ),
    ]


def _call_of(delivery: Delivery) -> str:
    return "" if delivery.is_test else f"call/{delivery.call_id}"


def _short_id(delivery: Delivery) -> str:
    """Enough of it to tell one call's webhooks from another's."""
    return formats.DASH if delivery.is_test else delivery.call_id.partition("-")[0]


def _whole_id(delivery: Delivery) -> str:
    if delivery.is_test:
        return translate("deliveries", "It tells of no call: it was sent as a test.")
    hint = translate("deliveries", "A double click opens the call.")
    return f"{delivery.call_id}\n{hint}"


def answer(delivery: Delivery) -> str:
    """What came of the last attempt, in a word."""
    attempt = delivery.last_attempt
    if attempt is None:
        return formats.DASH
    return str(attempt.status) if attempt.status is not None else advice(attempt)[0].removesuffix(".")


def exact_answer(delivery: Delivery) -> str:
    """What it means and what to do about it, and what the appliance says of it."""
    attempt = delivery.last_attempt
    if attempt is None:
        return ""
    meaning = " ".join(advice(attempt)).strip()
    return f"{meaning} ({translated(attempt.error)})" if attempt.error else meaning
