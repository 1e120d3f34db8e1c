"""The component `clock`: whether this box's clock agrees with those of the servers that its webhooks go to.

Each reply of an HTTP server says what time it is there (`Date`, RFC 9110). One server may be wrong itself; a box whose
clock most of them contradict is wrong, and beyond five minutes the receivers refuse its webhooks' signatures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from appliance.domain.clock import Clock
from appliance.domain.plurals import counted
from appliance.domain.system import Component, ComponentState

# A reply is a second old, or some on a slow way, and `Date` has whole seconds.
AGREES = timedelta(seconds=60)
# As Standard Webhooks has it: a receiver takes no older or newer signature.
SIGNATURES_HOLD = timedelta(minutes=5)
# A server's word counts for so long: its clock may have been set since.
FORGET_AFTER_SECONDS = 6 * 3600.0
MOST_PEERS = 1000
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class PeerClock:
    """By how much this box's clock is ahead of that of one host; negative: behind."""

    host: str
    ahead: timedelta


def since_boot() -> float:
    """Seconds that nobody sets, and that go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class PeerClocks:
    """What each server last said: its time is kept and not a difference, for our own clock may be set meanwhile.

    A server is known by its address: one that goes by several names has one clock, and one vote.
    """

    def __init__(self, now: Clock, uptime: Callable[[], float] = since_boot) -> None:
        self._now = now
        self._uptime = uptime
        # By address: its name, what it said, when. The latest last.
        self._said: dict[str, tuple[str, datetime, float]] = {}

    def saw(self, host: str, address: str, date: datetime) -> None:
        """A reply of this host came just now, from this address, and says that it is `date` there."""
        self._said.pop(address, None)
        self._said[address] = host, date, self._uptime()
        if len(self._said) > MOST_PEERS:
            del self._said[next(iter(self._said))]

    def current(self) -> tuple[PeerClock, ...]:
        """As our clock stands now, of each server that said something of late."""
        now, uptime = self._now(), self._uptime()
        return tuple(
            PeerClock(host, now - date - timedelta(seconds=uptime - heard))
            for host, date, heard in self._said.values()
            if uptime - heard < FORGET_AFTER_SECONDS
        )


def clock(peers: Iterable[PeerClock]) -> Component:
    """`failed`: so far off, by the word of several, that receivers refuse what it signs."""
    known = list(peers)
    off = [peer for peer in known if abs(peer.ahead) > AGREES]
    if not known:
        return Component("clock", ComponentState.OK, "No webhook was answered of late that it could be compared with.")
    if len(off) <= len(known) / 2:
        hosts = counted(len(known) - len(off), "server", "servers")
        return Component("clock", ComponentState.OK, f"It agrees with {hosts} that took webhooks.")
    ahead = timedelta(seconds=median(peer.ahead.total_seconds() for peer in known))
    if abs(ahead) <= AGREES:  # those that are off are off both ways
        return Component("clock", ComponentState.OK, "The servers that took webhooks do not agree with each other.")
    off = [peer for peer in off if (peer.ahead > timedelta()) == (ahead > timedelta())]
    named = ", ".join(peer.host for peer in off[:MOST_NAMED]) + (" and others" if len(off) > MOST_NAMED else "")
    text = (
        f"This box's clock is {_length(abs(ahead))} {'ahead of' if ahead > timedelta() else 'behind'} that of {named}"
    )
    if len(off) == 1:
        return Component("clock", ComponentState.WARNING, f"{text}: one of the two is wrong.")
    if abs(ahead) <= SIGNATURES_HOLD:
        return Component("clock", ComponentState.WARNING, f"{text}.")
    return Component("clock", ComponentState.FAILED, f"{text}: webhooks are refused for their signature's time.")


def _length(time: timedelta) -> str:
    seconds = time.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"
