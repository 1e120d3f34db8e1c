"""What is done of setting up an appliance, by what it shows of itself: five steps until results arrive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from admin_gui.client.appliance import Appliance
from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.client.transport.errors import Forbidden

# How the external ids of recordings begin that were sent from here to try it: no telephone system has sent them.
TEST_CALL = "vbot-admin-test-"
KEPT = "appliance.first_boot_note_removed"
# The newest of a customer's calls: whether its telephone system has sent one.
CALLS_LOOKED_AT = 20


class Step(StrEnum):
    """In their order."""

    CUSTOMER = "customer"
    KEY = "key"
    LINE = "line"
    CALL = "call"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How the appliance stands; `customer` is without its keys."""

    customer: Customer | None = None
    from_pbx: Call | None = None
    last_call: Call | None = None
    analysed: Call | None = None
    delivered: Delivery | None = None

    @property
    def done(self) -> frozenset[Step]:
        """What it shows to be done. A key that a call came with was handed over."""
        shown = {
            Step.CUSTOMER: self.customer,
            Step.KEY: self.last_call,
            Step.LINE: self.from_pbx,
            Step.CALL: self.analysed,
            Step.WEBHOOK: self.delivered,
        }
        return frozenset(step for step, proof in shown.items() if proof is not None)

    @property
    def are_done(self) -> bool:
        return len(self.done) == len(Step)


def look(appliance: Appliance, customer_id: int | None) -> FirstSteps:
    """Ask the appliance, for a thread. It is about this customer, or the first that there is."""
    everyone = sorted(appliance.customers.everyone(), key=lambda one: one.id)
    customer = next((one for one in everyone if one.id == customer_id), next(iter(everyone), None))
    if customer is None:
        return FirstSteps()
    newest = appliance.calls.page(None, CALLS_LOOKED_AT, CallFilter(customer_id=customer.id)).rows
    completed = CallFilter(customer_id=customer.id, state="completed")
    delivered = DeliveryFilter(customer_id=customer.id, state="delivered")
    return FirstSteps(
        customer=customer,
        from_pbx=next((one for one in newest if not (one.external_id or "").startswith(TEST_CALL)), None),
        last_call=next(iter(newest), None),
        analysed=next(iter(appliance.calls.page(None, 1, completed).rows), None),
        delivered=next(iter(appliance.deliveries.page(None, 1, delivered).rows), None),
    )


def recovery_key_kept(appliance: Appliance) -> bool:
    """Whether somebody said so on the appliance, by `vbot backup recovery-key --kept`."""
    try:
        return bool(appliance.audit.page(None, 1, action=KEPT).rows)
    except Forbidden:
        return False
