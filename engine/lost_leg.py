"""A leg that ends in the middle of a conversation, as it does where the telephone system no longer records it.

Asterisk's MixMonitor does so after some transfers (https://github.com/asterisk/asterisk/issues/507). Who reads the call
must know that words may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.transcript import Party, Segment

LOST_LEG = (
    "From {minutes}:{seconds:02} on the recording holds no sound at all of the {party} party, not even the noise of a "
    "line, while the other one goes on speaking: it had hung up, was muted, or the telephone system recorded it no "
    "more. What it may have said is missing."
)
# Somebody who only listens is as quiet for so long, where a codec sends nothing for silence.
_LONGEST_PAUSE_SECONDS = 10.0


def lost_legs(segments: Sequence[Segment], silent_from: Mapping[int, float], duration: float) -> tuple[str, ...]:
    """What to tell of channels that hold nothing from these seconds on to the recording's end (`duration`).

    Where the other party did not speak before, nobody's words are missing: a machine has greeted, and is silent.
    """
    told = []
    for channel, since in silent_from.items():
        own = [one for one in segments if one.channel == channel]
        others = [one for one in segments if one.channel != channel and one.party is not Party.UNKNOWN]
        if not own or own[0].party is Party.UNKNOWN or duration - since < _LONGEST_PAUSE_SECONDS:
            continue
        if any(one.start < own[-1].start for one in others) and any(one.start >= since for one in others):
            minutes, seconds = divmod(int(since), 60)
            told.append(LOST_LEG.format(minutes=minutes, seconds=seconds, party=own[0].party.value))
    return tuple(told)
