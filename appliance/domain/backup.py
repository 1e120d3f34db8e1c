"""A backup as it is known by its name and its file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

NAME = re.compile(r"vbot-(?P<before>before-\d{4}-)?(?P<stamp>\d{8}T\d{6}Z)(?P<number>-\d+)?\.tar")
STAMP = "%Y%m%dT%H%M%SZ"
SET_BACK = timedelta(minutes=1)  # by a time server


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: `state` is `running`, `done` or `failed`; `bytes` is None until it is done.

    `written_at`: when its file was, and so what it holds at the latest.
    """

    name: str
    created_at: datetime
    state: str
    bytes: int | None = None
    error: str | None = None
    written_at: datetime | None = None

    def is_ahead(self, now: datetime) -> bool:
        """Whether the clock was set back since it was made: its moment does not tell how old it is."""
        return self.created_at - now > SET_BACK

    def may_hold(self, received_at: datetime, now: datetime) -> bool:
        """Whether a call that was received then may be in it, or will be in one that is being made.

        Received ahead of the clock, which was set back since, it may have been there before any.
        """
        if self.state == "running":
            return True
        return self.state == "done" and (received_at <= (self.written_at or self.created_at) or received_at > now)


def newest_first(known: Iterable[Backup], now: datetime) -> list[Backup]:
    """One whose moment is ahead was made before the clock was set back, and so before each that is not ahead."""
    return sorted(known, key=lambda one: (not one.is_ahead(now), order_of(one)), reverse=True)


def order_of(backup: Backup) -> tuple[str, int]:
    """By moment; of those made in one second, which have a number behind it, by that."""
    match = NAME.fullmatch(backup.name)
    return (match["stamp"], int((match["number"] or "-1")[1:])) if match else (backup.name, 0)


def is_before_migration(backup: Backup) -> bool:
    """Whether it is the way back to an older program, which a migration made."""
    match = NAME.fullmatch(backup.name)
    return match is not None and match["before"] is not None
