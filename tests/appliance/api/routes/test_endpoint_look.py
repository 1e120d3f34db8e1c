"""What an administrator sees of a webhook that went out: to the last byte, with a signature that verifies."""

from __future__ import annotations

import pytest
from standardwebhooks.webhooks import Webhook

from appliance.domain.token import Role
from appliance.storage.database import Connection
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import deliveries
from tests.appliance.api.changes import World, make_world
from tests.appliance.api.conftest import Api
from tests.appliance.api.routes.test_who_looked import told
from tests.appliance.builders import a_delivery


@pytest.fixture
async def world(api: Api, folder: DataFolder, keys: Keys) -> World:
    """And a delivery without its body."""
    made = await make_world(api, folder, keys)

    def store(tx: Connection) -> None:
        deliveries.insert(tx, a_delivery("emptied", call_id="call-1", customer_id=made.customer_id, body=b""))

    await api.database.write(store)
    return made


async def test_what_is_shown_verifies_with_the_customers_secret(world: World) -> None:
    token = await world.api.token()
    answer = await world.api.request("GET", f"/api/deliveries/{world.delivery_id}/request", bearer=token)
    assert answer.status == 200, answer.text
    shown = answer.json()
    customer = (await world.api.request("GET", f"/api/customers/{world.customer_id}", bearer=token)).json()
    assert shown["url"] == customer["webhook_url"]
    assert shown["headers"]["Content-Type"] == "application/json"
    Webhook(customer["webhook_secret"]).verify(shown["body"], shown["headers"])


@pytest.mark.parametrize("path", ["/api/deliveries/{}/request", "/api/customers/1/webhook-certificate"])
async def test_a_viewer_may_not(world: World, path: str) -> None:
    answer = await world.api.request("GET", path.format(world.delivery_id), bearer=await world.api.token(Role.VIEWER))
    assert answer.status == 403


async def test_an_erased_body_and_an_unknown_delivery_are_told_apart(world: World) -> None:
    token = await world.api.token()
    erased = await world.api.request("GET", "/api/deliveries/emptied/request", bearer=token)
    assert (erased.status, erased.json()["details"]) == (409, [{"field": "body", "problem": "its body was erased"}])
    assert (await world.api.request("GET", "/api/deliveries/none/request", bearer=token)).status == 404


async def test_with_the_customer_went_the_secret_that_would_sign_it(world: World) -> None:
    token = await world.api.token()
    await world.api.request("DELETE", f"/api/customers/{world.customer_id}", bearer=token)
    answer = await world.api.request("GET", f"/api/deliveries/{world.delivery_id}/request", bearer=token)
    assert (answer.status, answer.json()["details"][0]["field"]) == (409, "customer_id"), answer.text


async def test_who_looks_is_written_down(world: World) -> None:
    token = await world.api.token()
    await world.api.request("GET", f"/api/deliveries/{world.delivery_id}/request", bearer=token)
    (line,) = await told(world, "delivery.read")
    assert line["subject"] == {"kind": "delivery", "id": world.delivery_id}


async def test_without_an_address_there_is_no_certificate(world: World) -> None:
    customer, _ = await world.api.customer()
    answer = await world.api.request(
        "GET", f"/api/customers/{customer.id}/webhook-certificate", bearer=await world.api.token()
    )
    assert (answer.status, answer.json()["details"][0]["field"]) == (409, "webhook_url")
