"""How large the result of a recording may be: more than anything that was ever said in so many bytes of sound."""

from __future__ import annotations

from appliance.errors import ApplianceError
from appliance.services.calls.audio_length import longest_seconds

# Who speaks fast says 25 characters a second; a recogniser that repeats itself writes twice that. Each is there in the
# transcription and in its turn, with what a turn says beside it: for two who speak at once, in any script, below this.
BYTES_OF_A_SECOND = 1000
# Of sound in which somebody speaks. The thriftiest codec of telephony (AMR, 4.75 kbit/s) takes half as much again.
LEAST_RECORDING_BYTES_OF_A_SECOND = 400
# What says a result of no second: its models, its warnings, the sentences of a summary.
BYTES_OF_ANY = 64 * 1024
# Of a day of one conversation without a pause. Its webhook is as long.
MOST_BYTES = 24 * 1024 * 1024


class ResultTooLarge(ApplianceError):
    """What a worker reports of a call is more than its recording can hold."""


def longest_result(recording_bytes: int) -> int:
    """The most bytes that the result of such a recording takes as JSON, and its words as many again."""
    return min(MOST_BYTES, BYTES_OF_ANY + recording_bytes * BYTES_OF_A_SECOND // LEAST_RECORDING_BYTES_OF_A_SECOND)


def check_size(what: str, text: str | None, recording_bytes: int) -> None:
    """Raise ResultTooLarge for what cannot come of such a recording."""
    _check(what, 0 if text is None else len(text.encode()), longest_result(recording_bytes), recording_bytes)


def check_duration(seconds: float, recording_bytes: int) -> None:
    """Raise ResultTooLarge where no such recording is so long."""
    longest = longest_seconds(recording_bytes)
    if seconds > longest:
        raise ResultTooLarge(
            f"{seconds:.0f} seconds cannot be in a recording of {recording_bytes} bytes (at most {longest:.0f})"
        )


def check_report(size: int, recording_bytes: int) -> None:
    """The same for a whole report, result and words together, before it is read."""
    _check("a report", size, 2 * longest_result(recording_bytes), recording_bytes)


def _check(what: str, size: int, longest: int, recording_bytes: int) -> None:
    if size > longest:
        raise ResultTooLarge(
            f"{what} of {size} bytes cannot come of a recording of {recording_bytes} bytes (at most {longest})"
        )
