"""Customer management, as published."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.end_to_end.contract import CUSTOMER_KEYS, MESSAGES, assert_customer, assert_error
from tests.support.appliance import RunningAppliance

pytestmark = pytest.mark.slow

NEW = {"name": "Customer Name", "company_name": "Company Name", "email": "customer@example.com"}


def test_creating_a_customer_answers_with_the_whole_customer(api_alone: RunningAppliance) -> None:
    answer = api_alone.admin("POST", "/api/customers", json=NEW)

    assert answer.status_code == 200
    assert_customer(answer.json())
    assert {name: answer.json()[name] for name in NEW} == NEW
    assert answer.json()["is_active"] is True
    assert answer.json()["created_at"] == answer.json()["updated_at"]
    assert answer.headers["Content-Type"].startswith("application/json")


def test_two_customers_get_different_ids_keys_and_secrets(api_alone: RunningAppliance) -> None:
    first, second = api_alone.new_customer(), api_alone.new_customer()

    assert first["id"] < second["id"]
    assert first["api_key"] != second["api_key"]
    assert first["webhook_secret"] != second["webhook_secret"]
    assert first["email"] == second["email"]  # e-mail addresses may repeat


def test_the_list_shows_all_customers_with_their_keys(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer(name="In the list")

    answer = api_alone.admin("GET", "/api/customers")

    assert answer.status_code == 200
    customers = answer.json()["customers"]
    for customer in customers:
        assert_customer(customer)
    assert made in customers


def test_the_list_without_a_limit_has_no_second_page(api_alone: RunningAppliance) -> None:
    body = api_alone.admin("GET", "/api/customers").json()

    assert body.pop("next_cursor", None) is None
    assert list(body) == ["customers"]


def test_updating_all_fields_answers_with_the_customer_and_the_existing_key(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()
    changes = {
        "name": "Updated Name",
        "company_name": "Updated Company",
        "email": "updated@example.com",
        "is_active": True,
    }

    answer = api_alone.admin("PUT", f"/api/customers/{made['id']}", json=changes)

    assert answer.status_code == 200
    assert_customer(answer.json())
    assert {name: answer.json()[name] for name in changes} == changes
    assert answer.json()["api_key"] == made["api_key"]
    assert answer.json()["id"] == made["id"]
    assert answer.json()["created_at"] == made["created_at"]


def test_an_update_of_one_field_leaves_the_others(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()
    time.sleep(1.1)

    answer = api_alone.admin("PUT", f"/api/customers/{made['id']}", json={"name": "Only this"})

    assert answer.status_code == 200
    assert answer.json()["updated_at"] > made["updated_at"]
    changed = {name for name in made if answer.json()[name] != made[name]}
    assert changed == {"name", "updated_at"}


def test_read_only_fields_in_an_update_are_ignored(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()
    whole = made | {
        "id": 999_999,
        "api_key": "mine",
        "created_at": "1999-01-01T00:00:00Z",
        "updated_at": "1999-01-01T00:00:00Z",
        "name": "Changed",
    }

    answer = api_alone.admin("PUT", f"/api/customers/{made['id']}", json=whole)

    assert answer.status_code == 200
    for name in ("id", "api_key", "created_at"):
        assert answer.json()[name] == made[name]
    assert answer.json()["name"] == "Changed"


def test_what_a_list_showed_can_be_sent_back_as_an_update(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()

    answer = api_alone.admin("PUT", f"/api/customers/{made['id']}", json=made)

    assert answer.status_code == 200
    assert {k: v for k, v in answer.json().items() if k != "updated_at"} == {
        k: v for k, v in made.items() if k != "updated_at"
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"nickname": "unknown"},
        {"email": "not an address"},
        {"name": ""},
        {"name": 5},
        {"is_active": "yes"},
        {"is_active": 1},
        {"webhook_url": "ftp://example.com/"},
        {"webhook_url": "https://user:password@example.com/"},
        {"caller_channel": "middle"},
        {"sentiment_of": "inside"},
        {"retention_days": -1},
        {"vocabulary": ["Kowalczyk", "x" * 41]},
    ],
)
def test_an_update_that_cannot_be_accepted_names_the_field_and_changes_nothing(
    api_alone: RunningAppliance, changes: dict[str, Any]
) -> None:
    made = api_alone.new_customer()
    (name,) = changes

    answer = api_alone.admin("PUT", f"/api/customers/{made['id']}", json=changes)

    details = assert_error(answer, 400)["details"]
    assert [item["field"] for item in details] == [name]
    assert made in api_alone.admin("GET", "/api/customers").json()["customers"]


@pytest.mark.parametrize("missing", ["name", "company_name", "email"])
def test_creating_needs_all_three_fields(api_alone: RunningAppliance, missing: str) -> None:
    body = {name: value for name, value in NEW.items() if name != missing}

    details = assert_error(api_alone.admin("POST", "/api/customers", json=body), 400)["details"]

    assert [item["field"] for item in details] == [missing]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b"\xff\xfe",
        b'{"name": 1}',
        b'{"name": null, "company_name": "c", "email": "a@example.com"}',
        b'{"name": "n", "company_name": "c", "email": "nobody"}',
        b"[" * 50_000,
        b'{"name": "n", "company_name": "c", "email": "a@example.com", "role": "admin"}',
    ],
)
def test_a_body_that_is_no_customer_is_refused(api_alone: RunningAppliance, body: bytes) -> None:
    answer = api_alone.admin("POST", "/api/customers", data=body, headers={"Content-Type": "application/json"})

    assert_error(answer, 400)


def test_deleting_a_customer_answers_as_published_and_ends_its_key(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()
    path = f"/api/customers/{made['id']}"
    assert api_alone.request("GET", "/api/calls", key=made["api_key"]).status_code == 200

    answer = api_alone.admin("DELETE", path)

    assert answer.status_code == 200
    assert answer.json() == {"status": "success", "message": "Customer deleted successfully"}
    assert_error(api_alone.request("GET", "/api/calls", key=made["api_key"]), 401)
    assert_error(api_alone.admin("DELETE", path), 404)
    assert_error(api_alone.admin("PUT", path, json={"name": "again"}), 404)
    listed = api_alone.admin("GET", "/api/customers").json()["customers"]
    assert made["id"] not in [customer["id"] for customer in listed]


def test_the_id_of_a_deleted_customer_is_never_given_again(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()
    api_alone.admin("DELETE", f"/api/customers/{made['id']}")

    assert api_alone.new_customer()["id"] > made["id"]


@pytest.mark.parametrize("number", ["999999", "0", "-1", "abc", "99999999999999999999999999", "1.5"])
def test_an_unknown_customer_is_not_found(api_alone: RunningAppliance, number: str) -> None:
    answer = api_alone.admin("PUT", f"/api/customers/{number}", json={"name": "n"})

    assert assert_error(answer, 404) is not None
    assert answer.json()["message"] == MESSAGES[404]


def test_an_inactive_customer_cannot_use_its_key_until_it_is_active_again(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer(is_active=False)
    path = f"/api/customers/{made['id']}"

    assert api_alone.request("GET", "/api/calls", key=made["api_key"]).status_code in (401, 403)
    api_alone.admin("PUT", path, json={"is_active": True})
    assert api_alone.request("GET", "/api/calls", key=made["api_key"]).status_code == 200


def test_rotating_the_key_answers_with_the_whole_customer_and_ends_the_old_key(
    api_alone: RunningAppliance,
) -> None:
    made = api_alone.new_customer()

    answer = api_alone.admin("POST", f"/api/customers/{made['id']}/rotate-key")

    assert answer.status_code == 200
    assert_customer(answer.json())
    assert answer.json()["api_key"] != made["api_key"]
    assert_error(api_alone.request("GET", "/api/calls", key=made["api_key"]), 401)
    assert api_alone.request("GET", "/api/calls", key=answer.json()["api_key"]).status_code == 200


def test_rotating_the_webhook_secret_answers_with_the_whole_customer(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer()

    answer = api_alone.admin("POST", f"/api/customers/{made['id']}/rotate-webhook-secret")

    assert answer.status_code == 200
    assert_customer(answer.json())
    assert answer.json()["webhook_secret"] != made["webhook_secret"]
    assert answer.json()["webhook_secret"].startswith("whsec_")
    assert answer.json()["api_key"] == made["api_key"]


def test_a_customer_may_be_created_with_our_fields_too(api_alone: RunningAppliance) -> None:
    extra = {"webhook_url": "https://crm.example.com/hook", "default_language": "en", "caller_channel": "right"}
    extra |= {"vocabulary": ["Kowalczyk", "Velodyne"], "sentiment_of": "none", "send_empty": True}

    answer = api_alone.admin("POST", "/api/customers", json=NEW | extra)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in extra} == extra


def test_unicode_names_come_back_as_they_were_sent(api_alone: RunningAppliance) -> None:
    made = api_alone.new_customer(name="Zoë Ångström 🎧", company_name="株式会社")

    assert (made["name"], made["company_name"]) == ("Zoë Ångström 🎧", "株式会社")
    assert list(made)[:8] == CUSTOMER_KEYS
