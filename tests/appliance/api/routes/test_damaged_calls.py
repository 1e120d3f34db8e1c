"""One call of which something stored cannot be read: it is shown as damaged, and no list or page is lost with it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from appliance.domain.call import CallState
from appliance.storage.database import Connection
from appliance.storage.tables import calls, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.api.conftest import Api
from tests.appliance.builders import NOON, a_call, a_result

STORED = msgspec.json.encode(a_result()).decode()
WORDS = '[[[0.1,0.5,"Hello.",0.9]]]'


async def stored(api: Api, customer_id: int, call_id: str, body: str = STORED, words: str = WORDS) -> None:
    """A completed call whose result was written so, by hand."""

    def insert(tx: Connection) -> None:
        call = a_call(
            call_id, customer_id=customer_id, state=CallState.COMPLETED, finished_at=NOON, duration_seconds=2.5
        )
        calls.insert(tx, call)
        results.insert(tx, StoredResult(call_id, 1, 1, NOON, "positive", 1.5, "hello.", body, words))

    await api.database.write(insert)


async def asked(api: Api, path: str, **who: str) -> Any:
    answer = await api.request("GET", path, **who)
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        STORED.replace("1.5", "null", 1),  # what an infinite number was stored as
        STORED.replace("1.5", "Infinity", 1),
        STORED.replace("Hello.", r"\ud800", 1),  # half a character
        STORED[:40],
        "[" * 5_000,
        "garbage",
        "null",
        "{}",
        "",
    ],
)
async def test_a_call_whose_stored_result_cannot_be_read_is_listed_as_damaged(api: Api, body: str) -> None:
    bearer, (customer, key) = await api.token(), await api.customer()
    await stored(api, customer.id, "whole")
    await stored(api, customer.id, "broken", body)

    for who in ({"bearer": bearer}, {"key": key}):
        for path in ("/api/calls", "/api/calls?q=hello", "/api/calls?sort=duration_seconds"):
            listed = {one["call_id"]: one for one in (await asked(api, path, **who))["calls"]}
            assert listed["whole"]["transcription"] == "Hello."
            assert (listed["broken"]["state"], listed["broken"]["error"]["code"]) == ("completed", "damaged")
            assert "transcription" not in listed["broken"]
        assert (await asked(api, "/api/calls/broken", **who))["error"]["code"] == "damaged"
    await asked(api, "/api/stats", bearer=bearer)
    await asked(api, "/api/stats/insights", bearer=bearer)
    await asked(api, "/api/deliveries", bearer=bearer)


async def test_what_the_customer_gave_with_a_call_and_is_no_json_any_more_breaks_no_list(api: Api) -> None:
    bearer, (customer, _) = await api.token(), await api.customer()
    await stored(api, customer.id, "whole")
    await stored(api, customer.id, "broken")
    change = "UPDATE call SET metadata = '{\"a' WHERE call_id = 'broken'"
    await api.database.write(lambda tx: tx.execute(change).fetchall())

    listed = {one["call_id"]: one for one in (await asked(api, "/api/calls", bearer=bearer))["calls"]}

    assert (listed["whole"]["error"], listed["broken"]["error"]["code"]) == (None, "damaged")


@pytest.mark.parametrize("change", ["state = 'sideways'", "vocabulary = '[1'", "vocabulary = '{}'"])
async def test_a_row_that_cannot_be_read_breaks_no_list(api: Api, change: str) -> None:
    bearer, (customer, _) = await api.token(), await api.customer()
    await stored(api, customer.id, "whole")
    await stored(api, customer.id, "broken")
    await api.database.write(lambda tx: tx.execute(f"UPDATE call SET {change} WHERE call_id = 'broken'").fetchall())

    for path in ("/api/calls", "/api/calls?q=hello", "/api/calls?sort=duration_seconds"):
        listed = {one["call_id"]: one for one in (await asked(api, path, bearer=bearer))["calls"]}
        assert (listed["whole"]["error"], listed["broken"]["error"]["code"]) == (None, "damaged")
    assert (await asked(api, "/api/calls/broken", bearer=bearer))["error"]["code"] == "damaged"


@pytest.mark.parametrize("words", ["[[[0.1,null,1,2]]]", "[]", "garbage", "[" * 5_000])
async def test_words_that_cannot_be_read_are_not_there(api: Api, words: str) -> None:
    bearer, (customer, _) = await api.token(), await api.customer()
    await stored(api, customer.id, "broken", words=words)

    answer = await api.request("GET", "/api/calls/broken/words", bearer=bearer)

    assert answer.status == 404
