"""Every route has an address of its own and says who may come in; that it does so is for test_admission to show."""

from __future__ import annotations

import pytest

from appliance.api.application import ROUTES
from appliance.api.http.handler import Handler


@pytest.mark.parametrize("kind", dict.fromkeys(kind for _, kind in ROUTES), ids=lambda kind: kind.__name__)
def test_every_handler_says_who_may_come_in(kind: type[Handler]) -> None:
    assert kind.admit is not Handler.admit


def test_no_two_routes_have_one_address() -> None:
    patterns = [pattern for pattern, _ in ROUTES]
    assert len(set(patterns)) == len(patterns)
