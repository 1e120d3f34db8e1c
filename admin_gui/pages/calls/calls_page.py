"""Calls as they come in and are worked on."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit

from admin_gui.app_context import AppContext
from admin_gui.client.calls import STATES, Call, CallFilter
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models import call_filters
from admin_gui.pages.calls.columns import call_columns
from admin_gui.pages.calls.missing_texts import MissingTexts
from admin_gui.pages.calls.more_filters import MoreFilters
from admin_gui.pages.calls.selected_calls import SelectedCalls
from admin_gui.pages.page import Page
from admin_gui.widgets.table.filter_chips import FilterChips
from admin_gui.widgets.table.filters import CustomerChoice, StateChoice, TimeChoice
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.search_field import DELAY_MS

LONGEST_TOLD = 60  # of what was searched for: the window is made no wider for it


class CallsPage(Page):
    """A live table; `calls?state=failed&customer_id=7&min_seconds=60&time=day&sort=silence_seconds&order=desc`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._filter = CallFilter()
        # What has no field in the bar, as a link says it.
        self._other: dict[str, str] = {}
        self.customer = CustomerChoice(context)
        self.chips = FilterChips(context.theme)
        self.chips.removed.connect(self._widen)
        self._no_calls = self.tr("No calls yet"), self.tr("They appear here as soon as a PBX sends the first one.")
        self.table = PagedTable(
            context,
            "calls",
            self.tr("Calls"),
            call_columns(self.customer.name_of, lambda: self._filter.q or ""),
            lambda call: call.call_id,
            combine=Call.told_anew,
            empty=("calls", *self._no_calls),
        )
        self.state = StateChoice(STATES)
        self.time = TimeChoice()
        self.number = QLineEdit()
        self.number.setPlaceholderText(self.tr("Number"))
        self.number.setAccessibleName(self.number.placeholderText())
        self.number.setClearButtonEnabled(True)
        self.number.setMinimumWidth(90)
        self.number.setMaximumWidth(150)
        self.number.editingFinished.connect(self._narrow)
        self._pause = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._pause.timeout.connect(self._narrow)
        self.number.textEdited.connect(lambda _text: self._pause.start())  # as the search does
        self.customer.named.connect(self.table.view.viewport().update)
        self.customer.chosen.connect(lambda *_: self._narrow())
        self.state.chosen.connect(lambda *_: self._narrow())
        self.time.chosen.connect(self._choose_time)
        self.more = MoreFilters()
        self.more.changed.connect(self._choose_more)
        self.more.button.toggled.connect(self._load_tags)
        for choice in (self.number, self.customer, self.state, self.time, self.more.button):
            self.table.add_filter(choice)
        self.table.add_under_filters(self.more)
        self.table.search.setPlaceholderText(self.tr("Search texts"))
        self.table.searched.connect(lambda _text: self._narrow())
        self.table.opened.connect(self._open)
        self.table.loaded.connect(self.ready)
        self.selected = SelectedCalls(self, self.table)
        self._missing_texts = MissingTexts(self, self.table, lambda: self._filter)
        for widget in (self.chips, *self.selected.panels):
            self.content.addWidget(widget)
        self.content.addWidget(self.table)
        self.setFocusProxy(self.table)

    def title(self) -> str:
        return self.tr("Calls")

    def _open(self, call: Call) -> None:
        """With what was searched for, which is lit there."""
        wanted = self.table.search.text().strip()
        self.context.go(Link("call", call.call_id, {"q": wanted} if wanted else {}))

    def visit(self, link: Link) -> None:
        self._pause.stop()
        self._select_nothing()
        customer = link.query.get("customer_id", "")
        self.customer.set_value(int(customer) if customer.isdigit() else None)
        self.state.set_value(link.query.get("state"))
        self.number.setText(link.query.get("number", ""))
        self._other = call_filters.from_link(link.query)
        self.time.set_value(link.query.get("time"))  # one that was chosen before does not narrow what it leads to
        self.more.set_values(self._other)
        self.table.show_searched(link.query.get("q", ""))
        self.table.view.sort_as_led(link.query.get("sort"), descending=link.query.get("order") == "desc")
        self._load_tags(self.more.button.isChecked())  # there may be others since it was opened
        self.refresh()

    def refresh(self) -> None:
        if not self.context.session.is_connected:
            return  # a field that was typed in is left as the page goes
        self.customer.load()
        self.time.show_other(call_filters.names_time(self._other))
        other = call_filters.as_filter(self._other)
        self._filter = msgspec.structs.replace(
            other,
            state=self.state.value,
            customer_id=self.customer.value,
            number=self.number.text().strip() or None,
            q=self.table.search.text().strip() or None,
            since=self.time.since(self.context.session.now()) or other.since,
        )
        self.chips.show_filters(call_filters.in_words(self._other, self.context.session.now()))
        self._say_none()
        calls, narrowed = self.context.appliance.calls, self._filter
        # What was said is looked for from the newest call on: what is found is sorted here.
        self.table.set_fetch(
            lambda cursor, limit, order: calls.page(cursor, limit, narrowed, order),
            in_any_order=not narrowed.asks_of_texts,
            # The last hour is the same filter a minute later.
            narrowed=(msgspec.structs.replace(narrowed, since=other.since), self.time.value),
        )

    def _say_none(self) -> None:
        """What stands there if none is found."""
        searched = self._filter.q or ""
        clear = (self.tr("Clear the filters"), lambda: self.context.go("calls"))
        words = call_filters.single_words(searched)
        if words:
            shown = searched if len(searched) <= LONGEST_TOLD else f"{searched[:LONGEST_TOLD]}…"
            title = self.tr("No call matches “%1”").replace("%1", shown)
            why = self.tr("The words are looked for side by side, as they were typed. Look for one of them alone:")
            self.table.say_empty(title, why, words, clear)
        elif self._filter != CallFilter():
            self.table.say_empty(self.tr("No call matches"), way_out=clear)
        else:
            self.table.say_empty(*self._no_calls)

    def on_events(self, events: list[Event]) -> None:
        gone = [event.call_id for event in events if event.kind == "call" and event.is_erasure]
        if gone:
            self.table.model.remove(gone)
        if any(event.kind == "customer" for event in events):
            self.customer.load()
        changed = [call for event in events if (call := event.call) is not None and call.call_id not in gone]
        # What was said in a call is known by asking only; those that were found are kept up to date.
        merge = self.table.merge_known if self._filter.asks_of_texts else self.table.merge
        merge(changed, self._filter.wants)
        self._missing_texts.look_soon()

    def commands(self) -> list[Command]:
        search = Command(self.tr("Search in calls"), self.table.search.setFocus, "Ctrl+F", self.title())
        return [search, *self.selected.commands(self.title())]

    def _narrow(self) -> None:
        self._pause.stop()
        chosen = {
            "customer_id": self.customer.value,
            "state": self.state.value,
            "number": self.number.text().strip(),
            "time": self.time.value,
            "q": self.table.search.text().strip(),
        }
        fields = {name: str(value) for name, value in chosen.items() if value}
        led_to = {name: text for name, text in self.link.query.items() if name in ("sort", "order")}
        link = Link("calls", query={**fields, **self._other, **led_to})
        if link != self.link:  # a field is also left without a change
            self._select_nothing()
        self.link = link
        self.context.stay(link)
        self.refresh()

    def _select_nothing(self) -> None:
        """Other rows come: those that were selected may be far out of sight, and must not be erased with them."""
        self.table.view.clearSelection()
        self.selected.dismiss()

    def _choose_time(self) -> None:
        """In the place of what a link said."""
        self._other = call_filters.without_times(self._other)
        self._narrow()

    def _load_tags(self, shown: bool) -> None:
        if shown:
            tags, show = self.context.appliance.tags, self.more.set_known_tags
            self.context.calls.start(self, tags.known, show, lambda _error: None, latest="tags")

    def _choose_more(self) -> None:
        there = self.more.NAMES
        self._other = {name: text for name, text in self._other.items() if name not in there} | self.more.values
        self._narrow()

    def _widen(self, name: str) -> None:
        """Take away what a chip says."""
        gone = call_filters.going_together(name)
        self._other = {one: text for one, text in self._other.items() if one not in gone}
        self.more.set_values(self._other)
        self._narrow()
