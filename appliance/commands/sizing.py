"""`vbot doctor --sizing`: from the speed that this box has measured to the workers that an office needs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from appliance import __version__
from appliance.domain.clock import contract_timestamp, utc_now
from appliance.domain.plurals import counted
from appliance.domain.sizing import (
    BUSY_SHARE,
    CALLS_THAT_TELL,
    FORMULA,
    USUAL_CALL_SECONDS,
    USUAL_CALLS_OF_AN_EXTENSION,
    Sizing,
)
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.settings import Settings

OFFICES = (10, 25, 50, 100, 250, 500)
NOT_MEASURED = "no worker has measured its speed yet: let it analyse some calls first (`sudo vbot setup` makes one)"
NOT_RUNNING = "the api does not run, and its workers' speed is not known: `systemctl start vbot.target`"


class MeasuredWorker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that is there, and how many seconds of audio it analyses in a second."""

    name: str
    speed: float
    calls_done: int


class BusiestHour(msgspec.Struct, frozen=True, kw_only=True):
    """The hour of the last 30 days in which the most audio came; `share`: of what the workers here can do in one."""

    start: str
    calls: int
    audio_seconds: float
    share: float


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """How many workers like these an office needs."""

    extensions: int
    calls_in_the_busiest_hour: float
    workers: int


class SizingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `call_seconds_measured`: the calls of this box last so long; else it is assumed."""

    version: str
    at: str
    workers: list[MeasuredWorker]
    speed: float
    call_seconds: float
    call_seconds_measured: bool
    calls_of_an_extension: float
    busy_share: float
    calls_an_hour_of_a_worker: float
    calls_an_hour: float
    extensions: int
    busiest_hour: BusiestHour | None
    offices: list[Office]
    formula: str


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask the running api, and print."""
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    socket = initialised_folder(settings).api_socket
    system, statistics = ask(socket, "GET", "/api/system"), ask(socket, "GET", "/api/stats?bucket=hour")
    if system is None or statistics is None:
        raise ConfigurationError(NOT_RUNNING)
    calls_of_an_extension = arguments.calls_of_an_extension or USUAL_CALLS_OF_AN_EXTENSION
    found = sized(system, statistics, arguments.extensions, calls_of_an_extension)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        print(in_lines(found), file=sys.stdout)
    return 0


def sized(
    system: dict[str, Any], statistics: dict[str, Any], extensions: int | None, calls_of_an_extension: float
) -> SizingReport:
    """From what the api tells. Raises ConfigurationError where no worker has measured anything yet."""
    workers = [
        MeasuredWorker(name=one["name"], speed=one["measured_speed"], calls_done=one["calls_done"])
        for one in system["workers"]
        if one["state"] == "ready" and one["measured_speed"]
    ]
    if not workers:
        raise ConfigurationError(NOT_MEASURED)
    completed, audio = statistics["totals"]["calls"]["completed"], statistics["totals"]["audio_seconds"]
    is_measured = completed >= CALLS_THAT_TELL and audio > 0
    all_of_them = sum(one.speed for one in workers)
    sizing = Sizing(
        speed=all_of_them / len(workers),
        call_seconds=audio / completed if is_measured else USUAL_CALL_SECONDS,
        calls_of_an_extension=calls_of_an_extension,
    )
    return SizingReport(
        version=__version__,
        at=contract_timestamp(utc_now()),
        workers=workers,
        speed=round(sizing.speed, 2),
        call_seconds=round(sizing.call_seconds, 1),
        call_seconds_measured=is_measured,
        calls_of_an_extension=calls_of_an_extension,
        busy_share=BUSY_SHARE,
        calls_an_hour_of_a_worker=round(sizing.calls_an_hour, 1),
        calls_an_hour=round(sizing.calls_an_hour * len(workers), 1),
        extensions=sizing.extensions_for(len(workers)),
        busiest_hour=_busiest_hour(statistics["rows"], all_of_them),
        offices=[
            Office(extensions=one, calls_in_the_busiest_hour=sizing.calls_of(one), workers=sizing.workers_for(one))
            for one in (OFFICES if extensions is None else (extensions,))
        ],
        formula=FORMULA,
    )


def _busiest_hour(rows: list[dict[str, Any]], speed: float) -> BusiestHour | None:
    hours = [one for one in rows if one["bucket"] == "hour" and one["audio_seconds"]]
    if not hours:
        return None
    most = max(hours, key=lambda one: one["audio_seconds"])
    audio = most["audio_seconds"]
    share = round(audio / (3600 * speed), 3)
    return BusiestHour(start=most["start"], calls=most["calls"]["accepted"], audio_seconds=audio, share=share)


def in_lines(found: SizingReport) -> str:
    """As a person reads it."""
    lines = [
        *(f"{one.name}: {one.speed:g} × real time, over its last calls" for one in found.workers),
        f"a call lasts {found.call_seconds:.0f} s on average "
        + ("(this box's, 30 days)" if found.call_seconds_measured else "(assumed: too few calls yet)"),
        f"one worker does {found.calls_an_hour_of_a_worker:.0f} calls an hour, busy {found.busy_share:.0%} of it; "
        f"the {counted(len(found.workers), 'worker', 'workers')} here: {found.calls_an_hour:.0f}, enough for "
        f"{found.extensions} extensions of {found.calls_of_an_extension:g} calls in the busiest hour",
    ]
    if found.busiest_hour is not None:
        hour = found.busiest_hour
        lines.append(
            f"busiest hour of 30 days: {hour.start}, {counted(hour.calls, 'call', 'calls')}, "
            f"{hour.audio_seconds / 60:.0f} minutes of audio: {hour.share:.0%} of what is here"
        )
    lines.append("\nextensions  calls in the busiest hour  workers")
    lines += [f"{one.extensions:>10}  {one.calls_in_the_busiest_hour:>25g}  {one.workers:>7}" for one in found.offices]
    return "\n".join([*lines, "", found.formula])
