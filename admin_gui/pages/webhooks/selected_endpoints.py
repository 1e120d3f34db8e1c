"""What can be done with the selected endpoints: enabled again, tried with a test, told again what they did not take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt, DeliveryFilter, Redelivered
from admin_gui.client.many import Outcome
from admin_gui.client.transport.errors import NothingToDo
from admin_gui.client.transport.stop import Stop
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.webhook_advice import advice, delivery_obstacle
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

FAILED = "failed"


class NotTaken(NothingToDo):
    """A test came to its receiver, or did not, and was not taken. `attempt` says what came of it."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(advice(attempt)[0].rstrip("."))
        self.attempt = attempt


class SelectedEndpoints(QObject):
    """The bar under the table of endpoints. Whoever lays it out shows `many.banner`."""

    changed = Signal()  # an endpoint is another than it was
    test_wanted = Signal(object)  # of this Endpoint alone: what comes of it has more room than a line
    tested = Signal(object, object)  # of several, an Endpoint and the Attempt that came of its test
    tests_ended = Signal()

    def __init__(self, context: AppContext, table: PagedTable) -> None:
        super().__init__(table)
        self._context, self._table = context, table
        self.many = ManyAtOnce(context, table)
        self._asked_about: set[int] = set()
        self._is_testing = False
        table.selection_changed.connect(self._look_again)
        table.loaded.connect(self._look_again)  # of a list that came anew others may be selected
        self.bar = SelectionBar(context, table)
        self.enable_button = self.bar.add(
            self.tr("Enable again"), self.enable, fits=lambda: bool(self._disabled()), why_not=self._why_not_enabled
        )
        self.test_button = self.bar.add(
            self.tr("Send a test"),
            self.test,
            fits=lambda: not self._is_testing and bool(self._with_address()),
            why_not=lambda: self.tr("No webhook address is set"),
        )
        self.send_button = self.bar.add(
            self.tr("Send failed again …"),
            self.ask_to_send,
            fits=lambda: bool(self._in_use()),
            why_not=lambda: delivery_obstacle(self._chosen()[0].customer),
        )

    def enable(self) -> None:
        """Let the endpoints that are disabled take webhooks again."""
        customers = self._context.appliance.customers

        def enabled(endpoint: Endpoint, _stop: Stop) -> Customer:
            found = customers.enable_webhook(endpoint.customer.id)
            if found.webhook_url is None:
                raise NothingToDo("it has no webhook address")
            return found

        chosen = self._disabled()
        only = chosen[0].customer.company_name if len(chosen) == 1 else ""

        def success(count: int) -> str:
            if only:
                return self.tr("%1 is enabled: the webhooks on hold are being sent").replace("%1", only)
            return self.tr("%n endpoint(s) enabled: the webhooks on hold are being sent", "", count)

        self._do(self.tr("Enabling webhooks"), chosen, enabled, success)

    def test(self) -> None:
        """Send each of them a test, and say which did not take it."""
        chosen = self._with_address()
        if len(chosen) == 1:
            self.test_wanted.emit(chosen[0])
        elif not self._is_testing:
            self._test(chosen)

    def _test(self, chosen: Sequence[Endpoint]) -> None:
        customers = self._context.appliance.customers

        def sent(endpoint: Endpoint, _stop: Stop) -> Attempt:
            attempt = customers.test_webhook(endpoint.customer.id)
            if not attempt.succeeded:
                raise NotTaken(attempt)
            return attempt

        def then(outcome: Outcome[Endpoint, Attempt]) -> None:
            for endpoint, attempt in outcome.done:
                self.tested.emit(endpoint, attempt)
            for endpoint, error in outcome.not_done:
                if isinstance(error, NotTaken):
                    self.tested.emit(endpoint, error.attempt)

        def ended() -> None:
            self._is_testing = False
            self.bar.update_buttons()
            self.tests_ended.emit()

        self._is_testing = True
        self.bar.update_buttons()
        self.many.do(
            self.tr("Sending tests"),
            chosen,
            sent,
            _name,
            lambda count: self.tr("%n endpoint(s) have taken the test", "", count),
            then=then,
            ended=ended,
        )

    def ask_to_send(self) -> None:
        """Count what they did not take, and ask."""
        chosen = self._in_use()
        if not chosen:
            return
        deliveries = self._context.appliance.deliveries
        self._asked_about = {one.customer.id for one in chosen}

        def count() -> list[tuple[Endpoint, int]]:
            return [(one, deliveries.redeliver_many(_failed(one), dry_run=True).count) for one in chosen]

        self._context.calls.start(self, count, self._ask_about, latest="count")

    def _ask_about(self, counted: Sequence[tuple[Endpoint, int]]) -> None:
        if {one.customer.id for one, _ in counted} != {one.customer.id for one in self._in_use()}:
            return  # others are selected by now
        failed = [one for one, count in counted if count]
        total = sum(count for _, count in counted)
        if not total:
            self.many.banner.show_message(self.tr("None of their webhooks failed that could be sent again."), "calm")
            return
        text = self.tr("Send %n failed webhook(s) of %1 again?", "", total)
        whose = _name(failed[0]) if len(failed) == 1 else self.tr("%n customer(s)", "", len(failed))
        self.many.ask(text.replace("%1", whose), self.tr("Send again"), lambda: self._send(failed))

    def _send(self, chosen: Sequence[Endpoint]) -> None:
        deliveries = self._context.appliance.deliveries
        sent: list[int] = []

        def send(endpoint: Endpoint, _stop: Stop) -> Redelivered:
            found = deliveries.redeliver_many(_failed(endpoint), dry_run=False)
            sent.append(found.count)
            return found

        def success(_count: int) -> str:
            return self.tr("%n webhook(s) are sent again", "", sum(sent))

        self._do(self.tr("Sending again"), chosen, send, success, again=self._send)

    def _do(
        self,
        title: str,
        chosen: Sequence[Endpoint],
        work: Callable[[Endpoint, Stop], object],
        success: Callable[[int], str],
        again: Callable[[Sequence[Endpoint]], object] | None = None,
    ) -> None:
        self._asked_about = set()
        if chosen:
            self.many.do(title, chosen, work, _name, success, then=lambda _outcome: self.changed.emit(), again=again)

    def _look_again(self) -> None:
        """Others are selected by now: who says yes means those."""
        if self._asked_about and {one.customer.id for one in self._in_use()} != self._asked_about:
            self._asked_about = set()
            self.many.dismiss()

    def _chosen(self) -> list[Endpoint]:
        found: list[Endpoint] = self._table.selected()
        return found

    def _disabled(self) -> list[Endpoint]:
        return [one for one in self._chosen() if one.state == "disabled"]

    def _with_address(self) -> list[Endpoint]:
        return [one for one in self._chosen() if one.customer.webhook_url is not None]

    def _in_use(self) -> list[Endpoint]:
        return [one for one in self._chosen() if not delivery_obstacle(one.customer)]

    def _why_not_enabled(self) -> str:
        count = len(self._chosen())
        return self.tr("It is not disabled") if count == 1 else self.tr("None of them is disabled")


def _failed(endpoint: Endpoint) -> DeliveryFilter:
    return DeliveryFilter(customer_id=endpoint.customer.id, state=FAILED)


def _name(endpoint: Endpoint) -> str:
    return endpoint.customer.company_name
