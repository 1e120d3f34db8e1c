"""How each endpoint fares, those that need a look first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_gui.client.customers import Customer
from admin_gui.client.stats import DeliveryCounts, StatsRow
from admin_gui.models.endpoints.endpoint import endpoints

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def a_customer(number: int, **fields: object) -> Customer:
    basic = {"id": number, "name": "Ada", "company_name": f"Company {number}", "email": "a@example.com", "api_key": "k"}
    given = {"webhook_url": "https://a.example/hook", **fields}
    return Customer(**basic, is_active=True, created_at=NOW, updated_at=NOW, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "counts", "state", "share"),
    [
        ({}, DeliveryCounts(delivered=3, failed=0), "healthy", 1.0),
        ({}, DeliveryCounts(delivered=3, failed=1), "failing", 0.75),
        ({}, DeliveryCounts(retrying=1), "failing", None),
        ({}, DeliveryCounts(), "quiet", None),
        ({"webhook_url": None}, DeliveryCounts(disabled=2), "none", None),
        ({"webhook_disabled_reason": "410"}, DeliveryCounts(delivered=3), "disabled", 1.0),
    ],
)
def test_the_state_of_an_endpoint(
    fields: dict[str, object], counts: DeliveryCounts, state: str, share: float | None
) -> None:
    (found,) = endpoints([a_customer(1, **fields)], [StatsRow(start=NOW, customer_id=1, deliveries=counts)])
    assert (found.state, found.share_delivered) == (state, share)


def test_those_that_need_a_look_come_first_and_nobody_is_left_out() -> None:
    everyone = [a_customer(1), a_customer(2, webhook_disabled_reason="410"), a_customer(3), a_customer(4)]
    rows = [
        StatsRow(start=NOW, customer_id=1, deliveries=DeliveryCounts(delivered=1)),
        StatsRow(start=NOW, customer_id=3, deliveries=DeliveryCounts(retrying=1)),
    ]
    assert [one.customer.id for one in endpoints(everyone, rows)] == [2, 3, 1, 4]
