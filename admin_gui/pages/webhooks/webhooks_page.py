"""Webhooks: what was delivered, what was not, and how the endpoints fare."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import STATES, Delivery, DeliveryFilter, Redelivered
from admin_gui.client.events import Event
from admin_gui.client.transport.paging import Order
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.webhook_advice import why_it_goes_by_itself
from admin_gui.pages.page import Page
from admin_gui.pages.webhooks.columns import delivery_columns
from admin_gui.pages.webhooks.endpoints import EndpointsTable
from admin_gui.pages.webhooks.lookup import FAILED, DeliveryLookup
from admin_gui.pages.webhooks.redelivery import CAN_BE_SENT_AGAIN, DELIVERED, RESTS, SendingAgain
from admin_gui.text.plain_text import isolated
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.table.filters import AnswerField, CustomerChoice, StateChoice, TimeChoice
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

# One is said to be tried at a moment; of more, which is the first.
FIRST_TWO = 2


class WebhooksPage(Page):
    """`webhooks?state=failed&customer_id=7&call_id=…&time=day&search=…`, and `webhooks?view=endpoints`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._filter = DeliveryFilter()
        self.customer = CustomerChoice(context)
        self.state = StateChoice(STATES)
        self.time = TimeChoice()
        self.answer = AnswerField()
        self.answer.chosen.connect(lambda *_: self._narrow())
        self.customer.chosen.connect(lambda *_: self._narrow())
        self.state.chosen.connect(lambda *_: self._narrow())
        self.time.chosen.connect(self._narrow)
        self.question = Banner(context.theme)
        self._asked_about_selected = ""  # in these words
        self.again = SendingAgain(self)
        self.lookup = DeliveryLookup(self)
        self.lookup.found.connect(self._allow)
        self.of_call = Banner(context.theme)
        self.table = PagedTable(
            context,
            "deliveries",
            self.tr("Deliveries"),
            delivery_columns(self.customer.name_of),
            lambda delivery: delivery.id,
            combine=Delivery.told_anew,
            empty=(
                "webhooks",
                self.tr("No webhooks yet"),
                self.tr("Each finished call is told to its customer's server."),
            ),
        )
        self.table.search.setPlaceholderText(self.tr("Number or id"))
        self.table.search.setAccessibleName(self.tr("Search numbers and ids"))
        self.table.searched.connect(lambda _text: self._narrow())
        for choice in (self.customer, self.state, self.answer, self.time):
            self.table.add_filter(choice)
        self.table.loaded.connect(self._loaded)
        self.customer.named.connect(self.table.view.viewport().update)
        self.table.opened.connect(lambda delivery: context.go(f"webhook/{delivery.id}"))
        self.table.selection_changed.connect(self._select_anew)
        self.bar = SelectionBar(context, self.table)
        self.selected_button = self.bar.add(
            self.tr("Send again"),
            self.send_selected,
            fits=self._can_be_sent,
            why_not=lambda: why_it_goes_by_itself(self.table.selected(), context.session.now()),
        )
        self.endpoints = EndpointsTable(context)
        self.endpoints.table.loaded.connect(self._loaded)
        self._make_buttons()
        self._views = QStackedWidget()
        self._views.addWidget(self.table)
        self._views.addWidget(self.endpoints)
        for widget in (self.of_call, self.question, self._views):
            self.content.addWidget(widget)
        self.content.setStretchFactor(self._views, 1)

    def title(self) -> str:
        return self.tr("Webhooks")

    @property
    def narrowed(self) -> DeliveryFilter:
        """What the list is narrowed to."""
        return self._filter

    def visit(self, link: Link) -> None:
        shows_endpoints = link.query.get("view") == "endpoints"
        shown = self.endpoints if shows_endpoints else self.table
        self._views.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        (self.endpoints_button if shows_endpoints else self.deliveries_button).setChecked(True)
        customer = link.query.get("customer_id", "")
        self.customer.set_value(int(customer) if customer.isdigit() else None)
        self.state.set_value(link.query.get("state"))
        status = link.query.get("status", "")
        self.answer.set_value(int(status) if status.isdecimal() else None)
        self.time.set_value(link.query.get("time"))  # one that was chosen before does not narrow what it leads to
        self.table.show_searched(link.query.get("search", ""))
        self._select_nothing()
        self.refresh()

    def refresh(self) -> None:
        if not self.context.session.is_connected:
            return  # a field that was typed in is left as the page goes
        self.customer.load()
        self._allow()
        if self._views.currentWidget() is self.endpoints:
            self.endpoints.refresh()
            return
        self._filter = DeliveryFilter(
            state=self.state.value,
            customer_id=self.customer.value,
            call_id=self.link.query.get("call_id"),
            since=self.time.since(self.context.session.now()),
            status=self.answer.value,
            search=self.table.search.text().strip() or None,
        )
        if self._filter.call_id is None:
            self.of_call.clear()
        else:
            text = self.tr("Only those of call %1.").replace("%1", self._filter.call_id)
            self.of_call.show_message(text, "calm", (self.tr("Show all"), lambda: self.context.go("webhooks")))
        narrowed = self._filter != DeliveryFilter()
        if narrowed:
            clear = (self.tr("Clear the filters"), lambda: self.context.go("webhooks"))
            self.table.say_empty(self.tr("No webhook matches"), way_out=clear)
        deliveries, wanted = self.context.appliance.deliveries, self._filter
        self.table.set_fetch(
            lambda cursor, limit, order: deliveries.page(cursor, limit, wanted, order),
            # The last hour is the same filter a minute later.
            narrowed=(msgspec.structs.replace(wanted, since=None), self.time.value),
        )
        self.lookup.look()
        self._allow()

    def on_events(self, events: list[Event]) -> None:
        gone = {event.call_id for event in events if event.kind == "call" and event.is_erasure and event.call_id}
        if any(event.kind == "customer" for event in events):
            self.customer.load()
        changed = [one for event in events if (one := event.delivery) is not None]
        self.show_changed(changed)
        if gone:  # with its deliveries, of which no event tells
            self.table.model.remove([one.id for one in self.table.model.rows if one.call_id in gone])
        self.lookup.heed(changed, gone)
        if self._views.currentWidget() is self.endpoints:
            self.endpoints.refresh_soon()

    def show_changed(self, deliveries: Sequence[Delivery]) -> None:
        """These have changed, as an event tells it or an answer, the oldest first."""
        self.table.merge(deliveries, self._is_wanted)

    def commands(self) -> list[Command]:
        group = self.title()
        return [
            Command(self.tr("Search in webhooks"), self._search, "Ctrl+F", group),
            Command(self.tr("Send the selected webhooks again"), self.send_selected, "Ctrl+R", group, changes=True),
            Command(self.tr("Send all that match again …"), self.ask_to_send_all, "Ctrl+Shift+R", group, changes=True),
            Command(self.tr("Show the deliveries"), lambda: self._go(""), "Alt+1", group),
            Command(self.tr("Show the endpoints"), lambda: self._go("endpoints"), "Alt+2", group),
        ]

    def header_widgets(self) -> list[QWidget]:
        # The two that choose the view stay under the pointer when the others go.
        return [self.all_button, self.deliveries_button, self.endpoints_button]

    # Sending again

    def send_selected(self) -> None:
        """Queue the selected ones again, one after the other; who would get something twice is asked about first."""
        selected = self.table.selected()
        twice = sum(one.state == DELIVERED for one in selected)
        if len(selected) == 1 or not twice:
            self.again.send(selected)
            return
        text = self.tr("%n of the %1 selected webhook(s) were delivered. Send these a second time, too?", "", twice)
        again = (self.tr("Send again"), lambda: self.again.send(selected))
        self._asked_about_selected = text.replace("%1", str(len(selected)))
        self.question.ask(self._asked_about_selected, again)

    def ask_to_send_all(self) -> None:
        """Count those that match, and ask."""
        deliveries, wanted = self.context.appliance.deliveries, self._filter

        def count() -> tuple[Redelivered, list[Delivery]]:
            counted = deliveries.redeliver_many(wanted, dry_run=True)
            if counted.count or wanted.state not in (None, "pending", "retrying"):
                return counted, []
            waiting = msgspec.structs.replace(wanted, state=wanted.state or "retrying")
            return counted, deliveries.page(None, FIRST_TWO, waiting, Order("next_attempt_at", descending=False)).rows

        self.context.calls.start(self, count, lambda found: self._ask_about(wanted, *found), latest="count")

    def _select_anew(self) -> None:
        if self.question.text == self._asked_about_selected:
            self.question.clear()  # it was about others

    def _ask_about(self, wanted: DeliveryFilter, counted: Redelivered, waiting: Sequence[Delivery]) -> None:
        """`waiting`: of those that match and go by themselves the first ones, where nothing can be sent."""
        if wanted != self._filter:
            return  # others are shown by now: who says yes means those
        if counted.count == 0:
            if wanted.state in (None, "failed"):
                none = self.tr("No failed webhook matches that could be sent again now.")
            else:
                none = self.tr("None of those that match can be sent again now.")
            by_themselves = why_it_goes_by_itself(waiting, self.context.session.now())
            said = (none, by_themselves, self._resting(counted))
            self.question.show_message(" ".join(filter(None, said)), "calm")
            return
        if wanted.state in (None, "failed"):
            text = self.tr("%n failed webhook(s) match.", "", counted.count)
        elif wanted.state == DELIVERED:
            text = self.tr("%n webhook(s) match, all of them delivered already.", "", counted.count)
        else:
            text = self.tr("%n webhook(s) match.", "", counted.count)
        if wanted.customer_id is None:
            where = self.tr("Send all again, to their customers' present addresses?")
        else:
            where = self.tr("Send all again, to the present address of %1?")
            where = where.replace("%1", isolated(self.customer.name_of(wanted.customer_id)))
        text = f"{text} {where} {self._resting(counted)}".strip()
        send = self.tr("Send a second time") if wanted.state == DELIVERED else self.tr("Send again")
        self.question.ask(text, (send, lambda: self._send_all(wanted)))

    def _resting(self, counted: Redelivered) -> str:
        """Of those that are left, where there are any."""
        if not counted.resting:
            return ""
        return self.tr(
            "%n more webhook(s) cannot be sent: their endpoint is disabled or has no address.", "", counted.resting
        )

    def _send_all(self, wanted: DeliveryFilter) -> None:
        deliveries = self.context.appliance.deliveries
        self.question.clear()

        def send(progress: Progress, _stop: Stop) -> Redelivered:
            progress(0, None)
            return deliveries.redeliver_many(wanted, dry_run=False)

        def done(sent: Redelivered) -> None:
            self.context.say(self.tr("%n webhook(s) are sent again", "", sent.count), "good")
            self.refresh()

        self.context.run_long(self, self.tr("Sending again"), send, done)

    # What is seen

    def _narrow(self) -> None:
        query = {name: value for name, value in self.link.query.items() if name == "call_id"}
        if self.customer.value is not None:
            query["customer_id"] = str(self.customer.value)
        if self.state.value is not None:
            query["state"] = self.state.value
        if self.answer.value is not None:
            query["status"] = str(self.answer.value)
        if self.time.value is not None:
            query["time"] = self.time.value
        if searched := self.table.search.text().strip():
            query["search"] = searched
        link = Link("webhooks", query=query)
        if link != self.link:  # a field is also left without a change
            self._select_nothing()
        self.link = link
        self.context.stay(link)
        self.question.clear()
        self.refresh()

    def _select_nothing(self) -> None:
        """Other rows come: those that were selected may be far out of sight, and must not be sent with them."""
        self.table.view.clearSelection()
        self.question.clear()

    def _go(self, view: str) -> None:
        """What the deliveries are narrowed to stays so."""
        query = {name: value for name, value in self.link.query.items() if name != "view"}
        self.context.go(Link("webhooks", query=query | ({"view": view} if view else {})))

    def _search(self) -> None:
        if self._views.currentWidget() is not self.table:
            self._go("")
        self.table.search.setFocus()

    def _is_wanted(self, delivery: Delivery) -> bool:
        searched, is_known = self._filter.search, self.table.model.place_of(delivery.id) is not None
        return self.fits(delivery) and (searched is None or is_known or delivery.is_found_by(searched))

    def fits(self, delivery: Delivery) -> bool:
        """Whether it belongs to the list, but for what is searched for: that is not told of each."""
        wanted = self._filter
        return (
            wanted.state in (None, delivery.state)
            and wanted.customer_id in (None, delivery.customer_id)
            and wanted.call_id in (None, delivery.call_id)
            and wanted.status in (None, delivery.last_status)
            and (wanted.since is None or delivery.created_at is None or delivery.created_at >= wanted.since)
        )

    def _loaded(self) -> None:
        self._allow()
        self.ready.emit()

    def _allow(self) -> None:
        shows_table = self._views.currentWidget() is self.table
        # Where no state is chosen, the appliance sends those that failed.
        failed = self._filter.state in (None, "failed")
        model = self.table.model
        if self._filter.state is None:
            are_there = self.lookup.any_failed or any(one.state == FAILED for one in model.rows)
        else:
            are_there = model.rowCount() > 0
        self.all_button.setVisible(shows_table and are_there)
        self.all_button.setText(self.tr("Send all failed again …") if failed else self.tr("Send all again …"))
        self.bar.update_buttons()  # one of the selected may be in another state by now

    def _can_be_sent(self) -> bool:
        return any(one.state in (*CAN_BE_SENT_AGAIN, RESTS) for one in self.table.selected())

    def _make_buttons(self) -> None:
        group = QButtonGroup(self)
        self.deliveries_button = QPushButton(self.tr("Deliveries"))
        self.endpoints_button = QPushButton(self.tr("Endpoints"))
        for button, view in ((self.deliveries_button, ""), (self.endpoints_button, "endpoints")):
            button.setCheckable(True)
            button.setAutoExclusive(True)  # told as one of several
            button.setProperty("segment", True)
            button.clicked.connect(lambda _checked, one=view: self._go(one))
            group.addButton(button)
        self.deliveries_button.setChecked(True)
        self.all_button = QPushButton()
        self.all_button.clicked.connect(self.ask_to_send_all)
        self.context.only_admin(self.all_button)
