"""Looking at what happened: calls and deliveries."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from appliance.domain.call import CallState
from appliance.errors import NotFound
from appliance.services.calls.history import PAGE_BYTES, History
from appliance.storage.database import Connection, Database
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, deliveries, results, stored_recordings
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.storage.tables.keyset import Sorting
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.builders import NOON, a_call, a_delivery, a_result

ALL = CallFilter()


class Past:
    """The queries, and a past to ask about."""

    def __init__(self, database: Database, recordings: RecordingStore) -> None:
        self.database = database
        self.recordings = recordings
        self.history = History(database, recordings)

    async def call(self, call_id: str, *, result: str | None = None, search_text: str = "", **changes: Any) -> None:
        call = a_call(call_id, finished_at=None if result is None else NOON, **changes)

        def store(tx: Connection) -> None:
            calls.insert(tx, call)
            stored_recordings.insert(tx, StoredRecording(call_id, call.revision, f"day/{call_id}", 4, "sha", NOON))
            if result is not None:
                stored = StoredResult(call_id, call.revision, 1, NOON, "neutral", 1.0, search_text, result)
                results.insert(tx, stored)

        await self.database.write(store)

    async def ids(self, wanted: CallFilter = ALL, limit: int = 2, text: str | None = None) -> list[list[str]]:
        """The ids of all pages."""
        pages, before = [], None
        while True:
            page = await self.history.calls(wanted, before, limit, text)
            pages.append([view.call.call_id for view in page.items])
            before = page.next_before
            if before is None:
                return pages


@pytest.fixture
def past(database: Database, recordings: RecordingStore) -> Past:
    return Past(database, recordings)


async def test_a_completed_call_is_shown_with_its_result(past: Past) -> None:
    body = msgspec.json.encode(a_result()).decode()
    await past.call("done", state=CallState.COMPLETED, result=body)
    view = await past.history.call("done", None)
    assert view.result == body
    assert msgspec.json.decode(view.result or "", type=type(a_result())) == a_result()


async def test_a_result_without_words_has_none_to_show(past: Past) -> None:
    await past.call("of before", state=CallState.COMPLETED, result=msgspec.json.encode(a_result()).decode())
    await past.call("waits")
    for call_id in ("of before", "waits", "nobody"):
        with pytest.raises(NotFound):
            await past.history.words(call_id, None)


async def test_a_result_of_an_earlier_revision_is_not_the_calls(past: Past) -> None:
    await past.call("again", state=CallState.COMPLETED, result="first")
    await past.database.write(lambda tx: tx.execute("UPDATE call SET revision = 2, state = 'processing'"))
    assert (await past.history.call("again", None)).result is None


async def test_a_customer_sees_its_own_calls_and_no_others(past: Past) -> None:
    await past.call("mine", customer_id=1)
    for seen in ({1}, {1, 2}):
        assert (await past.history.call("mine", frozenset(seen))).call.call_id == "mine"
    for call_id, only in (("mine", {2}), ("mine", set()), ("unknown", {1}), ("unknown", None)):
        whose = None if only is None else frozenset(only)
        with pytest.raises(NotFound):
            await past.history.call(call_id, whose)
        with pytest.raises(NotFound):
            await past.history.recording(call_id, whose)


async def test_pages_end_where_there_is_nothing_more(past: Past) -> None:
    for number in range(4):
        await past.call(str(number))
    assert await past.ids(limit=2) == [["3", "2"], ["1", "0"]]
    assert await past.ids(limit=3) == [["3", "2", "1"], ["0"]]
    assert await past.ids(limit=500) == [["3", "2", "1", "0"]]
    assert await past.ids(CallFilter(customer_id=9)) == [[]]


async def test_a_search_finds_every_match_once_over_all_pages_and_slices(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.calls.history.SEARCH_SLICE_ROWS", 3)
    for number in range(10):
        text = "an invoice" if number in (0, 4, 5, 6, 9) else "the weather"
        await past.call(str(number), state=CallState.COMPLETED, result="{}", search_text=text)
    pages = await past.ids(limit=2, text="Invoice")
    assert [call_id for page in pages for call_id in page] == ["9", "6", "5", "4", "0"]
    assert all(len(page) <= 2 for page in pages)


async def test_a_recording_is_found_until_it_is_erased(past: Past) -> None:
    await past.call("call")
    found = await past.history.recording("call", None)
    assert (found.path, found.sha256, found.revision) == (past.recordings.path("day/call"), "sha", 1)
    await past.database.write(lambda tx: stored_recordings.mark_erased(tx, "call", 1, NOON))
    with pytest.raises(NotFound, match="erased"):
        await past.history.recording("call", None)


async def test_deliveries_are_shown_in_pages_and_one_by_one(past: Past) -> None:
    found = [a_delivery(body=b"") for _ in range(3)]
    for delivery in found:
        await past.database.write(lambda tx, delivery=delivery: deliveries.insert(tx, delivery))
    first = await past.history.deliveries(DeliveryFilter(), None, 2)
    assert list(first.items) == [found[2], found[1]]
    last = await past.history.deliveries(DeliveryFilter(), first.next_before, 2)
    assert (list(last.items), last.next_before) == ([found[0]], None)
    assert await past.history.delivery(found[0].id) == found[0]
    with pytest.raises(NotFound):
        await past.history.delivery("unknown")


@pytest.mark.slow
async def test_a_page_ends_early_where_its_results_are_long_together_and_nothing_is_left_out(past: Past) -> None:
    """220 MB in one list held up the whole api."""
    long = msgspec.json.encode(a_result(summary="y" * (PAGE_BYTES // 3))).decode()
    for number in range(4):
        await past.call(f"long {number}", state=CallState.COMPLETED, result=long, search_text="y")
    await past.call("longest", state=CallState.COMPLETED, result=f'"{"y" * (PAGE_BYTES + 1)}"', search_text="y")
    await past.call("waits")

    assert await past.ids(limit=500) == [["waits"], ["longest"], ["long 3", "long 2"], ["long 1", "long 0"]]
    assert await past.ids(limit=500, text="y") == [["longest"], ["long 3", "long 2"], ["long 1", "long 0"]]

    oldest_first = Sorting("received_at", descending=False)
    page = await past.history.calls(ALL, None, 500, sorting=oldest_first)
    assert ([view.call.call_id for view in page.items], page.next_after is None) == (["long 0", "long 1"], False)


async def test_a_webhooks_call_has_its_numbers_until_it_is_erased_and_a_test_has_none(past: Past) -> None:
    await past.call("known", caller_number="1", called_number="2")
    await past.call("other", caller_number="3", called_number="4")
    told = [a_delivery(call_id=call_id) for call_id in ("known", "known", "never was")]
    assert await past.history.numbers(told) == {"known": ("1", "2")}
    assert await past.history.numbers([]) == {}
    await past.database.write(lambda tx: calls.erase(tx, "known", NOON))
    assert await past.history.numbers(told) == {}
