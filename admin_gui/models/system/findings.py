"""What is to be looked at, each as one sentence; those about webhooks, which tell whose results do not go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.system import DeliveriesSeen, DisabledEndpoint
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.text import formats

translate = QCoreApplication.translate

# So many customers are named in one line; how many more there are is counted.
_MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and where in the program; `key` says which, however its words change while it lasts.

    `headline`: what it comes to in a few words, where these can stand for the whole appliance.
    """

    tone: Tone
    text: str
    link: str | None = None
    key: str = ""
    may_wait: bool = False
    headline: str = ""

    @property
    def shown_tone(self) -> Tone:
        """Calm where it may wait, for then it is advice."""
        return "calm" if self.may_wait and self.tone == "warn" else self.tone


def about_webhooks(deliveries: DeliveriesSeen, now: datetime) -> Iterator[Finding]:
    """Results that do not go out are a fault; what is tried again, or waits for a decision, needs a look."""
    for endpoint in deliveries.disabled_endpoints:
        template = translate("health", "No webhooks are sent to %1: %2")
        text = template.replace("%1", endpoint.customer_name).replace("%2", why_disabled(endpoint.reason))
        where, key = f"customer/{endpoint.customer_id}", f"endpoint/{endpoint.customer_id}"
        yield Finding("bad", text, where, key, headline=_on_hold(endpoint, now))
    failed = deliveries.failed_last_24_hours
    if failed:
        template = translate("health", "Webhooks that could not be delivered in the last 24 hours: %1")
        text = template.replace("%1", formats.number(failed))
        yield Finding("bad", text, "webhooks?state=failed", "webhooks/failed", headline=_failed(deliveries))
    if deliveries.resting:
        template = translate("health", "Webhooks on hold since a restore, some of which may have been sent before: %1")
        text = template.replace("%1", formats.number(deliveries.resting))
        yield Finding("warn", text, "webhooks?state=disabled", "webhooks/resting")
    if deliveries.retrying:
        template = translate("health", "Webhooks that were not taken and are tried again: %1")
        text = template.replace("%1", formats.number(deliveries.retrying))
        template = translate("health", "Results not taken yet, and tried again: %1")
        headline = template.replace("%1", formats.number(deliveries.retrying))
        yield Finding("warn", text, "webhooks?state=retrying", "webhooks/retrying", headline=headline)


def _on_hold(endpoint: DisabledEndpoint, now: datetime) -> str:
    if not endpoint.waiting:  # none yet, or the appliance is an older one, which does not count them
        return translate("health", "No webhooks are sent to %1").replace("%1", endpoint.customer_name)
    if endpoint.failing_since is None:
        template = translate("health", "Results not delivered to %1: %2")
    else:
        template = translate("health", "Results not delivered to %1 since %3: %2")
    since = formats.short_moment(endpoint.failing_since, now)
    counted = template.replace("%2", formats.number(endpoint.waiting)).replace("%3", since)
    return counted.replace("%1", endpoint.customer_name)


def _failed(deliveries: DeliveriesSeen) -> str:
    count = formats.number(deliveries.failed_last_24_hours)
    names = [one.customer_name for one in deliveries.failed_of_customers if one.customer_name]
    if not names:
        return translate("health", "Results not delivered in the last 24 hours: %1").replace("%1", count)
    named = ", ".join(names[:_MOST_NAMED])
    if (more := len(names) - _MOST_NAMED) > 0:
        named += " " + translate("health", "and %1 more").replace("%1", formats.number(more))
    template = translate("health", "Results not delivered to %1 in the last 24 hours: %2")
    return template.replace("%2", count).replace("%1", named)
