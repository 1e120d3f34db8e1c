"""How large a result may be: more than any recording of that length says, less than what would hold up a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from appliance.domain.call import CallState
from appliance.messages.call_result import SegmentResult, TimedWord
from appliance.services.calls.result_bounds import BYTES_OF_ANY, MOST_BYTES, ResultTooLarge, longest_result
from tests.support.parts import Parts, analysed, parts

# 400 characters in 5 s: more than two who read out at once, and not in Latin letters.
SAID = "шестьдесят " * 36
QUICK_TURN = SegmentResult(start=4321.123, end=4331.123, channel=1, party="unknown", text=SAID, confidence=0.987)
WORDS = [TimedWord(4321.123, 4321.567, "шестьдесят", 0.987)] * 60


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


@pytest.mark.parametrize("bytes_a_second", [594, 1650, 8000])  # AMR at its lowest, GSM, G.711
async def test_two_who_talk_at_once_and_without_a_pause_are_within_it_in_the_thriftiest_codec(
    box: Parts, bytes_a_second: int
) -> None:
    seconds, turns = 600, 120
    call = await box.submitted(audio=b"R" * (seconds * bytes_a_second))
    await box.claim_call(box.claim(call))
    report = analysed(await box.call(call.call_id), SAID * turns)
    whole = msgspec.structs.replace(
        report.result, summary=SAID, segments=[QUICK_TURN] * turns, words=[WORDS] * turns, duration_seconds=seconds
    )

    await box.finish_call.report(msgspec.structs.replace(report, result=whole))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


@pytest.mark.parametrize(
    "changes",
    [
        {"transcription": "y" * 200_000},
        {"segments": [msgspec.structs.replace(QUICK_TURN, text="")] * 2000},
        {"words": [[]] * 100_000},
    ],
)
async def test_what_a_second_cannot_hold_is_not_stored(box: Parts, changes: dict[str, object]) -> None:
    call = await box.submitted(audio=b"R" * 16_000)
    await box.claim_call(box.claim(call))
    report = analysed(await box.call(call.call_id))
    report = msgspec.structs.replace(report, result=msgspec.structs.replace(report.result, **changes))

    with pytest.raises(ResultTooLarge, match="cannot come of a recording of 16000 bytes"):
        await box.finish_call.report(report)

    assert await box.table("result") == []
    assert (await box.call(call.call_id)).state is CallState.PROCESSING


def test_it_grows_with_the_recording_up_to_a_days() -> None:
    assert longest_result(0) == BYTES_OF_ANY
    assert longest_result(400_000) == BYTES_OF_ANY + 1_000_000
    assert longest_result(10**12) == MOST_BYTES


async def test_no_worker_makes_a_recording_longer_than_its_bytes_can_be(box: Parts) -> None:
    """Three calls that were said to take a week each shut their customer out for a day."""
    call = await box.held()
    report = analysed(call)

    with pytest.raises(ResultTooLarge, match="seconds cannot be in a recording of 20 bytes"):
        await box.finish_call.report(
            msgspec.structs.replace(report, result=msgspec.structs.replace(report.result, duration_seconds=601.0))
        )

    assert (await box.call(call.call_id)).state is CallState.PROCESSING


async def test_a_customer_is_charged_for_no_more_than_a_recording_can_say(box: Parts) -> None:
    call = await box.submitted(audio=b"R" * 400_000)  # 1,000 s of speech in the thriftiest codec, 16,000 of silence
    await box.claim_call(box.claim(call))
    report = analysed(await box.call(call.call_id))

    await box.finish_call.report(
        msgspec.structs.replace(report, result=msgspec.structs.replace(report.result, duration_seconds=16_000.0))
    )

    (charged,) = await box.table("analysed_audio")
    assert charged["seconds"] == 1600.0
    assert (await box.call(call.call_id)).duration_seconds == 16_000.0
