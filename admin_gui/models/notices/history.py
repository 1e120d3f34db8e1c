"""What was told, today and on the days before: for who was not there, or did not look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from admin_gui.local_storage.profiles import Memory
from admin_gui.models.notices.ledger import News

KEPT = timedelta(days=7)
MOST_KEPT = 100


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence, and when it was told (UTC)."""

    at: datetime
    news: News


class History:
    """Of all appliances; short, for it lies in the settings file. Nothing of what was said in a call is in it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._told = _decoded(memory.text("told-history"))

    def note(self, news: Sequence[News], now: datetime) -> None:
        if news:
            self._told += [Told(at=now, news=one) for one in news]
            self._keep(now)

    def forget(self, appliance: str, now: datetime) -> None:
        """It is no longer one of ours."""
        self._told = [one for one in self._told if one.news.appliance != appliance]
        self._keep(now)

    def newest_first(self, now: datetime) -> list[Told]:
        """What was told at one moment stays in its order, the worst first."""
        kept = [one for one in self._told if now - one.at < KEPT]
        return sorted(kept, key=lambda one: one.at, reverse=True)

    def _keep(self, now: datetime) -> None:
        self._told = [one for one in self._told if now - one.at < KEPT][-MOST_KEPT:]
        self._memory.remember("told-history", msgspec.json.encode(self._told).decode())


def _decoded(text: str) -> list[Told]:
    try:
        return msgspec.json.decode(text or "[]", type=list[Told])
    except msgspec.MsgspecError:
        return []
