"""Calls are narrowed by their length, their keywords and their warnings; a value that says nothing is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from appliance.domain.call import CallState
from appliance.messages.call_result import CallResult
from appliance.storage.database import Connection
from appliance.storage.tables import calls, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import NOON, a_call, a_result


async def completed(api: Api, call_id: str, keywords: str = "", warnings: list[str] | None = None, **call: Any) -> None:
    """A call with its result, as `store_result` stores it."""
    said = 'They say: "warnings":["none at all"]'
    result = a_result(transcription=said, summary="Short.\nOr so.", keywords=keywords, warnings=warnings or [])
    await stored(api, call_id, result, **call)


async def stored(api: Api, call_id: str, result: CallResult | None, **call: Any) -> None:
    state = CallState.FAILED if result is None else CallState.COMPLETED
    made = a_call(call_id, state=state, finished_at=NOON, **call)

    def write(tx: Connection) -> None:
        calls.insert(tx, made)
        if result is not None:
            searched = "\n".join((result.transcription, result.summary, result.keywords)).lower()
            body = msgspec.json.encode(result).decode()
            results.insert(tx, StoredResult(call_id, 1, 1, NOON, "neutral", 1.0, searched, body))

    await api.database.write(write)


async def answer(api: Api, query: str) -> Answer:
    return await api.request("GET", f"/api/calls?{query}", bearer=await api.token())


async def found(api: Api, query: str) -> list[str]:
    told = await answer(api, query)
    assert told.status == 200, told.text
    return [call["call_id"] for call in told.json()["calls"]]


async def test_calls_are_found_by_their_length_and_both_ends_belong_to_it(api: Api) -> None:
    for call_id, seconds in (("unknown", None), ("short", 29.9), ("middle", 30.0), ("long", 600.0)):
        await completed(api, call_id, duration_seconds=seconds)
    assert await found(api, "min_seconds=30") == ["long", "middle"]
    assert await found(api, "max_seconds=30") == ["middle", "short"]
    assert await found(api, "min_seconds=30&max_seconds=599&sort=duration_seconds") == ["middle"]


async def test_a_keyword_is_a_whole_one_in_capitals_or_not(api: Api) -> None:
    await completed(api, "first", "Heating bill, boiler")
    await completed(api, "second", "bill")
    await completed(api, "third", "boilerplate")
    await stored(api, "failed", None)
    assert await found(api, "keyword=BILL") == ["second"]
    assert await found(api, "keyword=boiler") == ["first"]
    assert await found(api, "keyword=heating%20bill&q=say") == ["first"]
    assert await found(api, "keyword=short.") == [], "what stands in the texts is no keyword"


async def test_calls_with_warnings_are_those_that_show_some(api: Api) -> None:
    await completed(api, "warned", warnings=["Both channels are the same."])
    await completed(api, "fine")
    await stored(api, "failed", None)
    assert await found(api, "warnings=true") == ["warned"]
    assert await found(api, "warnings=false") == ["fine"]
    assert await found(api, "warnings=true&q=nothing+like+it") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("min_seconds=-1", "min_seconds"),
        ("max_seconds=1.5", "max_seconds"),
        ("max_seconds=", "max_seconds"),
        ("keyword=%20", "keyword"),
        (f"keyword={'x' * 101}", "keyword"),
        ("warnings=1", "warnings"),
        ("mood=positive", "mood"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_name(api: Api, query: str, field: str) -> None:
    told = await answer(api, query)
    assert (told.status, [item["field"] for item in told.json()["details"]]) == (400, [field])


async def test_a_keyword_that_was_asked_for_is_not_written_down(api: Api) -> None:
    await found(api, "keyword=mrs%20doe&min_seconds=30")
    await api.services.access.reading_log.flush()
    lines = (await api.request("GET", "/api/audit?action=calls.searched", bearer=await api.token())).json()["audit"]
    assert lines[0]["after"] == {"keyword": "given", "min_seconds": "30", "count": 0}
