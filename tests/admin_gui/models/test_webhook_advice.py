"""What came of an attempt in words: each of the appliance's own reasons is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt, Delivery
from admin_gui.client.transport.errors import ClientError, Conflict, FieldProblem, NotFound, Unreachable
from admin_gui.models.webhook_advice import (
    advice,
    delivery_obstacle,
    why_it_goes_by_itself,
    why_not_asked,
    why_not_sent,
)
from admin_gui.text import formats

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def an_attempt(status: int | None, error: str | None = None) -> Attempt:
    return Attempt(at=NOW, status=status, error=error)


def a_customer(**fields: Any) -> Customer:
    basic = {"id": 7, "name": "Ada", "company_name": "Example Ltd", "email": "ada@example.com", "api_key": "****"}
    told = {"is_active": True, "created_at": NOW, "updated_at": NOW, "webhook_url": "https://example.com/****"}
    return Customer(**basic | told | fields)


def test_what_was_taken_needs_nothing() -> None:
    assert advice(an_attempt(204)) == ("It was taken.", "")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("certificate not trusted: self-signed certificate", "SHA-256"),
        ("no TLS connection: wrong version number", "http://"),
        ("address 169.254.1.1 is refused: link-local", "VBOT_WEBHOOK_ALLOW"),
        ("connection refused", "port"),
        ("name not known: hooks.exampel.com", "DNS"),
        ("name cannot be looked up now: hooks.example.com", "DNS"),
        ("timed out after 15 s", "firewall"),
        ("network not reachable", "network"),
    ],
)
def test_why_no_answer_came(error: str, word: str) -> None:
    told, todo = advice(an_attempt(None, error))
    assert error not in told  # it has words of its own
    assert word in todo


def test_an_error_that_nobody_foresaw_is_told_as_it_is() -> None:
    assert advice(an_attempt(None, "the answer is not HTTP"))[0] == "No answer came: the answer is not HTTP."


@pytest.mark.parametrize("status", [302, 401, 404, 410, 429, 500])
def test_each_status_has_its_advice(status: int) -> None:
    told, todo = advice(an_attempt(status, None))
    assert str(status) in told
    assert todo
    assert sum(advice(an_attempt(other))[1] == todo for other in (302, 401, 404, 410, 429, 500)) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"webhook_url": None}, "it has no webhook address"),
        ({"webhook_disabled_reason": "the receiver answered 410 Gone"}, "its endpoint is disabled"),
    ],
)
def test_why_nothing_can_be_sent_to_a_customer(fields: dict[str, Any], why: str) -> None:
    assert delivery_obstacle(a_customer(**fields)) == why


def a_conflict(problem: str) -> Conflict:
    return Conflict("Conflict with the present state", status=409, details=(FieldProblem("body", problem),))


@pytest.mark.parametrize(
    ("customer", "error", "why"),
    [
        (None, a_conflict("the customer was deleted"), "the customer was deleted"),
        (a_customer(), a_conflict("its body was erased"), "what it said was erased"),
        (a_customer(), a_conflict("something new"), "That cannot be done in the present state: something new."),
        (a_customer(), Conflict(), "That cannot be done in the present state."),
        (a_customer(), NotFound(), "That does not exist, or no longer."),
        (None, Unreachable("vbot.lan", "it does not answer"), "vbot.lan cannot be reached: it does not answer."),
        (a_customer(), None, "its endpoint is disabled"),
    ],
)
def test_why_one_was_not_sent_again(customer: Customer | None, error: ClientError | None, why: str) -> None:
    assert why_not_sent(customer, error) == why


def a_delivery(state: str, minutes: int | None = None) -> Delivery:
    following = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Delivery(id="1", call_id="2", customer_id=7, event="call.completed", state=state, next_attempt_at=following)


def test_what_is_tried_again_by_itself_is_told_with_the_first_moment() -> None:
    first = formats.short_moment(NOW + timedelta(minutes=3), NOW)
    several = why_it_goes_by_itself([a_delivery("retrying", 9), a_delivery("retrying", 3)], NOW)
    assert (
        several == f"They are tried again by themselves, the first at {first}, at their customers' present addresses."
    )
    one = why_it_goes_by_itself([a_delivery("retrying", 3)], NOW)
    assert one == f"It is tried again by itself, at {first}, at its customer's present address."
    assert why_it_goes_by_itself([a_delivery("pending", 0)], NOW) == "What is pending is sent by itself."
    assert why_it_goes_by_itself([a_delivery("failed")], NOW) == ""
    assert why_it_goes_by_itself([], NOW) == ""


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("name not known: hooks.exampel.com", "No machine of that name is known. Look for a typing error"),
        ("connection refused", "Nothing listens there."),
        ("no certificate came", "It shows no certificate."),
        ("the webhook URL has no https", "Its address has no https"),
        ("the customer has no webhook URL", "It has no webhook address."),
        ("nobody foresaw this", "No answer came: nobody foresaw this."),
    ],
)
def test_why_a_certificate_was_not_seen_is_told_in_plain_words(reason: str, told: str) -> None:
    error = Conflict("Conflict with the present state", status=409, details=(FieldProblem("webhook_url", reason),))
    assert why_not_asked(error).startswith(told)
