"""Calls as they come in and are worked on."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from admin_gui import formats
from admin_gui.client.calls import STATES, Call, CallFilter
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.desk import Desk
from admin_gui.links import Link
from admin_gui.models.columns import Column
from admin_gui.pages.page import Page
from admin_gui.widgets import states
from admin_gui.widgets.filters import CustomerChoice, StateChoice, TimeChoice
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
        self.customer = CustomerChoice(desk)
        self.state = StateChoice(STATES)
        self.time = TimeChoice()
        self.number = QLineEdit()
        self.number.setPlaceholderText(self.tr("Number"))
        self.number.setClearButtonEnabled(True)
        self.number.setMinimumWidth(90)
        self.number.setMaximumWidth(150)
        self.number.editingFinished.connect(self._narrow)
        self.customer.named.connect(self.table.view.viewport().update)
        self.customer.chosen.connect(lambda *_: self._narrow())
        self.state.chosen.connect(lambda *_: self._narrow())
        self.time.chosen.connect(self._narrow)
        for choice in (self.number, self.customer, self.state, self.time):
            self.table.add_filter(choice)
        self.table.search.setPlaceholderText(self.tr("Search texts"))
        self.table.searched.connect(lambda _text: self._narrow())
        self.table.opened.connect(lambda call: desk.go(f"call/{call.call_id}"))
        self.table.loaded.connect(self.ready)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Calls")

    def show_link(self, link: Link) -> None:
        self.link = link
        customer = link.query.get("customer_id", "")
        self.customer.set_value(int(customer) if customer.isdigit() else None)
        self.state.set_value(link.query.get("state"))
        self.number.setText(link.query.get("number", ""))
        self.table.search.blockSignals(True)
        self.table.search.setText(link.query.get("q", ""))
        self.table.search.blockSignals(False)
        self.refresh()

    def refresh(self) -> None:
        self.customer.load()
        self._filter = CallFilter(
            state=self.state.value,
            customer_id=self.customer.value,
            number=self.number.text().strip() or None,
            q=self.table.search.text().strip() or None,
            since=self.time.since(self.desk.session.now()),
        )
        if self._filter != CallFilter():
            self.table.say_empty(self.tr("No call matches"))
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

    def _narrow(self) -> None:
        chosen = {
            "customer_id": self.customer.value,
            "state": self.state.value,
            "number": self.number.text().strip(),
            "q": self.table.search.text().strip(),
        }
        link = Link("calls", query={name: str(value) for name, value in chosen.items() if value})
        self.link = link
        self.desk.stay(link)
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
                width=145,
            ),
            Column(
                "state",
                self.tr("State"),
                lambda call: states.word(call.state),
                sort=lambda call: call.state,
                tone=lambda call: states.call_tone(call.state),
                export=lambda call: call.state,
                width=142,
            ),
            Column(
                "caller",
                self.tr("Caller"),
                lambda call: call.caller_number,
                sort=lambda call: call.caller_number,
                width=132,
            ),
            Column(
                "called",
                self.tr("Called"),
                lambda call: call.called_number,
                sort=lambda call: call.called_number,
                width=132,
            ),
            Column(
                "duration",
                self.tr("Length"),
                lambda call: formats.playing_time(call.duration_seconds),
                sort=lambda call: call.duration_seconds,
                right=True,
                width=72,
            ),
            Column(
                "sentiment",
                self.tr("Mood"),
                lambda call: states.word(call.sentiment or ""),
                tone=lambda call: states.sentiment_tone(call.sentiment),
                sort=lambda call: call.sentiment,
                width=100,
            ),
            Column(
                "customer",
                self.tr("Customer"),
                lambda call: self.customer.name_of(call.customer_id),
                sort=lambda call: self.customer.name_of(call.customer_id),
                width=150,
            ),
            Column(
                "took",
                self.tr("Time to result"),
                lambda call: formats.span(_took(call)),
                sort=_took,
                right=True,
                width=110,
                hidden=True,
            ),
            Column("id", self.tr("Call id"), lambda call: call.call_id, mono=True, width=290, hidden=True),
            Column("summary", self.tr("Summary"), self._in_a_line, width=150),
        ]

    def _in_a_line(self, call: Call) -> str:
        """What it came to, or why to nothing."""
        if call.error is not None:
            return call.error.message
        if call.no_speech:
            return self.tr("Nobody speaks")
        return (call.summary or "").replace("\n", " ")


def _took(call: Call) -> float | None:
    """Seconds from the upload to the result."""
    return None if call.finished_at is None else (call.finished_at - call.received_at).total_seconds()
