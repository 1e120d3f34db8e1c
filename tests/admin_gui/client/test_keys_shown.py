"""The audit tells when somebody looked at keys: not each time that a list is loaded."""

from __future__ import annotations

import time

import pytest

from admin_gui.client.appliance import Appliance
from tests.admin_gui.conftest import TlsAppliance

pytestmark = pytest.mark.slow


def test_lists_ask_for_no_keys_and_whoever_looks_at_one_is_written_down(
    appliance: TlsAppliance, client: Appliance
) -> None:
    number = appliance.new_customer()["id"]
    listed = next(one for one in client.customers.everyone() if one.id == number)
    (first, *_) = client.customers.page(None, 500).rows
    known = client.customers.known(number)
    assert known is not None
    assert all(one.api_key.startswith("****") for one in (listed, first, known))
    assert _keys_shown(appliance, number) == 0
    assert not client.customers.one(number).api_key.startswith("****")
    assert _keys_shown(appliance, number) == 1


def _keys_shown(appliance: TlsAppliance, number: int) -> int:
    time.sleep(1.5)  # readings are written down within a second
    found = appliance.admin("GET", "/api/audit", params={"action": "customer.keys_shown", "limit": 500}).json()["audit"]
    return len([line for line in found if line["subject"]["id"] in (None, str(number))])
