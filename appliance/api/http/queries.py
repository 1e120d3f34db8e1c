"""The queries of lists: where a page begins, and what it is narrowed to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Parameter, operation_of
from appliance.api.shapes import text_schemas
from appliance.api.shapes.requests import HIGHEST_ID, HIGHEST_STATUS, parse_moment
from appliance.domain.audit import Fields, Value
from appliance.domain.clock import CLOCKS_DIFFER, contract_timestamp, utc_now
from appliance.domain.delivery import DeliveryState
from appliance.errors import InvalidRequest, Problem
from appliance.services.access.cursors import Cursors
from appliance.services.calls.history import Page
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.storage.tables.keyset import Place, Sorting, SortKey

LONGEST_UNKNOWN_NAME = 64  # as the answer repeats it
# Filters whose words are our own; whatever else is text may be a patient's name.
_OUR_WORDS = ("state", "direction", "disposition", "sentiment")
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 500
# More digits than any of our numbers has; Python refuses to read a great many.
_DIGITS = re.compile("[0-9]{1,50}")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page begins and how long it is: in the list's own order by `before`, else by what `sorting` says."""

    path: str
    cursors: Cursors
    before: int | None
    limit: int
    sorting: Sorting | None = None

    def next_cursor(self, found: Page[Any]) -> str | None:
        """The cursor of the page behind the one that was found; None at the end."""
        place = found.next_after
        if self.sorting is None and found.next_before is not None:
            place = Place(None, found.next_before)
        return None if place is None else self.cursors.write(self.path, self.sorting, place)


class Query:
    """The query of a list; collects every problem before it raises."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._problems: list[Problem] = []

    def has(self, parameter: Parameter) -> bool:
        return bool(self._handler.get_query_arguments(parameter.name))

    def value(self, parameter: Parameter) -> Any:
        """One parameter, or None when it is absent."""
        text = self._handler.get_query_argument(parameter.name, None)
        if text is None:
            return None
        try:
            return parameter.parse(text)
        except (ValueError, OverflowError):
            self._problems.append(Problem(parameter.name, parameter.problem))
            return None

    def values(self, parameters: Iterable[Parameter]) -> dict[str, Any]:
        """All of these, by name."""
        return {parameter.name: self.value(parameter) for parameter in parameters}

    def span(self, since: Parameter, until: Parameter) -> tuple[datetime | None, datetime | None]:
        """Both ends of a time in which something is counted; that it is one is asked for, and that it has begun."""
        first, end = self.value(since), self.value(until)
        if first is not None and end is not None and first > end:
            self._problems.append(Problem(since.name, f"must not be after `{until.name}`"))
        elif first is not None and first > utc_now() + CLOCKS_DIFFER:
            self._problems.append(Problem(since.name, "must not be in the future: nothing has happened there yet"))
        return first, end

    def page(self, sorts: Mapping[str, SortKey] | None = None) -> PageRequest:
        """The page that is asked for; `sorts` is what the list can be sorted by."""
        limit = self.value(LIMIT)
        limit = DEFAULT_LIMIT if limit is None else limit
        if sorts is not None:
            order = self.value(ORDER)
            if self.has(SORT):
                sorting = self._sorting(sorts, descending=order is Order.DESC)
                return self._page(None, limit, sorting)
        place = self._place(None, None, CURSOR.problem)
        return self._page(None if place is None else place.number, limit, None)

    def _page(self, before: int | None, limit: int, sorting: Sorting | None) -> PageRequest:
        self.finish()
        return PageRequest(self._handler.request.path, self._handler.services.cursors, before, limit, sorting)

    def _sorting(self, sorts: Mapping[str, SortKey], *, descending: bool) -> Sorting | None:
        field = self.value(sort_by(sorts))
        if field is None:
            return None  # and of no order nobody knows whether a cursor belongs to it
        first = Sorting(field, descending)
        place = self._place(first, sorts[field].kind, f"{CURSOR.problem} for this order")
        return replace(first, after=place)

    def _place(self, sorting: Sorting | None, kind: type | None, problem: str) -> Place | None:
        """Behind which place the page begins; None: it is the first."""
        path, cursors = self._handler.request.path, self._handler.services.cursors
        parse = partial(cursors.read, path, sorting, kind)
        found: Place | None = self.value(Parameter(CURSOR.name, CURSOR.sentence, parse, problem))
        return found

    def forbid(self, parameter: Parameter, problem: str) -> None:
        """Refuse what makes no sense beside something else."""
        if self.has(parameter):
            self._problems.append(Problem(parameter.name, problem))

    def finish(self) -> None:
        """Raise InvalidRequest when something was wrong.

        So is a name that nobody knows: a client that asks for one call by a name that is misspelt must not take all
        the others for it.
        """
        self._problems += [Problem(name[:LONGEST_UNKNOWN_NAME], "is not known here") for name in self._unknown()]
        if self._problems:
            raise InvalidRequest(*self._problems)

    def _unknown(self) -> list[str]:
        request = self._handler.request
        described = operation_of(getattr(self._handler, (request.method or "").lower(), None))
        if described is None:
            return []
        known = {parameter.name for parameter in described.query}
        return [name for name in request.query_arguments if name not in known]


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Reads plain digits only: Python's own `int` also takes signs, blanks and underscores."""

    def parse(text: str) -> int:
        if not _DIGITS.fullmatch(text) or not lowest <= int(text) <= highest:
            raise ValueError
        return int(text)

    return parse


_MOMENT = "must be a moment such as 2026-11-24T12:00:00Z"
_Moment = Annotated[str, Meta(extra_json_schema=text_schemas.MOMENT)]

LIMIT = Parameter(
    "limit",
    f"How many at most, from 1 to {HIGHEST_LIMIT}; {DEFAULT_LIMIT} unless given.",
    whole(1, HIGHEST_LIMIT),
    f"must be from 1 to {HIGHEST_LIMIT}",
    Annotated[int, Meta(ge=1, le=HIGHEST_LIMIT)],
    50,
)
CURSOR = Parameter(
    "cursor",
    "`next_cursor` of the page before.",
    problem="is not a cursor that we gave out",
    kind=Annotated[str, Meta(extra_json_schema=text_schemas.CURSOR)],
)
PAGE = (LIMIT, CURSOR)


class Order(StrEnum):
    """The two ways of a sorted list."""

    ASC = "asc"
    DESC = "desc"


SORT = Parameter("sort", "By what it is sorted; newest first unless given. What has no value comes last.")
ORDER = Parameter(
    "order", "From the lowest on (`asc`, unless given) or from the highest on, with `sort`.", Order,
    f"must be one of {', '.join(Order)}", Order,
)  # fmt: skip


def sort_by(sorts: Mapping[str, SortKey], more: str = "") -> Parameter:
    """The parameter that says by what of this a list is sorted."""
    fields = tuple(sorts)

    def parse(text: str) -> str:
        if text not in sorts:
            raise ValueError
        return text

    problem = f"must be one of {', '.join(fields)}"
    return Parameter(SORT.name, f"{SORT.sentence}{more}", parse, problem, Literal[fields])


def sorted_page(sorts: Mapping[str, SortKey], more: str = "") -> tuple[Parameter, ...]:
    """The parameters of a page of a list that can be sorted by this; `more` is said of it."""
    cursor = replace(CURSOR, sentence="`next_cursor` of the page before, with the same `sort` and `order`.")
    return (LIMIT, cursor, sort_by(sorts, more), ORDER)


REVISION = Parameter(
    "revision",
    "Which revision's recording; the latest unless given.",
    whole(1, HIGHEST_ID),
    "must be a revision's number, from 1",
    Annotated[int, Meta(ge=1, le=HIGHEST_ID)],
    1,
)


CUSTOMER_ID = Parameter(
    "customer_id",
    "Only this customer's.",
    whole(0, HIGHEST_ID),
    "must be a customer's id",
    Annotated[int, Meta(ge=0, le=HIGHEST_ID)],
)
CALL_ID = Parameter("call_id", "Only this call.")


def at(name: str, sentence: str) -> Parameter:
    """One end of a span of time."""
    return Parameter(name, f"{sentence}; UTC unless it says a zone.", parse_moment, _MOMENT, _Moment)


def one_of(name: str, sentence: str, values: tuple[str, ...]) -> Parameter:
    """A choice of a few words."""

    def parse(text: str) -> str:
        if text not in values:
            raise ValueError
        return text

    return Parameter(name, sentence, parse, f"must be one of {', '.join(values)}", Literal[values])


SINCE, UNTIL = at("since", "Only those of this moment or later"), at("until", "Only those before this moment")
# Named as the fields of DeliveryFilter.
DELIVERY_FILTERS = (
    CUSTOMER_ID,
    Parameter("state", "Only these.", DeliveryState, f"must be one of {', '.join(DeliveryState)}", DeliveryState),
    SINCE,
    UNTIL,
    CALL_ID,
    Parameter(
        "status",
        "Only those whose last attempt was answered with this HTTP status; 0: no answer came.",
        whole(0, HIGHEST_STATUS),
        f"must be from 0 to {HIGHEST_STATUS}",
        Annotated[int, Meta(ge=0, le=HIGHEST_STATUS)],
        500,
    ),
    Parameter(
        "search",
        "Only those with this in the caller's or the called number of their call, or as their own id, the webhook's, "
        "the call's or the PBX's.",
    ),
)


def delivery_filter(query: Query) -> DeliveryFilter:
    """The filters of GET /api/deliveries."""
    return DeliveryFilter(**query.values(DELIVERY_FILTERS))


def sole_customer(only: frozenset[int] | None, asked_for: int | None) -> int | None:
    """Whom a list is about, where that is one customer: the only one that the reader sees, or the one asked for."""
    return next(iter(only)) if only is not None and len(only) == 1 else asked_for


def filter_fields(wanted: CallFilter | DeliveryFilter) -> Fields:
    """What a list was narrowed to, but for what somebody may have typed: of that only that it was asked for."""
    given: dict[str, Value] = {}
    for item in fields(wanted):
        value = getattr(wanted, item.name)
        if value is None or item.name == "only":
            continue
        given[item.name] = _told(item.name, value)
    return given


def _told(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return contract_timestamp(value)
    is_known = not isinstance(value, str) or name in _OUR_WORDS or (name == "call_id" and _ID.fullmatch(value))
    return str(value) if is_known else "given"
