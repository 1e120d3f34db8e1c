"""In which order rows stand: as they came, or sorted. Either finds a row without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
Identity = Callable[[Any], Hashable]


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
        # Identity → a number that stays right while rows come in front: place = number - _first.
        self._first = 0
        self._numbers = {identity(row): place for place, row in enumerate(self.rows)}

    def at(self, place: int) -> T:
        return self.rows[place]

    def place_of(self, identity: Hashable) -> int | None:
        number = self._numbers.get(identity)
        return None if number is None else number - self._first

    def place_for(self, row: T, *, in_front: bool) -> int:
        return 0 if in_front else len(self.rows)

    def insert(self, place: int, row: T) -> None:
        """At either end; Qt is told of each, and there are few in front and many behind."""
        self.rows.insert(place, row)
        if place == 0 and len(self.rows) > 1:
            self._first -= 1
        self._numbers[self._identity(row)] = self._first + place

    def replace(self, place: int, row: T) -> None:
        self.rows[place] = row

    def remove(self, place: int) -> T:
        row = self.rows.pop(place)
        self._first = 0
        self._numbers = {self._identity(one): number for number, one in enumerate(self.rows)}
        return row


class SortedOrder(Generic[T]):
    """By a key of each row; of those with the same key the one that came first stands first."""

    def __init__(self, identity: Identity, key: Callable[[T], Any], rows: Sequence[T], *, descending: bool) -> None:
        self._identity = identity
        self._key = key
        self._descending = descending
        # A number makes each key the only one of its kind, so that a row is found among thousands with the same value.
        self._came = len(rows)
        self._keys = sorted((*sortable(key(row)), number) for number, row in enumerate(rows))
        self._rows = [rows[found[-1]] for found in self._keys]
        self._key_of = {identity(row): found for row, found in zip(self._rows, self._keys, strict=True)}

    @property
    def rows(self) -> Sequence[T]:
        return self._rows[::-1] if self._descending else self._rows

    def at(self, place: int) -> T:
        return self._rows[self._flipped(place)]

    def place_of(self, identity: Hashable) -> int | None:
        key = self._key_of.get(identity)
        return None if key is None else self._flipped(bisect_left(self._keys, key))

    def place_for(self, row: T, *, in_front: bool) -> int:
        place = bisect_left(self._keys, (*sortable(self._key(row)), self._came))
        return len(self._keys) - place if self._descending else place

    def insert(self, place: int, row: T) -> None:
        inner = len(self._keys) - place if self._descending else place
        key = self._new_key(row)
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

    def _new_key(self, row: T) -> tuple[bool, Any, int]:
        self._came += 1
        return (*sortable(self._key(row)), self._came - 1)

    def _flipped(self, place: int) -> int:
        return len(self._rows) - 1 - place if self._descending else place


def sortable(value: Any) -> tuple[bool, Any]:
    """What is not there comes last when ascending, and texts do not mind their case."""
    if value is None:
        return (True, 0)
    return (False, value.casefold() if isinstance(value, str) else value)
