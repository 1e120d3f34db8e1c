"""What `vbot setup` makes of the parts while its test call waits: when it is patient, and when it gives up."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.commands.setup.obstacles import STANDS_SECONDS, Obstacles


def system(*workers: tuple[str, int], **parts: str) -> dict[str, Any]:
    """As /api/system has it: the workers' states and deaths, and what is not well."""
    return {
        "workers": [
            {"name": f"box/{number}", "state": state, "deaths_while_loading": deaths}
            for number, (state, deaths) in enumerate(workers)
        ],
        "components": [
            {"name": name, "state": parts.get(name, "ok")}
            for name in ("database", "queue", "worker", "results", "webhooks")
        ],
    }


def found(*looks: tuple[float, dict[str, Any]]) -> list[str | None]:
    obstacles = Obstacles()
    return [obstacles.standing(one, at) for at, one in looks]


@pytest.mark.parametrize("part", ["worker", "queue", "database", "results"])
def test_a_part_that_does_not_come_back_is_named_and_one_that_does_is_not(part: str) -> None:
    away, there = system(**{part: "failed"}), system(("ready", 0))
    assert found((0, away), (STANDS_SECONDS - 1, away), (STANDS_SECONDS, away)) == [None, None, part]
    assert found((0, away), (50, there), (STANDS_SECONDS, away), (100, away)) == [None] * 4


def test_the_queue_is_named_before_the_worker_that_is_not_heard_of_without_it() -> None:
    away = system(queue="failed", worker="failed")
    assert found((0, away), (STANDS_SECONDS, away)) == [None, "queue"]


def test_what_is_not_on_the_calls_way_is_no_reason_to_stop() -> None:
    away = system(("ready", 0), webhooks="failed")
    assert found((0, away), (1000, away)) == [None, None]


def test_a_worker_that_dies_again_and_again_is_told_at_once() -> None:
    died = [system((state, deaths), worker="failed") for state, deaths in (("loading", 2), ("loading", 3))]
    assert found((0, died[0]), (4, died[1])) == [None, "worker"]
    long_ago = [system(("gone", deaths), worker="failed") for deaths in (70, 71)]
    assert found((0, long_ago[0]), (10, long_ago[0]), (12, long_ago[1])) == [None, None, "worker"]


@pytest.mark.parametrize("deaths", [0, 2, 5])
def test_a_worker_that_loads_for_long_is_waited_for_also_where_it_died_before_it_was_mended(deaths: int) -> None:
    """After ten minutes the api finds that wrong; a slow box takes its time, and then it works."""
    loads = system(("loading", deaths), worker="failed")
    assert found((0, loads), (300, loads), (899, loads)) == [None] * 3


def test_a_second_worker_that_dies_beside_one_that_works_is_no_obstacle() -> None:
    looks = [system(("ready", 0), ("loading", deaths), worker="warning") for deaths in (3, 4)]
    assert found((0, looks[0]), (10, looks[1])) == [None, None]
