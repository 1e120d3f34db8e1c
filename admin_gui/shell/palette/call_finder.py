"""Calls by number, day, id and words: the appliance is asked as soon as somebody pauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.transport.errors import NotFound
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.shell.palette.dates import day_of
from admin_gui.shell.palette.entries import Entry, Group
from admin_gui.text import formats
from admin_gui.text.plain_text import from_to

translate = QCoreApplication.translate

PAUSE_MS = 250
MOST_CALLS = 6
NEWEST = 20  # to choose from where nothing is typed
FEWEST_LETTERS = 3
FEWEST_DIGITS = 3
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"\+?[\d\s()/.-]+")


class CallFinder(QObject):
    """What was typed, and the calls that it may mean."""

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._typed = ""
        self._calls: list[Call] = []
        self._found_for: str | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def look_for(self, typed: str, *, newest: bool = False) -> None:
        """Find calls for it; `newest`: with nothing typed the newest ones."""
        self._typed = typed.strip()
        self._calls = [] if self._found_for != self._typed else self._calls
        if self._context.session.is_connected and (newest or len(self._typed) >= FEWEST_LETTERS):
            self._pause.start()
        else:
            self._pause.stop()

    @property
    def is_looking(self) -> bool:
        """Whether something is still to come."""
        return self._pause.isActive() or self._context.calls.is_under_way(self, "calls")

    def entries(self, then: Callable[[Link], Any], name_of: Callable[[int], str]) -> list[Entry]:
        """The calls that were found."""
        return [self._entry(call, then, name_of) for call in self._calls]

    def lists(self) -> list[Entry]:
        """Whole lists of calls that may be meant: those of a day, those with a number."""
        found, go = [], self._context.go
        day = day_of(self._typed, datetime.now().date())
        if day is not None:
            since, until = _bounds(day)
            link = Link("calls", query={"since": since.isoformat(), "until": until.isoformat()})
            title = translate("palette", "Calls of %1").replace("%1", formats.date(since))
            found.append(Entry(f"calls-of:{day}", title, Group.CALLS, partial(go, link)))
        elif number := number_of(self._typed):
            title = translate("palette", "Calls with the number %1").replace("%1", number)
            link = Link("calls", query={"number": number})
            found.append(Entry(f"calls-with:{number}", title, Group.CALLS, partial(go, link)))
        return found

    def search(self) -> list[Entry]:
        """The last line: what was typed, looked for in what was said."""
        if not self._typed or not self._context.session.is_connected:
            return []
        title = translate("palette", "Search calls for “%1”").replace("%1", self._typed)
        link = Link("calls", query={"q": self._typed})
        return [Entry(f"search:{self._typed}", title, Group.SEARCH, partial(self._context.go, link))]

    def _ask(self) -> None:
        typed = self._typed
        if typed == self._found_for or not self._context.session.is_connected:
            self.changed.emit()  # nothing is looked for any more
            return
        calls = self._context.appliance.calls
        today = datetime.now().date()

        def work() -> list[Call]:
            if not typed:
                return list(calls.page(None, NEWEST).rows)
            if _ID.fullmatch(typed.lower()):
                try:
                    return [calls.one(typed.lower())]
                except NotFound:
                    return []
            if (day := day_of(typed, today)) is not None:
                since, until = _bounds(day)
                return list(calls.page(None, MOST_CALLS, CallFilter(since=since, until=until)).rows)
            if number := number_of(typed):
                return list(calls.page(None, MOST_CALLS, CallFilter(number=number)).rows)
            return list(calls.page(None, MOST_CALLS, CallFilter(q=typed)).rows)

        def came(found: list[Call]) -> None:
            if typed != self._typed:
                return  # somebody has typed on: these are other calls than are named by now
            self._found_for, self._calls = typed, found
            self.changed.emit()

        self._context.calls.start(self, work, came, lambda _error: self.changed.emit(), latest="calls")
        self.changed.emit()

    def _entry(self, call: Call, then: Callable[[Link], Any], name_of: Callable[[int], str]) -> Entry:
        title = from_to(call.caller_number, call.called_number)
        parts = [formats.short_moment(call.received_at, self._context.session.now()), name_of(call.customer_id)]
        if call.mood is not None:
            parts.append(states.word(call.mood))
        elif not call.is_final or call.error is not None:
            parts.append(states.word(call.shown_state))
        return Entry(
            f"call:{call.call_id}", title, Group.CALLS, partial(then, Link("call", call.call_id)), " · ".join(parts)
        )


def number_of(typed: str) -> str | None:
    """A telephone number as the appliance looks for it; None where it is none."""
    if not _NUMBER.fullmatch(typed):
        return None
    number = re.sub(r"[\s()/.-]", "", typed)
    return number if len(number.lstrip("+")) >= FEWEST_DIGITS else None


def _bounds(day: date) -> tuple[datetime, datetime]:
    """From its midnight to the next, where the reader is."""
    first, last = (datetime.combine(one, time()).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return first, last
