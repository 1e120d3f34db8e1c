"""GET /api/system/settings."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.domain.token import Role
from appliance.settings import ABOUT
from tests.appliance.api.conftest import Api


async def listed(api: Api, role: Role = Role.VIEWER) -> dict[str, dict[str, Any]]:
    answer = await api.request("GET", "/api/system/settings", bearer=await api.token(role))
    assert answer.status == 200, answer.text
    return {one["name"]: one for one in answer.json()["settings"]}


async def test_each_setting_is_told_with_its_meaning_default_and_source(api: Api) -> None:
    found = await listed(api)
    assert list(found) == list(ABOUT)
    assert found["lease_seconds"] == {
        "name": "lease_seconds",
        "variable": "VBOT_LEASE_SECONDS",
        "meaning": ABOUT["lease_seconds"].meaning,
        "value": 900.0,
        "default": 900.0,
        "source": "default",
        "where": None,
        "restart": True,
        "secret": False,
    }
    assert (found["tls"]["value"], found["tls"]["default"]) == ("off", "auto")
    assert found["retention_days"]["value"] == [30, 365]


@pytest.mark.parametrize("name", ABOUT)
def test_a_meaning_is_a_sentence(name: str) -> None:
    meaning = ABOUT[name].meaning
    assert meaning.endswith(".")
    assert meaning[0].isupper()
    assert "VBOT_" not in meaning
