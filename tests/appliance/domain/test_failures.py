"""From when on it is no chance that calls fail, on made distributions; and whose fault it is."""

from __future__ import annotations

import inspect
import math
import random
import re
from datetime import timedelta
from pathlib import Path

import pytest

import appliance
from appliance.domain.failures import (
    ENOUGH_TO_BE_USUAL,
    MOST_GROUPS,
    OWN_FAULTS,
    RECORDINGS_AT_FAULT,
    Counted,
    Ended,
    Failures,
    Judgement,
    chance,
    failures_of,
)
from engine import errors
from tests.appliance.builders import NOON

FEW, MANY, MOST = Judgement.FEW, Judgement.MANY, Judgement.MOST


@pytest.mark.parametrize(
    ("finished", "failed", "usual_share", "judged"),
    [
        # A quiet office.
        (0, 0, None, FEW),
        (1, 1, None, FEW),
        (3, 1, None, FEW),
        (3, 3, None, FEW),
        (4, 4, 0.0, FEW),
        (5, 5, None, MOST),
        (10, 6, None, FEW),
        (10, 7, None, MOST),
        # A busy one.
        (100, 5, 0.03, FEW),
        (100, 12, 0.03, FEW),
        (100, 21, 0.03, MANY),
        (100, 50, 0.03, MANY),
        (100, 51, 0.03, MOST),
        (1000, 80, 0.03, FEW),
        (1000, 100, 0.03, MANY),
        (1262, 1161, 0.03, MOST),
        # Where many fail all the time nobody has to look again, unless it is twice as many, or most.
        (1000, 100, 0.10, FEW),
        (1000, 190, 0.10, FEW),
        (1000, 300, 0.10, MANY),
        (1000, 450, 0.30, FEW),
        # An outage that lasts.
        (1000, 900, 0.90, MOST),
        (5, 5, 1.0, MOST),
        # Ever so few are usual: what no office notices is no fault.
        (5000, 100, 0.0001, FEW),
        (5000, 400, 0.0001, MANY),
    ],
)
def test_many_failed_when_chance_does_not_explain_it(
    finished: int, failed: int, usual_share: float | None, judged: Judgement
) -> None:
    assert Ended(finished, failed).judged(usual_share) is judged


@pytest.mark.parametrize("usual_share", [None, 0.0, 0.03, 0.2, 0.6, 1.0])
def test_more_failures_are_never_judged_more_mildly(usual_share: float | None) -> None:
    order = list(Judgement)
    for finished in (1, 2, 7, 40, 333):
        judged = [order.index(Ended(finished, failed).judged(usual_share)) for failed in range(finished + 1)]
        assert judged == sorted(judged)
        assert judged[0] == 0


@pytest.mark.parametrize("share", [0.0, 0.05, 0.06, 0.3, 0.5, 0.99, 1.0, 1.8])
def test_the_chance_is_that_of_the_binomial_distribution(share: float) -> None:
    for finished in (1, 4, 30, 200):
        for failed in range(finished + 1):
            found = chance(Ended(finished, failed), share)
            if failed <= finished * share:
                assert found == 1.0
                continue
            exact = sum(
                math.comb(finished, number) * share**number * (1 - share) ** (finished - number)
                for number in range(failed, finished + 1)
            )
            assert found == pytest.approx(exact, rel=1e-6, abs=1e-300)


def test_a_day_of_calls_in_one_hour_is_judged_too() -> None:
    assert Ended(1_000_000, 999_999).judged(0.03) is MOST
    assert Ended(1_000_000, 40_000).judged(0.03) is FEW


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("calls_an_hour", [3, 10, 60])
def test_a_year_in_which_three_percent_fail_alarms_nobody(calls_an_hour: int, at_once: int) -> None:
    chances = random.Random(f"{calls_an_hour} {at_once}")
    for _ in range(2500):
        failed = sum(at_once for _ in range(calls_an_hour // at_once) if chances.random() < 0.03)
        assert Ended(calls_an_hour, failed).judged(0.03) is FEW, failed


# -- what was counted ----------------------------------------------------------------------------------------


def completed(customer_id: int, calls: int, since_start: int | None = None) -> Counted:
    return Counted(
        customer_id, f"Customer {customer_id}", False, None, calls, calls if since_start is None else since_start, None
    )


def failed(customer_id: int, calls: int, code: str = "unreadable_recording", since_start: int | None = None) -> Counted:
    since = calls if since_start is None else since_start
    return Counted(customer_id, f"Customer {customer_id}", True, code, calls, since, f"{code}, in words")


def found(*counted: Counted, usual: dict[int, Ended] | None = None) -> Failures:
    return failures_of(NOON - timedelta(hours=1), NOON, counted, usual or {})


def test_all_is_added_up() -> None:
    of_all = found(
        completed(1, 40),
        failed(1, 2),
        failed(1, 5, "empty_recording"),
        completed(2, 7),
        usual={1: Ended(900, 30), 2: Ended(100, 0), 3: Ended(200, 6)},
    )

    assert (of_all.ended, of_all.ended.share) == (Ended(54, 7), 7 / 54)
    assert (of_all.usual, of_all.usual.usual_share) == (Ended(1200, 36), 0.03)
    assert [(group.error_code, group.count, group.example) for group in of_all.groups] == [
        ("empty_recording", 5, "empty_recording, in words"),
        ("unreadable_recording", 2, "unreadable_recording, in words"),
    ]


def test_nothing_is_a_share_of_nothing() -> None:
    assert (found().ended.share, found().usual.usual_share, found().judged, found().groups) == (0.0, None, FEW, ())


def test_a_few_calls_say_nothing_about_what_is_usual() -> None:
    assert Ended(ENOUGH_TO_BE_USUAL - 1, 3).usual_share is None
    assert Ended(ENOUGH_TO_BE_USUAL, 3).usual_share == 0.06


def test_the_largest_groups_are_shown() -> None:
    of_all = found(*(failed(number, 1 + number) for number in range(100)))

    assert [group.count for group in of_all.groups] == list(range(100, 100 - MOST_GROUPS, -1))


def test_one_broken_pbx_among_many_is_found_where_the_box_does_well() -> None:
    of_all = found(*(completed(number, 60) for number in range(1, 20)), failed(20, 9))

    assert of_all.judged is FEW
    assert [(one.customer_id, one.ended) for one in of_all.affected] == [(20, Ended(9, 9))]


def test_each_customer_is_judged_by_what_is_usual_for_it() -> None:
    usual = {1: Ended(1000, 300), 2: Ended(9000, 90)}
    counted = [*(failed(number, 40) for number in (1, 2, 3)), *(completed(number, 60) for number in (1, 2, 3))]

    assert [one.customer_id for one in found(*counted, usual=usual).affected] == [2, 3]
    # One that is not known yet is judged by all, of whom here every fourth call fails.
    usual = {1: Ended(1000, 300), 2: Ended(1000, 200)}
    assert found(*counted, usual=usual).affected == ()


def test_the_largest_of_those_affected_comes_first() -> None:
    of_all = found(failed(1, 5), failed(2, 50), failed(3, 5), completed(2, 2))

    assert [one.customer_id for one in of_all.affected] == [2, 1, 3]


# -- whose fault ---------------------------------------------------------------------------------------------


def test_recordings_at_fault_never_say_that_the_appliance_fails() -> None:
    for code in RECORDINGS_AT_FAULT:
        assert not found(failed(1, 5000, code)).through_own_fault
        assert not found(failed(1, 5000, code), failed(2, 3, "engine_error")).through_own_fault
    assert not found(failed(1, 5000, "a_code_of_tomorrow")).through_own_fault


@pytest.mark.parametrize("code", sorted(OWN_FAULTS))
def test_most_calls_failing_through_own_fault_do(code: str) -> None:
    assert found(failed(1, 5, code)).through_own_fault
    assert not found(failed(1, 4, code)).through_own_fault
    assert found(failed(1, 50, code), completed(2, 49)).through_own_fault
    assert not found(failed(1, 50, code), completed(2, 50)).through_own_fault
    # Calls whose recordings are at fault say nothing about whether the others are worked on.
    assert found(failed(1, 50, code), completed(2, 49), failed(3, 5000)).through_own_fault


def test_what_failed_before_the_api_started_is_not_held_against_it() -> None:
    assert not found(failed(1, 500, "engine_error", since_start=4), completed(1, 3)).through_own_fault
    assert found(failed(1, 500, "engine_error", since_start=5), completed(1, 900, since_start=0)).through_own_fault


def test_of_every_code_that_there_is_somebody_said_whose_fault_it_is() -> None:
    raised = {
        kind.code for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.EngineError)
    }
    sources = Path(appliance.__file__).parent.rglob("*.py")
    said = {code for source in sources for code in re.findall(r"Failure\(\s*code=\"(\w+)\"", source.read_text())}

    assert {"engine_error", "worker_crashed", "recording_missing"} <= said
    assert raised | said - {"unreadable_recording"} == (OWN_FAULTS | RECORDINGS_AT_FAULT)
    assert not OWN_FAULTS & RECORDINGS_AT_FAULT
