"""How long a recording may be, judged by its size: before anybody has decoded it, and whatever a worker says of it."""

from __future__ import annotations

# What a telephone system's WAV has: 8000 samples a second of 16 bits.
BYTES_A_SECOND = 16_000
LONGEST_SECONDS = 24 * 3600.0  # the engine analyses none that is longer
# The thriftiest codecs of telephony say speech in no fewer (AMR, 4.75 kbit/s, takes half as much again), and silence in
# no fewer than these. What there may be of either beside it.
_LEAST_BYTES_A_SECOND = 400
_LEAST_BYTES_A_SECOND_OF_SILENCE = 25
_ANY_SECONDS = 600.0


def assumed_seconds(size: int) -> float:
    """The seconds of audio that a recording of so many bytes counts for until it was analysed.

    A compressed one is longer: that shows then, and counts from then on.
    """
    return min(LONGEST_SECONDS, size / BYTES_A_SECOND)


def longest_seconds(size: int) -> float:
    """The most seconds of audio that so many bytes can hold."""
    return min(LONGEST_SECONDS, _ANY_SECONDS + size / _LEAST_BYTES_A_SECOND_OF_SILENCE)


def charged_seconds(seconds: float, size: int) -> float:
    """What a recording counts for once it was analysed: as long as it is said to be, or as somebody can speak in it."""
    return min(seconds, _ANY_SECONDS + size / _LEAST_BYTES_A_SECOND)
