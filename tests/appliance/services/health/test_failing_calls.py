"""The component `calls`: its state, and the words that say why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.failures import Counted, Ended, failures_of
from appliance.domain.system import Component, ComponentState
from appliance.services.health.failing_calls import failing_calls
from tests.appliance.builders import NOON

OK, WARNING, FAILED = ComponentState.OK, ComponentState.WARNING, ComponentState.FAILED
# Of which 3 % failed.
USUAL = {99: Ended(1000, 30)}


def component(*counted: tuple[str | None, int, str | None], usual: dict[int, Ended] | None = None) -> Component:
    """What is said of calls by customer's name, their number, and their error or None."""
    listed = [
        Counted(_id_of(name), name, error is not None, error, calls, calls, error) for name, calls, error in counted
    ]
    return failing_calls(failures_of(NOON - timedelta(hours=1), NOON, listed, USUAL if usual is None else usual))


def _id_of(name: str | None) -> int:
    return sum(map(ord, name or "x"))


BAD, EMPTY, ENGINE = "unreadable_recording", "empty_recording", "engine_error"


@pytest.mark.parametrize(
    ("counted", "state", "reason"),
    [
        ([], OK, "No call ended in the last hour."),
        ([("Berger", 1, None)], OK, "The only call that ended in the last hour was completed."),
        ([("Berger", 1, BAD)], OK, "The only call that ended in the last hour failed."),
        ([("Berger", 40, None)], OK, "None of the 40 calls that ended in the last hour failed."),
        (
            [("Berger", 2, None), ("Berger", 1, BAD)],
            OK,
            "1 of the 3 calls that ended in the last hour failed; 3 % is usual.",
        ),
        (
            [("Berger", 900, BAD), ("Ortega", 200, BAD), ("Ortega", 61, EMPTY), ("Ada", 101, None)],
            FAILED,
            "1,161 of the 1,262 calls that ended in the last hour failed; 3 % is usual: mostly unreadable_recording of "
            "Berger (900). By customer: Berger 900 of 900, Ortega 261 of 261.",
        ),
        (
            [("Berger", 9, BAD), *((name, 50, None) for name in ("Ada", "Bob", "Cleo", "Dan"))],
            WARNING,
            "9 of the 209 calls that ended in the last hour failed; 3 % is usual: mostly unreadable_recording of "
            "Berger (9). By customer: Berger 9 of 9.",
        ),
        (
            [(name, 40, error) for name in ("Ada", "Bob", "Cleo") for error in (EMPTY, None, None, None)],
            WARNING,
            "120 of the 480 calls that ended in the last hour failed; 3 % is usual: mostly empty_recording (120). "
            "By customer: Ada 40 of 160, Bob 40 of 160, Cleo 40 of 160.",
        ),
        (
            [("Berger", 5, BAD), ("Berger", 1, EMPTY)],
            FAILED,
            "All 6 calls that ended in the last hour failed; 3 % is usual: mostly unreadable_recording of Berger (5).",
        ),
        (
            [(name, 3, error) for name in ("Ada", "Bob", "Cleo") for error in (BAD, EMPTY, "recording_too_long")],
            FAILED,
            "All 27 calls that ended in the last hour failed; 3 % is usual: most often empty_recording (9). "
            "By customer: Ada 9 of 9, Bob 9 of 9, Cleo 9 of 9.",
        ),
        (
            [(None, 7, BAD)],
            FAILED,
            "All 7 calls that ended in the last hour failed; 3 % is usual: mostly unreadable_recording of customer 120 "
            "(7).",
        ),
        (
            [("Ada", 30, ENGINE), ("Ada", 10, None), ("Berger", 900, BAD)],
            FAILED,
            "930 of the 940 calls that ended in the last hour failed; 3 % is usual: mostly unreadable_recording of "
            "Berger (900). By customer: Berger 900 of 900, Ada 30 of 40. The fault is the appliance's own: 30 of the "
            "40 calls with sound recordings failed.",
        ),
    ],
)
def test_what_is_said(counted: list[tuple[str | None, int, str | None]], state: ComponentState, reason: str) -> None:
    assert component(*counted) == Component("calls", state, reason)


def test_a_few_of_many_that_are_affected_are_named() -> None:
    told = component(*((chr(65 + number), 10 + number, BAD) for number in range(9)))

    assert told.reason.endswith("By customer: I 18 of 18, H 17 of 17, G 16 of 16, F 15 of 15, E 14 of 14 and others.")


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        ({}, "1 of the 3 calls that ended in the last hour failed."),
        ({1: Ended(49, 1)}, "1 of the 3 calls that ended in the last hour failed."),
        ({1: Ended(1000, 0)}, "1 of the 3 calls that ended in the last hour failed; 0 % is usual."),
        ({1: Ended(1000, 4)}, "1 of the 3 calls that ended in the last hour failed; less than 1 % is usual."),
        ({1: Ended(1000, 126)}, "1 of the 3 calls that ended in the last hour failed; 13 % is usual."),
    ],
)
def test_what_is_usual_is_said_where_it_is_known(usual: dict[int, Ended], words: str) -> None:
    assert component(("Ada", 2, None), ("Ada", 1, BAD), usual=usual).reason == words
