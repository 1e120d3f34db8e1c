"""How each customer's endpoint fares: its setting, and the deliveries of the last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer
from admin_gui.client.stats import DeliveryCounts, StatsRow


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A customer's endpoint, with its deliveries of the last day."""

    customer: Customer
    counts: DeliveryCounts

    @property
    def share_delivered(self) -> float | None:
        """Of those that came to an end; None where none did."""
        ended = self.counts.delivered + self.counts.failed
        return None if ended == 0 else self.counts.delivered / ended

    @property
    def state(self) -> str:
        """`none` (no address), `disabled`, `failing`, `healthy`, or `quiet` (nothing was sent)."""
        if self.customer.webhook_disabled_reason is not None:
            return "disabled"
        if self.customer.webhook_url is None:
            return "none"
        if self.counts.retrying or self.counts.failed:
            return "failing"
        return "healthy" if self.counts.delivered else "quiet"

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"none": "calm", "disabled": "bad", "failing": "warn", "healthy": "good"}
        return tones.get(self.state, "calm")


def endpoints(customers: Sequence[Customer], last_day: Sequence[StatsRow]) -> list[Endpoint]:
    """One for each customer; those that need a look come first."""
    counts = {row.customer_id: row.deliveries for row in last_day}
    found = [Endpoint(customer, counts.get(customer.id, DeliveryCounts())) for customer in customers]
    order = ("disabled", "failing", "healthy", "quiet", "none")
    return sorted(found, key=lambda one: (order.index(one.state), one.customer.company_name.casefold()))
