"""What the client knows of a call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_gui.client.calls import Call, Turn


@pytest.mark.parametrize(
    ("heard", "channel"),
    [
        ([("caller", 0), ("called", 1)], "left"),
        ([("called", 0), ("caller", 1)], "right"),
        ([("caller", 1)], "right"),
        ([("called", 0), ("unknown", 2)], "right"),
        ([("caller", 0), ("called", 0)], None),
        ([("unknown", 0)], None),
        ([], None),
    ],
)
def test_on_which_channel_the_caller_is(heard: list[tuple[str, int]], channel: str | None) -> None:
    call = Call(
        call_id="1",
        customer_id=1,
        caller_number="1",
        called_number="2",
        state="completed",
        received_at=datetime.now(UTC),
        segments=[Turn(start=0, end=1, text="Hello.", channel=place, party=party) for party, place in heard],
    )
    assert call.caller_channel == channel
