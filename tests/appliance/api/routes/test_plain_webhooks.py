"""Plain HTTP to a public address: refused when it is saved, told where it is there from before."""

from __future__ import annotations

import json

import pytest

from tests.appliance.api.conftest import Answer, Api

PLAIN = "http://93.184.216.34/phi"
BASIC = {"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"}


async def saved(api: Api, path: str, method: str, **fields: str) -> Answer:
    body = json.dumps(fields).encode()
    return await api.request(method, path, bearer=await api.token(), body=body)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (PLAIN, "plain HTTP to a public address can be read on its way"),
        ("https://localhost:9/hook", "localhost is refused: loopback"),
        ("https://127.0.0.1:9/hook", "address 127.0.0.1 is refused: loopback"),
    ],
)
async def test_an_address_to_which_nothing_would_be_sent_is_refused_when_it_is_saved(
    api: Api, url: str, why: str
) -> None:
    customer, _ = await api.customer()
    created = await saved(api, "/api/customers", "POST", **BASIC, webhook_url=url)
    changed = await saved(api, f"/api/customers/{customer.id}", "PUT", webhook_url=url)
    for answer in (created, changed):
        assert answer.status == 400
        assert answer.json()["details"][0]["field"] == "webhook_url"
        assert why in answer.json()["details"][0]["problem"]


async def test_https_to_a_public_address_and_http_within_the_office_are_saved(api: Api) -> None:
    for url in ("https://93.184.216.34/hook", "http://192.168.1.9/hook"):
        assert (await saved(api, "/api/customers", "POST", **BASIC, webhook_url=url)).status == 200


async def test_who_has_such_an_address_from_before_is_named_until_it_is_changed(api: Api) -> None:
    customer, _ = await api.customer(company_name="Old Ltd", webhook_url=PLAIN)
    await api.appliance.plain_webhooks.look()

    components = (await api.request("GET", "/api/system", bearer=await api.token())).json()["components"]
    (told,) = [one for one in components if one["name"] == "addresses"]
    assert told["state"] == "failed"
    assert told["reason"].startswith("Nothing is sent to Old Ltd: plain HTTP to a public address")
    # All else of the customer can still be changed, by a client that sends it whole.
    answer = await saved(api, f"/api/customers/{customer.id}", "PUT", name="Grace", webhook_url=PLAIN)
    assert answer.status == 200

    changed = await saved(api, f"/api/customers/{customer.id}", "PUT", webhook_url=PLAIN.replace("http", "https"))
    assert changed.status == 200
    await api.appliance.plain_webhooks.look()
    components = (await api.request("GET", "/api/system", bearer=await api.token())).json()["components"]
    assert "addresses" not in [one["name"] for one in components]
