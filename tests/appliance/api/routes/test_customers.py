"""What cannot be set of a customer, and is sent."""

from __future__ import annotations

import json
from typing import Any

from tests.appliance.api.conftest import Answer, Api


async def put(api: Api, customer_id: int, bearer: str, **fields: Any) -> Answer:
    path = f"/api/customers/{customer_id}"
    return await api.request("PUT", path, bearer=bearer, body=json.dumps(fields).encode())


async def test_what_was_shown_comes_back_without_a_word(api: Api) -> None:
    customer, _ = await api.customer()
    bearer = await api.token()
    shown = (await api.request("GET", f"/api/customers/{customer.id}", bearer=bearer)).json()
    masked = (await api.request("GET", f"/api/customers/{customer.id}?keys=masked", bearer=bearer)).json()
    del masked["webhook_secret"]
    for body in (shown, masked, {"name": "Bob", "updated_at": "2020-01-01T00:00:00Z"}):
        answer = await put(api, customer.id, bearer, **body)
        assert (answer.status, "warnings" in answer.json()) == (200, False)


async def test_what_cannot_be_set_and_differs_is_not_set_and_told(api: Api) -> None:
    customer, key = await api.customer()
    bearer = await api.token()
    answer = await put(api, customer.id, bearer, id=99, api_key="mine", webhook_disabled_reason="x", name="Bob")
    body = answer.json()
    assert (answer.status, body["id"], body["api_key"], body["name"]) == (200, customer.id, key, "Bob")
    assert [one.partition(" was sent and is not changed: ")[0] for one in body["warnings"]] == [
        "`id`",
        "`api_key`",
        "`webhook_disabled_reason`",
    ]
    assert "rotate-key" in body["warnings"][1]
    assert "mine" not in answer.text
    made = await api.request(
        "POST",
        "/api/customers",
        bearer=bearer,
        body=b'{"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com", "api_key": "mine"}',
    )
    assert made.status == 200
    assert len(made.json()["warnings"]) == 1


async def test_a_name_that_is_no_field_is_refused(api: Api) -> None:
    customer, _ = await api.customer()
    answer = await put(api, customer.id, await api.token(), colour="red")
    assert (answer.status, answer.json()["details"]) == (
        400,
        [{"field": "colour", "problem": "is not a field of this request"}],
    )
