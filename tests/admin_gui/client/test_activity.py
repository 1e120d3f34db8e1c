"""The days of the plots are the calendar's, wherever the office is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QLocale

from admin_gui.client.activity import activity
from admin_gui.client.stats import Stats, StatsRow
from admin_gui.text import formats

NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)


class Appliance:
    """Tells of two days of UTC, or of two hours."""

    @property
    def stats(self) -> Appliance:
        return self

    def between(self, since: datetime, until: datetime, *, bucket: str) -> Stats:
        first = datetime(2026, 11, 26, tzinfo=UTC)
        length = timedelta(hours=1) if bucket == "hour" else timedelta(days=1)
        rows = [StatsRow(start=first + number * length, bucket=bucket) for number in range(2)]
        return Stats(since=since, until=until, bucket=bucket, rows=rows)


@pytest.fixture(params=["America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    former = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()
    QLocale.setDefault(former)


def test_a_day_of_the_plots_is_called_by_its_own_date(zone: str) -> None:
    appliance: Any = Appliance()
    found = activity(appliance, "month", NOW)
    assert [formats.tick(start, found.bucket_seconds) for start in found.starts] == ["26 Nov", "27 Nov"]
    assert [start.astimezone().day for start in found.starts] == [26, 27]


def test_an_hour_of_the_plots_is_told_by_the_clock_here(zone: str) -> None:
    appliance: Any = Appliance()
    found = activity(appliance, "day", NOW)
    assert [start.astimezone(UTC).hour for start in found.starts] == [0, 1]
