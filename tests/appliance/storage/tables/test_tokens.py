"""The operators' tokens, and single facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from appliance.domain.token import Role, Token
from appliance.storage.database import Database
from appliance.storage.tables import facts, tokens
from tests.appliance.builders import NOON

LATER = NOON + timedelta(days=1)


async def stored(
    database: Database, token_hash: str, role: Role = Role.ADMIN, expires_at: datetime | None = None
) -> Token:
    return await database.write(
        lambda tx: tokens.insert(
            tx, name=token_hash, role=role, token_hash=token_hash, created_at=NOON, expires_at=expires_at
        )
    )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("expires_at", [None, LATER])
async def test_every_field_of_a_token_comes_back(database: Database, role: Role, expires_at: datetime | None) -> None:
    token = await stored(database, "hash", role, expires_at)
    assert token == Token(token.id, "hash", role, "hash", NOON, expires_at)
    assert await database.read(lambda tx: tokens.by_hash(tx, "hash")) == token
    assert await database.read(lambda tx: tokens.by_hash(tx, "other")) is None


async def test_a_revoked_token_stays_in_the_list_with_the_moment_of_its_first_revocation(database: Database) -> None:
    kept, gone = await stored(database, "kept"), await stored(database, "gone")
    for moment in (LATER, LATER + timedelta(days=1)):
        await database.write(lambda tx, moment=moment: tokens.revoke(tx, gone.id, moment))
    revoked = replace(gone, revoked_at=LATER)
    assert await database.read(lambda tx: tokens.get(tx, gone.id)) == revoked
    assert await database.read(tokens.listing) == [kept, revoked]
    assert await database.read(lambda tx: tokens.get(tx, 999)) is None


async def test_the_last_use_is_remembered(database: Database) -> None:
    token, other = await stored(database, "used"), await stored(database, "other")
    await database.write(lambda tx: tokens.note_use(tx, token.id, LATER))
    used = await database.read(lambda tx: tokens.by_hash(tx, "used"))
    assert used is not None
    assert used.last_used_at == LATER
    assert await database.read(lambda tx: tokens.by_hash(tx, "other")) == other


async def test_an_id_is_never_given_again(database: Database) -> None:
    first = await stored(database, "first")
    await database.write(tokens.remove_all)
    assert await database.read(tokens.listing) == []
    assert (await stored(database, "second")).id > first.id


async def test_a_fact_holds_what_was_put_last(database: Database) -> None:
    assert await database.read(lambda tx: facts.get(tx, "epoch")) is None
    for value in ("one", "two"):
        await database.write(lambda tx, value=value: facts.put(tx, "epoch", value))
    await database.write(lambda tx: facts.put(tx, "other", "three"))
    assert await database.read(lambda tx: facts.get(tx, "epoch")) == "two"
