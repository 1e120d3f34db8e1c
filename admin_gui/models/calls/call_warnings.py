"""Where in a call each of its warnings belongs: at a moment, at its recording, what was said, what was sent of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from admin_gui.client.calls import Call
from admin_gui.text.appliance_words.sentences import translated


@dataclass(frozen=True, slots=True)
class TimedWarning:
    """What is the matter from a moment on, in the user's language."""

    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class CallWarnings:
    """In the user's language: those of a moment, in the order of time; those of a part; the others are of the whole."""

    moments: tuple[TimedWarning, ...] = ()
    recording: tuple[str, ...] = ()
    conversation: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


# As the appliance says them. One that is not here, as of a newer appliance, is told of the whole call.
_SECONDS = r"(\d+(?:\.\d+)?) s"
_SILENT_FROM = re.compile(r"From (\d+):(\d\d) on the recording holds no sound at all of the ")
# So much was announced, and so much is there: what is missing is behind it.
_ENDS_AT = re.compile(
    rf"(?:The recording is cut off: its header tells of|The recording is cut off or damaged: of|"
    rf"The header of the .+'s leg tells of) {_SECONDS}, {_SECONDS} "
)
_LEGS = re.compile(rf"The two legs differ in length: the caller's has {_SECONDS}, the called party's {_SECONDS}")
_RECORDING = re.compile(
    r"The recording's header is unfinished|The header |The recording is cut off: of \d+ bytes|A chunk of the header|"
    r"The two legs differ in their sample rates"
)
_CONVERSATION = re.compile(r"It is not certain that two people speak|The call was sent with the disposition")
_DETAILS = re.compile(
    r"By the moments sent, |`[^`]+` (?:is no field|is there more than once|has more than|was sent as)|"
    r".+ lies? .+ ahead of this appliance's clock"
)


def warnings_of(call: Call) -> CallWarnings:
    """Each at its place. Where nothing was said there is none in what was said: then it is the recording's.

    None of an empty call: they say why it is, in the place of its conversation.
    """
    if call.empty:
        return CallWarnings()
    moments: list[TimedWarning] = []
    places: dict[str, list[str]] = {"recording": [], "conversation": [], "details": [], "whole": []}
    for warning in call.warnings or ():
        seconds = _moment_of(warning)
        if seconds is not None and call.segments:
            moments.append(TimedWarning(seconds, translated(warning)))
        else:
            places["recording" if seconds is not None else _place_of(warning)].append(translated(warning))
    moments.sort(key=lambda one: one.seconds)
    return CallWarnings(tuple(moments), **{place: tuple(texts) for place, texts in places.items()})


def _moment_of(warning: str) -> float | None:
    if found := _SILENT_FROM.match(warning):
        return int(found[1]) * 60.0 + int(found[2])
    if found := _ENDS_AT.match(warning):
        return float(found[2])
    if found := _LEGS.match(warning):
        return min(float(found[1]), float(found[2]))  # from then on one of them is silent
    return None


def _place_of(warning: str) -> str:
    if _RECORDING.match(warning):
        return "recording"
    if _CONVERSATION.match(warning):
        return "conversation"
    return "details" if _DETAILS.match(warning) else "whole"
