"""When the words of a call were said."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID
from appliance.errors import NotFound
from appliance.messages.call_result import TimedWord
from appliance.services.calls.history import WordsView


class WordReply(msgspec.Struct, frozen=True, kw_only=True):
    """One word."""

    start: Annotated[float, Meta(description="Where the word begins, in seconds from the start.", examples=[0.4])]
    end: Annotated[float, Meta(description="Where it ends, in seconds from the start.", examples=[0.7])]
    text: Annotated[str, Meta(description="The word as it stands in the segment, with its signs.", examples=["Good"])]
    confidence: Annotated[float, Meta(description="How sure the recognition is, from 0 to 1.", examples=[0.97])]


class SegmentWordsReply(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one segment."""

    start: Annotated[float, Meta(description="Where the turn begins, in seconds from the start.", examples=[0.4])]
    end: Annotated[float, Meta(description="Where it ends, in seconds from the start.", examples=[3.1])]
    words: Annotated[list[WordReply], Meta(description="Its words, in time order.")]


class CallWordsReply(msgspec.Struct, frozen=True, kw_only=True):
    """A call's words, segment by segment."""

    call_id: Annotated[str, Meta(description="The call's id.", examples=[EXAMPLE_CALL_ID])]
    revision: Annotated[int, Meta(description="The revision that this is the result of.", examples=[1])]
    segments: Annotated[list[SegmentWordsReply], Meta(description="The `segments` of the call, in the same order.")]


class _Segment(msgspec.Struct):
    start: float
    end: float


class _Segments(msgspec.Struct):
    segments: list[_Segment]


def words_reply(view: WordsView) -> CallWordsReply:
    """The words as they are stored, at their segments; raises NotFound where they cannot be read."""
    try:
        segments = msgspec.json.decode(view.result, type=_Segments).segments
        words = msgspec.json.decode(view.words, type=list[list[TimedWord]])
        if len(words) != len(segments):
            raise msgspec.ValidationError("They do not belong to its segments.")
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotFound(f"the words of call {view.call.call_id} are damaged: {error}") from error
    return CallWordsReply(
        call_id=view.call.call_id,
        revision=view.call.revision,
        segments=[
            SegmentWordsReply(start=segment.start, end=segment.end, words=[_word(one) for one in own])
            for segment, own in zip(segments, words, strict=True)
        ],
    )


def _word(word: TimedWord) -> WordReply:
    return WordReply(start=word.start, end=word.end, text=word.text, confidence=word.confidence)
