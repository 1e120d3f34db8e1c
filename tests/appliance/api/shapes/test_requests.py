"""What may be asked for: every field is checked, and every one at fault is named."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.api.shapes.customer_requests import (
    LONGEST_GRACE_SECONDS,
    CreateCustomer,
    Rotation,
    UpdateCustomer,
    customer_fields,
    grace_of,
)
from appliance.api.shapes.requests import HIGHEST_ID, parse_moment, path_id
from appliance.errors import InvalidRequest, NotFound
from appliance.services.access.certificate import create_certificate
from appliance.webhooks.signing import new_secret
from tests.appliance.builders import NOON

ADA = {"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"}


def updated(**fields: Any) -> dict[str, Any]:
    return customer_fields(msgspec.convert(fields, UpdateCustomer))


def problems_of(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        updated(**fields)
    return [(item.field, item.problem) for item in caught.value.problems]


def test_a_new_customer_needs_the_contracts_three_fields() -> None:
    assert customer_fields(msgspec.convert(ADA, CreateCustomer)) == ADA
    for name in ADA:
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.convert({**ADA, name: msgspec.UNSET}, CreateCustomer)
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.convert({key: value for key, value in ADA.items() if key != name}, CreateCustomer)


def test_what_is_absent_stays_as_it_is() -> None:
    assert updated() == {}
    assert updated(is_active=False) == {"is_active": False}


def test_what_was_shown_may_come_back_and_changes_nothing() -> None:
    shown = {"id": 7, "api_key": "****", "created_at": "x", "updated_at": None, "webhook_disabled_reason": "410"}
    assert updated(**shown, name="Bob") == {"name": "Bob"}


@pytest.mark.parametrize("name", ["is_admin", "sealed_api_key", "deleted_at", "webhook_failing_since", "Name"])
def test_a_field_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        updated(**{name: 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("name", None),
        ("email", None),
        ("is_active", "yes"),
        ("is_active", 1),
        ("is_active", None),
        ("rate_limit_per_minute", True),
        ("rate_limit_per_minute", "100"),
        ("rate_limit_per_minute", 1.5),
        ("retention_days", "30"),
        ("retention_days", {"recordings": 1, "video": 2}),
        ("caller_channel", "middle"),
        ("sentiment_of", "inside"),
        ("sentiment_of", True),
        ("send_empty", None),
        ("send_empty", "yes"),
        ("webhook_secret", None),
        ("vocabulary", None),
        ("vocabulary", "Kowalczyk"),
        ("vocabulary", [1]),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        updated(**{name: value})


@pytest.mark.parametrize(
    "name",
    [
        "webhook_url",
        "rate_limit_per_minute",
        "max_concurrent_calls",
        "max_storage_gb",
        "max_audio_hours_per_day",
        "webhook_ca",
        "webhook_fingerprint",
        "default_language",
        "caller_channel",
    ],
)
def test_null_means_the_appliances_default(name: str) -> None:
    assert updated(**{name: None}) == {name: None}


def test_every_field_at_fault_is_named_at_once() -> None:
    found = problems_of(name=" ", email="nobody", webhook_url="ftp://x", rate_limit_per_minute=0)
    assert [field for field, _ in found] == ["webhook_url", "rate_limit_per_minute", "name", "email"]


def test_a_vocabulary_is_kept_in_its_order_without_what_is_there_twice() -> None:
    given = [" Kowalczyk ", "Velodyne", "VELODYNE", "Marchetti  Ovens", "Velodyne"]
    assert updated(vocabulary=given) == {"vocabulary": ("Kowalczyk", "Velodyne", "Marchetti Ovens")}
    assert updated(vocabulary=[]) == {"vocabulary": ()}
    assert updated(vocabulary=["x" * 40] * 50) == {"vocabulary": ("x" * 40,)}


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([f"name {number}" for number in range(51)], "must have at most 50 entries"),
        (["a", "x" * 41], "entry 2 must have at most 40 characters"),
        (["a", "b", " "], "entry 3 must not be empty"),
        (["a\nb"], "entry 1 must not contain control characters"),
    ],
)
def test_a_vocabulary_that_cannot_be_accepted_says_which_entry(entries: list[str], problem: str) -> None:
    assert problems_of(vocabulary=entries) == [("vocabulary", problem)]


@pytest.mark.parametrize("name", ["name", "company_name"])
def test_names_are_for_people(name: str) -> None:
    assert updated(**{name: "Ünïcödé 株式会社"}) == {name: "Ünïcödé 株式会社"}
    assert problems_of(**{name: ""}) == [(name, "must not be empty")]
    assert problems_of(**{name: "x" * 201}) == [(name, "must have at most 200 characters")]
    for text in ("a\x00b", "a\nb", "a\x7fb", "a\x9bb", "a\u202eb", "a\u2066b", "a\ud800b", "a\u200bb"):
        assert problems_of(**{name: text}) == [(name, "must not contain control characters")]


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.com",
        "ada+vbot@mail.example.co.uk",
        "ü@example.com",
        "a@bücher.example.com",
        "ada@office.local",
        "ada@Mail.Home.Arpa",
    ],
)
def test_an_email_address_is_accepted(email: str) -> None:
    assert updated(email=email) == {"email": email}


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a b@example.com",
        "ada@example.com\n",
        "a@b@c.example",
        "ada@.local",
        "a b@office.local",
        "ada@local",
        "ada@localhost",
        "ada@x.invalid",
    ],
)
def test_what_is_no_email_address_is_refused(email: str) -> None:
    ((field, problem),) = problems_of(email=email)
    assert field == "email"
    assert problem


@pytest.mark.parametrize(
    "name", ["rate_limit_per_minute", "max_concurrent_calls", "max_storage_gb", "max_audio_hours_per_day"]
)
@pytest.mark.parametrize("value", [1, 1_000_000])
def test_a_limit_within_reason_is_accepted(name: str, value: int) -> None:
    assert updated(**{name: value}) == {name: value}


@pytest.mark.parametrize(
    "name", ["rate_limit_per_minute", "max_concurrent_calls", "max_storage_gb", "max_audio_hours_per_day"]
)
@pytest.mark.parametrize("value", [0, -1, 1_000_001])
def test_a_limit_beyond_reason_is_refused(name: str, value: int) -> None:
    assert problems_of(**{name: value}) == [(name, "must be from 1 to 1000000")]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, (None, None)),
        (0, (0, None)),
        (30, (30, None)),
        ({"recordings": 7, "texts": 90}, (7, 90)),
        ({"recordings": 7}, (7, None)),
        ({"texts": 0}, (None, 0)),
        ({}, (None, None)),
    ],
)
def test_retention_has_two_forms(value: object, stored: tuple[int | None, int | None]) -> None:
    assert updated(retention_days=value) == {"retention_days": stored[0], "text_retention_days": stored[1]}


@pytest.mark.parametrize("value", [-1, 36_501, {"recordings": -1}, {"recordings": 1, "texts": 36_501}])
def test_retention_beyond_reason_is_refused(value: object) -> None:
    assert problems_of(retention_days=value) == [("retention_days", "must be from 0 to 36500")]


def test_a_secret_of_standard_webhooks_is_accepted() -> None:
    secret = new_secret()
    assert updated(webhook_secret=secret) == {"webhook_secret": secret}


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_AAAA",
        "whsec_" + "!" * 32,
        "hunter2hunter2hunter2hunter2",
        "whsec_" + "not base64 at all!!!!!!!!",
        base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(200)).decode(),
    ],
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    ((field, problem),) = problems_of(webhook_secret=secret)
    assert field == "webhook_secret"
    assert problem.startswith("must be whsec_ and base64")


@pytest.mark.parametrize("url", ["http://192.168.1.7:8080/hook", "https://crm.example.com/hook?x=1"])
def test_a_webhook_url_is_accepted(url: str) -> None:
    assert updated(webhook_url=url) == {"webhook_url": url}


@pytest.mark.parametrize(
    "url", ["", "example.com", "file:///etc/passwd", "https://user:pw@example.com", "http://2130706433/"]
)
def test_what_no_webhook_can_be_sent_to_is_refused(url: str) -> None:
    ((field, _),) = problems_of(webhook_url=url)
    assert field == "webhook_url"


def test_a_pinned_authority_must_be_a_certificate(tmp_path: Path) -> None:
    create_certificate(tmp_path / "c.pem", tmp_path / "k.pem", NOON)
    pem = (tmp_path / "c.pem").read_text()
    assert updated(webhook_ca=pem) == {"webhook_ca": pem}
    wrong = [("webhook_ca", "must be a certificate in PEM form")]
    for text in ("", "a letter", (tmp_path / "k.pem").read_text(), pem[:80]):
        assert problems_of(webhook_ca=text) == wrong
    assert problems_of(webhook_ca=pem * 200) == [("webhook_ca", "is too long for a certificate")]


@pytest.mark.parametrize("text", ["ab" * 32, "AB:" * 31 + "AB", " " + "0f" * 32])
def test_a_fingerprint_is_a_sha_256_in_hex(text: str) -> None:
    assert updated(webhook_fingerprint=text) == {"webhook_fingerprint": text}


@pytest.mark.parametrize("text", ["", "ab" * 31, "ab" * 33, "zz" * 32, "sha256:" + "ab" * 32])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    wrong = [("webhook_fingerprint", "must be the SHA-256 of the certificate: 64 hex digits")]
    assert problems_of(webhook_fingerprint=text) == wrong


@pytest.mark.parametrize("code", ["EN", "english", "e", "en-GB", ""])
def test_a_language_is_a_code(code: str) -> None:
    assert problems_of(default_language=code) == [("default_language", 'must be a language code such as "en"')]


@pytest.mark.parametrize("seconds", [0, 1, LONGEST_GRACE_SECONDS])
def test_a_grace_time_is_accepted(seconds: int) -> None:
    assert grace_of(Rotation(grace_seconds=seconds)) == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [-1, LONGEST_GRACE_SECONDS + 1, 10**18])
def test_a_grace_time_beyond_reason_is_refused(seconds: int) -> None:
    with pytest.raises(InvalidRequest, match="grace_seconds"):
        grace_of(Rotation(grace_seconds=seconds))


@pytest.mark.parametrize("text", ["1", "007", str(HIGHEST_ID)])
def test_an_id_in_a_path_is_a_number(text: str) -> None:
    assert path_id(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.0", "1 ", "+1", "1_0", "١", str(HIGHEST_ID + 1), "9" * 5000, "0" * 20 + str(2**40)]
)
def test_what_cannot_be_an_id_does_not_exist(text: str) -> None:
    with pytest.raises(NotFound):
        path_id(text)


@pytest.mark.parametrize(
    "text", ["2026-11-24T12:00:00Z", "2026-11-24T12:00:00", "2026-11-24T13:00:00+01:00", "2026-11-24 12:00"]
)
def test_a_moment_without_a_zone_is_utc(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 11, 24, 12, tzinfo=UTC)
