"""The audit tells when somebody looked at keys: not each time that a list is loaded."""

from __future__ import annotations

import time

import pytest

from admin_gui.client.appliance import Appliance
from tests.admin_gui.conftest import TlsAppliance
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


def test_lists_ask_for_no_keys_and_whoever_looks_at_one_is_written_down(
    appliance: TlsAppliance, client: Appliance
) -> None:
    number = appliance.new_customer()["id"]
    before = _keys_shown(appliance, number)
    listed = next(one for one in client.customers.everyone() if one.id == number)
    (first, *_) = client.customers.page(None, 500).rows
    known = client.customers.known(number)
    assert known is not None
    assert all(one.api_key.startswith("****") for one in (listed, first, known))
    time.sleep(1.5)  # readings are written down within a second
    assert _keys_shown(appliance, number) == before
    assert not client.customers.one(number).api_key.startswith("****")
    assert wait_until(lambda: _keys_shown(appliance, number) == before + 1, 60, 0.2)
    time.sleep(1.5)  # nor do the lists come later
    assert _keys_shown(appliance, number) == before + 1


def _keys_shown(appliance: TlsAppliance, number: int) -> int:
    found = appliance.admin("GET", "/api/audit", params={"action": "customer.keys_shown", "limit": 500}).json()["audit"]
    return len([line for line in found if line["subject"]["id"] in (None, str(number))])
