"""A call of two hours as an appliance keeps it: 1,500 turns, 18,000 words with their times, both parties' channels.

What one hears tells by itself where in the recording it is: every half second a short tone on the caller's channel, of
one of eight pitches in turn. So which tone it is is known wherever one listens, and its place in the recording to four
seconds, and to the millisecond once it is known about where one is.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import soundfile

CALL_ID = "11111111-0000-4000-8000-000000000001"
SECONDS = 2 * 3600
RATE_HZ = 8000
TURNS, WORDS_OF_A_TURN = 1500, 12
TONE_STEP_SECONDS, TONE_SECONDS = 0.5, 0.06
TONES_HZ = tuple(range(500, 2500, 250))
_TEXT = (
    "The parcel that was promised for Tuesday has not come yet, so "
    "we would like to know who signed for it and where it is kept today"
)


@cache
def segments() -> list[dict[str, object]]:
    """The turns, both parties' in turn."""
    text = _TEXT.split()
    step = SECONDS / TURNS
    return [
        {
            "start": round(number * step, 2),
            "end": round(number * step + 0.9 * step, 2),
            "channel": number % 2,
            "party": ("caller", "called")[number % 2],
            "text": " ".join(text[(number * 5 + place) % len(text)] for place in range(WORDS_OF_A_TURN)),
            "confidence": 0.93,
        }
        for number in range(TURNS)
    ]


@cache
def words() -> dict[str, object]:
    """When each word was said."""
    step = SECONDS / TURNS * 0.9 / WORDS_OF_A_TURN
    told = []
    for turn in segments():
        start = float(str(turn["start"]))
        own = [
            {
                "start": round(start + place * step, 2),
                "end": round(start + (place + 0.8) * step, 2),
                "text": text,
                "confidence": 0.95,
            }
            for place, text in enumerate(str(turn["text"]).split())
        ]
        told.append({"start": turn["start"], "end": turn["end"], "words": own})
    return {"call_id": CALL_ID, "revision": 1, "segments": told}


@cache
def recording() -> bytes:
    """A WAV file of μ-law, as telephone systems write it: 115 MB."""
    period = len(TONES_HZ) * TONE_STEP_SECONDS
    sound = np.random.default_rng(1).uniform(-0.01, 0.01, (round(period * RATE_HZ), 2))
    moments = np.arange(round(TONE_SECONDS * RATE_HZ)) / RATE_HZ
    for number, pitch in enumerate(TONES_HZ):
        first = round(number * TONE_STEP_SECONDS * RATE_HZ)
        sound[first : first + len(moments), 0] = 0.5 * np.sin(2 * np.pi * pitch * moments)
    target = io.BytesIO()
    soundfile.write(target, sound, RATE_HZ, subtype="ULAW", format="WAV")
    once = target.getvalue()
    place = once.index(b"data") + 8
    data = once[place : place + len(sound) * 2] * round(SECONDS / period)
    return once[: place - 4] + len(data).to_bytes(4, "little") + data


def nearest_tone(pitch_hz: float, seconds: float) -> float:
    """Where in the recording the tone of this pitch is that is nearest to a moment of it."""
    number = int(np.argmin(np.abs(np.array(TONES_HZ) - pitch_hz)))
    period = len(TONES_HZ) * TONE_STEP_SECONDS
    first = number * TONE_STEP_SECONDS
    return first + round((seconds - first) / period) * period
