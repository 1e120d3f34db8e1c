"""Which of a mix's two voices is the caller: by how a call is opened, or not at all.

Sound alone cannot tell. But the called party usually speaks first ("Mill Street Dental, how can I help?"), and the
caller says why. A recording may begin in the middle of a call, so that the first word alone proves nothing: the
parties are named where what is said at the beginning bears it out, and stay unknown elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from engine.transcript import Party, Segment, Transcript

# Below it there may be one voice alone. Measured through u-law and GSM, with and without noise, on recordings of
# 20 to 70 s (mixes as in tests/benchmarks/mixed_calls.py, of 14 voices): of 60 of one speaker 14 are above 0, two above
# .2, none above .25; of 61 of two, four are at 0, two below .3 (.01 and .19), the next at .33. Above .3, 1.7 % of the
# time has the wrong voice.
LEAST_CONFIDENCE = 0.3
_LEAST_PROOF = 3
_FIRST_TO_SPEAK = 1
_SAID = 2
_OPENING_TURNS = 3  # of each voice
_OPENING_WORDS = 60
_ANSWERS = (
    r"(thank you|thanks) for (calling|holding|waiting|ringing)",
    r"how (can|may|could) (i|we) help",
    r"(can|may) i help",
    r"you're (through|speaking) (to|with)",
    r"\bspeaking\b",
    r"^(good (morning|afternoon|evening)|hello|morning|afternoon)[,.]? [^.?!]*\bthis is\b",
    r"can i (take|have|get|start with) your",
)
_CALLS = (
    r"\bi('m| am) (just )?(calling|ringing|phoning)\b",
    r"\bi was (just )?(calling|ringing|phoning|wondering)\b",
    r"\bi (just )?(wanted|need|needed|would like|'d like)\b",
    r"\bi'd like\b",
    r"\b(is that|is this|am i speaking (to|with)|can i speak to|could i speak to)\b",
    r"\bi've (got|had|been|just)\b",
    r"^(oh,? )?(hi|hello|hey|morning|good (morning|afternoon|evening))[,.!]? (\w+[,.]? )?"
    r"(it's|this is|my name is|my name's)\b",
)


def name_voices(transcript: Transcript) -> Transcript:
    """Give the segments of a mix their parties, where it is certain enough who is who; in English alone.

    Where it is not even certain that two speak, no voice has a number either.
    """
    if transcript.voices_confidence < LEAST_CONFIDENCE:
        return replace(transcript, segments=tuple(replace(one, voice=0) for one in transcript.segments))
    if transcript.language != "en" or not transcript.segments:
        return transcript
    first = transcript.segments[0].voice
    proof = _proof(transcript, called=first) + _FIRST_TO_SPEAK
    if abs(proof) < _LEAST_PROOF:
        return transcript
    called = first if proof > 0 else 3 - first
    return replace(transcript, segments=tuple(_named(segment, called) for segment in transcript.segments))


def voices_warning(confidence: float) -> str:
    """What is said of a mix in which perhaps two speak, of whom nobody is named; "" of any other."""
    if not 0 < confidence < LEAST_CONFIDENCE:
        return ""
    return (
        f"It is not certain that two people speak in this mono recording (voices_confidence {confidence:.2f}): nobody "
        "is named. A recording with each party on a channel of its own would tell."
    )


def _proof(transcript: Transcript, called: int) -> int:
    """What speaks for this voice being the called party's, less what speaks against it."""
    opening = {voice: _opening(one for one in transcript.segments if one.voice == voice) for voice in (1, 2)}
    caller = 3 - called
    for_it = _says(_ANSWERS, opening[called]) + _says(_CALLS, opening[caller])
    return _SAID * (for_it - _says(_ANSWERS, opening[caller]) - _says(_CALLS, opening[called]))


def _opening(segments: Iterable[Segment]) -> str:
    texts = [segment.text for _, segment in zip(range(_OPENING_TURNS), segments, strict=False)]
    return " ".join(" ".join(texts).lower().replace("’", "'").split()[:_OPENING_WORDS])


def _says(cues: tuple[str, ...], text: str) -> bool:
    return any(re.search(cue, text) for cue in cues)


def _named(segment: Segment, called: int) -> Segment:
    return replace(segment, party=Party.CALLED if segment.voice == called else Party.CALLER)
