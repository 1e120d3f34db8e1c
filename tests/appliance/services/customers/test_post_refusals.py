"""Posts that are refused: told once, counted, and shown for an hour or until one is accepted."""

from __future__ import annotations

import logging

import pytest

from appliance.domain.system import ComponentState
from appliance.services.customers import post_refusals
from appliance.services.customers.post_refusals import PostRefusals, refused_posts
from tests.appliance.builders import FakeClock

REQUIRED, TOO_LARGE = "caller_number is required", "the recording is too large"


class Box:
    """What is refused, on a clock of the test's own."""

    def __init__(self) -> None:
        self.seconds = 5000.0
        self.refusals = PostRefusals(FakeClock(), lambda: self.seconds)

    def refuse(self, customer_id: int, *, times: int = 1, problem: str = REQUIRED) -> None:
        for _ in range(times):
            self.refusals.refused(customer_id, problem, "request-1")

    @property
    def counts(self) -> dict[int, int]:
        return {one.customer_id: one.count for one in self.refusals.lately()}


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_the_same_is_told_once_for_each_customer_and_then_counted(caplog: pytest.LogCaptureFixture) -> None:
    box = Box()
    box.refuse(1, times=81)
    box.refuse(2)
    box.refuse(1, problem=TOO_LARGE)
    assert said(caplog) == [
        "a post of customer 1 was refused (request request-1): caller_number is required",
        "a post of customer 2 was refused (request request-1): caller_number is required",
        "a post of customer 1 was refused (request request-1): the recording is too large",
    ]
    assert box.counts == {1: 82, 2: 1}
    box.seconds += post_refusals.SAY_AGAIN_SECONDS
    box.refuse(1)
    assert said(caplog)[-1].endswith("caller_number is required (80 more like it before)")


def test_one_that_is_accepted_ends_it_and_the_log_is_not_filled_by_a_system_that_does_both(
    caplog: pytest.LogCaptureFixture,
) -> None:
    box = Box()
    for _ in range(20):
        box.refuse(1)
        box.refuse(2)
        box.refusals.accepted(1)
    assert box.counts == {2: 20}
    assert len(said(caplog)) == 2


def test_they_are_forgotten_after_an_hour() -> None:
    box = Box()
    box.refuse(1, times=2)
    box.seconds += 1800
    box.refuse(1)
    assert box.counts == {1: 3}
    box.seconds += 1860
    assert box.counts == {1: 1}
    box.seconds += 1860
    assert box.counts == {}


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_refusals, "MOST_CUSTOMERS", 3)
    monkeypatch.setattr(post_refusals, "MOST_SAID", 3)
    box = Box()
    for number in range(50):
        box.refuse(number, times=number)
    assert box.counts == {49: 49, 48: 48, 47: 47}
    assert len(box.refusals._said) == 3
    for minute in range(500):
        box.seconds = 100_000.0 + 60 * minute
        box.refuse(1)
        box.refusals.lately()
    assert box.counts == {1: 60}


def test_they_are_told_in_a_sentence() -> None:
    box = Box()
    box.refuse(1, times=1081)
    box.refuse(2, problem=TOO_LARGE)
    found = refused_posts(box.refusals.lately())
    assert (found.name, found.state) == ("intake", ComponentState.WARNING)
    assert found.reason == (
        "Customer 1: 1,081 posts were refused in the last hour, the last: caller_number is required; "
        "customer 2: 1 post was refused in the last hour: the recording is too large."
    )
    for customer_id in range(3, 8):
        box.refuse(customer_id)
    assert refused_posts(box.refusals.lately()).reason.endswith("; and those of 2 other customers.")
