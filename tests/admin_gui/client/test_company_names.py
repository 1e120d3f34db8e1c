"""Whoever is named by /api/system is called by the company, as in the list of customers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from admin_gui.client.company_names import KEPT_SECONDS, CompanyNames
from admin_gui.client.customers import Customer
from admin_gui.client.system import (
    DeliveriesSeen,
    DisabledEndpoint,
    FailedWebhooks,
    FailureGroup,
    Failures,
    RefusedPosts,
    SilentPbx,
    System,
)
from admin_gui.client.transport.errors import ClientError, Unreachable

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Companies:
    """Stands for /api/customers."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {7: "Example Ltd"}
        self.asked: list[int] = []
        self.error: ClientError | None = None

    def known(self, customer_id: int) -> Customer | None:
        self.asked.append(customer_id)
        if self.error is not None:
            raise self.error
        name = self.names.get(customer_id)
        return None if name is None else Customer(id=customer_id, company_name=name, name="Ada", **REST)


REST: dict[str, Any] = {
    "email": "ada@example.com",
    "api_key": "****",
    "is_active": True,
    "created_at": NOW,
    "updated_at": NOW,
}


def system(customer_id: int = 7) -> System:
    group = FailureGroup(error_code="engine_error", customer_id=customer_id, customer_name="Ada")
    return System(
        failures=Failures(since=NOW, until=NOW, groups=[group]),
        silent_pbxs=[SilentPbx(customer_id=customer_id, customer_name="Ada")],
        refused_posts=[RefusedPosts(customer_id=customer_id, customer_name="Ada")],
        deliveries=DeliveriesSeen(disabled_endpoints=[DisabledEndpoint(customer_id=customer_id, customer_name="Ada")]),
    )


def names(found: System) -> set[str | None]:
    assert found.failures is not None
    named = (
        *found.failures.groups, *found.silent_pbxs, *found.refused_posts, *found.deliveries.disabled_endpoints,
    )  # fmt: skip
    assert len(named) == 4
    return {one.customer_name for one in named}


@pytest.fixture
def companies() -> Companies:
    return Companies()


def test_all_that_is_named_is_named_by_the_company(companies: Companies) -> None:
    assert names(CompanyNames(companies).put_into(system())) == {"Example Ltd"}
    assert companies.asked == [7]


def test_a_customer_that_was_deleted_keeps_the_name_that_the_appliance_has(companies: Companies) -> None:
    assert names(CompanyNames(companies).put_into(system(8))) == {"Ada"}


def test_one_that_cannot_be_asked_for_keeps_it_too(companies: Companies) -> None:
    companies.error = Unreachable("vbot.lan:8443", "it does not answer")
    assert names(CompanyNames(companies).put_into(system())) == {"Ada"}


def test_failed_webhooks_of_a_customer_that_was_deleted_are_nobodys(companies: Companies) -> None:
    failing = [FailedWebhooks(customer_id=which, count=2) for which in (7, 8)]
    given = System(deliveries=DeliveriesSeen(failed_of_customers=failing))

    def failed(names: CompanyNames) -> list[tuple[int, str]]:
        return [(one.customer_id, one.customer_name) for one in names.put_into(given).deliveries.failed_of_customers]

    assert failed(CompanyNames(companies)) == [(7, "Example Ltd")]
    companies.error = Unreachable("vbot.lan:8443", "it does not answer")
    assert failed(CompanyNames(companies)) == [(7, ""), (8, "")], "nobody knows that it was deleted"


def test_a_new_name_is_shown_after_a_minute(companies: Companies) -> None:
    now = 100.0
    found = CompanyNames(companies, lambda: now)
    found.put_into(system())
    companies.names[7] = "Renamed AG"
    assert names(found.put_into(system())) == {"Example Ltd"}
    now += KEPT_SECONDS
    assert names(found.put_into(system())) == {"Renamed AG"}


def test_what_names_nobody_is_left_as_it_is(companies: Companies) -> None:
    assert CompanyNames(companies).put_into(System()) == System()
    assert companies.asked == []
