"""Cursors of sorted lists: where a page ended, as a text that means something in the same order only."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from appliance.storage.tables.keyset import Place, Sorting, SortKey

HIGHEST_NUMBER = 10**18 - 1
# The longest text of a call or customer makes one of 1,200 characters.
LONGEST_CURSOR = 4096
Order = Literal["asc", "desc"]
_Number = Annotated[int, Meta(ge=1, le=HIGHEST_NUMBER)]
# Of the types of values, those that need bounds.
_FORMS: dict[type, Any] = {
    int: Annotated[int, Meta(ge=-HIGHEST_NUMBER, le=HIGHEST_NUMBER)],
    datetime: Annotated[datetime, Meta(tz=True)],
}


def cursor_of(sorting: Sorting, place: Place) -> str:
    """The cursor of the page that begins behind this place."""
    value = place.value.astimezone(UTC) if isinstance(place.value, datetime) else place.value
    fields = (sorting.field, _direction(sorting), value, place.number)
    return base64.urlsafe_b64encode(msgspec.json.encode(fields)).decode().rstrip("=")


def with_cursor(sorting: Sorting, key: SortKey, text: str) -> Sorting:
    """The same order from a cursor on; raises ValueError or OverflowError for one that we did not give out for it."""
    if len(text) > LONGEST_CURSOR:
        raise ValueError
    kind = _FORMS.get(key.kind, key.kind)
    form: Any = GenericAlias(tuple, (str, Order, kind | None, _Number))
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    field, direction, value, number = msgspec.json.decode(raw, type=form)
    place = Place(value, number)
    # Written by us there is one text for each place, and it names its order.
    if (field, direction) != (sorting.field, _direction(sorting)) or cursor_of(sorting, place) != text:
        raise ValueError
    return replace(sorting, after=place)


def _direction(sorting: Sorting) -> Order:
    return "desc" if sorting.descending else "asc"
