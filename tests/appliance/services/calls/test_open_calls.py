"""The places of a customer's unfinished calls: each is taken once and given back."""

from __future__ import annotations

import pytest

from appliance.errors import TooManyConcurrentCalls
from appliance.services.calls.open_calls import OpenCalls


def test_what_is_not_final_and_what_is_being_uploaded_take_the_places() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    slot = open_calls.begin_upload(1, limit=2)
    assert open_calls.count(1) == 2
    with pytest.raises(TooManyConcurrentCalls):
        open_calls.begin_upload(1, limit=2)
    open_calls.finished(1, "a")
    open_calls.begin_upload(1, limit=2)
    slot.release()
    assert open_calls.count(1) == 1


def test_a_slot_released_twice_frees_one_place() -> None:
    open_calls = OpenCalls({})
    first, _second = open_calls.begin_upload(1, limit=2), open_calls.begin_upload(1, limit=2)
    first.release()
    first.release()
    assert open_calls.count(1) == 1
    assert open_calls.uploads_in_progress == 1


def test_one_customers_calls_take_nobody_elses_places() -> None:
    open_calls = OpenCalls({1: {"a": 1, "b": 1}})
    with pytest.raises(TooManyConcurrentCalls):
        open_calls.begin_upload(1, limit=2)
    open_calls.begin_upload(2, limit=1)
    assert (open_calls.count(2), open_calls.count(3)) == (1, 0)


def test_a_call_is_open_from_its_acceptance_to_its_end_and_each_revision_takes_a_place() -> None:
    open_calls = OpenCalls({})
    open_calls.accepted(1, "a")
    open_calls.accepted(1, "a")
    assert open_calls.count(1) == 2
    open_calls.finished(1, "a")
    open_calls.finished(1, "a")
    open_calls.finished(2, "never heard of")
    assert open_calls.count(1) == 0


def test_what_is_handed_in_at_the_start_stays_its_owners() -> None:
    unfinished = {1: {"a": 1}}
    OpenCalls(unfinished).finished(1, "a")
    assert unfinished == {1: {"a": 1}}
