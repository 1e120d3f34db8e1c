"""A customer was sent, and no answer came: whether it was saved is looked up before anything is sent once more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from admin_gui.client.customers import Customer, Customers
from admin_gui.client.transport.errors import ClientError, NotFound, Unanswered
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS
from admin_gui.models.customer_fields import TEXTS, Values, has_taken, to_send, values_of


class Verdict(Enum):
    """What became of something that was sent and not answered."""

    SAVED = auto()
    NOTHING = auto()  # the appliance has nothing of it (so far)
    OVERTAKEN = auto()  # neither it nor what was there before: somebody else has changed the same
    DELETED = auto()  # the customer is gone


@dataclass(frozen=True, slots=True)
class Found:
    """What the appliance has of it, where it has the customer."""

    verdict: Verdict
    customer: Customer | None = None


class Sending(ABC):
    """One customer on its way to the appliance. All of it is done on threads, by one at a time."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers
        self._lost: list[Values] = []
        self.told: Verdict | None = None  # what was said of what was lost last
        self.sent: Values = {}  # what stood in the form when it was sent

    @property
    def is_lost(self) -> bool:
        """Whether no answer came to it."""
        return bool(self._lost)

    @abstractmethod
    def send(self, fields: dict[str, Any], values: Values) -> Customer:
        """`fields` of a request that saves `values`. Raises Unanswered where nobody knows what came of it."""

    @abstractmethod
    def find(self) -> Found:
        """What the appliance has of what was lost."""

    def _answer(self, ask: Callable[[], Customer], values: Values) -> Customer:
        """What is answered; without an answer, what the appliance has by now of it. Raises Unanswered otherwise."""
        self.sent = values
        try:
            customer = ask()
        except Unanswered as error:
            self._lost.append(values)
            self.told = None
            try:
                found = self.find()
            except ClientError:
                raise error from None
            if found.customer is None or found.verdict is not Verdict.SAVED:
                raise
            return found.customer
        self._lost.clear()
        return customer


class Creation(Sending):
    """One new customer, however often it is sent."""

    def __init__(self, customers: Customers) -> None:
        super().__init__(customers)
        self._newest_before = 0

    def send(self, fields: dict[str, Any], values: Values) -> Customer:
        """The one that was made unanswered, with what stands in the form by now; else a new one."""
        if self._lost and (found := self.find().customer) is not None:
            changed = to_send(values_of(found), values)
            return self._customers.update(found.id, changed) if changed else found
        if not self._lost:
            rows = self._customers.page(None, 1).rows
            self._newest_before = rows[0].id if rows else 0
        return self._answer(lambda: self._customers.create(fields), values)

    def find(self) -> Found:
        """The one that is as it was sent, of those that were made since."""
        cursor: str | None = None
        while True:
            page = self._customers.page(cursor, LARGEST_PAGE_ROWS)  # the newest first
            for one in page.rows:
                if one.id <= self._newest_before:
                    return Found(Verdict.NOTHING)
                for sent in reversed(self._lost):
                    if has_taken(one, {name: sent[name] for name in TEXTS}):
                        self.sent = sent
                        return Found(Verdict.SAVED, self._customers.without_keys(one.id))
            cursor = page.next_cursor
            if cursor is None:
                return Found(Verdict.NOTHING)


class Change(Sending):
    """What was changed of a customer; to send it twice does no more than once."""

    def __init__(self, customers: Customers, customer_id: int, before: Values) -> None:
        super().__init__(customers)
        self._id, self._before = customer_id, before

    def fields(self, values: Values) -> dict[str, Any]:
        """Of a request that makes it `values`, whatever of what was lost the appliance has."""
        fields = to_send(self._before, values)
        for sent in self._lost:
            fields |= to_send(sent, values)
        return fields

    def send(self, fields: dict[str, Any], values: Values) -> Customer:
        return self._answer(lambda: self._customers.update(self._id, fields), values)

    def find(self) -> Found:
        try:
            return self.look_at(self._customers.without_keys(self._id))
        except NotFound:
            return Found(Verdict.DELETED)

    @property
    def changed(self) -> set[str]:
        """The fields that were to be changed by what was lost."""
        # Also what was typed back to what it was before: else anything would be that.
        return {name for sent in self._lost for name, value in sent.items() if value != self._before[name]}

    def look_at(self, customer: Customer) -> Found:
        """Whether the customer, as the appliance has it, is what was sent and not answered."""
        changed = self.changed
        for sent in reversed(self._lost):
            if has_taken(customer, {name: sent[name] for name in changed}):
                self.sent = sent
                return Found(Verdict.SAVED, customer)
        untouched = has_taken(customer, {name: self._before[name] for name in changed})
        return Found(Verdict.NOTHING if untouched else Verdict.OVERTAKEN, customer)
