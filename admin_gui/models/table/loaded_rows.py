"""The rows that a table has: each is found by its identity, and a new one's place, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
# Whether there is none, and what two rows are compared by.
Value = tuple[bool, Any]
# Between the numbers of neighbours: so often, at the least, a row comes between two before all are numbered anew.
_GAP = 2**64


@dataclass(frozen=True, slots=True)
class RowOrder(Generic[T]):
    """By what rows are sorted. `field`: as the appliance calls it, where it sorts them; else they are sorted here."""

    key: Callable[[T], Any]
    descending: bool = False
    field: str | None = None

    def sorted(self, rows: Sequence[T]) -> list[T]:
        """Of those with the same value the one that came first stands first; when descending, last."""

        def key(row: T) -> Value:
            unknown, value = self.value_of(row)
            return unknown is not self.descending, value

        return sorted(rows[::-1] if self.descending else rows, key=key, reverse=self.descending)

    def value_of(self, row: T) -> Value:
        return sortable(self.key(row))

    def is_behind(self, other: Value, value: Value) -> bool:
        """Whether a row of the other value stands behind a new one: that is newer than all that have its own value."""
        if other[0] is not value[0]:
            return other[0]
        return bool(other[1] > value[1]) is not self.descending


class LoadedRows(Generic[T]):
    """Rows by their place on the screen, in an order or (None) as they came."""

    def __init__(
        self, identity: Callable[[T], Hashable], rows: Sequence[T] = (), order: RowOrder[T] | None = None
    ) -> None:
        """`rows` stand in this order already."""
        self._identity = identity
        self._order = order
        self.rows = list(rows)
        self._values = self._values_of(self.rows)
        self._number_all()

    def place_of(self, identity: Hashable) -> int | None:
        number = self._number_of.get(identity)
        return None if number is None else bisect_left(self._numbers, number)

    def place_for(self, row: T) -> int:
        """Where a new row will stand."""
        order = self._order
        if order is None:
            return 0
        value = order.value_of(row)
        return bisect_left(self._values, True, key=lambda other: order.is_behind(other, value))

    def insert(self, place: int, rows: Sequence[T]) -> None:
        """Rows that will stand below each other, from this place on."""
        before = self._numbers[place - 1] if place > 0 else None
        after = self._numbers[place] if place < len(self.rows) else None
        self.rows[place:place] = rows
        self._values[place:place] = self._values_of(rows)
        if before is not None and after is not None:
            step = (after - before) // (len(rows) + 1)
            if step == 0:
                self._number_all()
                return
            first = before + step
        elif after is not None:
            step = _GAP
            first = after - step * len(rows)
        else:
            step = _GAP
            first = 0 if before is None else before + step
        numbers = [first + step * count for count in range(len(rows))]
        self._numbers[place:place] = numbers
        self._number_of.update(zip(map(self._identity, rows), numbers, strict=True))

    def replace(self, place: int, row: T) -> None:
        """The same row has changed; it stays where it is, so that nothing jumps under the pointer."""
        self.rows[place] = row

    def remove(self, place: int) -> None:
        row = self.rows.pop(place)
        del self._numbers[place]
        del self._number_of[self._identity(row)]
        del self._values[place : place + 1]

    def _values_of(self, rows: Sequence[T]) -> list[Value]:
        """By what rows stand where they do: what they were when they came."""
        return [] if self._order is None else [self._order.value_of(row) for row in rows]

    def _number_all(self) -> None:
        self._numbers = list(range(0, len(self.rows) * _GAP, _GAP))
        self._number_of = dict(zip(map(self._identity, self.rows), self._numbers, strict=True))


def sortable(value: Any) -> Value:
    """What is not there comes last, and texts do not mind their case."""
    if value is None:
        return (True, 0)
    return (False, value.casefold() if isinstance(value, str) else value)
