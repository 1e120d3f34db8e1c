"""Calls in which nothing was recorded: they are completed without a word, and no fault of anybody's."""

from __future__ import annotations

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.domain.delivery import WebhookEvent
from appliance.messages.call_result import CallResult, ConversationResult, PartiesResult, PartyResult, TalkResult
from appliance.storage.database import Connection
from appliance.storage.tables import deliveries, results

# Of a telephone system's dispositions those in which two people were never connected.
UNANSWERED = frozenset({"no_answer", "busy", "failed", "congestion", "cancelled"})


def nobody_answered(disposition: str | None) -> bool:
    """Whether the telephone system says that nobody did; where it says nothing, somebody may have."""
    return disposition in UNANSWERED


def is_answered_after_all(known: Call, disposition: str | None) -> bool:
    """Whether what was recorded was left out on the word that nobody answered, and now somebody is said to have."""
    taken_back = disposition is not None and not nobody_answered(disposition)
    return known.empty and nobody_answered(known.disposition) and taken_back


def disposition_is_wrong(call: Call, result: CallResult) -> bool:
    """Whether it says that nobody answered, and somebody did: the PBX gives the moment, or the called party speaks.

    On a mix without parties any word may be theirs. Of what was recognised nothing is thrown away on a word alone.
    """
    if not nobody_answered(call.disposition) or not result.segments:
        return False
    has_moment = call.answered_at is not None or call.bridged_at is not None
    return has_moment or any(turn.party != "caller" for turn in result.segments)


def disposition_warning(call: Call) -> str:
    """For whoever looks after the telephone system."""
    return f"The call was sent with the disposition {call.disposition}, and yet people talk in it: its words are kept."


def empty_result(seconds: float, warnings: list[str]) -> CallResult:
    """What there is to say of a recording of this length in which nobody speaks to anybody."""
    nobody = PartyResult(talk_seconds=0.0, sentiment=None, sentiment_score=None)
    silent = TalkResult(talk_seconds=0.0, turns=0, longest_turn_seconds=0.0, interruptions=0)
    return CallResult(
        transcription="",
        summary="",
        sentiment="neutral",
        keywords="",
        duration_seconds=seconds,
        speech_seconds=0.0,
        language="",
        segments=[],
        parties=PartiesResult(caller=nobody, called=nobody),
        keyword_scores={},
        models={},
        no_speech=True,
        conversation=ConversationResult(
            silence_seconds=seconds,
            longest_silence_seconds=seconds,
            overlap_seconds=0.0,
            caller=silent,
            called=silent,
        ),
        warnings=warnings,
        sentiment_basis=None,
    )


def event_of_empty(tx: Connection, call: Call, customer: Customer | None) -> WebhookEvent | None:
    """What its customer is told, or None: nothing.

    Who was told of an earlier revision has to know that it no longer holds; else only who asks for it is told.
    """
    if call.revision > 1 and deliveries.any_of_call(tx, call.call_id):
        return WebhookEvent.UPDATED
    return WebhookEvent.EMPTY if customer is not None and customer.send_empty else None


def event_of_result(tx: Connection, call: Call) -> WebhookEvent:
    """What its customer is told of a result that is about to be stored.

    `call.updated` is of a call that the customer knows; of an earlier revision that was empty it was maybe never told.
    """
    if call.revision == 1:
        return WebhookEvent.COMPLETED
    untold = results.any_of_call(tx, call.call_id) and not deliveries.any_of_call(tx, call.call_id)
    return WebhookEvent.COMPLETED if untold else WebhookEvent.UPDATED
