"""Calls as they come in and are worked on."""

from __future__ import annotations

from admin_gui import formats
from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.desk import Desk
from admin_gui.links import Link
from admin_gui.models.columns import Column
from admin_gui.pages.page import Page
from admin_gui.widgets import states
from admin_gui.widgets.row_table import RowTable


class CallsPage(Page):
    """A live table, newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._filter = CallFilter()
        self.table = RowTable(
            desk,
            "calls",
            self._columns(),
            lambda call: call.call_id,
            combine=Call.told_anew,
            empty=("calls", self.tr("No calls yet"), self.tr("They appear here as soon as a PBX sends the first one.")),
        )
        self.table.searched.connect(lambda text: self._narrow(q=text or None))
        self.table.loaded.connect(self.ready)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Calls")

    def show_link(self, link: Link) -> None:
        customer = link.query.get("customer_id", "")
        self._filter = CallFilter(
            state=link.query.get("state"),
            customer_id=int(customer) if customer.isdigit() else None,
            number=link.query.get("number"),
            q=link.query.get("q"),
        )
        self.refresh()

    def refresh(self) -> None:
        calls, narrowed = self.desk.appliance.calls, self._filter
        self.table.set_fetch(lambda cursor, limit: calls.page(cursor, limit, narrowed))

    def on_events(self, events: list[Event]) -> None:
        gone = [event.call_id for event in events if event.kind == "call" and event.is_erasure]
        if gone:
            self.table.model.remove(gone)
        changed = [event.call for event in events]
        # Whether a text is in a call is known by asking only.
        if not self._filter.q:
            self.table.merge([call for call in changed if call is not None], self._is_wanted)

    def commands(self) -> list[Command]:
        return [Command(self.tr("Search in calls"), self.table.search.setFocus, "Ctrl+F", self.title())]

    def _narrow(self, q: str | None) -> None:
        self._filter = CallFilter(
            state=self._filter.state, customer_id=self._filter.customer_id, number=self._filter.number, q=q
        )
        self.table.say_empty(self.tr("No call matches"))
        self.refresh()

    def _is_wanted(self, call: Call) -> bool:
        wanted = self._filter
        return (
            wanted.state in (None, call.state)
            and wanted.customer_id in (None, call.customer_id)
            and (wanted.number is None or wanted.number in f"{call.caller_number} {call.called_number}")
        )

    def _columns(self) -> list[Column[Call]]:
        return [
            Column(
                "received",
                self.tr("Received"),
                lambda call: formats.moment(call.received_at),
                sort=lambda call: call.received_at,
                tooltip=lambda call: formats.utc_tooltip(call.received_at),
                export=lambda call: call.received_at.isoformat(),
                width=160,
            ),
            Column(
                "state",
                self.tr("State"),
                lambda call: states.word(call.state),
                sort=lambda call: call.state,
                tone=lambda call: states.call_tone(call.state),
                export=lambda call: call.state,
                width=120,
            ),
            Column("caller", self.tr("Caller"), lambda call: call.caller_number, sort=lambda call: call.caller_number),
            Column("called", self.tr("Called"), lambda call: call.called_number, sort=lambda call: call.called_number),
            Column(
                "duration",
                self.tr("Length"),
                lambda call: formats.playing_time(call.duration_seconds),
                sort=lambda call: call.duration_seconds,
                right=True,
                width=80,
            ),
            Column(
                "sentiment",
                self.tr("Mood"),
                lambda call: states.word(call.sentiment or "") or formats.DASH,
                tone=lambda call: states.sentiment_tone(call.sentiment),
                sort=lambda call: call.sentiment,
                width=110,
            ),
            Column(
                "customer", self.tr("Customer"), lambda call: str(call.customer_id), sort=lambda call: call.customer_id
            ),
            Column("id", self.tr("Call id"), lambda call: call.call_id, mono=True, width=290, hidden=True),
            Column("summary", self.tr("Summary"), lambda call: (call.summary or "").replace("\n", " "), width=300),
        ]
