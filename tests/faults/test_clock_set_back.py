"""A wall clock that is set back must not make anybody wait until that time comes again. No processes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.domain.delivery import DeliveryState
from appliance.errors import RateLimitExceeded
from appliance.services.access.limits import RequestLimiter
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.storage.database import Connection, opened_database
from appliance.storage.tables import deliveries
from tests.appliance.builders import a_delivery

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_customer_that_used_up_its_requests_is_not_locked_out_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOON.timestamp()
    monkeypatch.setattr(time, "time", lambda: now)
    limiter = RequestLimiter()
    limiter.count("key", 1)
    with pytest.raises(RateLimitExceeded):
        limiter.count("key", 1)

    now -= DAY.total_seconds()

    assert limiter.count("key", 1).reset_seconds == 60


@pytest.mark.parametrize(
    ("next_attempt_at", "due"),
    [
        pytest.param(NOON + timedelta(hours=1), [], id="an hour, as a receiver may ask for"),
        pytest.param(NOON + DAY, ["delivery"], id="a day: planned before the clock was set back"),
    ],
)
def test_a_retry_that_was_planned_before_is_due(tmp_path: Path, next_attempt_at: datetime, due: list[str]) -> None:
    delivery = a_delivery("delivery", state=DeliveryState.RETRYING, next_attempt_at=next_attempt_at)
    latest = NOON + RetryPolicy((10.0, 60.0, 300.0)).longest_wait

    def store_and_look(tx: Connection) -> list[str]:
        deliveries.insert(tx, delivery)
        return [delivery_id for _, delivery_id in deliveries.due(tx, NOON, 8, 8, no_wait_after=latest)]

    with opened_database(tmp_path / "vbot.duckdb") as database:
        assert database.write_blocking(store_and_look) == due
