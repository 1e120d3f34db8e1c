"""Whether what is past its time by this machine's clock is so: what is erased does not come back.

The rule. A clock that a time server has set is believed, whatever it shows. One that goes on from where it was seen
last is believed as well, and one that was set back: by it less is past its time. One that is further ahead than
`JUMP`, and that no time server has set, may have come so from a battery that is empty, or from a slip of the hand; or
the box was switched off for so long. Nobody can tell, so it is doubted: nothing is erased by its age, and the component
`erasure` says so, until a time server sets it, somebody sets it back, or it has gone on for `DOUBTED_FOR`. How long it
has gone on outlives a further jump: else a box that is off for a long weekend each week would never erase.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from appliance.domain.clock import Clock, contract_timestamp
from appliance.domain.system import Postponed
from appliance.storage.database import Connection, Database
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.tables import calls, facts

# Longer than an office that switches all off at the end of a week.
JUMP = timedelta(days=3)
# Somebody has looked at the box meanwhile, or nobody will. A promise to erase is overdrawn by no more than this, and by
# the time for which the box was off.
DOUBTED_FOR = timedelta(days=7)
# Not each look is a commit.
NOTED_EVERY = timedelta(minutes=10)


class ClockJumps:
    """Looks whether the clock has jumped; what was seen outlives the process."""

    def __init__(self, database: Database, now: Clock, is_set: Callable[[], bool]) -> None:
        self._database = database
        self._now = now
        self._is_set = is_set
        self._postponed: Postponed | None = None

    @property
    def postponed(self) -> Postponed | None:
        """Since when, by the doubted clock and without its further jumps, nothing is erased by its age, and why.

        None: it is.
        """
        return self._postponed

    async def look(self) -> None:
        """Look at the clock. To be done before each time that something is erased."""
        seen, doubted_since = await self._database.read(_known)
        now = self._now()
        doubted = _doubted(now, seen, doubted_since)
        if doubted is not None and await asyncio.to_thread(self._is_set):
            doubted = None
        if doubted != doubted_since or seen is None or abs(now - seen) >= NOTED_EVERY:
            await self._database.write(lambda tx: _note(tx, now, doubted))
        self._postponed = None if doubted is None else Postponed(doubted, _reason(doubted))


def _doubted(now: datetime, seen: datetime | None, doubted_since: datetime | None) -> datetime | None:
    """Since when the clock is doubted where no time server has set it; None: it is believed.

    What a further jump leaps over does not count, so that moment is moved on by it.
    """
    if seen is None:
        return None
    if now - seen > JUMP:
        return now if doubted_since is None else now - max(seen - doubted_since, timedelta())
    if doubted_since is None or now < doubted_since or now - doubted_since >= DOUBTED_FOR:
        return None
    return doubted_since


def _known(tx: Connection) -> tuple[datetime | None, datetime | None]:
    """When the clock was looked at last, and since when it is doubted."""
    seen, doubted = facts.get(tx, facts.CLOCK_SEEN), facts.get(tx, facts.CLOCK_DOUBTED_SINCE)
    # An earlier version has noted nothing: its last call.
    last = calls.latest_received_at(tx) if seen is None else datetime.fromisoformat(seen)
    return last, datetime.fromisoformat(doubted) if doubted else None


def keep_what_was_seen(tx: Connection, states: Mapping[Path, DatabaseKey | None], now: datetime) -> None:
    """After a restore: what this box has seen is in the states that were moved aside; the backup is of another time.

    What is ahead was seen before the clock was set back. On a box that has seen nothing yet the clock is believed.
    """
    known = [_of_facts(facts.of_other(tx, path, key)) for path, key in states.items()]
    seen, doubted = max(
        ((seen, doubted) for seen, doubted in known if seen is not None and seen <= now + NOTED_EVERY),
        key=lambda one: one[0],
        default=(now, None),
    )
    _note(tx, seen, doubted)


def _of_facts(found: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    seen, doubted = found.get(facts.CLOCK_SEEN), found.get(facts.CLOCK_DOUBTED_SINCE)
    return datetime.fromisoformat(seen) if seen else None, datetime.fromisoformat(doubted) if doubted else None


def _note(tx: Connection, now: datetime, doubted: datetime | None) -> None:
    facts.put(tx, facts.CLOCK_SEEN, now.isoformat())
    facts.put(tx, facts.CLOCK_DOUBTED_SINCE, doubted.isoformat() if doubted else "")


def _reason(doubted: datetime) -> str:
    return (
        f"this box's clock has jumped ahead by more than {JUMP.days} days, and no time server has set it: right or "
        f"wrong, it is believed from {contract_timestamp(doubted + DOUBTED_FOR)} on "
        "(`timedatectl set-ntp true`)"
    )
