"""`vbot doctor`: check the box, or name what is wrong with a recording."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.commands.checks.finding import Finding
    from appliance.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="check the box, or name what is wrong with a recording",
        description="Without a file: checks what the appliance needs on this machine, and asks the running api. What "
        "is wrong comes last, each with the command that mends it. With files: opens each as the engine would, decoded "
        "in the same jail, and names its fault. Exit code 1 when anything is wrong.",
    )
    parser.add_argument("recordings", metavar="WAV", type=Path, nargs="*")
    parser.add_argument("--json", action="store_true", help="what was found of the box as JSON, all at the end")
    parser.add_argument(
        "--sizing",
        action="store_true",
        help="how many calls an hour the workers here do, and how many workers it takes",
    )
    parser.add_argument("--extensions", metavar="N", type=_count, help="with --sizing: for an office of so many")
    parser.add_argument(
        "--calls",
        metavar="C",
        dest="calls_of_an_extension",
        type=_calls,
        help="with --sizing: how many calls an extension has in the busiest hour (4)",
    )
    parser.set_defaults(run=run, tell_of_settings=tell_of_settings)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 on")
    return int(text[:9])


def _calls(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 3600:
        raise argparse.ArgumentTypeError("must be a number of calls, more than 0")
    return number


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.sizing:
        from appliance.commands.sizing import report  # noqa: PLC0415

        if arguments.recordings:
            raise ConfigurationError("--sizing is for the box: without a recording")
        return report(arguments, settings)
    if arguments.extensions is not None or arguments.calls_of_an_extension is not None:
        raise ConfigurationError("--extensions and --calls are for --sizing")
    if not arguments.recordings:
        return _report(arguments, _look_at(settings))
    if arguments.json:
        raise ConfigurationError("--json is for the box: without a recording")
    return _look_at_recordings(arguments.recordings)


def tell_of_settings(arguments: argparse.Namespace, error: ApplianceError) -> int:
    """Where the settings cannot be read: that is the finding."""
    from appliance.commands.checks.finding import Finding, State  # noqa: PLC0415
    from appliance.commands.checks.settings_file import settings_at_fault  # noqa: PLC0415

    reason = "without settings nothing else can be looked at"
    rest = Finding(name="the rest", state=State.SKIPPED, reason=reason, command="vbot doctor")
    return _report(arguments, iter((settings_at_fault(error, arguments.config), rest)))


def _look_at_recordings(recordings: list[Path]) -> int:
    from appliance.worker.engine import RecordingAtFault  # noqa: PLC0415
    from appliance.worker.speech_engine import look_at_recording  # noqa: PLC0415

    worst = 0
    for path in recordings:
        if not path.is_file():
            raise ConfigurationError(f"there is no file {path}")
        try:
            print(f"{path}: {look_at_recording(path)}")
        except RecordingAtFault as fault:
            worst = 1
            print(f"{path}: {fault}")
    return worst


def _report(arguments: argparse.Namespace, findings: Iterator[Finding]) -> int:
    from appliance.commands.checks.report import report_as_json, report_in_lines  # noqa: PLC0415

    return (report_as_json if arguments.json else report_in_lines)(findings, sys.stdout)


@dataclass(frozen=True, slots=True)
class Check:
    """One part: who looks, and what mends it where the fault does not say so. `private`: it is in the data folder.

    `seen_by_all`: what was seen is told also to whom the box's own settings do not say whether it is a fault.
    """

    name: str
    look: Callable[[Box], str]
    private: bool = False
    seen_by_all: bool = False
    command: Callable[[Box], str] = field(default=lambda box: box.log("vbot-api"))


def _checks_of(box: Box) -> list[Check]:
    """A machine that has workers for another box is none itself, though it has all that one needs."""
    from appliance.commands.checks import joined_box, units  # noqa: PLC0415

    if not units.works_for_another(box.units):
        return _checks()
    own = [check for check in _checks() if check.name not in joined_box.PARTS_OF_A_BOX]
    return [*own, Check("join", joined_box.check_joined_box)]


def _checks() -> list[Check]:
    from appliance.commands.checks import (  # noqa: PLC0415
        backups,
        certificate,
        data_folder,
        database,
        engine,
        graphics,
        machine,
        queue,
        running_api,
        settings_file,
    )
    from appliance.commands.upgrade.check import check_upgrade  # noqa: PLC0415

    def reinstall(_box: Box) -> str:
        return engine.reinstall_command()

    return [
        Check("Python", data_folder.check_python),
        Check(settings_file.NAME, settings_file.check_settings),
        Check("data folder", data_folder.check_data_folder, private=True),
        Check("keys", data_folder.check_keys, private=True),
        Check("at rest", data_folder.check_at_rest, private=True),
        Check("note", data_folder.check_first_boot_note, private=True),
        Check("certificate", certificate.check_certificate, private=True),
        Check("database", database.check_database, private=True, command=lambda _: "vbot --version"),
        Check("recordings", database.check_recordings, private=True),
        Check("backups", backups.check_backups, private=True),
        Check("backup disk", backups.check_backup_disk, private=True),
        Check("disk", machine.check_room, seen_by_all=True),
        Check("disk speed", machine.check_speed, private=True),
        Check("clock", machine.check_clock),
        Check("model packs", engine.check_packs, command=lambda _: "vbot models verify"),
        Check("engine", engine.check_engine, command=reinstall),
        Check("graphics", graphics.check_graphics, command=reinstall),
        Check("summaries", engine.check_summaries),
        Check("ffmpeg", engine.check_ffmpeg),
        Check("decoders", engine.check_decoders, command=reinstall),
        Check("queue", queue.check_queue, private=True),
        Check("waiting", running_api.check_waiting_calls, private=True),
        Check("upgrade", check_upgrade),
        Check("api", running_api.check_api, seen_by_all=True),
    ]


def _look_at(settings: Settings) -> Iterator[Finding]:
    """All that is found, one after the other."""
    from appliance.commands.checks import running_api, settings_file, units  # noqa: PLC0415
    from appliance.commands.checks.box import Box  # noqa: PLC0415
    from appliance.commands.checks.finding import on_a_box_of_units  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    folder, withheld = DataFolder(settings.data_dir), _withheld(settings)
    api = running_api.await_running_api(folder) if withheld is None else running_api.RunningApi()
    differing: tuple[str, ...] = ()
    if api.system is not None and isinstance(there := api.system.get("settings"), dict):
        settings, differing = settings_file.compared(settings, there)
    box = Box(settings, folder, api, units.look_at_units(), withheld, differing)
    for found in _look_at_box(box, withheld):
        yield on_a_box_of_units(found) if box.has_units else found


def _look_at_box(box: Box, withheld: str | None) -> Iterator[Finding]:
    """What the running api knows of a part goes before how it looks outside."""
    from appliance.commands.checks import engine, running_api, units  # noqa: PLC0415
    from appliance.commands.checks.finding import Finding, State, command_in  # noqa: PLC0415

    api = box.api
    commands = running_api.commands(box)
    seen = {}
    for one in api.components():
        command = None if one.state is State.OK else command_in(one.reason) or commands.get(one.name)
        seen[one.name] = Finding(name=one.name, state=one.state, reason=one.reason, command=command)
    if engine.is_missing(box):
        seen.pop("worker", None)  # the check of the engine says why there is none
    unseen = []
    for check in _checks_of(box):
        if check.private and withheld is not None:
            unseen.append(check.name)
            continue
        found, told = _outcome(check, box), seen.pop(check.name, None)
        if found.state is State.SKIPPED and withheld is not None and not check.seen_by_all:
            unseen.append(check.name)
            continue
        yield found if told is None or told.state is State.OK or found.state is State.FAILED else told
    yield from seen.values()
    yield from units.findings(box.units)
    if withheld is not None:
        reason = f"{', '.join(unseen)} were not looked at: {withheld}"
        yield Finding(name="the rest", state=State.SKIPPED, reason=reason, command="sudo vbot doctor")


def _withheld(settings: Settings) -> str | None:
    """Why we may not look into the data folder, if we may not."""
    from appliance.storage.folder.data_folder import check_owner  # noqa: PLC0415

    try:
        check_owner(settings.data_dir)
    except ConfigurationError as error:
        return str(error)
    return None


def _outcome(check: Check, box: Box) -> Finding:
    from appliance.commands.checks.finding import Finding, State, told  # noqa: PLC0415
    from appliance.process.exit_reason import error_line  # noqa: PLC0415

    try:
        return Finding(name=check.name, state=State.OK, reason=check.look(box))
    except ApplianceError as error:
        return told(check.name, error, check.command(box))
    except OSError as error:  # doctor is asked when something is wrong with the disk
        reason = f"cannot read {error.filename or box.folder.root}: {error.strerror}"
        not_for_us = isinstance(error, PermissionError) and box.withheld is not None
        state = State.SKIPPED if not_for_us else State.FAILED
        return Finding(name=check.name, state=state, reason=reason, command=check.command(box))
    except Exception as error:  # noqa: BLE001 - a look that stumbles must not hide what the others find
        reason = f"the look at it failed: {error_line(error)}"
        return Finding(name=check.name, state=State.SKIPPED, reason=reason, command="vbot support-bundle")
