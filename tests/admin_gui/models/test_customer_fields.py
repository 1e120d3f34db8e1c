"""What of a customer was changed, as a request says it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_gui.client.customers import Customer, Retention
from admin_gui.models.customer_fields import field_of, is_readable_on_its_way, to_send, values_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def a_customer(**fields: object) -> Customer:
    basic = {"id": 7, "name": "Ada", "company_name": "Example Ltd", "email": "ada@example.com", "api_key": "vbk_1"}
    return Customer(**basic, is_active=True, created_at=NOW, updated_at=NOW, **fields)  # type: ignore[arg-type]


def test_nothing_changed_sends_nothing() -> None:
    before = values_of(a_customer(retention_days=Retention(recordings=30, texts=90)))
    assert to_send(before, dict(before)) == {}


def test_only_what_was_changed_is_sent() -> None:
    before = values_of(a_customer(webhook_url="https://a.example"))
    assert to_send(before, {**before, "webhook_url": None, "name": "Eve"}) == {"name": "Eve", "webhook_url": None}


@pytest.mark.parametrize(
    ("recordings", "texts", "sent"),
    [
        (7, None, 7),
        (7, 90, {"recordings": 7, "texts": 90}),
        (None, 90, {"recordings": None, "texts": 90}),
    ],
)
def test_both_kinds_of_days_are_sent_together(recordings: int | None, texts: int | None, sent: object) -> None:
    before = values_of(a_customer(retention_days=30))
    assert to_send(before, {**before, "recordings_days": recordings, "texts_days": texts}) == {"retention_days": sent}


def test_a_list_stands_on_lines_and_is_sent_as_a_list() -> None:
    before = values_of(a_customer(vocabulary=["Kowalczyk", "Velodyne"]))
    assert before["vocabulary"] == "Kowalczyk\nVelodyne"
    typed = " Kowalczyk \n\nZephyra\n"
    assert to_send(before, {**before, "vocabulary": typed}) == {"vocabulary": ["Kowalczyk", "Zephyra"]}
    assert to_send(before, {**before, "vocabulary": ""}) == {"vocabulary": []}
    assert to_send(before, {**before, "own_numbers": "20..49\n"}) == {"own_numbers": ["20..49"]}
    assert to_send(before, {**before, "country": "DE"}) == {"country": "DE"}


def test_a_switch_is_off_until_it_is_turned_and_sent_as_yes_or_no() -> None:
    assert values_of(None)["send_empty"] is False
    before = values_of(a_customer())
    assert to_send(before, {**before, "send_empty": True}) == {"send_empty": True}
    turned = values_of(a_customer(send_empty=True))
    assert to_send(turned, {**turned, "send_empty": False}) == {"send_empty": False}


def test_whose_moods_are_computed_is_left_to_the_appliance_until_it_is_said() -> None:
    before = values_of(a_customer())
    assert before["sentiment_of"] is None
    assert to_send(before, {**before, "sentiment_of": "none"}) == {"sentiment_of": "none"}
    said = values_of(a_customer(sentiment_of="both"))
    assert to_send(said, {**said, "sentiment_of": None}) == {"sentiment_of": None}


@pytest.mark.parametrize(
    ("url", "readable"),
    [
        ("http://crm.example.com/hook", True),
        ("HTTP://93.184.216.34/", True),
        ("http://192.168.1.9:8000/", False),
        ("http://[fd12::1]/", False),
        ("https://crm.example.com/", False),
        ("", False),
        (None, False),
    ],
)
def test_plain_http_is_warned_of_unless_it_stays_in_the_building(url: str | None, readable: bool) -> None:
    assert is_readable_on_its_way(url) is readable


def test_a_new_customer_sends_what_was_typed() -> None:
    before = values_of(None)
    assert to_send(before, {**before, "name": "Ada"}) == {"name": "Ada"}


@pytest.mark.parametrize(
    ("told", "field"),
    [("email", "email"), ("retention_days", "recordings_days"), ("retention_days.texts", "texts_days")],
)
def test_a_problem_is_shown_at_its_field(told: str, field: str) -> None:
    assert field_of(told) == field
