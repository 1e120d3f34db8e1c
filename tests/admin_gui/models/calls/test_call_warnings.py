"""Each warning of a call belongs somewhere: to a moment, the recording, what was said, what was sent, or the whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_gui.client.calls import Call, Turn
from admin_gui.models.calls.call_warnings import CallWarnings, TimedWarning, warnings_of
from appliance.api.http.form.call_fields import warnings_of_moments, warnings_of_names
from appliance.services.calls.submission import Submission
from engine.announcement import announcement_problem
from engine.diarization.roles import voices_warning
from engine.lost_leg import LOST_LEG
from engine.transcript import Party, Segment

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TURN = Turn(start=0.0, end=1.0, channel=0, party="caller", text="Hello.")


def found(*warnings: str, empty: bool = False, segments: tuple[Turn, ...] = (TURN,)) -> CallWarnings:
    return warnings_of(
        Call(
            call_id="c", customer_id=1, caller_number="1", called_number="2", state="completed", received_at=NOON,
            warnings=list(warnings), segments=list(segments), empty=empty,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("warning", "seconds"),
    [
        (LOST_LEG.format(minutes=1, seconds=5, party="called"), 65.0),
        ("The recording is cut off: its header tells of 61.5 s, 42.0 s are there.", 42.0),
        ("The recording is cut off or damaged: of 61.5 s, 40.5 s can be decoded.", 40.5),
        ("The header of the called party's leg tells of 12.5 s, 10.0 s are there and are taken.", 10.0),
        (
            "The two legs differ in length: the caller's has 30.0 s, the called party's 12.5 s; both were taken to "
            "begin together.",
            12.5,
        ),
    ],
)
def test_what_is_the_matter_from_a_moment_on_is_told_there(warning: str, seconds: float) -> None:
    assert found(warning) == CallWarnings(moments=(TimedWarning(seconds, warning),))
    assert found(warning, segments=()) == CallWarnings(recording=(warning,)), "nothing was said"


def test_moments_are_in_the_order_of_time() -> None:
    later, earlier = (LOST_LEG.format(minutes=number, seconds=0, party="called") for number in (2, 1))
    assert [one.seconds for one in found(later, earlier).moments] == [60.0, 120.0]


@pytest.mark.parametrize(
    "warning",
    [
        "The recording's header is unfinished: it was sent before its recorder had closed it.",
        "The header of the caller's leg is unfinished: it was sent before its recorder had closed it.",
        "The header does not say how long the recording is; all 6.0 s of it are read.",
        "The header claims 1 channel, the samples are those of two (Asterisk's MixMonitor with option D).",
        "The recording is cut off: of 4000 bytes of samples, 20 are there.",
        "The two legs differ in their sample rates: 8000 Hz and 16000 Hz were joined.",
    ],
)
def test_what_was_wrong_with_the_recording_is_told_at_it(warning: str) -> None:
    assert found(warning) == CallWarnings(recording=(warning,))


def test_what_is_not_certain_of_the_voices_is_told_at_the_conversation() -> None:
    warning = voices_warning(0.1)
    assert warning
    assert found(warning) == CallWarnings(conversation=(warning,))


def test_what_was_wrong_with_what_was_sent_is_told_at_the_details() -> None:
    ahead = warnings_of_moments(Submission("1", "2", call_started_at=NOON.replace(year=2027)), NOON)
    names = warnings_of_names(["agnt"], ["queue"])
    turn = Segment(0.0, 1.0, 0, Party.CALLED, "Hello.", 1.0)
    announced = announcement_problem((turn,), 9.0, 1.0)
    assert announced is not None
    cut = "`agent` has more than 200 characters: its end is left out."
    left_out = "`direction` was sent as up and is left out: it must be one of inbound, outbound, internal."
    told = (*ahead, *names, announced, cut, left_out)
    assert len(told) == 6
    assert found(*told) == CallWarnings(details=told)


def test_what_another_appliance_says_is_told_of_the_whole_and_what_says_why_a_call_is_empty_nowhere() -> None:
    assert found("Something new.") == CallWarnings(whole=("Something new.",))
    assert found("The recording holds no samples.", empty=True) == CallWarnings()
