"""How far one has come in setting up an appliance, as far as the appliance itself cannot tell."""

from __future__ import annotations

from typing import Protocol

import msgspec

from admin_gui.client.system import Component, System
from admin_gui.client.transport.certificate import normalised
from admin_gui.local_storage.profiles import Memory

_NAME = "first-steps"
NOTE = "note"  # of the first boot, with the recovery key in plain: a part of the appliance that it warns of
KNOWN = "known"  # beside ok, warning and failed, a state of ours


class Identity(Protocol):
    """An appliance, by its address and its certificate (None: plain HTTP): a connection, or what is kept of one."""

    @property
    def url(self) -> str: ...
    @property
    def fingerprint(self) -> str | None: ...


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """Of one appliance. What was copied was copied for this customer."""

    customer_id: int | None = None
    key_copied: bool = False
    lines_copied: bool = False
    recovery_key_kept: bool = False
    finished: bool = False
    put_away: bool = False  # the user wants to hear no more of it
    fingerprint: str | None = None  # of its certificate when this was written; None: plain HTTP

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

    def __init__(self, memory: Memory, appliance: Identity) -> None:
        self._memory = memory
        self._url = appliance.url
        self._fingerprint = None if appliance.fingerprint is None else normalised(appliance.fingerprint)

    def read(self) -> Remembered | None:
        """None of an appliance that was never set up from here."""
        known = self._all().get(self._url)
        if known is None or known.fingerprint == self._fingerprint:
            return known
        # With another certificate it may be another appliance, whose recovery key nobody has spoken of.
        return msgspec.structs.replace(known, recovery_key_kept=False)

    def change(self, **fields: object) -> Remembered:
        """Keep these; the others stay."""
        return self._write(msgspec.structs.replace(self.read() or Remembered(), **fields))

    def begin(self) -> bool:
        """The appliance has no customer: whether its user wants to be led.

        What was finished there was on another one, or on this one before it was set up anew; that had another
        certificate, too.
        """
        known = self._all().get(self._url)
        if known is None or known.finished or known.fingerprint != self._fingerprint:
            known = self._write(Remembered())
        return known.is_open

    def _write(self, remembered: Remembered) -> Remembered:
        written = msgspec.structs.replace(remembered, fingerprint=self._fingerprint)
        self._memory.remember(_NAME, msgspec.json.encode(self._all() | {self._url: written}).decode())
        return written

    def _all(self) -> dict[str, Remembered]:
        try:
            return msgspec.json.decode(self._memory.text(_NAME) or "{}", type=dict[str, Remembered])
        except msgspec.MsgspecError:
            return {}


def _known(component: Component) -> Component:
    is_note = component.name == NOTE and component.state != "ok"
    return msgspec.structs.replace(component, state=KNOWN) if is_note else component
