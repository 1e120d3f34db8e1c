"""Where nothing is killed, a webhook that was taken comes once. No processes: a real database, a made-up receiver."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.webhooks.sender import Outcome
from tests.support.parts import Parts, analysed, parts

pytestmark = pytest.mark.slow  # thousands of webhooks

CALLS = 150


class QuickReceiver:
    """Takes everything at once and counts."""

    def __init__(self, box: Parts) -> None:
        self.came: Counter[str] = Counter()
        self._box = box

    async def send(self, url: str, webhook_id: str, body: bytes, secrets: Sequence[str], *more: object) -> Outcome:
        self.came[webhook_id] += 1
        await asyncio.sleep(0.001)
        return Outcome(self._box.clocks.now(), 200, 1, None, "", None)


@pytest.mark.long
async def test_on_a_busy_box_every_webhook_comes_once(tmp_path: Path) -> None:
    async with parts(tmp_path) as box:
        receiver = QuickReceiver(box)
        deliverer = Deliverer(box.database, box.keys, receiver, RetryPolicy((1.0, 1.0, 1.0)), box.clocks.now)
        box.on_delivery_added = deliverer.wake
        held = [await box.held() for _ in range(CALLS)]
        running = asyncio.create_task(deliverer.run())
        try:
            for call in held:
                await box.finish_call.report(analysed(call))

            async def all_delivered() -> bool:
                return all(row["state"] == "delivered" for row in await box.table("delivery"))

            async with asyncio.timeout(240):
                while not await all_delivered():
                    await asyncio.sleep(0.05)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

        assert len(receiver.came) == CALLS
        assert {webhook_id: count for webhook_id, count in receiver.came.items() if count > 1} == {}
