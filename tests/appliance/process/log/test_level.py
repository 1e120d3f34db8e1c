"""Another log level for a while."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from appliance.process.log.level import ChosenLevel, LogLevel
from tests.support.processes import wait_until

NAME = "tests.log_level"


@pytest.fixture
def level() -> Iterator[LogLevel]:
    level = LogLevel([NAME], lambda: 1000.0)
    yield level
    level.choose("info", 0)


def effective() -> int:
    return logging.getLogger(f"{NAME}.part").getEffectiveLevel()


def test_another_level_holds_for_ours_alone_and_can_be_taken_back(level: LogLevel) -> None:
    usual, others = effective(), logging.getLogger("urllib3").getEffectiveLevel()
    level.choose("debug", 900)
    assert (effective(), level.current) == (logging.DEBUG, ChosenLevel("debug", 900.0))
    assert logging.getLogger("urllib3").getEffectiveLevel() == others
    level.choose("info", 900)
    assert (effective(), level.current) == (usual, ChosenLevel("info"))


def test_it_goes_back_by_itself(level: LogLevel) -> None:
    usual = effective()
    level.choose("error", 0.2)  # it may be over before one has looked
    assert wait_until(lambda: effective() == usual, 60)
    assert level.current == ChosenLevel("info")


def test_a_later_choice_is_not_ended_by_the_time_of_the_one_before(level: LogLevel) -> None:
    level.choose("error", 900)
    before = level._chosen
    assert before is not None
    level.choose("debug", 900)
    level._end(before)
    assert level.current.level == "debug"


def test_what_the_api_tells_is_followed_and_no_more_than_a_day(level: LogLevel) -> None:
    told = LogLevel([f"{NAME}.api"], lambda: 0.0)
    told.choose("debug", 812)
    level.follow(told.told())
    assert level.current == ChosenLevel("debug", 812.0)
    told.choose("info", 0)
    level.follow(told.told())
    assert level.current == ChosenLevel("info")
    level.follow("debug 999999999999")
    assert level.current == ChosenLevel("debug", 86400.0)


@pytest.mark.parametrize("told", [None, "", "debug", "trace 10", "debug -1", "debug ten", "DEBUG 10", "debug ²"])
def test_what_is_not_understood_changes_nothing(level: LogLevel, told: str | None) -> None:
    level.choose("warning", 900)
    level.follow(told)
    assert level.current.level == "warning"
