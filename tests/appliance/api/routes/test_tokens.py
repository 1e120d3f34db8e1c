"""GET /api/tokens."""

from __future__ import annotations

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.token import Role
from tests.appliance.api.conftest import Api


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_the_list_says_which_token_is_ones_own(api: Api, role: Role) -> None:
    await api.token()
    own, text = await api.services.access.tokens.create(OWNER, role, "mine", None)
    await api.token()
    answer = (await api.request("GET", "/api/tokens", bearer=text)).json()
    assert answer["own_id"] == own.id
    assert [one["name"] for one in answer["tokens"] if one["id"] == own.id] == ["mine"]
