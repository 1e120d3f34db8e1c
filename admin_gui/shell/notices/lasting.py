"""Results of a customer that do not go out: told at the foot of the window for as long as that lasts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from admin_gui.app_context import Lasting
from admin_gui.models.notices.standing import Standing
from admin_gui.models.notices.troubles import UNREACHED, Trouble
from admin_gui.shell.appliances.watch import ApplianceWatch
from admin_gui.text.plain_text import isolated


class LastingTroubles(QObject):
    """`told` with all that there are, the newest first, after each look at an appliance."""

    told = Signal(object)  # list[Lasting]

    def __init__(self, watch: ApplianceWatch, show_place: Callable[[str, str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._watch = watch
        self._show_place = show_place
        self._there: dict[tuple[str, str], Trouble] = {}

    def take(self, appliance: str, standing: Standing) -> None:
        """How one stands at this moment; one that does not answer says nothing of what it said before."""
        if not any(one.key.startswith(UNREACHED) for one in standing.troubles):
            found = {(appliance, one.key): one for one in standing.troubles if one.stops_results}
            fresh = {key: one for key, one in found.items() if key not in self._there}
            left = {key: found.get(key, one) for key, one in self._there.items() if key in found or key[0] != appliance}
            self._there = fresh | left
        self.tell()

    def tell(self) -> None:
        """What lasts, of the appliances that are ours still."""
        names = {one.url: one.name for one in self._watch.profiles}
        self._there = {key: one for key, one in self._there.items() if key[0] in names}
        self.told.emit([self._lasting(names, *key, one) for key, one in self._there.items()])

    def _lasting(self, names: dict[str, str], appliance: str, key: str, trouble: Trouble) -> Lasting:
        text = trouble.text if len(names) == 1 else f"{isolated(names[appliance])}: {trouble.text}"
        return Lasting(f"{appliance} {key}", text, partial(self._show_place, appliance, trouble.link))
