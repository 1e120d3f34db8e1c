"""How many webhooks a second leave the api while one endpoint hangs.

    python -m tests.benchmarks.deliveries [--deliveries 3000] [--customers 8]

The deliveries are put into the database before the api starts, so that nothing but sending is measured; the receiver is
a process of its own. The peer of the ratio is the same sender in a loop without an appliance around it.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import multiprocessing
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from uuid import uuid4

from aiohttp import web

from appliance.domain.actor import OWNER
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState, WebhookEvent
from appliance.services.customers.customers import Customers
from appliance.storage.database import Connection, opened_database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import deliveries
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.sender import WebhookSender
from appliance.webhooks.signing import new_secret
from tests.support.appliance import RunningAppliance, free_port, vbot
from tests.support.database_file import keys_beside

BODY = b'{"call_id": "c", "transcription": "' + b"words of a call " * 200 + b'"}'
HANGING = 200
LONGEST_SECONDS = 120.0
PEER_CONCURRENCY = 32


def receive(port: int, received: Synchronized[int]) -> None:
    """Count what comes to /take; hold what comes to /hang."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        received.value += 1
        return web.Response(text="ok")

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(3600)
        return web.Response()

    application = web.Application()
    application.add_routes([web.post("/take", take), web.post("/hang", hang)])
    web.run_app(application, host="127.0.0.1", port=port, print=None)


def fill(folder: DataFolder, receiver: str, count: int, customers: int) -> None:
    """Customers with `count` due deliveries among them, and one more whose endpoint hangs."""
    now = datetime.now(UTC)

    def one(customer: Customer) -> Delivery:
        return Delivery(
            id=str(uuid4()),
            call_id=str(uuid4()),
            customer_id=customer.id,
            event=WebhookEvent.COMPLETED,
            revision=1,
            webhook_id=f"msg_{uuid4().hex}",
            state=DeliveryState.PENDING,
            body=BODY,
            created_at=now,
            url=customer.webhook_url,
            next_attempt_at=now,
        )

    with opened_database(folder.database, keys=keys_beside(folder.database)) as database:
        service = Customers(database, Keys.load(folder.master_key), lambda: now, lambda: None)

        async def make(url: str) -> Customer:
            names = {"name": "B", "company_name": "B Ltd", "email": "b@example.com"}
            return await service.create(OWNER, webhook_secret=None, **names, webhook_url=url)

        async def all_of_them() -> list[Delivery]:
            hanging = await make(f"{receiver}/hang")
            takers = [await make(f"{receiver}/take") for _ in range(customers)]
            return [one(hanging) for _ in range(HANGING)] + [one(takers[n % customers]) for n in range(count)]

        new = asyncio.run(all_of_them())

        def store(tx: Connection) -> None:
            for delivery in new:
                deliveries.insert(tx, delivery)

        database.write_blocking(store)


def await_count(received: Synchronized[int], count: int) -> tuple[float, float]:
    """When the first and the last of so many came."""
    until = time.perf_counter() + LONGEST_SECONDS
    first = 0.0
    while received.value < count and time.perf_counter() < until:
        if not first and received.value:
            first = time.perf_counter()
        time.sleep(0.005)
    assert received.value >= count, f"only {received.value} of {count} came within {LONGEST_SECONDS:.0f} s"
    return first, time.perf_counter()


async def send_bare(url: str, count: int) -> float:
    """The same sender in a loop; returns the seconds."""
    sender = WebhookSender(AddressPolicy((ipaddress.ip_network("127.0.0.0/8"),)), 15.0)
    secret = new_secret()
    left = iter(range(count))

    async def loop() -> None:
        for _ in left:
            outcome = await sender.send(url, f"msg_{uuid4().hex}", BODY, [secret])
            assert outcome.succeeded, outcome.error

    began = time.perf_counter()
    await asyncio.gather(*(loop() for _ in range(PEER_CONCURRENCY)))
    await sender.close()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=3000)
    parser.add_argument("--customers", type=int, default=8)
    arguments = parser.parse_args()
    received: Synchronized[int] = multiprocessing.get_context("spawn").Value("i", 0)
    port = free_port()
    receiver = multiprocessing.get_context("spawn").Process(target=receive, args=(port, received))
    receiver.start()
    try:
        with tempfile.TemporaryDirectory(prefix="vbot-deliveries-") as temporary:
            running = RunningAppliance(Path(temporary), command="api")
            made = vbot("init", data_dir=running.data_dir, settings=running.settings)
            assert made.returncode == 0, made.stderr
            fill(DataFolder(running.data_dir), f"http://127.0.0.1:{port}", arguments.deliveries, arguments.customers)
            with running:
                first, last = await_count(received, arguments.deliveries)
            rate = arguments.deliveries / (last - first)
            received.value = 0
            bare = arguments.deliveries / asyncio.run(send_bare(f"http://127.0.0.1:{port}/take", arguments.deliveries))
        print(
            f"{arguments.deliveries} deliveries to {arguments.customers} endpoints while one hangs: {rate:.0f}/s · "
            f"the sender alone {bare:.0f}/s · ratio {rate / bare:.2f}"
        )
    finally:
        receiver.terminate()
        receiver.join()


if __name__ == "__main__":
    main()
