"""To what the list of calls is narrowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, get_args

from msgspec import Meta

from appliance.api.http.operation import Parameter
from appliance.api.http.queries import CALL_ID, CUSTOMER_ID, Query, at, one_of, whole
from appliance.domain.call import CallState, Disposition
from appliance.domain.tags import LONGEST_TAG, tidied_tag
from appliance.messages.analyse_call import DirectionName
from appliance.messages.call_result import SentimentLabel
from appliance.storage.tables.call_filter import CallFilter

LONGEST_KEYWORD = 100
MOST_SECONDS = 1_000_000


def _seconds(name: str, sentence: str) -> Parameter:
    """One end of a length."""
    problem = f"must be whole seconds, from 0 to {MOST_SECONDS}"
    return Parameter(name, sentence, whole(0, MOST_SECONDS), problem, Annotated[int, Meta(ge=0, le=MOST_SECONDS)], 60)


def _words(longest: int, tidied: Callable[[str], str] = str.strip) -> Callable[[str], str]:
    def parse(text: str) -> str:
        wanted = tidied(text)
        if not 0 < len(wanted) <= longest:
            raise ValueError
        return wanted

    return parse


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


KEYWORD = Parameter(
    "keyword",
    "Only calls that have exactly this among their keywords, in capitals or not.",
    _words(LONGEST_KEYWORD),
    f"must be of 1 to {LONGEST_KEYWORD} characters",
    Annotated[str, Meta(min_length=1, max_length=LONGEST_KEYWORD, pattern=r"\S")],
    "invoice",
)
TAG = Parameter(
    "tag",
    "Only calls with this tag, in capitals or not; not for customers.",
    _words(LONGEST_TAG, tidied_tag),
    f"must be of 1 to {LONGEST_TAG} characters",
    Annotated[str, Meta(min_length=1, max_length=LONGEST_TAG, pattern=r"\S")],
    "to be called back",
)
WARNINGS = Parameter(
    "warnings",
    "Only calls with warnings about their recording (`true`), or completed ones without (`false`).",
    _yes_or_no,
    "must be true or false",
    bool,
)
# Named as the fields of CallFilter.
CALL_FILTERS = (
    CUSTOMER_ID,
    Parameter("state", "Only calls in this state.", CallState, f"must be one of {', '.join(CallState)}", CallState),
    at("since", "Only calls that were accepted at this moment or later"),
    at("until", "Only calls that were accepted before this moment"),
    Parameter("number", "Only calls with this in the caller's or the called number."),
    CALL_ID,
    Parameter("error_code", "Only calls that failed with this code.", example="unreadable_recording"),
    at("finished_since", "Only calls that were completed, or failed, at this moment or later"),
    at("finished_until", "Only calls that were completed, or failed, before this moment"),
    Parameter("external_id", "Only the call that the PBX knows by this id."),
    Parameter("linked_id", "Only the recordings of the call that the PBX knows by this id.", example="1710417600.40"),
    Parameter("agent", "Only calls of exactly this agent.", example="Ada"),
    Parameter("extension", "Only calls of this extension.", example="201"),
    Parameter("queue", "Only calls of this queue.", example="support"),
    Parameter("did", "Only calls to this number.", example="+0987654321"),
    one_of("direction", "Only calls that went this way.", get_args(DirectionName)),
    one_of("disposition", "Only calls of which this came.", tuple(one.value for one in Disposition)),
    one_of(
        "sentiment",
        "Only completed calls of which this mood was computed: a `neutral` that stands where none was "
        "(`sentiment_basis` is null) is not found.",
        get_args(SentimentLabel),
    ),
    _seconds("min_seconds", "Only calls of at least this length."),
    _seconds("max_seconds", "Only calls of at most this length."),
    TAG,
    KEYWORD,
    WARNINGS,
)
SEARCHED_TEXT = Parameter(
    "q",
    "Only calls in whose transcription, summary or keywords this occurs. With it, `keyword` or `warnings` the newest "
    "calls are looked at first, in slices: a page may be short and yet have a `next_cursor`.",
)


def call_filter(query: Query) -> CallFilter:
    """The filters of GET /api/calls."""
    return CallFilter(**query.values(CALL_FILTERS))
