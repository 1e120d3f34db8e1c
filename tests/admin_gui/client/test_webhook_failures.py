"""Whose webhooks fail is asked for seldom, also where there is no answer: the look at the appliance waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from admin_gui.client.stats import KEPT_SECONDS, DeliveryCounts, Stats, StatsHistory, StatsRow, WebhookFailures
from admin_gui.client.system import DeliveriesSeen, System
from admin_gui.client.transport.errors import ClientError, Unreachable

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SYSTEM = System(deliveries=DeliveriesSeen(failed_last_24_hours=3))


class History(StatsHistory):
    """Stands for /api/stats."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: ClientError | None = None

    def between(self, *_arguments: Any, **_named: Any) -> Stats:
        self.asked += 1
        if self.error is not None:
            raise self.error
        row = StatsRow(start=NOW, bucket="range", customer_id=7, deliveries=DeliveryCounts(failed=3))
        return Stats(since=NOW, until=NOW, bucket="range", rows=[row])


@pytest.fixture
def history() -> History:
    return History()


def test_they_are_asked_for_once_a_minute_also_where_they_cannot_be_had(history: History) -> None:
    now = 100.0
    failures = WebhookFailures(history, lambda: now)

    def found() -> dict[int, int]:
        listed = failures.put_into(SYSTEM, NOW).deliveries.failed_of_customers
        return {one.customer_id: one.count for one in listed}

    history.error = Unreachable("vbot.lan:8443", "it does not answer")
    assert (found(), found(), history.asked) == ({}, {}, 1)
    now += KEPT_SECONDS
    history.error = None
    assert (found(), found(), history.asked) == ({7: 3}, {7: 3}, 2)
    now += KEPT_SECONDS
    history.error = Unreachable("vbot.lan:8443", "it does not answer")
    assert (found(), found(), history.asked) == ({7: 3}, {7: 3}, 3), "those that were had last"


def test_where_none_fail_nobody_is_asked(history: History) -> None:
    assert WebhookFailures(history).put_into(System(), NOW) == System()
    assert history.asked == 0
