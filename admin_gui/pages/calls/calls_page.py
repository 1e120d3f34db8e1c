"""Calls as they come in and are worked on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QLineEdit

from admin_gui.app_context import AppContext
from admin_gui.client.calls import STATES, Call, CallFilter
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.models.failing_calls import error_words
from admin_gui.models.table.columns import Column
from admin_gui.pages.page import Page
from admin_gui.text import formats
from admin_gui.widgets.table.filter_chips import FilterChips
from admin_gui.widgets.table.filters import CustomerChoice, StateChoice, TimeChoice
from admin_gui.widgets.table.paged_table import PagedTable

# What a link may narrow to besides what there are fields for; what of it is about time goes together.
_SPANS = (("since", "until"), ("finished_since", "finished_until"))
TYPICAL_NUMBER = "+4915100000000"
MOODS = ("positive", "neutral", "negative")
_BY_LINK = ("error_code", *(name for span in _SPANS for name in span))


class CallsPage(Page):
    """A live table; `calls?state=failed&customer_id=7&error_code=…&finished_since=…&finished_until=…`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._filter = CallFilter()
        self._by_link: dict[str, str] = {}
        self.chips = FilterChips(context.theme)
        self.chips.removed.connect(self._widen)
        self.table = PagedTable(
            context,
            "calls",
            self._columns(),
            lambda call: call.call_id,
            combine=Call.told_anew,
            empty=("calls", self.tr("No calls yet"), self.tr("They appear here as soon as a PBX sends the first one.")),
        )
        self.customer = CustomerChoice(context)
        self.state = StateChoice(STATES)
        self.time = TimeChoice()
        self.number = QLineEdit()
        self.number.setPlaceholderText(self.tr("Number"))
        self.number.setAccessibleName(self.number.placeholderText())
        self.number.setClearButtonEnabled(True)
        self.number.setMinimumWidth(90)
        self.number.setMaximumWidth(150)
        self.number.editingFinished.connect(self._narrow)
        self.customer.named.connect(self.table.view.viewport().update)
        self.customer.chosen.connect(lambda *_: self._narrow())
        self.state.chosen.connect(lambda *_: self._narrow())
        self.time.chosen.connect(self._choose_time)
        for choice in (self.number, self.customer, self.state, self.time):
            self.table.add_filter(choice)
        self.table.search.setPlaceholderText(self.tr("Search texts"))
        self.table.searched.connect(lambda _text: self._narrow())
        self.table.opened.connect(self._open)
        self.table.loaded.connect(self.ready)
        self.content.addWidget(self.chips)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Calls")

    def _open(self, call: Call) -> None:
        """With what was searched for, which is lit there."""
        wanted = self.table.search.text().strip()
        self.context.go(Link("call", call.call_id, {"q": wanted} if wanted else {}))

    def visit(self, link: Link) -> None:
        customer = link.query.get("customer_id", "")
        self.customer.set_value(int(customer) if customer.isdigit() else None)
        self.state.set_value(link.query.get("state"))
        self.number.setText(link.query.get("number", ""))
        self._by_link = {name: link.query[name] for name in _BY_LINK if _is_good(name, link.query.get(name))}
        if set(self._by_link) - {"error_code"}:
            self.time.setCurrentIndex(0)  # the link says which time
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
            error_code=self._by_link.get("error_code"),
            since=self.time.since(self.context.session.now()) or self._moment("since"),
            until=self._moment("until"),
            finished_since=self._moment("finished_since"),
            finished_until=self._moment("finished_until"),
        )
        self.chips.show_filters(self._told_filters())
        if self._filter != CallFilter():
            self.table.say_empty(self.tr("No call matches"))
        calls, narrowed = self.context.appliance.calls, self._filter
        # What was said is looked for from the newest call on: what is found is sorted here.
        self.table.set_fetch(
            lambda cursor, limit, order: calls.page(cursor, limit, narrowed, order), in_any_order=not narrowed.q
        )

    def on_events(self, events: list[Event]) -> None:
        gone = [event.call_id for event in events if event.kind == "call" and event.is_erasure]
        if gone:
            self.table.model.remove(gone)
        if any(event.kind == "customer" for event in events):
            self.customer.load()
        changed = [event.call for event in events]
        # Whether a text is in a call is known by asking only.
        if not self._filter.q:
            self.table.merge([call for call in changed if call is not None], self._filter.wants)

    def commands(self) -> list[Command]:
        return [Command(self.tr("Search in calls"), self.table.search.setFocus, "Ctrl+F", self.title())]

    def _narrow(self) -> None:
        chosen = {
            "customer_id": self.customer.value,
            "state": self.state.value,
            "number": self.number.text().strip(),
            "q": self.table.search.text().strip(),
        }
        fields = {name: str(value) for name, value in chosen.items() if value}
        link = Link("calls", query={**fields, **self._by_link})
        self.link = link
        self.context.stay(link)
        self.refresh()

    def _choose_time(self) -> None:
        """In the place of what a link said."""
        self._by_link = {name: text for name, text in self._by_link.items() if name == "error_code"}
        self._narrow()

    def _widen(self, name: str) -> None:
        """Take away a filter that came with a link."""
        gone = next((span for span in _SPANS if name in span), (name,))
        self._by_link = {one: text for one, text in self._by_link.items() if one not in gone}
        self._narrow()

    def _moment(self, name: str) -> datetime | None:
        text = self._by_link.get(name)
        return None if text is None else datetime.fromisoformat(text)

    def _told_filters(self) -> list[tuple[str, str]]:
        """Those of the link, in words."""
        chips = []
        if (code := self._by_link.get("error_code")) is not None:
            chips.append(("error_code", self.tr("Error: %1").replace("%1", error_words(code))))
        words = (self.tr("Received: %1"), self.tr("Ended: %1"))
        for (since, until), text in zip(_SPANS, words, strict=True):
            if since in self._by_link or until in self._by_link:
                chips.append((since, text.replace("%1", self._span(since, until))))
        return chips

    def _span(self, since: str, until: str) -> str:
        now, begin, end = self.context.session.now(), self._moment(since), self._moment(until)
        first = formats.short_moment(begin, now) if begin is not None else "…"
        return f"{first} – {formats.short_moment(end, now) if end is not None else '…'}"

    def _columns(self) -> list[Column[Call]]:
        return [
            Column(
                "received",
                self.tr("Received"),
                lambda call: formats.moment(call.received_at),
                sort=lambda call: call.received_at,
                field="received_at",
                tooltip=lambda call: formats.utc_tooltip(call.received_at),
                export=lambda call: call.received_at.isoformat(),
                typical=formats.longest_moment(),
            ),
            Column(
                "state",
                self.tr("State"),
                lambda call: states.word(call.shown_state),
                sort=lambda call: call.state,
                field="state",
                tone=lambda call: states.call_tone(call.shown_state),
                export=lambda call: call.state,
                typical=states.longest_word(STATES),
            ),
            Column(
                "caller",
                self.tr("Caller"),
                lambda call: call.caller_number,
                sort=lambda call: call.caller_number,
                field="caller_number",
                typical=TYPICAL_NUMBER,
            ),
            Column(
                "called",
                self.tr("Called"),
                lambda call: call.called_number,
                sort=lambda call: call.called_number,
                field="called_number",
                typical=TYPICAL_NUMBER,
            ),
            Column(
                "duration",
                self.tr("Length"),
                lambda call: formats.playing_time(call.duration_seconds),
                sort=lambda call: call.duration_seconds,
                field="duration_seconds",
                right=True,
                typical="1:00:00",
            ),
            Column(
                "sentiment",
                self.tr("Mood"),
                lambda call: states.word(call.mood or ""),
                tone=lambda call: states.sentiment_tone(call.mood),
                sort=lambda call: call.mood,
                field="sentiment",
                typical=states.longest_word(MOODS),
            ),
            Column(
                "customer",
                self.tr("Customer"),
                lambda call: self.customer.name_of(call.customer_id),
                sort=lambda call: self.customer.name_of(call.customer_id),
                field="company_name",
                width=120,
            ),
            Column(
                "took",
                self.tr("Time to result"),
                lambda call: formats.span(_took(call)),
                sort=_took,
                field="time_to_result",
                right=True,
                width=110,
                hidden=True,
            ),
            Column("id", self.tr("Call id"), lambda call: call.call_id, mono=True, width=290, hidden=True),
            Column("summary", self.tr("Summary"), self._in_a_line, width=150),
        ]

    def _in_a_line(self, call: Call) -> str:
        """What it came to, or why to nothing."""
        if call.is_damaged:
            return self.tr("Damaged: it can be analysed again")
        if call.error is not None:
            return call.error.message
        if call.empty:
            return self.tr("Nothing was recorded")
        if call.is_erased:
            return self.tr("Erased, as its retention or its customer's deletion asks")
        if call.no_speech:
            return self.tr("Nobody speaks")
        return (call.summary or "").replace("\n", " ")


def _is_good(name: str, text: str | None) -> bool:
    """Whether a link says something that can be asked for."""
    if not text or name == "error_code":
        return bool(text)
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _took(call: Call) -> float | None:
    """Seconds from the upload to the result."""
    return None if call.finished_at is None else (call.finished_at - call.received_at).total_seconds()
