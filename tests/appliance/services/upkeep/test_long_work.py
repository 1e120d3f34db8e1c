"""Work of minutes: its outcome is handed over, and nobody who stops waits for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from appliance.services.upkeep.long_work import in_thread_of_its_own


async def test_its_result_is_handed_over() -> None:
    assert await in_thread_of_its_own("work", threading.current_thread) is not threading.main_thread()


async def test_what_it_raises_is_raised() -> None:
    def fail() -> None:
        raise LookupError("nothing is there")

    with pytest.raises(LookupError, match="nothing is there"):
        await in_thread_of_its_own("work", fail)


def test_the_end_of_the_loop_does_not_wait_for_it() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(60)
        ended.set()

    async def begin() -> None:
        task = asyncio.create_task(in_thread_of_its_own("work", work))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(begin())
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(60)
