"""The slots of attempts under way: 4 to one endpoint, 64 in all, 32 to endpoints that fail."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.webhooks.concurrency_limit import ConcurrencyLimit


def taken(slots: ConcurrencyLimit, endpoint: int, times: int = 8) -> int:
    return sum(slots.try_acquire(endpoint) for _ in range(times))


def failed_once(slots: ConcurrencyLimit, endpoints: range) -> None:
    for endpoint in endpoints:
        assert slots.try_acquire(endpoint)
        slots.release(endpoint, succeeded=False)


def test_one_endpoint_gets_four() -> None:
    assert taken(ConcurrencyLimit(), 1) == 4


def test_all_endpoints_together_get_sixty_four() -> None:
    slots = ConcurrencyLimit()

    assert sum(taken(slots, endpoint) for endpoint in range(100)) == 64


def test_a_released_slot_can_be_taken_again() -> None:
    slots = ConcurrencyLimit()
    taken(slots, 1)

    slots.release(1, succeeded=True)

    assert taken(slots, 1) == 1


def test_who_tries_on_a_copy_takes_nothing() -> None:
    slots = ConcurrencyLimit()
    failed_once(slots, range(100))
    taken(slots, 1, 3)

    copy = slots.copy()

    assert sum(taken(copy, endpoint) for endpoint in range(100)) == 32 - 3
    assert (slots.held, taken(slots, 1)) == (3, 1)


def test_failing_endpoints_share_thirty_two_and_the_others_have_the_rest() -> None:
    slots = ConcurrencyLimit()
    failed_once(slots, range(100))

    assert sum(taken(slots, endpoint) for endpoint in range(100)) == 32
    assert sum(taken(slots, endpoint) for endpoint in range(100, 200)) == 32


def test_an_endpoint_that_succeeds_again_leaves_the_failing_share() -> None:
    slots = ConcurrencyLimit()
    failed_once(slots, range(100))
    for endpoint in range(100):
        taken(slots, endpoint)

    slots.release(0, succeeded=True)

    assert taken(slots, 0) == 1
    assert taken(slots, 50, 2) == 2  # the three more that endpoint 0 holds no longer count as failing
    assert slots.held_by(50) == 2


def test_releasing_what_was_never_taken_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="under way"):
        ConcurrencyLimit().release(1, succeeded=True)


class Slots(RuleBasedStateMachine):
    """Whatever happens, no limit is exceeded and nothing is counted twice."""

    def __init__(self) -> None:
        super().__init__()
        self.slots = ConcurrencyLimit(per_endpoint=2, in_all=5, of_failing=2)
        self.held: list[int] = []

    @rule(endpoint=st.integers(0, 5))
    def acquire(self, endpoint: int) -> None:
        if self.slots.try_acquire(endpoint):
            self.held.append(endpoint)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), succeeded=st.booleans())
    def release(self, data: st.DataObject, succeeded: bool) -> None:
        endpoint = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        self.slots.release(endpoint, succeeded)

    @invariant()
    def limits_hold(self) -> None:
        assert self.slots.held == len(self.held) <= 5
        for endpoint in range(6):
            assert self.slots.held_by(endpoint) == self.held.count(endpoint) <= 2


TestSlots = pytest.mark.slow(Slots.TestCase)
