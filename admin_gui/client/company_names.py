"""Customers by their company, as the list of customers shows them: /api/system names the contact only."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from admin_gui.client.customers import Customers
from admin_gui.client.system import System
from admin_gui.client.transport.errors import ClientError

# /api/system is asked every few seconds, and companies are seldom renamed.
KEPT_SECONDS = 60.0


class CompanyNames:
    """Each is asked for once a minute at the most. Safe to use from several threads."""

    def __init__(self, customers: Customers, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._customers = customers
        self._monotonic = monotonic
        self._known: dict[int, tuple[str | None, float]] = {}

    def put_into(self, system: System) -> System:
        """The same with the companies of all customers that it names; of failed webhooks without deleted ones'."""
        replace = msgspec.structs.replace
        failures = system.failures
        if failures is not None:
            groups = [
                replace(one, customer_name=self._of(one.customer_id, one.customer_name)) for one in failures.groups
            ]
            failures = replace(failures, groups=groups)
        silent = [
            replace(one, customer_name=self._of(one.customer_id, one.customer_name) or "") for one in system.silent_pbxs
        ]
        refused = [
            replace(one, customer_name=self._of(one.customer_id, one.customer_name) or "")
            for one in system.refused_posts
        ]
        disabled = [
            replace(one, customer_name=self._of(one.customer_id, one.customer_name) or "")
            for one in system.deliveries.disabled_endpoints
        ]
        failed = [
            replace(one, customer_name=self._of(one.customer_id, None) or "")
            for one in system.deliveries.failed_of_customers
        ]
        # The statistics keep what was; there is nobody left whose endpoint could be seen to.
        failed = [one for one in failed if not self._was_deleted(one.customer_id)]
        deliveries = replace(system.deliveries, disabled_endpoints=disabled, failed_of_customers=failed)
        return replace(system, failures=failures, silent_pbxs=silent, refused_posts=refused, deliveries=deliveries)

    def _was_deleted(self, customer_id: int) -> bool:
        """Whether the appliance has said so."""
        return customer_id in self._known and self._known[customer_id][0] is None

    def _of(self, customer_id: int, otherwise: str | None) -> str | None:
        """Its company; what the appliance calls it where it was deleted or cannot be asked for."""
        company, until = self._known.get(customer_id, (None, 0.0))
        if self._monotonic() >= until:
            try:
                customer = self._customers.known(customer_id)
            except ClientError:
                return company or otherwise
            company = None if customer is None else customer.company_name
            self._known[customer_id] = company, self._monotonic() + KEPT_SECONDS
        return company or otherwise
