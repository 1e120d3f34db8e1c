"""Figures of spans of time: what they count, and that rolling up, erasing and clocks change none of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryState, WebhookEvent
from appliance.domain.statistics import Bucket, Figures, Row, Statistics, Wanted
from appliance.storage.database import Connection, Database, rows
from appliance.storage.erasure import erase_call
from appliance.storage.figures import statistics
from appliance.storage.tables import calls, deliveries
from tests.appliance.builders import a_call, a_delivery
from tests.support.cases import long_but

pytestmark = pytest.mark.slow  # many transactions on a real database

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOON - 40 * DAY
EVERYTHING = Wanted(NOON - 100 * DAY, NOON + HOUR)


def store(
    database: Database,
    at: datetime,
    *,
    customer_id: int = 1,
    state: CallState = CallState.COMPLETED,
    took: float = 10.0,
    sentiment: str = "neutral",
    delivery: DeliveryState | None = DeliveryState.DELIVERED,
    event: WebhookEvent = WebhookEvent.COMPLETED,
    empty: bool = False,
) -> str:
    """A call as it is some time after it was accepted, with its delivery; returns its id."""
    done = state is CallState.COMPLETED
    call = a_call(
        customer_id=customer_id,
        received_at=at,
        state=state,
        duration_seconds=60.0 if done else None,
        speech_seconds=45.0 if done else None,
        sentiment=sentiment if done else None,
        time_to_result_seconds=took if done else None,
    )
    if empty:
        nothing = {"duration_seconds": 0.0, "speech_seconds": 0.0, "sentiment": None, "time_to_result_seconds": None}
        call = replace(call, empty=True, **nothing)

    def write(tx: Connection) -> None:
        calls.insert(tx, call)
        if delivery is not None:
            made = a_delivery(call_id=call.call_id, customer_id=customer_id, created_at=at, state=delivery, event=event)
            deliveries.insert(tx, made)

    database.write_blocking(write)
    return call.call_id


def read(database: Database, wanted: Wanted = EVERYTHING, today: date = TODAY) -> Statistics:
    return database.write_blocking(lambda tx: statistics.read(tx, wanted, today))


def roll_up(database: Database, today: date = TODAY) -> list[date]:
    days = []
    while day := database.write_blocking(lambda tx: statistics.roll_up_next_day(tx, today)):
        days.append(day)
    return days


def changed_days(database: Database) -> list[date]:
    return database.write_blocking(lambda tx: statistics.changed_days(tx, TODAY))


def test_without_calls_all_figures_are_zero_and_percentiles_unknown(database: Database) -> None:
    found = read(database)

    assert found.rows == ()
    assert found.totals == Figures()


def test_each_thing_is_counted_where_it_belongs(database: Database) -> None:
    for sentiment, delivery in (
        ("positive", DeliveryState.DELIVERED),
        ("positive", DeliveryState.RETRYING),
        ("neutral", DeliveryState.DISABLED),
        ("negative", DeliveryState.PENDING),
    ):
        store(database, NOON, sentiment=sentiment, delivery=delivery)
    store(database, NOON, state=CallState.FAILED, delivery=DeliveryState.FAILED)
    store(database, NOON, empty=True, delivery=None)
    store(database, NOON, state=CallState.PROCESSING, delivery=None)
    store(database, NOON, state=CallState.RECEIVED, delivery=DeliveryState.DELIVERED, event=WebhookEvent.TEST)

    figures = Figures(
        accepted=8,
        completed=4,
        empty=1,
        failed=1,
        audio_seconds=240.0,
        speech_seconds=180.0,
        positive=2,
        neutral=1,
        negative=1,
        deliveries_pending=1,
        deliveries_retrying=1,
        deliveries_delivered=1,
        deliveries_failed=1,
        deliveries_disabled=1,
        time_to_result_p50_seconds=10.0,
        time_to_result_p95_seconds=10.0,
    )
    found = read(database)
    assert found.rows == (Row(NOON, Bucket.HOUR, None, figures),)
    assert found.totals == figures


@pytest.mark.slow
def test_percentiles_are_of_all_calls_and_not_of_their_rows(database: Database) -> None:
    for number in range(100):
        store(database, NOON - (number % 2) * HOUR, took=float(number + 1))

    found = read(database)

    assert (found.totals.time_to_result_p50_seconds, found.totals.time_to_result_p95_seconds) == (50.0, 95.0)
    assert [row.figures.time_to_result_p50_seconds for row in found.rows] == [50.0, 49.0]


def test_rows_are_of_hours_days_or_the_range(database: Database) -> None:
    moments = [NOON - 2 * DAY, NOON - HOUR, NOON - timedelta(microseconds=1), NOON, NOON + timedelta(minutes=59)]
    for at in moments:
        store(database, at)

    def starts(bucket: Bucket) -> dict[datetime, int]:
        wanted = Wanted(NOON - 3 * DAY, NOON + HOUR, bucket)
        return {row.start: row.figures.accepted for row in read(database, wanted).rows}

    midnight = NOON - 12 * HOUR
    assert starts(Bucket.HOUR) == {NOON - 2 * DAY: 1, NOON - HOUR: 2, NOON: 2}
    assert starts(Bucket.DAY) == {midnight - 2 * DAY: 1, midnight: 4}
    assert starts(Bucket.RANGE) == {NOON - 3 * DAY: 5}


def test_the_range_begins_with_its_first_moment_and_ends_before_its_last(database: Database) -> None:
    for at in (NOON - HOUR, NOON, NOON + HOUR):
        store(database, at)

    assert read(database, Wanted(NOON, NOON + HOUR)).totals.accepted == 1
    assert read(database, Wanted(NOON - HOUR, NOON + 2 * HOUR)).totals.accepted == 3


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize("bucket", Bucket)
def test_a_customers_figures_are_its_own(database: Database, bucket: Bucket, rolled: bool) -> None:
    for customer_id, at in ((1, NOON), (1, LONG_AGO), (2, LONG_AGO), (3, NOON)):
        store(database, at, customer_id=customer_id, took=float(customer_id))
    if rolled:
        roll_up(database)
    wanted = Wanted(EVERYTHING.since, EVERYTHING.until, bucket)

    by_customer = read(database, Wanted(wanted.since, wanted.until, bucket, by_customer=True))
    accepted: dict[int | None, int] = {}
    for row in by_customer.rows:
        accepted[row.customer_id] = accepted.get(row.customer_id, 0) + row.figures.accepted
    assert accepted == {1: 2, 2: 1, 3: 1}
    assert by_customer.totals == read(database, wanted).totals
    only_second = read(database, Wanted(wanted.since, wanted.until, bucket, customer_id=2))
    assert only_second.totals.accepted == 1
    assert {row.customer_id for row in only_second.rows} == {2}
    assert only_second.totals.time_to_result_p95_seconds == 2.0
    assert read(database, Wanted(wanted.since, wanted.until, bucket, customer_id=0)).totals == Figures()


@pytest.mark.parametrize("bucket", list(Bucket))
@pytest.mark.parametrize("rolled", [False, True])
def test_figures_of_some_customers_are_those_of_each_together(database: Database, bucket: Bucket, rolled: bool) -> None:
    for at in (LONG_AGO, LONG_AGO + HOUR, NOON):
        for customer_id, took in ((1, 5.0), (2, 50.0), (3, 5000.0)):
            store(database, at, customer_id=customer_id, took=took)
    if rolled:
        roll_up(database)
    some = replace(EVERYTHING, bucket=bucket, only=(1, 2))

    together, each = read(database, some), read(database, replace(some, by_customer=True))

    assert {row.customer_id for row in each.rows} == {1, 2}
    assert together.totals.accepted == each.totals.accepted == 6
    assert sum(row.figures.accepted for row in together.rows) == sum(row.figures.accepted for row in each.rows) == 6
    assert {row.customer_id for row in together.rows} == {None}
    assert together.totals.time_to_result_p95_seconds == pytest.approx(50.0, rel=0.02)
    assert read(database, replace(some, customer_id=2)).totals.accepted == 3
    assert read(database, replace(some, customer_id=3)).totals == Figures()
    assert read(database, replace(some, only=())).totals == Figures()


def test_rolling_up_makes_each_day_once_and_changes_no_figure(database: Database) -> None:
    for days in (29, 30, 31, 32, 32, 60):
        for customer_id in (1, 2):
            store(database, NOON - days * DAY, customer_id=customer_id, took=float(days))
            store(database, NOON - days * DAY, customer_id=customer_id, empty=True, delivery=None)
    before = [read(database, Wanted(EVERYTHING.since, EVERYTHING.until, bucket)) for bucket in Bucket]

    assert roll_up(database) == [TODAY - days * DAY for days in (60, 32, 31)]

    assert [read(database, Wanted(EVERYTHING.since, EVERYTHING.until, bucket)) for bucket in Bucket] == before
    assert roll_up(database) == []
    assert roll_up(database, TODAY + DAY) == [TODAY - 30 * DAY]
    assert read(database).totals == before[0].totals


@pytest.mark.slow
@pytest.mark.parametrize("customer_id", long_but([1], [None, 1]))
def test_percentiles_over_rolled_days_are_right_within_their_classes(
    database: Database, customer_id: int | None
) -> None:
    chance = random.Random(8)
    for number in range(400):
        at = NOON - (number % 50) * DAY
        store(database, at, customer_id=number % 2, took=chance.lognormvariate(3, 1.5), delivery=None)

    def wanted(bucket: Bucket) -> Wanted:
        return Wanted(EVERYTHING.since, EVERYTHING.until, bucket, customer_id)

    before = {bucket: read(database, wanted(bucket)) for bucket in Bucket}
    roll_up(database)

    for bucket, exact in before.items():
        found = read(database, wanted(bucket))
        if bucket is not Bucket.RANGE:
            assert found.rows == exact.rows
        for ours, theirs in ((found.totals, exact.totals), (found.rows[-1].figures, exact.rows[-1].figures)):
            assert ours.accepted == theirs.accepted
            assert ours.time_to_result_p50_seconds == pytest.approx(theirs.time_to_result_p50_seconds, rel=0.02)
            assert ours.time_to_result_p95_seconds == pytest.approx(theirs.time_to_result_p95_seconds, rel=0.02)
    by_customer = read(database, replace(wanted(Bucket.RANGE), customer_id=None, by_customer=True))
    (same,) = (row for row in by_customer.rows if row.customer_id == 1)
    assert same.figures == read(database, replace(wanted(Bucket.RANGE), customer_id=1)).rows[0].figures


def test_times_of_no_length_and_of_years_have_percentiles_too(database: Database) -> None:
    for took in (0.0, 0.0, 1e8):
        store(database, LONG_AGO, took=took)
    roll_up(database)

    totals = read(database).totals

    assert (totals.time_to_result_p50_seconds, totals.time_to_result_p95_seconds) == (0.0, 1e8)


def test_of_rolled_days_the_calls_are_not_looked_at_again(database: Database) -> None:
    store(database, LONG_AGO)
    roll_up(database)

    database.write_blocking(lambda tx: tx.execute("DELETE FROM call") and tx.execute("DELETE FROM delivery"))

    assert read(database).totals.accepted == 1


def test_of_days_whose_hours_are_forgotten_rows_are_of_days_rolled_up_or_not(database: Database) -> None:
    store(database, LONG_AGO)
    store(database, LONG_AGO + HOUR)
    store(database, NOON)
    before = read(database)
    roll_up(database)

    assert read(database) == before
    assert [(row.bucket, row.figures.accepted) for row in before.rows] == [(Bucket.DAY, 2), (Bucket.HOUR, 1)]


def test_a_range_that_begins_in_a_forgotten_hour_begins_with_that_day(database: Database) -> None:
    store(database, LONG_AGO)
    roll_up(database)

    found = read(database, Wanted(LONG_AGO + HOUR, NOON))

    assert found.wanted.since == LONG_AGO - 12 * HOUR
    assert found.totals.accepted == 1


def test_an_erased_call_in_which_nothing_was_recorded_counts_on_as_one(database: Database) -> None:
    call_id = store(database, NOON, empty=True, delivery=None)

    database.write_blocking(lambda tx: erase_call(tx, call_id, NOON))

    assert read(database).totals == Figures(accepted=1, empty=1)


@pytest.mark.parametrize("ago", [DAY, 40 * DAY])
def test_an_erased_call_counts_on_without_its_name(database: Database, ago: timedelta) -> None:
    call_id = store(database, NOON - ago + timedelta(minutes=17), sentiment="positive")
    before = read(database)

    database.write_blocking(lambda tx: erase_call(tx, call_id, NOON))

    assert read(database) == before
    roll_up(database)
    assert read(database) == before
    for table in ("erased_call", "erased_delivery", "daily_figures", "daily_times"):
        left = database.write_blocking(lambda tx, table=table: list(rows(tx.execute(f"SELECT * FROM {table}"))))
        assert call_id not in repr(left)
        assert "minute=17" not in repr(left)
        assert "12, 17" not in repr(left)


def test_a_call_erased_after_its_day_was_rolled_up_is_not_counted_twice(database: Database) -> None:
    call_id = store(database, LONG_AGO)
    roll_up(database)
    before = read(database)

    database.write_blocking(lambda tx: erase_call(tx, call_id, NOON))
    roll_up(database)

    assert read(database) == before


@pytest.mark.slow
def test_a_rolled_day_whose_calls_or_webhooks_have_changed_since_is_found_and_made_anew(database: Database) -> None:
    call_id = store(database, LONG_AGO, sentiment="negative", delivery=DeliveryState.FAILED)
    for days in (41, 42):
        store(database, NOON - days * DAY, took=0.1)
    roll_up(database)
    assert changed_days(database) == []

    changes = {
        "UPDATE call SET sentiment = 'positive' WHERE call_id = $id": "positive",
        "UPDATE delivery SET state = 'delivered' WHERE call_id = $id": "deliveries_delivered",
        "UPDATE call SET duration_seconds = 61 WHERE call_id = $id": "audio_seconds",
        "UPDATE call SET received_at = received_at - INTERVAL 3 DAY WHERE call_id = $id": None,
    }
    for change, figure in changes.items():
        before = read(database).totals
        database.write_blocking(lambda tx, change=change: tx.execute(change, {"id": call_id}))
        assert read(database).totals == before  # until it is made anew

        found = changed_days(database)
        for day in found:
            database.write_blocking(lambda tx, day=day: statistics.make_day(tx, day, TODAY))

        assert changed_days(database) == []
        if figure is None:
            assert found == [TODAY - 43 * DAY, TODAY - 40 * DAY]
            assert read(database).rows[0].start.date() == TODAY - 43 * DAY
        else:
            assert found == [TODAY - 40 * DAY]
            assert getattr(read(database).totals, figure) == getattr(before, figure) + 1


def test_a_rolled_day_on_which_two_customers_changed_places_has_changed(database: Database) -> None:
    happy, cross = (
        store(database, LONG_AGO, customer_id=customer_id, sentiment=sentiment)
        for customer_id, sentiment in ((1, "positive"), (2, "negative"))
    )
    roll_up(database)

    for call_id, sentiment in ((happy, "negative"), (cross, "positive")):
        database.write_blocking(
            lambda tx, to=sentiment, of=call_id: tx.execute("UPDATE call SET sentiment = ? WHERE call_id = ?", [to, of])
        )

    assert changed_days(database) == [TODAY - 40 * DAY]


def test_without_daily_rows_no_day_has_changed(database: Database) -> None:
    store(database, LONG_AGO)

    assert changed_days(database) == []


def test_days_that_were_rolled_up_under_a_clock_that_was_ahead_are_made_anew(database: Database) -> None:
    store(database, NOON - 20 * DAY)
    assert roll_up(database, TODAY + 300 * DAY) == [TODAY - 20 * DAY]

    store(database, NOON - 20 * DAY)
    store(database, NOON - 5 * DAY)
    assert read(database).totals.accepted == 3
    assert {row.bucket for row in read(database).rows} == {Bucket.HOUR}
    assert roll_up(database) == []
    later = TODAY + 11 * DAY
    assert roll_up(database, later) == [TODAY - 20 * DAY]
    found = read(database, Wanted(EVERYTHING.since, NOON + 11 * DAY), later)
    assert [row.figures.accepted for row in found.rows] == [2, 1]


def test_where_rows_would_be_too_many_they_are_of_longer_buckets(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for customer_id in (1, 2):
        for ago in (HOUR, 2 * HOUR, DAY, 40 * DAY):
            store(database, NOON - ago, customer_id=customer_id)
    roll_up(database)
    wanted = Wanted(EVERYTHING.since, EVERYTHING.until, Bucket.HOUR, by_customer=True)

    def buckets(most: int) -> tuple[Bucket, int]:
        monkeypatch.setattr(statistics, "MOST_ROWS", most)
        found = read(database, wanted)
        assert found.totals.accepted == 8
        return found.wanted.bucket, len(found.rows)

    assert buckets(8) == (Bucket.HOUR, 8)
    assert buckets(7) == (Bucket.DAY, 6)
    assert buckets(5) == (Bucket.RANGE, 2)
    assert buckets(1) == (Bucket.RANGE, 2)
