"""`vbot doctor`: check the box, or name what is wrong with a recording."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.settings import Settings

ENOUGH_DISK_GB = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="check the box, or name what is wrong with a recording",
        description="Without a file: checks what the appliance needs on this machine. With files: opens each as the "
        "engine would and names its fault. Exit code 1 when anything is wrong.",
    )
    parser.add_argument("recordings", metavar="WAV", type=Path, nargs="*")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.recordings:
        return _look_at_recordings(arguments.recordings)
    return _check_box(settings)


def _look_at_recordings(recordings: list[Path]) -> int:
    from appliance.queue.consumer import RecordingAtFault  # noqa: PLC0415
    from appliance.worker import look_at_recording  # noqa: PLC0415

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


def _check_box(settings: Settings) -> int:
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("Python", lambda _: sys.version.split()[0]),
        ("data folder", _data_folder),
        ("disk", _disk),
        ("model packs", _packs),
        ("queue", _queue),
        ("api", _api),
        ("ffmpeg", lambda _: _ffmpeg()),
    ]
    worst = 0
    for name, check in checks:
        try:
            print(f"ok    {name}: {check(settings)}")
        except ApplianceError as error:
            worst = 1
            print(f"WRONG {name}: {error}")
    return worst


def _ffmpeg() -> str:
    if shutil.which("ffmpeg"):
        return "installed"
    return "not installed: M4A, WebM, AMR, Windows Media, G.722, G.726 and G.729 stay unread (apt install ffmpeg)"


def _data_folder(settings: Settings) -> str:
    from appliance.storage.data_folder import DataFolder  # noqa: PLC0415

    folder = DataFolder(settings.data_dir)
    if not folder.is_initialised:
        raise ConfigurationError(f"{folder.root} is not set up: run `vbot init`")
    if folder.root.stat().st_mode & 0o077:
        raise ConfigurationError(f"{folder.root} is open to others: run `chmod 700 {folder.root}`")
    return str(folder.root)


def _disk(settings: Settings) -> str:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    free_gb = shutil.disk_usage(place).free / 1e9
    if free_gb < ENOUGH_DISK_GB:
        raise ConfigurationError(f"only {free_gb:.1f} GB are free at {place}")
    return f"{free_gb:.0f} GB are free"


def _packs(settings: Settings) -> str:
    from engine.models import ModelPackError, open_pack, open_voice_pack  # noqa: PLC0415

    if importlib.util.find_spec("torch") is None:
        raise ConfigurationError("the worker's part is not installed: pip install 'vbot-appliance[worker]'")
    from appliance.commands.worker import packs_in_use  # noqa: PLC0415

    names = packs_in_use(settings)
    try:
        for name in names:
            open_pack(name, settings.models_dir)
        voices = open_voice_pack(settings.models_dir)
    except ModelPackError as error:
        raise ConfigurationError(str(error)) from error
    if voices is None:
        return (
            ", ".join(names) + "; the voices of mono recordings are not told apart: `vbot models install ge2e-voices`"
        )
    return ", ".join([*names, voices.name])


def _queue(settings: Settings) -> str:
    from appliance.queue.broker import connect, reaching_queue  # noqa: PLC0415
    from appliance.storage.data_folder import DataFolder, valkey_url  # noqa: PLC0415

    url = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
    if settings.redis_url is None and not DataFolder(settings.data_dir).valkey_socket.exists():
        return "private, not running now"
    with reaching_queue():
        connect(url).ping()
    return "reachable"


def _api(settings: Settings) -> str:
    listen = settings.listen
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.settimeout(2.0)
        running = probe.connect_ex((listen.local_host, listen.port)) == 0
    return f"something listens on {listen}" if running else f"nothing listens on {listen} now"
