"""The receipt of an erasure names the backups in which the call may still be."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.backup import Backup
from appliance.domain.clock import utc_now
from appliance.services.upkeep import backups
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls
from tests.appliance.api.changes import A_BACKUP, make_world
from tests.appliance.api.conftest import Api
from tests.appliance.builders import a_call


async def test_it_names_no_backup_that_is_older_than_the_call(api: Api, folder: DataFolder, keys: Keys) -> None:
    world = await make_world(api, folder, keys)
    made = folder.backups / A_BACKUP
    received = datetime(2026, 11, 26, 12, tzinfo=UTC)
    for call_id in ("before", "after"):
        written = received.timestamp() + (60 if call_id == "before" else -60)
        os.utime(made, (written, written))
        call = a_call(call_id, customer_id=world.customer_id, received_at=received)
        await api.database.write(lambda tx, call=call: calls.insert(tx, call))  # type: ignore[misc]
        answer = await api.request("DELETE", f"/api/calls/{call_id}", bearer=await api.token())
        assert answer.json()["backups"] == ([A_BACKUP] if call_id == "before" else [])


async def test_it_names_the_backups_of_a_call_that_came_before_the_clock_was_set_back(
    api: Api, folder: DataFolder, keys: Keys
) -> None:
    world = await make_world(api, folder, keys)
    call = a_call(customer_id=world.customer_id, received_at=utc_now() + timedelta(days=90))
    await api.database.write(lambda tx: calls.insert(tx, call))
    answer = await api.request("DELETE", f"/api/calls/{call.call_id}", bearer=await api.token())
    assert answer.json()["backups"] == [A_BACKUP]


async def test_the_receipt_comes_also_where_the_backups_cannot_be_looked_at(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, _ = await api.customer()
    call = a_call(customer_id=customer.id)
    await api.database.write(lambda tx: calls.insert(tx, call))

    def look(_folder: DataFolder) -> list[Backup]:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backups, "existing_backups", look)
    bearer = await api.token()
    answer = await api.request("DELETE", f"/api/calls/{call.call_id}", bearer=bearer)
    assert (answer.status, answer.json()["backups"]) == (200, [])
    (told,) = answer.json()["warnings"]
    why = "the folder of the backups cannot be read: Input/output error"
    assert told == f"Which backups still hold it is not known: {why}."
    system = await api.request("GET", "/api/system", bearer=bearer)
    assert (system.status, system.json()["backups"]["last_error"]) == (200, why)


def test_one_that_is_being_made_may_hold_any_call() -> None:
    """Its copy of the database may be older than the erasure, however new its file will be."""
    made = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert Backup("vbot-20261126T120000Z.tar", made, "running").may_hold(made - timedelta(days=1), made)
    assert not Backup("vbot-20261126T120000Z.tar", made, "failed").may_hold(made - timedelta(days=1), made)


async def test_of_a_deleted_customer_stays_that_calls_took_place_until_each_is_erased(api: Api) -> None:
    """As DELETE of a customer, README and the page about data protection say."""
    bearer = await api.token()
    customer, _ = await api.customer()
    call = a_call(customer_id=customer.id, agent="Ada", external_id="pbx-1", metadata='{"ticket": 1}')
    await api.database.write(lambda tx: calls.insert(tx, call))
    assert (await api.request("DELETE", f"/api/customers/{customer.id}", bearer=bearer)).status == 200
    await api.database.write(lambda tx: calls.erase_texts(tx, [call.call_id]))  # as housekeeping does

    listed = await api.request("GET", f"/api/calls?customer_id={customer.id}", bearer=bearer)
    (left,) = listed.json()["calls"]
    assert (left["call_id"], left["agent"], left["external_id"]) == (call.call_id, "Ada", "pbx-1")
    assert left["caller_number"] == call.caller_number
    assert "ticket" not in (await api.request("GET", f"/api/calls/{call.call_id}", bearer=bearer)).text
    assert (await api.request("DELETE", f"/api/calls/{call.call_id}", bearer=bearer)).status == 200
    listed = await api.request("GET", f"/api/calls?customer_id={customer.id}", bearer=bearer)
    assert listed.json()["calls"] == []
