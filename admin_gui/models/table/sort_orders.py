"""In which order rows stand: as they came, or sorted. Either finds a row without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from heapq import merge
from itertools import count, islice
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
Identity = Callable[[Any], Hashable]
# What is made of a row before another one is looked at: a few milliseconds' work.
SLICE_ROWS = 2_000


class Order(Protocol[T]):
    """Rows by their place on the screen."""

    @property
    def rows(self) -> Sequence[T]: ...

    def at(self, place: int) -> T: ...

    def place_of(self, identity: Hashable) -> int | None: ...

    def place_for(self, row: T, *, in_front: bool) -> int:
        """Where a new row will stand."""
        ...

    def insert(self, place: int, row: T) -> None: ...

    def replace(self, place: int, row: T) -> None:
        """The same row has changed; it stays where it is, so that nothing jumps under the pointer."""
        ...

    def remove(self, place: int) -> T: ...


class ArrivalOrder(Generic[T]):
    """Newest on top, as the appliance tells them."""

    def __init__(self, identity: Identity, rows: Sequence[T] = ()) -> None:
        self._identity = identity
        self.rows = list(rows)
        # A number for each row, rising from the top: less than all others in front, more than all others behind.
        self._numbers = list(range(len(self.rows)))
        self._number_of = {identity(row): number for number, row in enumerate(self.rows)}

    def at(self, place: int) -> T:
        return self.rows[place]

    def place_of(self, identity: Hashable) -> int | None:
        number = self._number_of.get(identity)
        return None if number is None else bisect_left(self._numbers, number)

    def place_for(self, row: T, *, in_front: bool) -> int:
        return 0 if in_front else len(self.rows)

    def insert(self, place: int, row: T) -> None:
        """At either end."""
        number = 0
        if self._numbers:
            number = self._numbers[0] - 1 if place == 0 else self._numbers[-1] + 1
        self.rows.insert(place, row)
        self._numbers.insert(place, number)
        self._number_of[self._identity(row)] = number

    def replace(self, place: int, row: T) -> None:
        self.rows[place] = row

    def remove(self, place: int) -> T:
        row = self.rows.pop(place)
        del self._numbers[place]
        del self._number_of[self._identity(row)]
        return row


class SortedOrder(Generic[T]):
    """By a key of each row; of those with the same key the one that came first stands first."""

    def __init__(
        self, identity: Identity, key: Callable[[T], Any], rows: Sequence[T] = (), *, descending: bool
    ) -> None:
        self._identity = identity
        self._key = key
        self._descending = descending
        self._came = count()
        # A number makes each key the only one of its kind, so that a row is found among thousands with the same value.
        self._keys: list[tuple[bool, Any, int]] = []
        self._rows: list[T] = []
        self._key_of: dict[Hashable, tuple[bool, Any, int]] = {}
        for _ in self.fill(rows):
            pass

    def fill(self, rows: Sequence[T]) -> Iterator[None]:
        """Take the first rows, a slice each time that it is asked to go on; when it ends they are all there.

        `rows` must not change meanwhile. Sorted in one go, a hundred thousand would stop the window for a moment.
        """
        runs = []
        for start in range(0, len(rows), SLICE_ROWS):
            numbered = zip(rows[start : start + SLICE_ROWS], self._came, strict=False)
            runs.append(sorted((*sortable(self._key(row)), number) for row, number in numbered))
            yield
        in_order = merge(*runs)
        while found := list(islice(in_order, SLICE_ROWS)):
            self._keys += found
            for key in found:
                row = rows[key[-1]]
                self._rows.append(row)
                self._key_of[self._identity(row)] = key
            yield

    @property
    def rows(self) -> Sequence[T]:
        return self._rows[::-1] if self._descending else self._rows

    def at(self, place: int) -> T:
        return self._rows[self._flipped(place)]

    def place_of(self, identity: Hashable) -> int | None:
        key = self._key_of.get(identity)
        return None if key is None else self._flipped(bisect_left(self._keys, key))

    def place_for(self, row: T, *, in_front: bool) -> int:
        # Before it comes, it has no number of its own: it will stand behind all that have the same key.
        place = bisect_left(self._keys, (*sortable(self._key(row)), _LAST))
        return len(self._keys) - place if self._descending else place

    def insert(self, place: int, row: T) -> None:
        inner = len(self._keys) - place if self._descending else place
        key = (*sortable(self._key(row)), next(self._came))
        self._keys.insert(inner, key)
        self._rows.insert(inner, row)
        self._key_of[self._identity(row)] = key

    def replace(self, place: int, row: T) -> None:
        self._rows[self._flipped(place)] = row

    def remove(self, place: int) -> T:
        inner = self._flipped(place)
        del self._keys[inner]
        row = self._rows.pop(inner)
        del self._key_of[self._identity(row)]
        return row

    def _flipped(self, place: int) -> int:
        return len(self._rows) - 1 - place if self._descending else place


_LAST = float("inf")


def sortable(value: Any) -> tuple[bool, Any]:
    """What is not there comes last when ascending, and texts do not mind their case."""
    if value is None:
        return (True, 0)
    return (False, value.casefold() if isinstance(value, str) else value)
