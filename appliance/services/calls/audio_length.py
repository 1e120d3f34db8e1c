"""How long a recording may be that nobody has decoded yet: judged by its size."""

from __future__ import annotations

# What a telephone system's WAV has: 8000 samples a second of 16 bits.
BYTES_A_SECOND = 16_000
LONGEST_SECONDS = 24 * 3600.0  # the engine analyses none that is longer


def assumed_seconds(size: int) -> float:
    """The seconds of audio that a recording of so many bytes counts for until it was analysed.

    A compressed one is longer: that shows then, and counts from then on.
    """
    return min(LONGEST_SECONDS, size / BYTES_A_SECOND)
