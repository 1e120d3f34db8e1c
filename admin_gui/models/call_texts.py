"""A call in words: the text that is saved, and the stations of its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.client.calls import Call
from admin_gui.client.deliveries import Delivery
from admin_gui.text import formats

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Station:
    """A moment on a call's way, and how long it took since the one before."""

    name: str
    at: datetime
    took_seconds: float | None


def stations(call: Call, deliveries: Sequence[Delivery]) -> list[Station]:
    """Those that this revision of it has reached, in order."""
    told = _newest(call, deliveries)
    delivered = [attempt.at for attempt in told.attempts if attempt.succeeded] if told is not None else []
    known = (
        (translate("call", "Received"), call.received_at),
        (translate("call", "Started"), call.started_at),
        (translate("call", "Finished"), call.finished_at),
        (translate("call", "Delivered"), min(delivered, default=None)),
    )
    reached: list[Station] = []
    for name, at in known:
        if at is not None:
            took = (at - reached[-1].at).total_seconds() if reached else None
            if took is not None and (took < 0 or (call.revision > 1 and len(reached) == 1)):
                took = None  # a clock was set back; or it was received long before this revision was asked for
            reached.append(Station(name, at, took))
    return reached


def undelivered(call: Call, deliveries: Sequence[Delivery]) -> Delivery | None:
    """The webhook of this revision of a call, if it has not arrived."""
    newest = _newest(call, deliveries)
    return None if newest is None or newest.state == "delivered" else newest


def _newest(call: Call, deliveries: Sequence[Delivery]) -> Delivery | None:
    """The webhook that tells of this revision: the newest, unless it was tried before this one had ended."""
    newest = next((one for one in deliveries if not one.is_test), None)
    if newest is None or call.finished_at is None:
        return None
    is_earlier = bool(newest.attempts) and newest.attempts[0].at < call.finished_at
    return None if is_earlier else newest


def course(call: Call) -> str:
    """How the conversation went in one line; nothing where nobody measured it, or nobody speaks."""
    went = call.conversation
    if went is None or call.no_speech:
        return ""
    caller, called = went.caller, went.called
    parts = []
    if caller.turns or called.turns:
        talk = translate("call", "Caller %1, called %2")
        parts.append(_filled(talk, *(formats.playing_time(one.talk_seconds) for one in (caller, called))))
    silence = translate("call", "silence %1 (longest %2)")
    parts.append(_filled(silence, *map(formats.playing_time, (went.silence_seconds, went.longest_silence_seconds))))
    # Both at once for less than is shown: then it is told alone that somebody broke in, and no 0:00 beside it.
    overlap, nothing = formats.playing_time(went.overlap_seconds), formats.playing_time(0)
    if overlap != nothing and (caller.turns or called.turns):
        parts.append(_filled(translate("call", "both at once %1"), overlap))
    if caller.interruptions or called.interruptions:
        broke_in = translate("call", "interruptions by the caller %1, by the called %2")
        parts.append(_filled(broke_in, str(caller.interruptions), str(called.interruptions)))
    line = "  ·  ".join(parts)
    return line[:1].upper() + line[1:]


def _filled(text: str, *values: str) -> str:
    for place, value in enumerate(values, start=1):
        text = text.replace(f"%{place}", value)
    return text


def as_text(call: Call) -> str:
    """What a person reads: numbers, summary, and the conversation with names and times."""
    names = {
        "caller": translate("call", "Caller"),
        "called": translate("call", "Called"),
        "voice 1": translate("call", "Voice 1"),
        "voice 2": translate("call", "Voice 2"),
    }
    turns = [
        f"{formats.playing_time(turn.start):>8}  {names.get(turn.speaker, translate('call', 'Speaker'))}: {turn.text}"
        for turn in call.segments or ()
    ]
    head = [
        f"{call.caller_number} → {call.called_number}",
        formats.moment(call.received_at),
        call.call_id,
        "",
        call.summary or "",
        call.keywords or "",
        "",
    ]
    return "\n".join([*head, *turns]).strip() + "\n"
