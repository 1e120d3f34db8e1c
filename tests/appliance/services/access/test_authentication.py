"""Who is asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.customer import Customer
from appliance.domain.token import Role
from appliance.errors import Unavailable
from appliance.services.access.authentication import NOTE_USE_EVERY, Authenticator, Operator
from appliance.storage.database import Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, tokens
from tests.appliance.builders import NOON, FakeClock, a_customer


class Door:
    """The authenticator, and who may be known to it."""

    def __init__(self, database: Database, keys: Keys, clock: FakeClock) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.authenticator = Authenticator(database, keys, clock)

    async def add_token(self, text: str, role: Role = Role.ADMIN, expires_at: datetime | None = None) -> int:
        token = await self.database.write(
            lambda tx: tokens.insert(
                tx,
                name="wall",
                role=role,
                token_hash=self.keys.credential_hash(text),
                created_at=NOON,
                expires_at=expires_at,
            )
        )
        return token.id

    async def add_customer(self, api_key: str, **changes: Any) -> Customer:
        customer = a_customer(api_key_hash=self.keys.credential_hash(api_key), **changes)
        return await self.database.write(lambda tx: customers.insert(tx, customer))

    async def last_used(self, text: str) -> datetime | None:
        token = await self.database.read(lambda tx: tokens.by_hash(tx, self.keys.credential_hash(text)))
        assert token is not None
        return token.last_used_at


@pytest.fixture
def door(database: Database, keys: Keys, clock: FakeClock) -> Door:
    return Door(database, keys, clock)


async def test_a_token_that_joins_workers_is_no_operators_and_an_operators_joins_none(door: Door) -> None:
    token_id = await door.add_token("vbt_worker", Role.WORKER)
    await door.add_token("vbt_admin", Role.ADMIN)
    assert await door.authenticator.operator("vbt_worker") is None
    assert await door.authenticator.joining("vbt_admin") is None
    assert await door.authenticator.joining("vbt_unknown") is None
    found = await door.authenticator.joining("vbt_worker")
    assert found is not None
    assert (found.id, found.role) == (token_id, Role.WORKER)
    assert await door.last_used("vbt_worker") is not None


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_an_operator_is_known_by_the_token_with_its_role(door: Door, role: Role) -> None:
    token_id = await door.add_token("vbt_right", role)
    found = await door.authenticator.operator("vbt_right")
    assert found is not None
    assert found.token is not None
    assert (found.role, found.token.id) == (role, token_id)
    assert found.acting("192.0.2.7", "request-1") == Actor(
        ActorKind.TOKEN, "192.0.2.7", "request-1", token_id, "wall", role
    )


def test_the_data_folders_owner_acts_from_here_whatever_the_socket_says() -> None:
    assert Operator(Role.ADMIN, None).acting("0.0.0.0", "request-1") == Actor(ActorKind.OWNER, "local", "request-1")


@pytest.mark.parametrize("text", ["", "vbt_wrong", "vbt_righ", "vbt_right ", "VBT_RIGHT", "ünïcödé", "' OR 1=1 --"])
async def test_nobody_is_known_by_anything_else(door: Door, text: str) -> None:
    await door.add_token("vbt_right")
    await door.add_customer("vbk_right")
    assert await door.authenticator.operator(text) is None
    assert await door.authenticator.customer(text) is None


async def test_the_stored_hash_is_no_credential(door: Door) -> None:
    await door.add_token("vbt_right")
    assert await door.authenticator.operator(door.keys.credential_hash("vbt_right")) is None


async def test_a_revoked_token_works_no_more_from_the_next_request_on(door: Door) -> None:
    token_id = await door.add_token("vbt_right")
    assert await door.authenticator.operator("vbt_right") is not None
    await door.database.write(lambda tx: tokens.revoke(tx, token_id, NOON))
    assert await door.authenticator.operator("vbt_right") is None


async def test_a_token_works_until_the_moment_at_which_it_expires(door: Door) -> None:
    await door.add_token("vbt_right", expires_at=NOON + timedelta(hours=1))
    door.clock.now = NOON + timedelta(hours=1) - timedelta(microseconds=1)
    assert await door.authenticator.operator("vbt_right") is not None
    door.clock.now = NOON + timedelta(hours=1)
    assert await door.authenticator.operator("vbt_right") is None


async def test_the_last_use_is_noted_at_most_once_a_minute(door: Door) -> None:
    await door.add_token("vbt_right")
    await door.add_token("vbt_other")
    await door.authenticator.operator("vbt_right")
    assert await door.last_used("vbt_right") == NOON
    door.clock.now = NOON + NOTE_USE_EVERY - timedelta(microseconds=1)
    await door.authenticator.operator("vbt_right")
    assert await door.last_used("vbt_right") == NOON
    door.clock.now = NOON + NOTE_USE_EVERY
    await door.authenticator.operator("vbt_right")
    assert await door.last_used("vbt_right") == NOON + NOTE_USE_EVERY
    assert await door.last_used("vbt_other") is None


async def test_a_disk_that_takes_no_note_keeps_nobody_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    await door.add_token("vbt_right")

    async def full(_work: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(door.database, "write", full)
    assert await door.authenticator.operator("vbt_right") is not None


async def test_a_refused_token_counts_as_no_use(door: Door) -> None:
    await door.add_token("vbt_right", expires_at=NOON)
    await door.authenticator.operator("vbt_right")
    assert await door.last_used("vbt_right") is None


async def test_a_customer_is_known_by_its_key(door: Door) -> None:
    ada = await door.add_customer("vbk_ada")
    await door.add_customer("vbk_bob")
    assert await door.authenticator.customer("vbk_ada") == ada


async def test_an_inactive_customer_is_not_known_until_it_is_active_again(door: Door) -> None:
    ada = await door.add_customer("vbk_ada", is_active=False)
    assert await door.authenticator.customer("vbk_ada") is None
    await door.database.write(lambda tx: customers.update(tx, replace(ada, is_active=True)))
    door.authenticator.forget_customers()
    assert await door.authenticator.customer("vbk_ada") is not None


async def test_a_customer_that_was_changed_while_it_was_looked_up_is_not_remembered_as_it_was(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await door.add_customer("vbk_ada")
    real = door.database.read

    async def read_then_change(work: Any) -> Any:
        found = await real(work)
        await door.database.write(lambda tx: customers.update(tx, replace(ada, is_active=False)))
        door.authenticator.forget_customers()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(door.database, "read", read_then_change)
        await door.authenticator.customer("vbk_ada")
    assert await door.authenticator.customer("vbk_ada") is None


async def test_a_known_customer_is_remembered_until_one_is_changed(door: Door) -> None:
    ada = await door.add_customer("vbk_ada")
    assert await door.authenticator.customer("vbk_ada") == ada
    await door.database.write(lambda tx: customers.mark_deleted(tx, ada.id, NOON))
    assert await door.authenticator.customer("vbk_ada") == ada
    door.authenticator.forget_customers()
    assert await door.authenticator.customer("vbk_ada") is None


async def test_a_deleted_customer_is_not_known(door: Door) -> None:
    ada = await door.add_customer("vbk_ada")
    await door.database.write(lambda tx: customers.mark_deleted(tx, ada.id, NOON))
    assert await door.authenticator.customer("vbk_ada") is None


async def test_a_rotated_key_works_until_its_grace_time_is_over(door: Door) -> None:
    until = NOON + timedelta(hours=1)
    await door.add_customer(
        "vbk_new", previous_api_key_hash=door.keys.credential_hash("vbk_old"), previous_api_key_until=until
    )
    door.clock.now = until - timedelta(microseconds=1)
    assert await door.authenticator.customer("vbk_old") is not None
    door.clock.now = until
    assert await door.authenticator.customer("vbk_old") is None
    assert await door.authenticator.customer("vbk_new") is not None
