"""Create, list, revoke operators' tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.token import Role
from appliance.errors import NotFound
from appliance.services.tokens import Tokens
from appliance.storage.database import Database
from appliance.storage.keys import Keys
from tests.appliance.builders import NOON, FakeClock


@pytest.fixture
def tokens(database: Database, keys: Keys, clock: FakeClock) -> Tokens:
    return Tokens(database, keys, clock)


async def test_a_token_is_shown_once_and_kept_as_a_hash(tokens: Tokens, keys: Keys) -> None:
    token, text = await tokens.create(Role.VIEWER, "wall display", NOON + timedelta(days=1))
    assert token.token_hash == keys.credential_hash(text)
    assert (token.role, token.name, token.created_at, token.expires_at) == (
        Role.VIEWER,
        "wall display",
        NOON,
        NOON + timedelta(days=1),
    )
    assert text not in repr(await tokens.listing())


async def test_each_token_is_another(tokens: Tokens) -> None:
    made = [await tokens.create(Role.ADMIN, "") for _ in range(3)]
    assert len({text for _, text in made}) == 3
    assert [token for token, _ in made] == await tokens.listing()


async def test_a_given_token_is_taken_once(tokens: Tokens) -> None:
    first, text = await tokens.create(Role.ADMIN, "mine", token="a-token-of-my-own")
    again, _ = await tokens.create(Role.ADMIN, "mine", token="a-token-of-my-own")
    assert text == "a-token-of-my-own"
    assert again == first
    assert len(await tokens.listing()) == 1


async def test_a_revoked_token_stays_in_the_list(tokens: Tokens, clock: FakeClock) -> None:
    token, _ = await tokens.create(Role.ADMIN, "")
    clock.advance(hours=1)
    revoked = await tokens.revoke(token.id)
    assert revoked.revoked_at == NOON + timedelta(hours=1)
    assert await tokens.listing() == [revoked]


async def test_an_unknown_token_cannot_be_revoked(tokens: Tokens) -> None:
    with pytest.raises(NotFound):
        await tokens.revoke(1)
