"""`vbot doctor`: check the box, or name what is wrong with a recording."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ApplianceError, ConfigurationError
from appliance.process.exit_reason import StandardError, exit_reason
from appliance.process.port_holder import port_holder

if TYPE_CHECKING:
    from appliance.settings import Settings

ENOUGH_DISK_GB = 5
# torch and what is built on it, from a slow disk that has not read them yet.
IMPORT_SECONDS = 180.0
IMPORT_ENGINE = """
import sys
from appliance.process.exit_reason import error_line
try:
    from appliance.worker.speech_engine import import_engine
    import_engine()
except Exception as error:
    sys.exit(error_line(error))
"""
OK, WARNING, WRONG = "ok", "warn", "WRONG"
_WORDS = {"ok": OK, "warning": WARNING, "failed": WRONG}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="check the box, or name what is wrong with a recording",
        description="Without a file: checks what the appliance needs on this machine. With files: opens each as the "
        "engine would, decoded in the same jail, and names its fault. Exit code 1 when anything is wrong.",
    )
    parser.add_argument("recordings", metavar="WAV", type=Path, nargs="*")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.recordings:
        return _look_at_recordings(arguments.recordings)
    return _check_box(settings)


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


def _check_box(settings: Settings) -> int:
    from appliance.commands.checks import folder_checks  # noqa: PLC0415
    from appliance.commands.checks.units import failing_units  # noqa: PLC0415
    from appliance.storage.folder.data_folder import check_owner  # noqa: PLC0415

    check_owner(settings.data_dir)
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("Python", lambda _: sys.version.split()[0]),
        ("data folder", _data_folder),
        ("keys", folder_checks.check_keys),
        ("at rest", folder_checks.check_at_rest),
        ("note", folder_checks.check_first_boot_note),
        ("certificate", folder_checks.check_certificate),
        ("database", folder_checks.check_database),
        ("recordings", folder_checks.check_recordings),
        ("backups", folder_checks.check_backups),
        ("disk", _disk),
        ("model packs", _packs),
        ("engine", lambda _: _engine()),
        ("summaries", _summaries),
        ("queue", _queue),
        ("api", _api),
        ("ffmpeg", lambda _: _ffmpeg()),
        ("decoders", lambda _: _decoders()),
    ]
    # What the running api knows of a part goes before what it looks like from outside.
    components = {one["name"]: (_WORDS[one["state"]], one["reason"]) for one in _components(settings)}
    words = set()

    def report(word: str, name: str, text: str) -> None:
        words.add(word)
        print(f"{word:<5} {name}: {text}", flush=True)

    for name, check in checks:
        word, text = _outcome(check, settings)
        seen = components.pop(name, (OK, ""))
        report(*((word, name, text) if word == WRONG or seen[0] == OK else (seen[0], name, seen[1])))
    for name, (word, reason) in components.items():
        report(word, name, reason)
    for sentence in failing_units():
        report(WRONG, "systemd", sentence)
    return 1 if WRONG in words else 0


def _outcome(check: Callable[[Settings], str], settings: Settings) -> tuple[str, str]:
    from appliance.commands.checks.folder_checks import Doubtful  # noqa: PLC0415

    try:
        return OK, check(settings)
    except Doubtful as doubt:
        return WARNING, str(doubt)
    except ApplianceError as error:
        return WRONG, str(error)
    except OSError as error:  # doctor is asked when something is wrong with the disk
        return WRONG, f"cannot read {error.filename or settings.data_dir}: {error.strerror}"


def _components(settings: Settings) -> list[dict[str, str]]:
    """The parts of the appliance as the running api sees them; none where no api runs or it does not answer."""
    from appliance.commands.local_api import LocalApiRefused, ask  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    try:
        reply = ask(DataFolder(settings.data_dir).api_socket, "GET", "/api/system") or {}
    except LocalApiRefused:
        return []  # the check of the api says so
    return list(reply.get("components", []))


def _ffmpeg() -> str:
    if shutil.which("ffmpeg"):
        return "installed"
    return "not installed: M4A, WebM, AMR, Windows Media, G.722, G.726 and G.729 stay unread (apt install ffmpeg)"


def _decoders() -> str:
    """What holds a decoder that its recording has taken over."""
    from appliance.commands.checks.folder_checks import Doubtful  # noqa: PLC0415
    from appliance.worker.speech_engine import decoder_protections  # noqa: PLC0415

    held, missing = decoder_protections()
    if missing:
        raise Doubtful(f"a recording that takes over its decoder is not wholly held: {'; '.join(missing)}")
    return f"jailed: {'; '.join(held)}"


def _data_folder(settings: Settings) -> str:
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

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
    from engine.models import (  # noqa: PLC0415
        ModelPackError,
        PackStore,
        open_language_pack,
        open_pack,
        open_voice_pack,
    )

    if importlib.util.find_spec("torch") is None:
        raise ConfigurationError("the worker's part is not installed: pip install 'vbot-appliance[worker]'")
    from appliance.commands.worker import packs_in_use  # noqa: PLC0415

    names = packs_in_use(settings)
    try:
        for name in names:
            open_pack(name, settings.models_dir)
        voices = open_voice_pack(settings.voice_model, settings.models_dir)
        language = open_language_pack(settings.language_model, settings.models_dir)
    except ModelPackError as error:
        raise ConfigurationError(str(error)) from error
    found = dict.fromkeys([*names, *(pack.name for pack in (voices, language) if pack is not None)])
    missing = []
    if voices is None and settings.voice_model is None:
        missing.append("the voices of mono recordings are not told apart: `vbot models install ge2e-voices`")
    if language is None and settings.language_model is None:
        missing.append("moods and summaries are less often right: `vbot models install smollm2-135m`")
    code = PackStore(settings.models_dir).running_as_code()
    shown = [f"{name} (runs as code)" if name in code else name for name in found]
    return "; ".join([", ".join(shown), *missing])


def _summaries(settings: Settings) -> str:
    """Who writes them; a server is asked what models it has."""
    from appliance.commands.worker import chat_server  # noqa: PLC0415
    from appliance.worker.chat_server import ChatServerFailed  # noqa: PLC0415

    server = chat_server(settings)
    if server is None:
        return f"written by {settings.summary_model}" if settings.summary_model else "quotes of the call in a frame"
    try:
        models = server.models()
    except ChatServerFailed as error:
        raise ConfigurationError(f"quotes until the writing model answers: {error}") from error
    if settings.llm_model is not None and settings.llm_model not in models:
        raise ConfigurationError(f"{settings.llm_url} has no model {settings.llm_model}, but {', '.join(models[:5])}")
    return f"written by {settings.llm_model or models[0]} at {settings.llm_url}"


def _queue(settings: Settings) -> str:
    from appliance.queue.access import Role  # noqa: PLC0415
    from appliance.queue.broker import connector, reaching_queue  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, valkey_url  # noqa: PLC0415

    url = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
    if settings.redis_url is None and not DataFolder(settings.data_dir).valkey_socket.exists():
        return "private, not running now"
    with reaching_queue():
        connector(url, settings.queue_access, Role.API)().ping()
    return "reachable"


def _engine() -> str:
    """Import what the worker imports, in a process of its own: the import itself may be what kills it."""
    if importlib.util.find_spec("torch") is None:
        return "not installed"  # the check of the model packs says so
    try:
        done = subprocess.run(
            [sys.executable, "-c", IMPORT_ENGINE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"it cannot be imported within {IMPORT_SECONDS:.0f} s") from None
    if done.returncode != 0:
        lines = StandardError()
        lines.feed(done.stderr + b"\n")
        raise ConfigurationError(f"it cannot be imported: {exit_reason(done.returncode, lines.last)}")
    return "can be imported"


def _api(settings: Settings) -> str:
    from appliance.commands.local_api import ask  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    listen = settings.listen
    if ask(DataFolder(settings.data_dir).api_socket, "GET", "/health") is not None:
        return f"it runs, and listens on {listen}"
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.settimeout(2.0)
        if probe.connect_ex((listen.local_host, listen.port)) != 0:
            return f"nothing listens on {listen} now"
    holder = port_holder(listen.port) or "another program"
    raise ConfigurationError(
        f"{holder} listens on {listen}, so that this api cannot: stop it, or have VBOT_LISTEN name another port"
    )
