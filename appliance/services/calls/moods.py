"""Whose moods a customer wants, and that no others are stored, whatever a worker has computed.

The engine computes no more than it is asked for. But a worker of an earlier version computes everybody's, and while a
call was in its hands somebody may have switched moods off.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from appliance.domain.customer import Customer
from appliance.messages.call_result import CallResult, PartiesResult, PartyResult

# As the engine says it.
_LEFT = re.compile(r" [^“”]{1,120} left (?:dis)?satisfied\.$")
OFF = "off"
INTERNAL = "not done: both parties of an internal call are inside"
UNKNOWN = "not done: which party is outside is not known"
SILENCE = "not done: nobody speaks"
OUTSIDE_SILENT = "not done: the outside party does not speak"


def wanted_moods(customer: Customer | None, default: str) -> str:
    """The customer's own word, or the appliance's."""
    return (customer.sentiment_of if customer is not None else None) or default


def with_wanted_moods(result: CallResult, wanted: str, direction: str | None) -> CallResult:
    """The analysis without the moods that are not wanted of a call that went this way."""
    if wanted == "both":
        return result if result.segments else _nothing_read(result, SILENCE)
    caller, called = result.parties.caller, result.parties.called
    if why_not := _why_not(result, wanted, direction):
        return replace(
            result,
            sentiment="neutral",
            sentiment_basis=None,
            parties=PartiesResult(caller=_without_mood(caller), called=_without_mood(called)),
            models={**result.models, "sentiment": why_not},
            **_summary_without_mood(result),
        )
    if direction == "outbound":
        outside, parties = "called", PartiesResult(caller=_without_mood(caller), called=called)
    else:
        outside, parties = "caller", PartiesResult(caller=caller, called=_without_mood(called))
    kept = replace(result, parties=parties)
    if any(segment.party == outside for segment in result.segments):
        return kept
    return _nothing_read(kept, OUTSIDE_SILENT if result.segments else SILENCE)


def _nothing_read(result: CallResult, why_not: str) -> CallResult:
    """Where nobody speaks whose mood is wanted, an overall mood was the other's, or was read from nothing."""
    if result.sentiment_basis is None:  # and it says why
        return result
    models = {**result.models, "sentiment": why_not}
    return replace(result, sentiment="neutral", sentiment_basis=None, models=models, **_summary_without_mood(result))


def _why_not(result: CallResult, wanted: str, direction: str | None) -> str:
    """Why nobody's mood is computed; empty where somebody's is."""
    if wanted == "none":
        return OFF
    if direction == "internal":
        return INTERNAL
    nobody = result.segments and all(segment.party == "unknown" for segment in result.segments)
    return UNKNOWN if nobody else ""


def _summary_without_mood(result: CallResult) -> dict[str, Any]:
    """A note's last sentence may say how the outside party left: it goes, with what it stands on."""
    summary = _LEFT.sub("", result.summary)
    if summary == result.summary:
        return {}
    return {"summary": summary, "summary_sources": result.summary_sources[:-1]}


def _without_mood(party: PartyResult) -> PartyResult:
    return replace(party, sentiment=None, sentiment_score=None)
