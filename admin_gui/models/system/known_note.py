"""The note of the first boot, once somebody has said here that its key is kept: it is told still, and asks no more.

The appliance goes on warning of it, for the note goes on lying there: only its command line removes that.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QCoreApplication

from admin_gui.client.system import Component, System

translate = QCoreApplication.translate

NOTE = "note"
KNOWN = "known"  # a state of ours


def with_known_note(system: System) -> System:
    """The same, with the note as one that is known of."""
    return msgspec.structs.replace(system, components=[_known(one) for one in system.components])


def known_note_text() -> str:
    """What still stands on the box, and who can do something about it."""
    return translate(
        "health",
        "A note on the appliance still shows the recovery key and the first token to whoever takes its disk: somebody "
        "with the appliance's command line removes it by “vbot backup recovery-key --kept”",
    )


def _known(component: Component) -> Component:
    is_note = component.name == NOTE and component.state != "ok"
    return msgspec.structs.replace(component, state=KNOWN) if is_note else component
