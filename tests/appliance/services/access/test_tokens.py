"""Create, list, revoke operators' tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.token import Role
from appliance.errors import NotFound
from appliance.services.access.tokens import Tokens
from appliance.storage.database import Database
from appliance.storage.folder.keys import Keys
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock


@pytest.fixture
def tokens(database: Database, keys: Keys, clock: FakeClock) -> Tokens:
    return Tokens(database, keys, clock)


async def test_a_token_is_shown_once_and_kept_as_a_hash(tokens: Tokens, keys: Keys) -> None:
    token, text = await tokens.create(AN_ADMIN, Role.VIEWER, "wall display", NOON + timedelta(days=1))
    assert token.token_hash == keys.credential_hash(text)
    assert (token.role, token.name, token.created_at, token.expires_at) == (
        Role.VIEWER,
        "wall display",
        NOON,
        NOON + timedelta(days=1),
    )
    assert text not in repr(await tokens.listing())


async def test_each_token_is_another(tokens: Tokens) -> None:
    made = [await tokens.create(AN_ADMIN, Role.ADMIN, "") for _ in range(3)]
    assert len({text for _, text in made}) == 3
    assert [token for token, _ in made] == await tokens.listing()


async def test_a_revoked_token_stays_in_the_list(tokens: Tokens, clock: FakeClock) -> None:
    token, _ = await tokens.create(AN_ADMIN, Role.ADMIN, "")
    clock.advance(hours=1)
    revoked = await tokens.revoke(AN_ADMIN, token.id)
    assert revoked.revoked_at == NOON + timedelta(hours=1)
    assert await tokens.listing() == [revoked]


async def test_an_unknown_token_cannot_be_revoked(tokens: Tokens) -> None:
    with pytest.raises(NotFound):
        await tokens.revoke(AN_ADMIN, 1)


# -- the audit -----------------------------------------------------------------------------------------------


async def test_a_token_is_written_down_when_it_is_made_and_when_it_is_revoked_for_the_first_time(
    tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    token, text = await tokens.create(AN_ADMIN, Role.VIEWER, "wall display", NOON + timedelta(days=1))
    clock.advance(hours=1)
    for _ in range(2):
        await tokens.revoke(AN_ADMIN, token.id)
    made, revoked = await written(database)
    subject = Subject(SubjectKind.TOKEN, str(token.id))
    assert (made.at, made.actor, made.action, made.subject) == (NOON, AN_ADMIN, Action.TOKEN_CREATED, subject)
    assert made.after == {"name": "wall display", "role": "viewer", "expires_at": "2026-11-25T12:00:00Z"}
    assert (revoked.actor, revoked.action, revoked.subject) == (AN_ADMIN, Action.TOKEN_REVOKED, subject)
    assert (revoked.before, revoked.after) == ({"revoked_at": None}, {"revoked_at": "2026-11-24T13:00:00Z"})
    assert text not in repr([made, revoked])
