"""What the user wants to be told of, and when: kept on this computer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from admin_gui.local_storage.profiles import Memory

MINUTES_A_DAY = 24 * 60
SATURDAY = 5

# What closing the window does: "" until it was asked.
OnClose = Literal["", "keep", "quit"]


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """From and until, in minutes after midnight, as the clock on the wall says.

    A quiet time that lasts over midnight belongs to the day on which it begins. From and until alike is all day long.
    """

    begin: int = 18 * 60
    end: int = 8 * 60
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)  # Monday is 0
    weekends: bool = False  # all of Saturday and Sunday, too

    def contain(self, local: datetime) -> bool:
        """Whether it is quiet at this moment, given in local time."""
        if self.weekends and local.weekday() >= SATURDAY:
            return True
        minute = local.hour * 60 + local.minute
        lasts = (self.end - self.begin - 1) % MINUTES_A_DAY + 1
        yesterday = (local - timedelta(days=1)).weekday()
        began_today = local.weekday() in self.days and self.begin <= minute < self.begin + lasts
        return began_today or (yesterday in self.days and minute < self.begin + lasts - MINUTES_A_DAY)


class NotificationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the user wants it."""

    are_on: bool = True
    quiet_hours: QuietHours | None = None
    paused_until: datetime | None = None
    on_close: OnClose = ""

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now.astimezone(UTC) < self.paused_until

    def are_quiet(self, now: datetime) -> bool:
        """Whether nothing may pop up at this moment, given in local time."""
        return self.is_paused(now) or (self.quiet_hours is not None and self.quiet_hours.contain(now))


def read_settings(memory: Memory) -> NotificationSettings:
    """Those that were saved; what cannot be read is as at first."""
    try:
        return msgspec.json.decode(memory.text("notifications") or "{}", type=NotificationSettings)
    except msgspec.MsgspecError:
        return NotificationSettings()


def save_settings(memory: Memory, settings: NotificationSettings) -> None:
    memory.remember("notifications", msgspec.json.encode(settings).decode())
