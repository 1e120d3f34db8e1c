"""Lists come in pages, newest first or sorted; `cursor` begins the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from admin_gui.client.transport.stop import Stop

T = TypeVar("T")

PAGE_ROWS = 100
LARGEST_PAGE_ROWS = 500  # the api's own limit


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins (None: this is the end)."""

    rows: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order that the appliance can make, by what the API calls it."""

    field: str
    descending: bool = False


def order_params(order: Order | None) -> dict[str, str]:
    """As the query of a request."""
    return {} if order is None else {"sort": order.field, "order": "desc" if order.descending else "asc"}


# What a table needs: a cursor (None: from the beginning on), how many rows, and in which order (None: newest first).
FetchPage = Callable[[str | None, int, Order | None], Page[T]]


def every_row(fetch: FetchPage[T], order: Order | None = None, stop: Stop | None = None) -> Iterator[T]:
    """All rows, page after page. Raises Stopped, and what fetching raises."""
    cursor: str | None = None
    while True:
        if stop is not None:
            stop.check()
        page = fetch(cursor, LARGEST_PAGE_ROWS, order)
        yield from page.rows
        if page.next_cursor is None:
            return
        cursor = page.next_cursor
