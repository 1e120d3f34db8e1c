"""What is refused says why, as far as the contract leaves words for it."""

from __future__ import annotations

import pytest

from appliance.domain.call import CallState
from appliance.storage.database import Connection
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, deliveries
from tests.appliance.api.changes import World, make_world
from tests.appliance.api.conftest import Api, nothing_incoming, serving
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.builders import a_call, a_delivery

UNKNOWN_TOKEN = 'Bearer realm="vbot", error="invalid_token"'


@pytest.fixture
async def world(api: Api, folder: DataFolder, keys: Keys) -> World:
    """An unfinished call, a call without its recording, a delivery without its body, a customer without an address."""
    made = await make_world(api, folder, keys)
    customer, _ = await api.customer()

    def store(tx: Connection) -> None:
        calls.insert(tx, a_call("waiting", customer_id=customer.id))
        calls.insert(tx, a_call("silenced", customer_id=customer.id, state=CallState.COMPLETED))
        deliveries.insert(tx, a_delivery("emptied", call_id="silenced", customer_id=customer.id, body=b""))
        deliveries.insert(tx, a_delivery("aimless", call_id="silenced", customer_id=customer.id))

    await api.database.write(store)
    return made


@pytest.mark.parametrize(
    ("path", "field", "problem"),
    [
        ("/api/calls/waiting/reprocess", "state", "the call is not final yet"),
        ("/api/calls/silenced/reprocess", "recording", "the call's recording was erased"),
        ("/api/deliveries/emptied/redeliver", "body", "its body was erased"),
        ("/api/deliveries/aimless/redeliver", "webhook_url", "the customer has no webhook URL"),
        ("/api/customers/2/test-webhook", "webhook_url", "the customer has no webhook URL"),
    ],
)
async def test_409_says_what_stands_in_the_way(world: World, path: str, field: str, problem: str) -> None:
    answer = await world.api.request("POST", path, bearer=await world.api.token(), body=b"")
    assert answer.status == 409
    assert answer.json() == {
        "status": "error",
        "message": "Conflict with the present state",
        "details": [{"field": field, "problem": problem}],
    }


async def test_401_tells_a_wrong_token_from_a_wrong_key(api: Api) -> None:
    token = await api.request("GET", "/api/customers", bearer="wrong")
    key = await api.request("GET", "/api/calls", key="wrong")
    assert token.headers["Www-Authenticate"].startswith(UNKNOWN_TOKEN)
    assert "wrong, was revoked or has ended" in token.headers["Www-Authenticate"]
    assert key.headers["Www-Authenticate"] == 'Bearer realm="vbot"'
    # The body of both is the contract's.
    assert token.json() == key.json() == {"status": "error", "message": "Invalid API key"}


async def test_a_language_that_the_installed_model_does_not_know_is_refused_at_the_door(
    world: World, folder: DataFolder
) -> None:
    token = await world.api.token()
    async with serving(world.api, known_languages=lambda: frozenset({"en", "de"})) as port:
        at_the_door = Api(world.api.appliance, world.api.database, port)
        for language, status in (("xx", 400), ("DE", 200)):
            body, headers = a_form(language=language), {"Content-Type": CONTENT_TYPE}
            answer = await at_the_door.request("POST", "/api/process-call", key=world.key, body=body, headers=headers)
            assert answer.status == status, answer.text
            if status == 400:
                assert answer.json()["details"] == [{"field": "language", "problem": "must be one of de, en"}]
        path = f"/api/customers/{world.customer_id}"
        answer = await at_the_door.request("PUT", path, bearer=token, body=b'{"default_language": "xx"}')
        assert answer.json()["details"] == [{"field": "default_language", "problem": "must be one of de, en"}]
    await nothing_incoming(folder)
