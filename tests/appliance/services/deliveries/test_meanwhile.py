"""What happens to a delivery, its call or its customer while an attempt is under way counts when that attempt ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from appliance.domain.call import CallState
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, deliveries
from tests.appliance.builders import AN_ADMIN, NOON, a_call
from tests.appliance.services.deliveries.post import SECOND, URL, Post

NEW_URL = "https://new.example.com"


class Meanwhile:
    """A post with one call that is final, and an attempt to deliver it that ends when it is let go."""

    def __init__(self, post: Post, recordings: RecordingStore) -> None:
        self.post = post
        self.housekeeping = Housekeeping(post.database, recordings, (30, 0), post.clock)
        self.redeliver = Redeliver(post.database, post.clock, post.deliverer.wake)

    async def begun(self, **changes: object) -> tuple[Customer, Delivery]:
        customer = await self.post.customer()
        call = a_call(customer_id=customer.id, state=CallState.COMPLETED, finished_at=NOON - SECOND)
        await self.post.database.write(lambda tx: calls.insert(tx, call))
        return customer, await self.post.delivery(customer, call_id=call.call_id, **changes)

    @contextlib.asynccontextmanager
    async def under_way(self) -> AsyncIterator[asyncio.Event]:
        """Until the event is set, the attempt goes on."""
        self.post.sender.held[URL] = asyncio.Event()
        async with self.post.running():
            await self.post.until(lambda: self.post.sender.under_way == 1)
            yield self.post.sender.held[URL]


@pytest.fixture
def meanwhile(post: Post, recordings: RecordingStore) -> Meanwhile:
    return Meanwhile(post, recordings)


@pytest.mark.parametrize(("status", "state"), [(500, DeliveryState.FAILED), (200, DeliveryState.DELIVERED)])
async def test_the_reply_to_a_deleted_customers_webhook_is_not_kept_once_its_texts_are_erased(
    meanwhile: Meanwhile, status: int, state: DeliveryState
) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun()
    post.sender.status = status
    async with meanwhile.under_way() as ends:
        await post.customers.delete(AN_ADMIN, customer.id)
        await meanwhile.housekeeping.erase_expired_texts()
        ends.set()
        done = await post.until_attempts(delivery, 1)
    assert (done.state, done.next_attempt_at, done.body, done.url) == (state, None, b"", None)
    assert [(one.status, one.reply, one.url) for one in done.attempts] == [(status, "", None)]


async def test_what_rests_for_a_deleted_customer_is_not_tried_again_by_an_attempt_that_ends(
    meanwhile: Meanwhile,
) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun()
    post.sender.status = 500
    async with meanwhile.under_way() as ends:
        await post.customers.delete(AN_ADMIN, customer.id)
        ends.set()
        done = await post.until_attempts(delivery, 1)
    assert (done.state, done.next_attempt_at) == (DeliveryState.DISABLED, None)
    assert done.attempts[0].reply == ""
    await meanwhile.housekeeping.erase_expired_texts()
    assert (await post.stored(delivery)).body == b""


@pytest.mark.parametrize("status", [200, 500])
async def test_of_a_call_that_was_erased_nothing_comes_back(
    meanwhile: Meanwhile, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun()
    post.sender.status = status
    async with meanwhile.under_way() as ends:
        await post.database.write(lambda tx: deliveries.erase_of_call(tx, delivery.call_id))
        ends.set()
        other = await post.delivery(customer)
        post.deliverer.wake()
        await post.until_attempts(other, 1)
        await post.until(lambda: post.sender.under_way == 0)
    assert await post.database.read(lambda tx: deliveries.get(tx, delivery.id)) is None
    counted = await post.database.read(lambda tx: tx.execute("SELECT count(*) FROM delivery_attempt").fetchone())
    assert counted == (1,)
    assert "could not be" not in caplog.text


@pytest.mark.parametrize("status", [500, 410])
async def test_nothing_empty_is_sent_to_a_new_address_once_the_texts_are_erased(
    meanwhile: Meanwhile, status: int
) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun()
    post.sender.status = status
    async with meanwhile.under_way() as ends:
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=None)
        await meanwhile.housekeeping.erase_expired_texts()
        ends.set()
        await post.until_attempts(delivery, 1)
        post.sender.status = 200
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=NEW_URL)
        other = await post.delivery(customer)
        post.deliverer.wake()
        await post.until_state(other, DeliveryState.DELIVERED)
    done = await post.stored(delivery)
    assert (done.state, [one.reply for one in done.attempts]) == (DeliveryState.FAILED, [""])
    assert [body for _, _, body, _ in post.sender.sent] == [delivery.body, other.body]


async def test_an_address_that_is_taken_away_and_given_back_sends_what_an_attempt_did_not_deliver(
    meanwhile: Meanwhile,
) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun()
    post.sender.status, post.sender.by_url[NEW_URL] = 500, 200
    async with meanwhile.under_way() as ends:
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=None)
        ends.set()
        rests = await post.until_attempts(delivery, 1)
        assert (rests.state, rests.next_attempt_at) == (DeliveryState.DISABLED, None)
        await post.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=NEW_URL)
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert [one.status for one in done.attempts] == [500, 200]


async def test_what_an_older_version_has_left_to_send_without_a_body_is_not_sent(post: Post) -> None:
    customer = await post.customer()
    empty = await post.delivery(customer, body=b"", state=DeliveryState.RETRYING)
    async with post.running():
        await post.until_state(empty, DeliveryState.FAILED)
    assert post.sender.sent == []


async def test_what_rests_without_a_body_stays_when_the_endpoint_is_enabled(post: Post) -> None:
    customer = await post.customer(webhook_disabled_reason="410")
    empty = await post.delivery(customer, body=b"", state=DeliveryState.DISABLED, next_attempt_at=None)
    await post.customers.enable_webhook(AN_ADMIN, customer.id)
    assert (await post.stored(empty)).state is DeliveryState.DISABLED


# -- sent again meanwhile ------------------------------------------------------------------------------------


async def test_what_is_sent_again_during_its_last_attempt_has_a_round_of_its_own(meanwhile: Meanwhile) -> None:
    post = meanwhile.post
    _, delivery = await meanwhile.begun(state=DeliveryState.RETRYING, attempts_made=3)
    post.sender.status = 500
    async with meanwhile.under_way() as ends:
        asked_at = post.clock.advance(seconds=1)
        answered = await meanwhile.redeliver.one(AN_ADMIN, delivery.id)
        assert (answered.state, answered.next_attempt_at) == (DeliveryState.PENDING, asked_at)
        ends.set()
        again = await post.until_attempts(delivery, 2)
        assert (again.state, again.next_attempt_at) == (DeliveryState.RETRYING, asked_at + 10 * SECOND)
        for number, delay in enumerate((10, 60, 300), start=3):
            post.turn_clock_to(post.clock.now + delay * SECOND)
            again = await post.until_attempts(delivery, number)
    assert (again.state, [one.number for one in again.attempts]) == (DeliveryState.FAILED, [4, 5, 6, 7, 8])
    assert set(post.sender.webhook_ids) == {delivery.webhook_id}


async def test_what_is_sent_again_while_it_is_taken_is_delivered_once(meanwhile: Meanwhile) -> None:
    post = meanwhile.post
    _, delivery = await meanwhile.begun(state=DeliveryState.RETRYING, attempts_made=3)
    async with meanwhile.under_way() as ends:
        post.clock.advance(seconds=1)
        await meanwhile.redeliver.one(AN_ADMIN, delivery.id)
        ends.set()
        done = await post.until_state(delivery, DeliveryState.DELIVERED)
    assert len(done.attempts) == len(post.sender.sent) == 1


async def test_what_is_sent_again_while_its_endpoint_asks_for_nothing_more_rests(meanwhile: Meanwhile) -> None:
    post = meanwhile.post
    customer, delivery = await meanwhile.begun(state=DeliveryState.RETRYING, attempts_made=3)
    post.sender.status = 410
    async with meanwhile.under_way() as ends:
        post.clock.advance(seconds=1)
        await meanwhile.redeliver.one(AN_ADMIN, delivery.id)
        ends.set()
        await post.until_state(delivery, DeliveryState.DISABLED)
    assert (await post.stored_customer(customer)).webhook_disabled_reason is not None
    assert len(post.sender.sent) == 1
