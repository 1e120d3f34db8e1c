"""What cannot be set of a customer, and is sent."""

from __future__ import annotations

import json
from typing import Any

from appliance.domain.delivery import address_cell
from appliance.storage.database import Connection
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import deliveries
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import a_delivery


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


async def test_a_customer_whose_secrets_are_damaged_is_told_of_and_given_others(api: Api) -> None:
    """The list of all customers was 500, and nothing of this one could be changed."""
    customer, key = await api.customer(webhook_url="https://crm.example.com/in")
    other, _ = await api.customer()
    bearer, path = await api.token(), f"/api/customers/{customer.id}"

    def damage(tx: Connection) -> None:
        tx.execute(
            "UPDATE customer SET sealed_api_key = ''::BLOB, sealed_webhook_secret = 'damaged'::BLOB, "
            "sealed_webhook_url = 'damaged'::BLOB WHERE id = ?",
            [customer.id],
        )

    await api.database.write(damage)
    listed = (await api.request("GET", "/api/customers", bearer=bearer)).json()["customers"]
    shown = {one["id"]: one for one in listed}
    assert "warnings" not in shown[other.id]
    assert shown[customer.id]["api_key"] == "(cannot be read)"
    assert shown[customer.id]["webhook_url"] == "https://crm.example.com/****", "null means that there is none"
    assert [one.partition(" cannot be read any more: ")[0] for one in shown[customer.id]["warnings"]] == [
        "`api_key`",
        "`webhook_secret`",
        "`webhook_url`",
    ]
    masked = (await api.request("GET", f"{path}?keys=masked", bearer=bearer)).json()
    assert masked["webhook_secret"] == "(cannot be read)"
    renamed = await put(api, customer.id, bearer, **{**shown[customer.id], "name": "Bob"})
    assert (renamed.status, renamed.json()["name"]) == (200, "Bob"), renamed.text
    assert "`webhook_url` cannot be read any more: set it again." in renamed.json()["warnings"], "it is still there"
    assert (await put(api, customer.id, bearer, webhook_url="https://crm.example.com/in")).status == 200
    for what in ("key", "webhook-secret"):
        answer = await api.request("POST", f"{path}/rotate-{what}", bearer=bearer, body=b'{"grace_seconds": 60}')
        assert answer.status == 200, answer.text
    body = answer.json()
    assert (body["webhook_url"], "warnings" in body) == ("https://crm.example.com/in", False)
    assert body["api_key"] not in ("(cannot be read)", key)
    assert (await api.request("DELETE", path, bearer=bearer)).status == 200


async def test_webhooks_whose_address_is_damaged_are_listed_without_it(api: Api, keys: Keys) -> None:
    customer, _ = await api.customer(webhook_url="https://crm.example.com/in")
    url = keys.seal_url("https://crm.example.com/in", address_cell("delivery-1"))
    delivery = a_delivery(id="delivery-1", customer_id=customer.id, url=url)

    def damage(tx: Connection) -> None:
        deliveries.insert(tx, delivery)
        tx.execute("UPDATE delivery SET sealed_url = 'damaged'::BLOB")

    await api.database.write(damage)
    answer = await api.request("GET", "/api/deliveries", bearer=await api.token())
    assert answer.status == 200
    assert [one["url"] for one in answer.json()["deliveries"]] == ["https://crm.example.com/****"]
