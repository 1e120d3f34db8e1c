"""Which troubles have been told of: each is told once when it begins and once when it is over, across restarts too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from admin_gui.appearance.colors import Tone
from admin_gui.local_storage.profiles import Memory
from admin_gui.models.notices.troubles import FAILED_WEBHOOKS, UNREACHED, Trouble

# What comes and goes within so long is not told of, in neither direction: a box that is started again answers soon. Of
# an appliance that is asked once a minute it takes two answers.
SURE_SECONDS = 45.0
# Where nobody looked for so long, the computer has slept: what was seen before says nothing of what lasted meanwhile.
SLEPT_SECONDS = 300.0


class News(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence to be told: whose, about what, and where to look."""

    appliance: str  # its address
    key: str
    text: str
    link: str = "overview"
    tone: Tone = "warn"
    is_over: bool = False


class _Told(msgspec.Struct, frozen=True):
    """What was told of, and is not over."""

    appliance: str
    key: str
    over: str
    link: str
    at_once: bool = False  # it is over at once, too


@dataclass(frozen=True, slots=True)
class _Which:
    appliance: str
    key: str


class Ledger:
    """Of all appliances. `take` is given what is wrong with one now, and answers what there is to tell of it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._told = {_Which(one.appliance, one.key): one for one in _decoded(memory.text("told-troubles"))}
        self._seen_since: dict[_Which, datetime] = {}
        self._gone_since: dict[_Which, datetime] = {}
        self._looked_at: dict[str, datetime] = {}

    def take(self, appliance: str, troubles: Sequence[Trouble], now: datetime) -> list[News]:
        """`now`: this computer's clock."""
        before = dict(self._told)
        last, self._looked_at[appliance] = self._looked_at.get(appliance, now), now
        if (now - last).total_seconds() > SLEPT_SECONDS:
            self._forget_when(appliance)
        there = {_Which(appliance, one.key): one for one in troubles}
        news = [*self._begun(there, now), *self._over(appliance, there, now)]
        if self._told != before:
            self._keep()
        return news

    def forget(self, appliance: str) -> None:
        """It is no longer one of ours."""
        self._forget_when(appliance)
        self._looked_at.pop(appliance, None)
        for which in [one for one in self._told if one.appliance == appliance]:
            del self._told[which]
        self._keep()

    def _forget_when(self, appliance: str) -> None:
        """Since when it has been so is to be seen anew."""
        for record in (self._seen_since, self._gone_since):
            for which in [one for one in record if one.appliance == appliance]:
                del record[which]

    def _begun(self, there: dict[_Which, Trouble], now: datetime) -> list[News]:
        news, before = [], set(self._told)
        for which, trouble in there.items():
            self._gone_since.pop(which, None)
            if which in self._told or not trouble.begins:
                continue
            told = _Told(which.appliance, which.key, trouble.over, trouble.link, trouble.stops_results)
            if _is_one_customers(which) and _Which(which.appliance, FAILED_WEBHOOKS) in before:
                self._told[which] = told  # it was told of without a name
                continue
            if which.key == FAILED_WEBHOOKS and any(
                one.appliance == which.appliance and _is_one_customers(one) for one in before
            ):
                continue  # it was told of by name, and goes on until the names can be had again
            seen_since = self._seen_since.setdefault(which, now)
            if not trouble.stops_results and not _is_sure(seen_since, now):
                continue
            del self._seen_since[which]
            self._told[which] = told
            news.append(
                News(
                    appliance=which.appliance,
                    key=which.key,
                    text=trouble.text,
                    link=trouble.link,
                    tone=trouble.tone,
                )
            )
        return news

    def _over(self, appliance: str, there: dict[_Which, Trouble], now: datetime) -> list[News]:
        unknown = any(which.key.startswith(UNREACHED) for which in there)
        news = []

        def has_gone(which: _Which) -> bool:
            kept = unknown and not which.key.startswith(UNREACHED)  # who does not answer says nothing of it
            return which.appliance == appliance and which not in there and not kept and not is_unnamed(which)

        def is_unnamed(which: _Which) -> bool:  # whose webhooks fail cannot be had at present
            return _is_one_customers(which) and _Which(appliance, FAILED_WEBHOOKS) in there

        for which in [one for one in self._seen_since if has_gone(one)]:
            del self._seen_since[which]
        for which, told in [(which, told) for which, told in self._told.items() if has_gone(which)]:
            gone_since = self._gone_since.setdefault(which, now)
            if not told.at_once and not _is_sure(gone_since, now):
                continue
            del self._gone_since[which], self._told[which]
            if told.over:
                news.append(
                    News(appliance=appliance, key=which.key, text=told.over, link=told.link, tone="good", is_over=True)
                )
        return news

    def _keep(self) -> None:
        self._memory.remember("told-troubles", msgspec.json.encode(list(self._told.values())).decode())


def _is_one_customers(which: _Which) -> bool:
    """Webhooks of one customer that could not be delivered."""
    return which.key.startswith(f"{FAILED_WEBHOOKS}/")


def _is_sure(since: datetime, now: datetime) -> bool:
    return (now - since).total_seconds() >= SURE_SECONDS


def _decoded(text: str) -> list[_Told]:
    try:
        return msgspec.json.decode(text or "[]", type=list[_Told])
    except msgspec.MsgspecError:
        return []
