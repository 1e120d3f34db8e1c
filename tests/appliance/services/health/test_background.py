"""What works by itself: whether it still does, and that it ends when it is told to."""

from __future__ import annotations

import asyncio

from appliance.services.health.background import Background


async def for_ever() -> None:
    await asyncio.Event().wait()


async def breaks() -> None:
    raise RuntimeError("it breaks")


async def test_a_part_that_ended_for_whatever_reason_is_told_from_those_that_run() -> None:
    background = Background()
    background.start({"works": for_ever(), "ended": asyncio.sleep(0), "broke": breaks()})
    await asyncio.sleep(0.01)

    assert background.running == {"works": True, "ended": False, "broke": False}
    await background.stop()


async def test_all_parts_end_when_they_are_stopped() -> None:
    background = Background()
    background.start({"one": for_ever(), "other": for_ever()})

    await background.stop()

    assert background.running == {"one": False, "other": False}
    assert len(asyncio.all_tasks()) == 1


async def test_what_was_never_started_does_not_show() -> None:
    assert Background().running == {}
