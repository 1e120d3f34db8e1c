"""The moods that the fake engine hears in a recording: they are written in it, the real rule picks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import PartiesResult, PartyResult, SegmentResult
from engine.language.sentiment.mood_scope import mood_scope
from engine.parties import outside_party
from engine.transcript import Direction, Party, Segment, Transcript

FEELS = re.compile(rb"feels (\{.*\}) throughout")
TELLS_ALL = b"tells everybody's mood"  # as a worker of an earlier version does


def that_feels(recording: bytes, caller: tuple[str, float], called: tuple[str, float], *, tells_all: bool) -> bytes:
    """The recording with the moods, as label and score, that the fake engine will hear in it."""
    moods = json.dumps({"caller": caller, "called": called}).encode()
    return recording + b"feels " + moods + b" throughout" + (TELLS_ALL if tells_all else b"")


def moods_of(call: AnalyseCall, turns: Sequence[SegmentResult], audio: bytes) -> dict[str, Any]:
    """The fields of a result that are about moods; `models` of `sentiment` where there is none."""
    found = FEELS.search(audio)
    felt = json.loads(found[1]) if found else {}
    direction = Direction(call.direction) if call.direction else None
    segments = (Segment(turn.start, turn.end, turn.channel, Party(turn.party), turn.text, 1.0) for turn in turns)
    transcript = Transcript(tuple(segments), "en")
    scope = mood_scope(transcript, direction, "both" if TELLS_ALL in audio else call.sentiment_of)

    def party(who: Party) -> PartyResult:
        label, score = felt.get(who.value, ("neutral", 0.0)) if who in scope.parties else (None, None)
        talked = sum(turn.end - turn.start for turn in turns if turn.party == who)
        return PartyResult(talk_seconds=talked, sentiment=label, sentiment_score=score)

    caller, called = party(Party.CALLER), party(Party.CALLED)
    outside = called if outside_party(direction) is Party.CALLED else caller
    return {
        "sentiment": outside.sentiment or "neutral",
        "parties": PartiesResult(caller=caller, called=called),
        "models": {"sentiment": scope.why_not} if scope.why_not else {},
        "sentiment_basis": None if scope.why_not else "text",
    }
