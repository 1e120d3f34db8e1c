"""How each customer's endpoint fares: its setting, the deliveries of the last day, and its attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.client.stats import DeliveryCounts, EndpointFigures, LastTest, StatsRow
from admin_gui.models.endpoints.certificate import is_untrusted


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A customer's endpoint, with its deliveries of the last day; `figures`: None where they are not known."""

    customer: Customer
    counts: DeliveryCounts
    figures: EndpointFigures | None = None

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
        is_failing = self.figures is not None and self.figures.failing_since is not None
        if self.counts.retrying or self.counts.failed or is_failing:
            return "failing"
        return "healthy" if self.counts.delivered else "quiet"

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"none": "calm", "disabled": "bad", "failing": "warn", "healthy": "good"}
        return tones.get(self.state, "calm")

    @property
    def last_test(self) -> LastTest | None:
        """The newest one; of a former address it says nothing."""
        test = None if self.figures is None else self.figures.last_test
        return None if test is None or test.url not in (None, self.customer.webhook_url) else test

    @property
    def last_failure(self) -> Attempt | None:
        """The newest of the last day, unless something was taken since."""
        figures = self.figures
        if figures is None or figures.last_failure is None:
            return None
        taken = figures.last_success_at
        return figures.last_failure if taken is None or taken < figures.last_failure.at else None

    @property
    def may_lack_trust(self) -> bool:
        """Whether what it was sent last ended because nobody vouches for its certificate."""
        url, test = self.customer.webhook_url, self.last_test
        tried = [one for one in (self.last_failure, None if test is None else test.attempt) if one is not None]
        return url is not None and url.startswith("https:") and any(is_untrusted(one) for one in tried)


def endpoints(
    customers: Sequence[Customer], last_day: Sequence[StatsRow], figures: Sequence[EndpointFigures] = ()
) -> list[Endpoint]:
    """One for each customer; those that need a look come first."""
    counts = {row.customer_id: row.deliveries for row in last_day}
    known = {one.customer_id: one for one in figures}
    found = [Endpoint(one, counts.get(one.id, DeliveryCounts()), known.get(one.id)) for one in customers]
    order = ("disabled", "failing", "healthy", "quiet", "none")
    return sorted(found, key=lambda one: (order.index(one.state), one.customer.company_name.casefold()))
