"""From a measured speed to calls an hour and workers: the arithmetic, and what is said of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.commands import doctor
from appliance.commands.sizing import in_lines, sized
from appliance.domain.sizing import Sizing
from appliance.errors import ConfigurationError
from appliance.settings import Settings


def system(*speeds: float | None, state: str = "ready") -> dict[str, Any]:
    """What the api says of its workers."""
    return {
        "workers": [
            {"name": f"box/cuda:{number}", "state": state, "measured_speed": speed, "calls_done": 20}
            for number, speed in enumerate(speeds)
        ]
    }


def statistics(completed: int = 0, audio_seconds: float = 0.0, *hours: float) -> dict[str, Any]:
    """What it says of its calls."""
    rows = [
        {
            "start": f"2026-11-27T{hour:02}:00:00Z",
            "bucket": "hour",
            "calls": {"accepted": 7},
            "audio_seconds": seconds,
        }
        for hour, seconds in enumerate(hours)
    ]
    return {"totals": {"calls": {"completed": completed}, "audio_seconds": audio_seconds}, "rows": rows}


def test_a_worker_does_as_many_calls_as_its_speed_allows_with_time_to_spare() -> None:
    sizing = Sizing(speed=20.0, call_seconds=180.0)
    assert sizing.calls_an_hour == pytest.approx(280.0)  # 3600 × 20 × .7 / 180
    assert [sizing.workers_for(extensions) for extensions in (1, 70, 71, 140, 141)] == [1, 1, 2, 2, 3]
    assert [sizing.extensions_for(workers) for workers in (1, 2)] == [70, 140]


@pytest.mark.parametrize("speed", [0.37, 1.0, 7.3, 85.0])
def test_the_extensions_for_which_workers_are_enough_need_so_many_workers(speed: float) -> None:
    sizing = Sizing(speed, call_seconds=93.0, calls_of_an_extension=1.5)
    for workers in (1, 2, 9):
        enough = sizing.extensions_for(workers)
        assert sizing.workers_for(max(1, enough)) <= workers < sizing.workers_for(enough + 1)


def test_the_boxs_own_calls_are_reckoned_with_once_there_are_enough_of_them() -> None:
    few = sized(system(20.0), statistics(19, 19 * 60.0), None, 4.0)
    assert (few.call_seconds, few.call_seconds_measured) == (180.0, False)
    many = sized(system(20.0), statistics(20, 20 * 60.0), None, 4.0)
    assert (many.call_seconds, many.call_seconds_measured) == (60.0, True)
    assert many.calls_an_hour == pytest.approx(840.0)


def test_several_workers_are_added_up_and_the_busiest_hour_is_compared_with_all_of_them() -> None:
    found = sized(system(10.0, 30.0, None), statistics(0, 0.0, 0.0, 7200.0, 3600.0), 500, 4.0)
    assert [one.name for one in found.workers] == ["box/cuda:0", "box/cuda:1"]
    assert (found.speed, found.calls_an_hour_of_a_worker, found.calls_an_hour) == (20.0, 280.0, 560.0)
    assert found.busiest_hour is not None
    assert (found.busiest_hour.start[11:13], found.busiest_hour.share) == ("01", 0.05)
    assert [(one.extensions, one.workers) for one in found.offices] == [(500, 8)]
    assert "the 2 workers here: 560, enough for 140 extensions" in in_lines(found)
    assert "3600 × speed × busy share" in in_lines(found)
    assert msgspec.to_builtins(found)["offices"] == [
        {"extensions": 500, "calls_in_the_busiest_hour": 2000.0, "workers": 8}
    ]


@pytest.mark.parametrize("unknown", [system(), system(None), system(20.0, state="gone")])
def test_without_a_measured_speed_nothing_is_made_up(unknown: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="no worker has measured its speed yet"):
        sized(unknown, statistics(), None, 4.0)


@pytest.mark.parametrize("given", [["--extensions", "0"], ["--extensions", "x"], ["--calls", "0"], ["--calls", "nan"]])
def test_no_office_has_no_extensions_or_no_calls(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    doctor.add_parser(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["doctor", "--sizing", *given])
    assert "must be a" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["--extensions", "9"], ["--calls", "5"]])
def test_what_is_for_the_sizing_alone_is_no_word_to_the_doctor(given: list[str], tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    doctor.add_parser(parser.add_subparsers())
    settings = Settings(data_dir=tmp_path, models_dir=tmp_path)
    with pytest.raises(ConfigurationError, match="are for --sizing"):
        doctor.run(parser.parse_args(["doctor", *given]), settings)
