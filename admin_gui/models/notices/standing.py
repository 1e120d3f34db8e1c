"""How an appliance stands, in a colour and a sentence: for a switcher between several, and for the tray."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.transport.errors import ClientError, Forbidden, NotAuthorised
from admin_gui.models.health import hidden_verdict, verdict
from admin_gui.models.notices.troubles import Trouble, trouble_of_error, troubles_of
from admin_gui.session import Snapshot

translate = QCoreApplication.translate


class State(IntEnum):
    """The worse the larger."""

    UNASKED = 0
    WELL = 1
    LOOK = 2
    DOWN = 3

    @property
    def tone(self) -> Tone:
        tones: dict[State, Tone] = {State.WELL: "good", State.LOOK: "warn", State.DOWN: "bad"}
        return tones.get(self, "calm")

    @property
    def words(self) -> str:
        """For who sees no colours, or hears what is on screen."""
        return {
            State.UNASKED: translate("notices", "not asked"),
            State.WELL: translate("notices", "well"),
            State.LOOK: translate("notices", "needs a look"),
            State.DOWN: translate("notices", "down"),
        }[self]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state, a sentence about it, and what is wrong in particular. `is_known`: somebody has looked."""

    state: State
    text: str
    troubles: tuple[Trouble, ...] = ()
    is_known: bool = True


def standing_of(snapshot: Snapshot, now: datetime) -> Standing:
    """Of one that answers; `now` is its own clock."""
    hidden = snapshot.system_is_hidden
    found = hidden_verdict(snapshot.health) if hidden else verdict(snapshot.health, snapshot.system, now)
    troubles = tuple(troubles_of(snapshot, now))
    if snapshot.health.status == "unhealthy":
        return Standing(State.DOWN, found.title, troubles)
    return Standing(State.WELL if found.tone in ("good", "calm") else State.LOOK, found.title, troubles)


def standing_of_error(error: ClientError) -> Standing:
    """Of one that could not be asked."""
    state = State.UNASKED if isinstance(error, NotAuthorised | Forbidden) else State.DOWN
    trouble = trouble_of_error(error)
    return Standing(state, trouble.text, (trouble,))


def not_asked(why: str) -> Standing:
    """Of one that is not asked at all; nothing is known of its troubles."""
    return Standing(State.UNASKED, why, is_known=False)


def worst(standings: Iterable[Standing]) -> State:
    """Of all of them together."""
    return max((one.state for one in standings), default=State.UNASKED)
