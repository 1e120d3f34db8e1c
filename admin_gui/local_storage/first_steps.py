"""How far one has come in setting up an appliance, as far as the appliance itself cannot tell."""

from __future__ import annotations

import msgspec

from admin_gui.client.system import Component, System
from admin_gui.local_storage.profiles import Memory

_NAME = "first-steps"
NOTE = "note"  # of the first boot, with the recovery key in plain: a part of the appliance that it warns of
KNOWN = "known"  # beside ok, warning and failed, a state of ours


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """Of one appliance. What was copied was copied for this customer."""

    customer_id: int | None = None
    key_copied: bool = False
    lines_copied: bool = False
    recovery_key_kept: bool = False
    finished: bool = False
    put_away: bool = False  # the user wants to hear no more of it

    @property
    def is_open(self) -> bool:
        """Whether there is something left that the user still wants to be told of."""
        return not self.finished and not self.put_away

    def settle(self, system: System) -> System:
        """With the note as one that is known of, once it was said that its key is kept: it is told, and asks no more.

        The appliance goes on warning of it, for the note goes on lying there: only its command line removes that.
        """
        if not self.recovery_key_kept:
            return system
        return msgspec.structs.replace(system, components=[_known(one) for one in system.components])


class FirstStepsMemory:
    """Kept by the appliance's address."""

    def __init__(self, memory: Memory, url: str) -> None:
        self._memory = memory
        self._url = url

    def read(self) -> Remembered | None:
        """None of an appliance that was never set up from here."""
        return self._all().get(self._url)

    def change(self, **fields: object) -> Remembered:
        """Keep these; the others stay."""
        changed = msgspec.structs.replace(self.read() or Remembered(), **fields)
        self._write(changed)
        return changed

    def begin(self) -> bool:
        """The appliance has no customer: whether its user wants to be led.

        What was finished there was on another one, or on this one before it was set up anew.
        """
        known = self.read()
        if known is None or known.finished:
            known = Remembered()
            self._write(known)
        return known.is_open

    def _write(self, remembered: Remembered) -> None:
        kept = self._all() | {self._url: remembered}
        self._memory.remember(_NAME, msgspec.json.encode(kept).decode())

    def _all(self) -> dict[str, Remembered]:
        try:
            return msgspec.json.decode(self._memory.text(_NAME) or "{}", type=dict[str, Remembered])
        except msgspec.MsgspecError:
            return {}


def _known(component: Component) -> Component:
    is_note = component.name == NOTE and component.state != "ok"
    return msgspec.structs.replace(component, state=KNOWN) if is_note else component
