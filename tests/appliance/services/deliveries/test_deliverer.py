"""Sending what is due: at least once, under one webhook id, by the published schedule, and nobody waits for another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from appliance.domain.actor import VBOT
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.cell import Cell
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState, WebhookEvent, address_cell
from appliance.domain.live_event import CustomerChanged, DeliveryChanged, LiveEvent, MuchChanged
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import Conflict, NotFound, Unavailable
from appliance.services.deliveries.attempt_record import EndedAttempt
from appliance.services.deliveries.redeliver import Redeliver
from appliance.storage.database import Connection
from appliance.storage.tables import customers, deliveries
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.webhooks.concurrency_limit import ATTEMPTS_PER_ENDPOINT
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON
from tests.appliance.services.deliveries.post import SECOND, URL, Post


async def test_each_attempt_keeps_where_it_went_also_once_the_address_is_another(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    post.sender.by_url = {URL: 404}
    new = "https://ada.example.com/new?token=secret"
    async with post.running():
        await post.until_attempts(delivery, 1)
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=new)
        post.turn_clock_to(post.clock.now + timedelta(hours=1))
        found = await post.until_attempts(delivery, 2)
    went_to = [attempt.url for attempt in found.attempts if attempt.url is not None]
    assert [post.keys.unseal_url(url) for url in went_to] == [URL, new]
    assert "secret" not in went_to[1].masked


async def test_a_webhook_that_is_taken_is_delivered_once(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    async with post.running():
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
        post.deliverer.wake()
        await asyncio.sleep(0.03)
    assert post.sender.sent == [(URL, delivery.webhook_id, delivery.body, [post.secret])]
    (attempt,) = done.attempts
    assert (attempt.number, attempt.at, attempt.status, attempt.latency_ms) == (1, NOON, 200, 12)
    assert (attempt.error, attempt.reply) == (None, "thanks")
    assert (done.next_attempt_at, done.attempts_made) == (None, 1)
    assert done.url is not None
    assert done.url.cell == address_cell(delivery.id)
    assert post.keys.unseal_url(done.url) == URL


@pytest.mark.parametrize("status", [500, 400, 302, None])
async def test_a_webhook_that_is_refused_is_tried_by_the_schedule_and_then_failed(
    post: Post, status: int | None
) -> None:
    delivery = await post.delivery(await post.customer())
    post.sender.status = status
    async with post.running():
        for number, delay in enumerate((10, 60, 300), start=1):
            waiting = await post.until_attempts(delivery, number)
            assert waiting.state is DeliveryState.RETRYING
            due_at = post.clock.now + delay * SECOND
            assert waiting.next_attempt_at == due_at
            post.turn_clock_to(due_at - timedelta(microseconds=1))
            await asyncio.sleep(0.02)
            assert len(post.sender.sent) == number
            post.turn_clock_to(due_at)
        done = await post.until_state(delivery, DeliveryState.FAILED)
        post.turn_clock_to(NOON + timedelta(days=9))
        await asyncio.sleep(0.02)
    assert post.sender.webhook_ids == [delivery.webhook_id] * 4
    assert [attempt.number for attempt in done.attempts] == [1, 2, 3, 4]
    assert done.next_attempt_at is None
    assert [attempt.error for attempt in done.attempts] == [None if status else "connection refused"] * 4


async def test_a_webhook_that_is_taken_at_last_is_delivered(post: Post) -> None:
    delivery = await post.delivery(await post.customer())
    post.sender.status = 503
    async with post.running():
        await post.until_attempts(delivery, 1)
        post.sender.status = 204
        post.turn_clock_to(NOON + 10 * SECOND)
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert [attempt.status for attempt in done.attempts] == [503, 204]


@pytest.mark.parametrize(("asked", "waited"), [(120.0, 120), (3.0, 10), (86_400.0, 3600)])
async def test_a_receiver_may_ask_for_patience_up_to_an_hour(post: Post, asked: float, waited: int) -> None:
    delivery = await post.delivery(await post.customer())
    post.sender.status, post.sender.retry_after = 429, asked
    async with post.running():
        waiting = await post.until_attempts(delivery, 1)
    assert waiting.next_attempt_at == NOON + waited * SECOND


# -- endpoints that take nothing -----------------------------------------------------------------------------


async def test_410_disables_the_endpoint_with_all_that_waits_for_it(post: Post) -> None:
    customer, other = await post.customer(), await post.customer("https://bob.example.com")
    first = await post.delivery(customer)
    waiting = await post.delivery(customer, state=DeliveryState.RETRYING, next_attempt_at=NOON + 10 * SECOND)
    of_another = await post.delivery(other, next_attempt_at=NOON + 10 * SECOND)
    post.sender.status = 410
    async with post.running():
        done = await post.until_state(first, DeliveryState.DISABLED)
    assert [attempt.status for attempt in done.attempts] == [410]
    assert (await post.stored(waiting)).state is DeliveryState.DISABLED
    assert (await post.stored(of_another)).state is DeliveryState.PENDING
    assert (await post.stored_customer(customer)).webhook_disabled_reason == "the receiver answered 410 Gone"
    assert (await post.stored_customer(other)).webhook_disabled_reason is None


async def test_enabling_sends_what_rested_under_its_old_webhook_id(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    post.sender.status = 410
    async with post.running():
        await post.until_state(delivery, DeliveryState.DISABLED)
        post.sender.status = 200
        await post.customers.enable_webhook(AN_ADMIN, customer.id)
        await post.until_state(delivery, DeliveryState.DELIVERED)
    assert post.sender.webhook_ids == [delivery.webhook_id] * 2


async def test_a_410_of_the_old_address_neither_disables_nor_stops_the_new_one(post: Post) -> None:
    customer = await post.customer("https://old.example.com")
    delivery = await post.delivery(customer)
    post.sender.by_url["https://old.example.com"] = 410
    post.sender.held["https://old.example.com"] = asyncio.Event()
    async with post.running():
        await post.until(lambda: len(post.sender.sent) == 1)
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url="https://new.example.com")
        post.sender.held["https://old.example.com"].set()
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert (await post.stored_customer(customer)).webhook_disabled_reason is None
    assert [attempt.status for attempt in done.attempts] == [410, 200]
    assert [url for url, *_ in post.sender.sent] == ["https://old.example.com", "https://new.example.com"]


@pytest.mark.parametrize("url", [None, "https://ada.example.com"])
async def test_what_cannot_be_sent_rests_without_an_attempt(post: Post, url: str | None) -> None:
    customer = await post.customer(url, webhook_disabled_reason="410" if url else None)
    delivery = await post.delivery(customer)
    async with post.running():
        done = await post.until_state(delivery, DeliveryState.DISABLED)
    assert post.sender.sent == []
    assert done.attempts == ()


async def test_nothing_is_sent_to_a_deleted_customer(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    await post.database.write(lambda tx: customers.mark_deleted(tx, customer.id, NOON))
    async with post.running():
        await post.until_state(delivery, DeliveryState.DISABLED)
    assert post.sender.sent == []


async def test_of_a_customer_who_is_deleted_while_it_is_sent_no_address_is_kept(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    post.sender.held[URL] = asyncio.Event()
    async with post.running():
        await post.until(lambda: post.sender.under_way == 1)
        await post.database.write(lambda tx: customers.mark_deleted(tx, customer.id, NOON))
        post.sender.held[URL].set()
        done = await post.until_attempts(delivery, 1)
    assert done.attempts[0].status == 200
    assert (done.url, done.attempts[0].url) == (None, None)


async def test_a_customer_gets_its_first_address_and_with_it_what_rested(post: Post) -> None:
    customer = await post.customer(None)
    delivery = await post.delivery(customer)
    async with post.running():
        await post.until_state(delivery, DeliveryState.DISABLED)
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url="https://new.example.com")
        await post.until_state(delivery, DeliveryState.DELIVERED)


async def used_up(post: Post, customer: Customer) -> Delivery:
    """A webhook that is refused until its retries are used up."""
    delivery = await post.delivery(customer, next_attempt_at=post.clock.now)
    post.deliverer.wake()
    for number, delay in enumerate((10, 60, 300), start=1):
        await post.until_attempts(delivery, number)
        post.turn_clock_to(post.clock.now + delay * SECOND)
    return await post.until_attempts(delivery, 4)


async def test_an_endpoint_that_has_failed_for_days_is_disabled_and_one_success_forgives(post: Post) -> None:
    post.deliverer = post.new_deliverer(disable_after=timedelta(days=5))
    customer = await post.customer()
    post.sender.status = 500
    async with post.running():
        first = await post.delivery(customer)
        post.deliverer.wake()
        await post.until_attempts(first, 1)
        assert (await post.stored_customer(customer)).webhook_failing_since == NOON
        post.sender.status = 200
        taken = await post.delivery(customer)
        post.deliverer.wake()
        await post.until_state(taken, DeliveryState.DELIVERED)
        assert (await post.stored_customer(customer)).webhook_failing_since is None
        post.sender.status = 500
        for day in (6, 8, 11):
            assert (await post.stored_customer(customer)).webhook_disabled_reason is None
            post.turn_clock_to(NOON + timedelta(days=day))
            last = await used_up(post, customer)
    assert last.state is DeliveryState.FAILED
    reason = (await post.stored_customer(customer)).webhook_disabled_reason
    assert reason == "no webhook was taken since 2026-11-30T12:00:00Z"


@pytest.mark.parametrize("hours", [(0, 5, 20, 25), (0, 5, 68)], ids=["a night", "a weekend"])
async def test_an_endpoint_that_is_given_up_after_a_day_is_so_after_quiet_hours(post: Post, hours: list[int]) -> None:
    post.deliverer = post.new_deliverer(disable_after=timedelta(days=1))
    customer = await post.customer()
    post.sender.status = 503
    async with post.running():
        for hour in hours:
            assert (await post.stored_customer(customer)).webhook_disabled_reason is None
            post.turn_clock_to(NOON + timedelta(hours=hour))
            await used_up(post, customer)
    reason = (await post.stored_customer(customer)).webhook_disabled_reason
    assert reason == "no webhook was taken since 2026-11-24T12:00:00Z"


async def test_one_old_failure_and_a_quiet_week_do_not_disable_an_endpoint(post: Post) -> None:
    post.deliverer = post.new_deliverer(disable_after=timedelta(days=5))
    customer = await post.customer()
    post.sender.status = 503
    async with post.running():
        await used_up(post, customer)
        post.turn_clock_to(NOON + timedelta(days=7))
        assert (await used_up(post, customer)).state is DeliveryState.FAILED
        found = await post.stored_customer(customer)
        assert found.webhook_disabled_reason is None
        assert found.webhook_failing_since == NOON + timedelta(days=7)


async def test_retries_are_used_up_before_an_endpoint_is_disabled(post: Post) -> None:
    post.deliverer = post.new_deliverer(disable_after=timedelta(days=5))
    customer = await post.customer()
    post.sender.status = 503
    async with post.running():
        for day in (0, 2, 4):
            post.turn_clock_to(NOON + timedelta(days=day))
            await used_up(post, customer)
        post.turn_clock_to(NOON + timedelta(days=6))
        delivery = await post.delivery(customer)
        post.deliverer.wake()
        assert (await post.until_attempts(delivery, 1)).state is DeliveryState.RETRYING
    assert (await post.stored_customer(customer)).webhook_disabled_reason is None


async def test_a_failed_test_does_not_count_against_an_endpoint(post: Post) -> None:
    post.deliverer = post.new_deliverer(disable_after=timedelta(days=5))
    customer = await post.customer()
    post.sender.status = 503
    for _ in range(4):
        await post.deliverer.send_test(AN_ADMIN, customer.id)
        post.clock.advance(days=2)
    assert (await post.stored_customer(customer)).webhook_failing_since is None
    async with post.running():
        await used_up(post, customer)
    assert (await post.stored_customer(customer)).webhook_disabled_reason is None


# -- what cannot be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customer", "error"),
    [
        ({"sealed_webhook_secret": b"\x00damaged"}, "the webhook secret cannot be read"),
        (
            {"url": SealedUrl("https://ada.example.com/****", b"\x00damaged", Cell("customer", "x", 1))},
            "webhook address",
        ),
        ({"webhook_ca": "damaged"}, "the certificate that is trusted cannot be read"),
    ],
)
async def test_what_cannot_be_read_of_an_endpoint_is_a_failed_attempt_that_says_so(
    post: Post, customer: dict[str, Any], error: str, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await post.delivery(await post.customer(**customer))
    async with post.running():
        waiting = await post.until_attempts(delivery, 1)
        assert (waiting.state, waiting.next_attempt_at) == (DeliveryState.RETRYING, NOON + 10 * SECOND)
        for number, delay in enumerate((10, 60, 300), start=2):
            post.turn_clock_to(post.clock.now + delay * SECOND)
            done = await post.until_attempts(delivery, number)
    assert done.state is DeliveryState.FAILED
    assert all(error in (attempt.error or "") for attempt in done.attempts)
    assert [attempt.status for attempt in done.attempts] == [None] * 4
    assert post.sender.sent == []
    assert "Traceback" not in caplog.text


# -- nobody waits for another --------------------------------------------------------------------------------


async def test_a_slow_endpoint_does_not_delay_another(post: Post) -> None:
    slow, quick = await post.customer("https://slow.example.com"), await post.customer("https://quick.example.com")
    backlog = [await post.delivery(slow, next_attempt_at=NOON - SECOND) for _ in range(20)]
    post.sender.held["https://slow.example.com"] = asyncio.Event()
    async with post.running():
        await post.until(lambda: post.sender.under_way == ATTEMPTS_PER_ENDPOINT)
        delivery = await post.delivery(quick)
        post.deliverer.wake()
        await post.until_state(delivery, DeliveryState.DELIVERED)
        post.sender.held["https://slow.example.com"].set()
        for one in backlog:
            await post.until_state(one, DeliveryState.DELIVERED)
    assert len(post.sender.sent) == len(set(post.sender.webhook_ids)) == 21


async def test_at_most_four_attempts_at_once_go_to_one_endpoint(post: Post) -> None:
    customer = await post.customer("https://slow.example.com")
    for _ in range(12):
        await post.delivery(customer)
    post.sender.held["https://slow.example.com"] = asyncio.Event()
    async with post.running():
        await post.until(lambda: post.sender.under_way == 4)
        post.deliverer.wake()
        await asyncio.sleep(0.02)
        assert (post.sender.under_way, len(post.sender.sent)) == (4, 4)
        post.sender.held["https://slow.example.com"].set()
        await post.until(lambda: len(post.sender.sent) == 12)
    assert post.sender.most_under_way == 4


# -- at least once -------------------------------------------------------------------------------------------


async def test_killed_before_the_attempt_was_recorded_it_is_sent_again_under_the_same_id(post: Post) -> None:
    customer = await post.customer()
    delivery = await post.delivery(customer)
    post.sender.held[URL] = asyncio.Event()
    async with post.running():
        await post.until(lambda: len(post.sender.sent) == 1)
    post.sender.held.clear()
    post.deliverer = post.new_deliverer()
    async with post.running():
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert post.sender.webhook_ids == [delivery.webhook_id] * 2
    assert [attempt.number for attempt in done.attempts] == [1]


@pytest.mark.parametrize("error", [Unavailable("the disk is full"), RuntimeError("a bug of ours")])
@pytest.mark.parametrize(("status", "state"), [(200, DeliveryState.DELIVERED), (500, DeliveryState.RETRYING)])
async def test_what_was_sent_is_not_sent_again_because_it_cannot_be_written_down(
    post: Post, monkeypatch: pytest.MonkeyPatch, status: int, state: DeliveryState, error: Exception
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    delivery = await post.delivery(await post.customer())
    post.sender.status = status
    async with post.running():
        with refused_writes(post, error) as refused:
            await post.until(lambda: len(refused) >= 4)
        done = await post.until_state(delivery, state)
    assert len(post.sender.sent) == len(done.attempts) == 1


def fail_once_committed(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next write is said to have failed, and comes to pass."""
    write, failed = post.database.write, list[object]()

    async def commit_and_fail(work: Callable[[Connection], object]) -> object:
        done = await write(work)
        if not failed:
            failed.append(work)
            raise Unavailable("the disk is full")
        return done

    monkeypatch.setattr(post.database, "write", commit_and_fail)


@pytest.mark.parametrize(
    ("status", "failing_since", "state"),
    [
        (200, None, DeliveryState.DELIVERED),
        (200, NOON - SECOND, DeliveryState.DELIVERED),
        (500, None, DeliveryState.RETRYING),
        (410, None, DeliveryState.DISABLED),
    ],
)
async def test_who_watches_and_the_log_are_told_what_came_of_it_though_its_write_was_said_to_have_failed(
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    failing_since: datetime | None,
    state: DeliveryState,
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    caplog.set_level("INFO", "appliance.services.deliveries.deliverer")
    told: list[LiveEvent | MuchChanged] = []
    monkeypatch.setattr(post.deliverer, "_publish", told.append)
    customer = await post.customer(webhook_failing_since=failing_since)
    delivery = await post.delivery(customer)
    post.sender.status = status
    fail_once_committed(post, monkeypatch)
    async with post.running():
        await post.until(lambda: f"delivery {delivery.id} attempt 1: {state.value} ({status})" in caplog.text)
    deliveries_told = [one.delivery for one in told if isinstance(one, DeliveryChanged)]
    assert [(one.id, one.state, len(one.attempts)) for one in deliveries_told] == [(delivery.id, state, 1)]
    if status == 410:  # what else waited for the endpoint is not known any more
        assert MuchChanged() in told
    elif status == 500 or failing_since is not None:
        assert CustomerChanged(await post.stored_customer(customer)) in told


@pytest.mark.parametrize(("status", "state"), [(200, DeliveryState.DELIVERED), (500, DeliveryState.RETRYING)])
async def test_what_was_written_down_though_it_was_said_to_have_failed_is_written_once(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, status: int, state: DeliveryState
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    customer = await post.customer()
    first = await post.delivery(customer)
    other = await post.delivery(customer, next_attempt_at=NOON + SECOND)
    post.sender.status = status
    fail_once_committed(post, monkeypatch)
    async with post.running():
        await post.until_state(first, state)
        post.turn_clock_to(NOON + SECOND)
        await post.until_state(other, state)
        await asyncio.sleep(0.05)
    assert "could not be written down" not in caplog.text
    assert [len((await post.stored(one)).attempts) for one in (first, other)] == [1, 1]
    assert len(post.sender.sent) == 2


async def test_attempts_that_cannot_be_written_down_because_of_an_error_of_ours_hold_up_no_other(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    customer = await post.customer()
    at_fault = [await post.delivery(customer, next_attempt_at=NOON - SECOND) for _ in range(ATTEMPTS_PER_ENDPOINT)]
    broken = {one.id for one in at_fault}
    record = post.deliverer._record

    async def fails(ended: EndedAttempt, seen: Customer) -> None:
        if ended.delivery.id in broken:
            raise RuntimeError("a bug of ours")
        await record(ended, seen)

    monkeypatch.setattr(post.deliverer, "_record", fails)
    async with post.running():
        await post.until(lambda: len(post.sender.sent) == len(at_fault))
        other = await post.delivery(customer)
        await post.until_state(other, DeliveryState.DELIVERED)
        await post.until(lambda: post.deliverer.unrecorded == len(at_fault))
        assert len(post.sender.sent) == len(at_fault) + 1
        broken.clear()
        for one in at_fault:
            await post.until_state(one, DeliveryState.DELIVERED)
        await post.until(lambda: post.deliverer.unrecorded == 0)
        last = await post.delivery(customer)
        await post.until_state(last, DeliveryState.DELIVERED)
    assert len(post.sender.sent) == len(set(post.sender.webhook_ids)) == len(at_fault) + 2


async def test_nothing_more_is_sent_until_what_was_sent_is_written_down(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    first, other = await post.customer(), await post.customer("https://bob.example.com")
    await post.delivery(first)
    waits = await post.delivery(other, next_attempt_at=NOON + SECOND)
    async with post.running():
        with refused_writes(post, Unavailable("the disk is full")) as refused:
            await post.until(lambda: len(refused) >= 2)
            post.turn_clock_to(NOON + SECOND)
            await post.until(lambda: len(refused) >= 12)
            assert len(post.sender.sent) == 1
        await post.until_state(waits, DeliveryState.DELIVERED)
    assert len(post.sender.sent) == 2


@contextlib.contextmanager
def refused_writes(post: Post, error: Exception) -> Iterator[list[object]]:
    """The database takes no write meanwhile; what it refused."""
    refused: list[object] = []

    async def refuse(work: object) -> None:
        refused.append(work)
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(post.database, "write", refuse)
        yield refused


async def test_it_ends_when_it_is_cancelled_at_the_moment_at_which_it_is_woken(post: Post) -> None:
    task = asyncio.create_task(post.deliverer.run())
    await asyncio.sleep(0.05)
    post.deliverer.wake()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)


async def test_an_error_of_ours_counts_as_no_attempt(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    delivery = await post.delivery(await post.customer())
    post.sender.broken = True
    async with post.running():
        await post.until(lambda: len(post.sender.sent) >= 2)
        post.sender.broken = False
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert [attempt.number for attempt in done.attempts] == [1]
    assert "could not be attempted" in caplog.text


async def test_during_the_grace_time_of_a_rotation_a_webhook_is_signed_with_both_secrets(post: Post) -> None:
    customer = await post.customer()
    rotated = await post.customers.rotate_webhook_secret(AN_ADMIN, customer.id, timedelta(hours=1))
    delivery = await post.delivery(customer)
    async with post.running():
        await post.until_state(delivery, DeliveryState.DELIVERED)
    ((_, _, _, secrets),) = post.sender.sent
    assert secrets == [post.customers.webhook_secret(rotated), post.secret]


# -- tests and redeliveries ----------------------------------------------------------------------------------


async def all_deliveries(post: Post) -> list[Delivery]:
    wanted = DeliveryFilter()

    def look(tx: Connection) -> list[Delivery | None]:
        return [deliveries.get(tx, one.id) for _, one in deliveries.page(tx, wanted, before_seq=None, limit=9)]

    return [delivery for delivery in await post.database.read(look) if delivery is not None]


async def test_a_test_is_sent_at_once_and_kept_with_what_came_of_it(post: Post) -> None:
    customer = await post.customer()
    attempt = await post.deliverer.send_test(AN_ADMIN, customer.id)
    assert (attempt.number, attempt.status) == (1, 200)
    (stored,) = await all_deliveries(post)
    assert (stored.event, stored.state, stored.attempts) == (WebhookEvent.TEST, DeliveryState.DELIVERED, (attempt,))
    assert post.sender.sent == [(URL, stored.webhook_id, stored.body, [post.secret])]


async def test_a_test_that_fails_is_not_tried_again(post: Post) -> None:
    customer = await post.customer()
    post.sender.status = 500
    await post.deliverer.send_test(AN_ADMIN, customer.id)
    (stored,) = await all_deliveries(post)
    assert (stored.state, stored.next_attempt_at) == (DeliveryState.FAILED, None)


async def test_nobody_can_be_tested_who_is_not_there_or_has_no_address(post: Post) -> None:
    customer = await post.customer(None)
    with pytest.raises(Conflict):
        await post.deliverer.send_test(AN_ADMIN, customer.id)
    with pytest.raises(NotFound):
        await post.deliverer.send_test(AN_ADMIN, 999)


async def test_a_test_that_found_the_receiver_gone_is_not_sent_again_and_again_once_it_is_enabled(
    post: Post,
) -> None:
    customer = await post.customer()
    post.sender.status = 410
    await post.deliverer.send_test(AN_ADMIN, customer.id)
    assert (await post.stored_customer(customer)).webhook_disabled_reason is not None
    post.sender.status = 200
    async with post.running():
        await post.customers.enable_webhook(AN_ADMIN, customer.id)
        delivery = await post.delivery(customer)
        post.deliverer.wake()
        await post.until_state(delivery, DeliveryState.DELIVERED)
        await asyncio.sleep(0.02)
    assert len(post.sender.sent) == 2


async def test_a_test_can_be_sent_again_like_every_delivery(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.services.deliveries.deliverer.LONGEST_SLEEP_SECONDS", 0.01)
    customer = await post.customer()
    post.sender.status = 500
    await post.deliverer.send_test(AN_ADMIN, customer.id)
    (stored,) = await all_deliveries(post)
    post.sender.status = 200
    async with post.running():
        await Redeliver(post.database, post.clock, post.deliverer.wake).one(AN_ADMIN, stored.id)
        done = await post.until_state(stored, DeliveryState.DELIVERED)
        await asyncio.sleep(0.05)
    assert [attempt.status for attempt in done.attempts] == [500, 200]
    assert post.sender.webhook_ids == [stored.webhook_id] * 2


async def test_a_redelivery_has_its_retries_again_under_the_old_webhook_id(post: Post) -> None:
    delivery = await post.delivery(
        await post.customer(), state=DeliveryState.FAILED, attempts_made=4, next_attempt_at=None
    )
    post.sender.status = 500
    async with post.running():
        await Redeliver(post.database, post.clock, post.deliverer.wake).one(AN_ADMIN, delivery.id)
        waiting = await post.until_attempts(delivery, 1)
    assert (waiting.state, waiting.next_attempt_at) == (DeliveryState.RETRYING, NOON + 10 * SECOND)
    assert waiting.attempts[0].number == 5
    assert post.sender.webhook_ids == [delivery.webhook_id]


# -- the audit -----------------------------------------------------------------------------------------------


async def test_who_tried_the_endpoint_is_written_down_with_what_came_of_it(post: Post) -> None:
    customer = await post.customer()
    await post.deliverer.send_test(AN_ADMIN, customer.id)
    (line,) = await written(post.database)
    assert (line.actor, line.action, line.subject) == (
        AN_ADMIN,
        Action.WEBHOOK_TESTED,
        Subject(SubjectKind.CUSTOMER, str(customer.id)),
    )
    wanted = DeliveryFilter(customer_id=customer.id)
    ((_, sent),) = await post.database.read(lambda tx: deliveries.page(tx, wanted, before_seq=None, limit=2))
    assert line.after == {"delivery_id": sent.id, "status": 200, "succeeded": True}


async def test_an_endpoint_that_is_disabled_is_written_down_once_as_our_own_doing(post: Post) -> None:
    customer = await post.customer("https://ada.example.com")
    both = [await post.delivery(customer) for _ in range(2)]
    post.sender.status = 410
    gate = post.sender.held["https://ada.example.com"] = asyncio.Event()
    async with post.running():
        await post.until(lambda: post.sender.under_way == 2)
        gate.set()
        # The first answer disables both; the second one's attempt is written all the same.
        done = [await post.until_attempts(delivery, 1) for delivery in both]
    assert [(one.state, len(one.attempts)) for one in done] == [(DeliveryState.DISABLED, 1)] * 2
    (line,) = await written(post.database)
    assert (line.actor, line.action, line.subject) == (
        VBOT,
        Action.WEBHOOK_DISABLED,
        Subject(SubjectKind.CUSTOMER, str(customer.id)),
    )
    assert line.before == {"webhook_disabled_reason": None}
    assert line.after == {"webhook_disabled_reason": "the receiver answered 410 Gone"}
