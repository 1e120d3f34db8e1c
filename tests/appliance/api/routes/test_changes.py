"""What may be changed: an admin does, and it is written down; a viewer or a customer does not, and nothing is."""

from __future__ import annotations

import pytest

from appliance.domain.token import Role
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from tests.appliance.api.changes import (
    BY_A_CUSTOMER,
    BY_A_WORKER,
    BY_THE_OWNER,
    CHANGES,
    World,
    changing_methods,
    make_world,
)
from tests.appliance.api.conftest import Api

pytestmark = pytest.mark.slow

NAMES = [f"{method} {route}" for method, route in CHANGES]


@pytest.fixture
async def world(api: Api, folder: DataFolder, keys: Keys) -> World:
    return await make_world(api, folder, keys)


def test_every_route_that_changes_something_is_asked_here() -> None:
    assert changing_methods() == set(CHANGES) | BY_A_CUSTOMER | BY_A_WORKER | BY_THE_OWNER


@pytest.mark.parametrize(("method", "route"), CHANGES, ids=NAMES)
async def test_a_change_is_written_down_with_who_made_it(world: World, method: str, route: str) -> None:
    admin = await world.api.token()
    (*_, token) = await world.api.services.access.tokens.listing()
    before = await world.state()
    change = CHANGES[method, route]

    answer = await change.ask(world, method, route, bearer=admin, headers={"X-Request-ID": "find-me"})

    assert answer.status == 200, answer.text
    await world.backups_are_made()
    after = await world.state()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"audit"} if change.only_looks else changed > {"audit"}
    (line,) = (await world.audit())[: len(after["audit"]) - len(before["audit"])]
    assert line["action"] == change.action
    assert line["actor"] == {
        "kind": "token",
        "token_id": token.id,
        "name": "admin",
        "role": "admin",
        "address": "127.0.0.1",
    }
    assert line["request_id"] == "find-me"


@pytest.mark.parametrize(("method", "route"), CHANGES, ids=NAMES)
async def test_what_cannot_be_written_down_is_not_done(world: World, method: str, route: str) -> None:
    admin = await world.api.token()
    await world.api.database.write(lambda tx: tx.execute("DROP TABLE audit") and None)
    before = await world.state()

    answer = await CHANGES[method, route].ask(world, method, route, bearer=admin)

    assert answer.status == 500
    assert await world.state() == before


@pytest.mark.parametrize(("method", "route"), CHANGES, ids=NAMES)
async def test_who_may_not_change_it_is_refused_and_changes_nothing(world: World, method: str, route: str) -> None:
    viewer = await world.api.token(Role.VIEWER)
    before = await world.state()
    change = CHANGES[method, route]

    answers = [
        await change.ask(world, method, route, **credential)
        for credential in ({"bearer": viewer}, {"key": world.key}, {"bearer": world.key}, {"key": viewer}, {})
    ]

    assert [answer.status for answer in answers] == [403, 403, 403, 401, 401]
    assert await world.state() == before


async def test_a_viewer_makes_no_call_either(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    before = await world.state()
    for method, route in BY_A_CUSTOMER:
        assert (await world.api.request(method, route, bearer=viewer, body=b"x")).status == 403
    assert await world.state() == before


async def test_only_the_owner_of_the_data_folder_says_that_the_recovery_key_was_shown(world: World) -> None:
    admin = await world.api.token()
    before = await world.state()
    for method, route in BY_THE_OWNER:
        assert (await world.api.request(method, route, bearer=admin, body=b"{}")).status == 404
    assert await world.state() == before
