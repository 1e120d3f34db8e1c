"""Reports of workers that were not taken, and why."""

from __future__ import annotations

from enum import StrEnum


class DropReason(StrEnum):
    """Why.

    `unproven`: without the token of a claim, so forged, or of a worker of an older version. `outdated`: its attempt is
    over, or in other hands. `malformed`: not a report at all. `unstorable`: what it says cannot be stored, now or
    later, and its attempt has failed. `given_up`: it could not be stored for too long; its call is queued again.
    """

    UNPROVEN = "unproven"
    OUTDATED = "outdated"
    MALFORMED = "malformed"
    UNSTORABLE = "unstorable"
    GIVEN_UP = "given_up"
