"""A PBX that falls silent, seen from outside: in the system's state, as an event, as a figure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.clock import contract_timestamp, utc_now
from appliance.storage.database import Connection
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.api.routes.test_metrics import series
from tests.appliance.api.watching import watching

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def a_silent_customer(api: Api) -> tuple[int, str]:
    """One who has sent 50 calls an hour for weeks, day and night, and none for three hours; and its key."""
    customer, key = await api.customer(name="Ada", company_name="Ada Ltd")
    last_call_at = utc_now() - 3 * HOUR

    def store(tx: Connection) -> None:
        tx.execute("UPDATE customer SET updated_at = ? WHERE id = ?", [last_call_at - 90 * DAY, customer.id])
        tx.execute(
            """INSERT INTO call BY NAME
            SELECT uuid()::VARCHAR AS call_id, $customer AS customer_id, '1' AS caller_number, '2' AS called_number,
                   1 AS revision, 0 AS attempt, 0 AS crashes, 'failed' AS state,
                   $last - to_hours(hour) AS received_at
            FROM range(24 * 60) AS hours(hour), range(50)""",
            {"customer": customer.id, "last": last_call_at},
        )

    await api.database.write(store)
    api.appliance.silent_pbxs._listening_since = last_call_at - 90 * DAY
    await api.appliance.silent_pbxs.look()
    return customer.id, key


async def submit(api: Api, key: str, body: bytes) -> int:
    headers = {"Content-Type": CONTENT_TYPE}
    return (await api.request("POST", "/api/process-call", key=key, body=body, headers=headers)).status


@pytest.mark.slow
async def test_it_is_shown_told_and_counted_until_a_call_is_accepted(api: Api) -> None:
    bearer = await api.token()
    async with watching(api, bearer, "?types=pbx") as watcher:
        customer_id, key = await a_silent_customer(api)

        (shown,) = (await api.request("GET", "/api/system", bearer=bearer)).json()["silent_pbxs"]
        assert (shown["customer_id"], shown["customer_name"]) == (customer_id, "Ada")
        assert shown["last_call_at"] < shown["silent_since"] < contract_timestamp(utc_now())
        assert shown["reason"] == "No call for 3 hours; about 50 an hour are usual at its working times."
        assert (await series(api))["vbot_silent_pbxs"] == 1
        event = await watcher.event()
        assert (event.type, event.data["state"], event.data["company_name"]) == ("pbx", "silent", "Ada Ltd")
        assert event.data["last_call_at"] == shown["last_call_at"]
        assert event.data["usual_gap_seconds"] == 5400

        # Refused: no sign of life.
        assert await submit(api, "vbk_" + 43 * "x", a_form()) == 401
        assert await submit(api, key, a_form(direction="sideways")) == 400
        assert await submit(api, key, a_form(b"this is no audio at all")) == 415
        await api.appliance.silent_pbxs.look()
        assert len((await api.request("GET", "/api/system", bearer=bearer)).json()["silent_pbxs"]) == 1

        assert await submit(api, key, a_form()) == 200
        await api.appliance.silent_pbxs.look()
        assert (await watcher.event()).data["state"] == "heard"
        assert (await api.request("GET", "/api/system", bearer=bearer)).json()["silent_pbxs"] == []
        assert (await series(api))["vbot_silent_pbxs"] == 0
