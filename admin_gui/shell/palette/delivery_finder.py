"""Webhooks by number and id, also older ones than the palette knows: asked for as soon as somebody pauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.shell.palette.call_finder import FEWEST_LETTERS, PAUSE_MS, number_of
from admin_gui.shell.palette.dates import day_of
from admin_gui.shell.palette.entries import Entry, Group, Parameter
from admin_gui.shell.palette.things import Things
from admin_gui.text.plain_text import from_to

translate = QCoreApplication.translate

MOST_WEBHOOKS = 6
# What Asterisk calls a call: a moment in seconds, and a count.
_ASTERISK = re.compile(r"\d{10}\.\d+")
# An id of a call, a webhook or a delivery, or what a PBX calls its call: one word, and hardly one without a digit.
_ID = re.compile(rf"(?=\S*\d)\S{{{FEWEST_LETTERS},}}")


class DeliveryFinder(QObject):
    """What was typed, and the webhooks that it may mean."""

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: str | None = None  # what is searched for; None: nothing that a webhook is found by
        self._found: list[Delivery] = []
        self._found_for: str | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def look_for(self, typed: str) -> None:
        """Find webhooks for it; what was found for anything else is no longer meant."""
        self._wanted = searched_for(typed.strip())
        if self._wanted is None or self._found_for != self._wanted:
            self._found, self._found_for = [], None
        if self._wanted is not None and self._found_for is None and self._context.session.is_connected:
            self._pause.start()
        else:
            self._pause.stop()

    @property
    def is_looking(self) -> bool:
        """Whether something is still to come."""
        return self._pause.isActive() or self._context.calls.is_under_way(self, "webhooks")

    def entries(self, then: Callable[[Link], Any], things: Things) -> list[Entry]:
        """The webhooks that were found, the newest first, with the numbers that may have been typed."""
        return [self._entry(one, things.entry_of(Parameter.WEBHOOK, one, then)) for one in self._found]

    def _entry(self, delivery: Delivery, made: Entry) -> Entry:
        if delivery.caller_number is None or delivery.called_number is None:
            return made
        numbers = from_to(delivery.caller_number, delivery.called_number)
        return replace(made, detail=f"{states.word(states.of_delivery(delivery))} · {numbers}")

    def search(self) -> list[Entry]:
        """A last line: the whole list of those that are found by it."""
        if self._wanted is None or not self._context.session.is_connected:
            return []
        title = translate("palette", "Search webhooks for “%1”").replace("%1", self._wanted)
        link = Link("webhooks", query={"search": self._wanted})
        return [Entry(f"search-webhooks:{self._wanted}", title, Group.SEARCH, partial(self._context.go, link))]

    def _ask(self) -> None:
        wanted = self._wanted
        if wanted is None or not self._context.session.is_connected:
            self.changed.emit()  # nothing is looked for any more
            return
        deliveries = self._context.appliance.deliveries

        def came(found: list[Delivery]) -> None:
            if wanted != self._wanted:
                return  # somebody has typed on
            self._found_for, self._found = wanted, found
            self.changed.emit()

        def work() -> list[Delivery]:
            return list(deliveries.page(None, MOST_WEBHOOKS, DeliveryFilter(search=wanted)).rows)

        # An older appliance does not know how to search.
        self._context.calls.start(self, work, came, lambda _error: self.changed.emit(), latest="webhooks")
        self.changed.emit()


def searched_for(typed: str) -> str | None:
    """What the appliance is asked for: a number as it looks for it, or an id; None where it is neither."""
    if day_of(typed, datetime.now().date()) is not None:
        return None
    number = None if _ASTERISK.fullmatch(typed) else number_of(typed)
    return number or (typed if _ID.fullmatch(typed) else None)
