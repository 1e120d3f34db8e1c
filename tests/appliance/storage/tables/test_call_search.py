"""Calls are found by what was said in them, slice by slice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from appliance.domain.call import CallState
from appliance.storage.database import Connection, Database
from appliance.storage.tables import call_search, calls, results
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import NOON, a_call, every_field_set


async def store(
    database: Database, call_id: str, text: str | None = None, finished_at: datetime = NOON, **given: Any
) -> None:
    """A call; with a text, one that was completed."""
    if text is not None:
        given |= {"state": CallState.COMPLETED, "finished_at": finished_at}
    call = a_call(call_id, **given)

    def write(tx: Connection) -> None:
        calls.insert(tx, call)
        if text is not None:
            results.insert(tx, a_stored_result(call_id, text, finished_at))

    await database.write(write)


def a_stored_result(call_id: str, text: str, stored_at: datetime, revision: int = 1) -> StoredResult:
    result: StoredResult = every_field_set(
        StoredResult, call_id=call_id, revision=revision, search_text=text, stored_at=stored_at
    )
    return result


async def search(
    database: Database,
    text: str,
    before: int | None = None,
    limit: int = 100,
    slice_rows: int = 100,
    wanted: CallFilter | None = None,
) -> tuple[list[str], int | None]:
    found, end = await database.read(
        lambda tx: call_search.search(
            tx, wanted or CallFilter(), text, before_seq=before, limit=limit, slice_rows=slice_rows
        )
    )
    return [call.call_id for _, call in found], end


async def test_a_text_is_found_in_the_present_revision_whatever_its_case(database: Database) -> None:
    await store(database, "old words", "invoice")
    await store(database, "new words", "my invoice")
    await store(database, "no result")
    await database.write(
        lambda tx: (
            tx.execute("UPDATE call SET revision = 2 WHERE call_id = 'old words'"),
            results.insert(tx, a_stored_result("old words", "weather", NOON, revision=2)),
        )
    )

    assert await search(database, "INVOICE") == (["new words"], None)
    assert await search(database, "%") == ([], None)


async def test_where_nothing_matches_nothing_is_found(database: Database) -> None:
    assert await search(database, "needle") == ([], None)
    await store(database, "call", "needle")
    assert await search(database, "needle", wanted=CallFilter(customer_id=9)) == ([], None)


async def test_of_the_matches_the_newest_come_whole_and_no_more_than_wanted(database: Database) -> None:
    for number in range(4):
        await store(database, f"call {number}", "needle")

    assert await search(database, "needle", limit=3) == (["call 3", "call 2", "call 1"], None)
    call = await database.read(lambda tx: calls.get(tx, "call 3"))
    ((_, found),) = (
        await database.read(
            lambda tx: call_search.search(tx, CallFilter(), "needle", before_seq=None, limit=1, slice_rows=9)
        )
    )[0]
    assert found == call


async def test_a_search_goes_on_below_its_slice(database: Database) -> None:
    for number in range(6):
        await store(
            database, f"call {number}", "needle" if number in (0, 5) else "hay", NOON + timedelta(minutes=number)
        )

    found, end = await search(database, "needle", slice_rows=4)

    assert found == ["call 5"]
    assert end is not None
    assert await search(database, "needle", before=end, slice_rows=4) == (["call 0"], None)


async def test_a_slice_is_as_long_for_a_few_calls_among_many_and_none_is_passed_over(database: Database) -> None:
    for number in range(20):
        await store(database, f"call {number}", "needle", customer_id=7 if number in (0, 1, 5, 19) else 1)

    slices: list[list[str]] = []
    end = None
    while not slices or end is not None:
        found, end = await search(
            database, "needle", before=end, limit=9, slice_rows=5, wanted=CallFilter(customer_id=7)
        )
        slices.append(found)

    # The next slice begins with the next call of theirs, however many others lie between.
    assert slices == [["call 19"], ["call 5", "call 1"], ["call 0"]]


@pytest.mark.parametrize("recent_calls", [1, 3, 7, 100])
async def test_the_calls_of_a_number_are_searched_the_same_however_many_are_looked_at_first(
    database: Database, monkeypatch: pytest.MonkeyPatch, recent_calls: int
) -> None:
    monkeypatch.setattr(calls, "RECENT_CALLS", recent_calls)
    for number in range(12):
        await store(database, f"call {number}", "needle", caller_number="999" if number in (0, 4, 5, 9) else "1")

    slices: list[list[str]] = []
    end = None
    while not slices or end is not None:
        found, end = await search(database, "needle", before=end, slice_rows=3, wanted=CallFilter(number="999"))
        slices.append(found)

    assert slices == [["call 9"], ["call 5", "call 4"], ["call 0"]]


@pytest.mark.parametrize("late", [1, 2, 3, 5])
async def test_calls_that_were_finished_long_after_their_neighbours_are_found_too(
    database: Database, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    monkeypatch.setattr(call_search, "MOST_STRAGGLERS", 2)
    for number in range(5):
        took = timedelta(days=90 + number) if number < late else timedelta(minutes=number)
        await store(database, f"call {number}", "needle" if number != 1 else "hay", NOON + took)

    found, _ = await search(database, "needle")

    assert found == ["call 4", "call 3", "call 2", "call 0"]
