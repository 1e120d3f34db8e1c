"""Look at what happened: calls and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from appliance.domain.call import Call, CallState
from appliance.domain.delivery import Delivery
from appliance.errors import NotFound
from appliance.storage.database import Connection, Database
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, deliveries, results, sorted_calls, stored_recordings
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.call_search import search
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.storage.tables.keyset import Place, Sorting

T = TypeVar("T")

# How many calls one request for a text passes over; the next page goes on below them.
SEARCH_SLICE_ROWS = 10_000
# Of results on one page, which ends early where more would come together: 500 ordinary calls are half of it.
PAGE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CallView:
    """A call with its result (`messages.call_result.CallResult` as JSON) once there is one."""

    call: Call
    result: str | None


@dataclass(frozen=True, slots=True)
class WordsView:
    """A call with its result and the words of each of its segments, both as JSON."""

    call: Call
    result: str
    words: str


@dataclass(frozen=True, slots=True)
class RecordingView:
    """One revision's audio: where it lies on disk, how long it is, and the SHA-256 (hex) that it had when it came."""

    call: Call
    revision: int
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Where the next one begins says `next_before` of a list that is newest first, `next_after` of one that is sorted;
    None at the end.
    """

    items: Sequence[T]
    next_before: int | None
    next_after: Place | None = None


def page_of(found: Sequence[tuple[int, T]], limit: int) -> Page[T]:
    """A page of what was found, which is at most one more than wanted."""
    return Page([item for _, item in found[:limit]], found[limit - 1][0] if len(found) > limit else None)


def sorted_page_of(found: Sequence[tuple[Place, T]], limit: int) -> Page[T]:
    """The same of a sorted list."""
    return Page([item for _, item in found[:limit]], None, found[limit - 1][0] if len(found) > limit else None)


class History:
    """The queries."""

    def __init__(self, database: Database, recordings: RecordingStore) -> None:
        self._database = database
        self._recordings = recordings

    async def call(self, call_id: str, only: frozenset[int] | None) -> CallView:
        """One call; of these customers only where `only` says so. Raises NotFound."""

        def find(tx: Connection) -> CallView:
            call = _visible(calls.get(tx, call_id), call_id, only)
            return _with_results(tx, [call])[0]

        return await self._database.read(find)

    async def words(self, call_id: str, only: frozenset[int] | None) -> WordsView:
        """When each word of a call was said. Raises NotFound, also when no result, or one without words, is there."""

        def find(tx: Connection) -> WordsView:
            call = _visible(calls.get(tx, call_id), call_id, only)
            found = results.with_words(tx, call_id, call.revision)
            if found is None:
                raise NotFound(f"there are no words of call {call_id}")
            return WordsView(call, *found)

        return await self._database.read(find)

    async def calls(
        self,
        wanted: CallFilter,
        before: int | None,
        limit: int,
        text: str | None = None,
        sorting: Sorting | None = None,
    ) -> Page[CallView]:
        """A page of calls, newest first or sorted.

        With `text`, of those in whose texts it occurs, newest first; so are those that are told from their results. A
        page may be short and yet not the last: where the results of more calls would be too long together, and of those
        that were searched.
        """

        def find(tx: Connection) -> Page[CallView]:
            if text or wanted.asks_of_results:
                return _search(tx, wanted, text, before, limit)
            if sorting is not None:
                in_order = sorted_calls.page(tx, wanted, sorting, limit + 1)
                views = _with_results(tx, [call for _, call in in_order[:limit]])
                return Page(views, None, sorted_page_of(in_order, len(views)).next_after)
            newest = calls.page(tx, wanted, before_seq=before, limit=limit + 1)
            views = _with_results(tx, [call for _, call in newest[:limit]])
            return Page(views, page_of(newest, len(views)).next_before)

        return await self._database.read(find)

    async def recording(self, call_id: str, only: frozenset[int] | None, revision: int | None = None) -> RecordingView:
        """One revision's audio, the latest unless another is asked for. Raises NotFound, also when it was erased."""

        def find(tx: Connection) -> RecordingView:
            call = _visible(calls.get(tx, call_id), call_id, only)
            stored = stored_recordings.get(tx, call_id, call.revision if revision is None else revision)
            if stored is None or stored.erased_at is not None:
                raise NotFound(f"the recording of call {call_id} was erased, or never was")
            path = self._recordings.path(stored.file)
            return RecordingView(call, stored.revision, path, stored.bytes, stored.sha256)

        return await self._database.read(find)

    async def delivery(self, delivery_id: str, only: frozenset[int] | None = None) -> Delivery:
        """One delivery with its attempts; of these customers only where `only` says so. Raises NotFound."""
        delivery = await self._database.read(lambda tx: deliveries.get(tx, delivery_id))
        if delivery is None or (only is not None and delivery.customer_id not in only):
            raise NotFound(f"there is no delivery {delivery_id}")
        return delivery

    async def numbers(self, told: Sequence[Delivery]) -> dict[str, tuple[str, str]]:
        """Who called whom in the calls that these tell of, by the call's id; of a test, and once erased, nobody."""
        ids = sorted({delivery.call_id for delivery in told})
        return await self._database.read(lambda tx: calls.numbers(tx, ids))

    async def deliveries(
        self, wanted: DeliveryFilter, before: int | None, limit: int, sorting: Sorting | None = None
    ) -> Page[Delivery]:
        """A page of deliveries with their attempts, newest first or sorted."""

        def find(tx: Connection) -> Page[Delivery]:
            if sorting is not None:
                return sorted_page_of(deliveries.sorted_page(tx, wanted, sorting, limit + 1), limit)
            return page_of(deliveries.page(tx, wanted, before_seq=before, limit=limit + 1), limit)

        return await self._database.read(find)


def _search(tx: Connection, wanted: CallFilter, text: str | None, before: int | None, limit: int) -> Page[CallView]:
    found, slice_end = search(tx, wanted, text, before_seq=before, limit=limit + 1, slice_rows=SEARCH_SLICE_ROWS)
    views = _with_results(tx, [call for _, call in found[:limit]])
    return Page(views, found[len(views) - 1][0] if len(found) > len(views) else slice_end)


def _visible(call: Call | None, call_id: str, only: frozenset[int] | None) -> Call:
    if call is None or (only is not None and call.customer_id not in only):
        raise NotFound(f"there is no call {call_id}")
    return call


def _with_results(tx: Connection, found: Sequence[Call]) -> list[CallView]:
    """As many of these as one page shows: the first ones, one at least. No more than that is held in memory."""
    place = {call.call_id: number for number, call in enumerate(found)}
    bodies: dict[str, str] = {}
    size, end = 0, len(found)
    for call_id, body in results.bodies(tx, _analysed(found)):
        if place[call_id] >= end:
            continue
        bodies[call_id] = body
        size += len(body.encode())
        # They come in any order: what stands behind one that has no room has none either.
        while size > PAGE_BYTES and (last := max(bodies, key=place.__getitem__)) != found[0].call_id:
            size -= len(bodies.pop(last).encode())
            end = place[last]
    return [CallView(call, bodies.get(call.call_id)) for call in found[:end]]


def _analysed(found: Sequence[Call]) -> list[tuple[str, int]]:
    return [(call.call_id, call.revision) for call in found if call.state is CallState.COMPLETED]
