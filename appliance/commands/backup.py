"""`vbot backup`: make a backup of the running or stopped appliance, list them, verify one, print the recovery key."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.commands.restore import FILE_HELP, backup_at, read_recovery_key
from appliance.domain.plurals import counted
from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from appliance.domain.audit import AuditLine
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

ASK_EVERY_SECONDS = 0.5
LONGEST_SECONDS = 3600
TELL_EVERY_SECONDS = 1.0


class Unverified(ApplianceError):
    """A backup was read, and yet it cannot be told whether it is what was written."""

    exit_code = 3


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = subparsers.add_parser(
        "backup",
        help="make, list and verify backups",
        description="A backup is one file: a consistent copy of the database, the secrets and the recordings of calls "
        "that are not final, all of it encrypted under the recovery key. `vbot restore` brings it back.",
    )
    commands = backup.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", help="make a backup now, also while the appliance runs, and print its path")
    create.set_defaults(run=create_backup)
    listing = commands.add_parser("list", help="show the backups in the data folder, the newest first")
    listing.set_defaults(run=list_backups)
    verify = commands.add_parser(
        "verify",
        help="read a backup whole, prove that nobody has changed it, and say what is in it",
        description="Exit code 0: the backup is what was written; 1: it is damaged, or was changed; 3: that could not "
        "be told, for want of the recovery key, or because it is of before backups were sealed.",
    )
    verify.add_argument("file", metavar="FILE", type=Path, help=FILE_HELP)
    verify.add_argument(
        "--recovery-key-file",
        metavar="F",
        type=Path,
        help="a file that holds the recovery key (default: the key that the data folder of this machine keeps)",
    )
    verify.add_argument(
        "--resume",
        action="store_true",
        help="go on where a verification that was cut off has left its place beside the file, if the file is the same",
    )
    verify.set_defaults(run=verify_backup)
    unpack = commands.add_parser(
        "unpack",
        help="write a backup as a data folder that an older version opens",
        description="To go back to the version before: stop the appliance, unpack the backup that was made before the "
        "migration (vbot-before-….tar), install the older version, and start it on the folder. The data folder stays "
        "as it is; calls erased since the backup are erased in the new one, too.",
    )
    unpack.add_argument("file", metavar="FILE", type=Path, help=FILE_HELP)
    unpack.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="a folder that is new or empty")
    unpack.add_argument(
        "--recovery-key-file",
        metavar="F",
        type=Path,
        help="a file that holds the recovery key (default: the key that the data folder of this machine keeps)",
    )
    unpack.set_defaults(run=unpack_backup)
    key = commands.add_parser("recovery-key", help="print the recovery key again, to the data folder's owner alone")
    key.add_argument(
        "--kept",
        action="store_true",
        help="do not print it, but remove the note that a first boot without a terminal has left: it is kept elsewhere",
    )
    key.set_defaults(run=print_recovery_key)


def create_backup(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    folder = initialised_folder(settings)
    started = ask(folder.api_socket, "POST", "/api/backups", {})
    name = _wait_for(folder.api_socket, started["name"]) if started is not None else _make_directly(settings)
    print(folder.backups / name)
    return 0


def _wait_for(socket: Path, name: str) -> str:
    """Until the running api has made it; raises ConfigurationError with its reason when it could not."""
    from appliance.commands.local_api import ask  # noqa: PLC0415

    for _ in range(int(LONGEST_SECONDS / ASK_EVERY_SECONDS)):
        reply: Any = ask(socket, "GET", "/api/backups") or {"backups": []}
        state = next((item for item in reply["backups"] if item["name"] == name), None)
        if state is None:
            raise ConfigurationError("the api ended before the backup was made")
        if state["state"] == "done":
            return name
        if state["state"] == "failed":
            raise ConfigurationError(f"the backup failed: {state['error']}")
        time.sleep(ASK_EVERY_SECONDS)
    raise ConfigurationError(f"the backup was not made within {LONGEST_SECONDS} s")


def _make_directly(settings: Settings) -> str:
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.backups import backup_name, make_backup, note_backup  # noqa: PLC0415
    from appliance.services.upkeep.own_database import opened_own_database  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415

    folder = initialised_folder(settings)
    keys = Keys.of(folder)
    now = utc_now()
    name = backup_name(folder, now, taken=())
    with opened_own_database(folder, keys) as database:
        note_backup(database, name, now)
        make_backup(database, folder, keys, folder.backups / name, now)
    return name


def list_backups(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    folder = initialised_folder(settings)
    reply: Any = ask(folder.api_socket, "GET", "/api/backups")
    line = "{:<40}  {:<20}  {:>12}  {}"
    print(line.format("NAME", "MADE", "SIZE", "STATE"))
    for backup in reply["backups"] if reply is not None else _kept(folder):
        size = "" if backup["bytes"] is None else f"{backup['bytes'] / 1_000_000:,.1f} MB"
        state = backup["state"] if backup["error"] is None else f"{backup['state']}: {backup['error']}"
        print(line.format(backup["name"], backup["created_at"], size, state))
    return 0


def _kept(folder: DataFolder) -> list[dict[str, Any]]:
    """As the api would list them, if it ran."""
    import msgspec  # noqa: PLC0415

    from appliance.api.shapes.replies.backups import backup_reply  # noqa: PLC0415
    from appliance.domain.backup import newest_first  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.backups import existing_backups  # noqa: PLC0415

    return [msgspec.to_builtins(backup_reply(one)) for one in newest_first(existing_backups(folder), utc_now())]


def verify_backup(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.checks.data_folder import own_recovery_key  # noqa: PLC0415
    from appliance.services.upkeep.backup_verification import NOT_SEALED, verify  # noqa: PLC0415
    from appliance.storage.folder.backup_manifest import WrongRecoveryKey  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, become_owner  # noqa: PLC0415

    given, folder = arguments.recovery_key_file, DataFolder(settings.data_dir)
    file = backup_at(arguments.file, folder)
    key_in_file = None if given is None else read_recovery_key(given)
    if file.resolve().is_relative_to(folder.root.resolve()):
        become_owner(folder.root)
    recovery_key = own_recovery_key(folder) if key_in_file is None else key_in_file
    if recovery_key is None:
        raise _looked_at(file, "no recovery key is at hand")
    try:
        seen = verify(
            file,
            recovery_key,
            _progress(),
            unpack_in=_own_backups(folder),
            keep_place=True,
            resume=arguments.resume,
        )
    except WrongRecoveryKey:
        if given is not None:
            raise
        raise _looked_at(file, f"it is sealed under another recovery key than that of {settings.data_dir}") from None
    if not seen.authenticated:
        raise Unverified(f"unverified: {file} {NOT_SEALED}")
    manifest = seen.manifest
    if seen.resumed:
        print("what an earlier verification had proven was not read again")
    print(
        f"{file} is whole: made {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC by vBot {manifest.version}, "
        f"{counted(manifest.calls, 'call', 'calls')}, "
        f"{counted(len(manifest.recordings), 'recording', 'recordings')} of calls that were not final; "
        "nobody has changed it who has not the recovery key"
    )
    return 0


def _own_backups(folder: DataFolder) -> Path | None:
    """Where the next start of the api removes what a killed verification leaves; None where that is not our user's."""
    try:
        # Not through a link, behind which a folder of root's may lie.
        return folder.backups if folder.backups.lstat().st_uid == os.geteuid() else None
    except OSError:
        return None


def _looked_at(file: Path, reason: str) -> Unverified:
    """What can be said without the key. Raises BackupUnusable."""
    from appliance.storage.folder.backup_file import look_at_backup  # noqa: PLC0415

    look_at_backup(file)
    return Unverified(
        f"unverified: no accident has changed {file}, but whether somebody has on purpose cannot be told: {reason}; "
        "give --recovery-key-file"
    )


def _progress() -> Callable[[float], None]:
    """Tells somebody at a terminal how far it is."""
    shown_at = time.monotonic()

    def tell(share: float) -> None:
        nonlocal shown_at
        if sys.stderr.isatty() and time.monotonic() - shown_at >= TELL_EVERY_SECONDS:
            shown_at = time.monotonic()
            print(f"read {share:.0%}", end="\r", file=sys.stderr, flush=True)

    return tell


def unpack_backup(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.checks.data_folder import own_recovery_key  # noqa: PLC0415
    from appliance.services.upkeep.backup_verification import NOT_SEALED  # noqa: PLC0415
    from appliance.services.upkeep.unpack_backup import unpack  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, become_owner  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import hold_as_owner  # noqa: PLC0415

    given, folder, target = arguments.recovery_key_file, DataFolder(settings.data_dir), arguments.to.absolute()
    file = backup_at(arguments.file, folder).absolute()
    recovery_key = None if given is None else read_recovery_key(given)
    become_owner(settings.data_dir)
    if folder.root.exists():
        hold_as_owner(folder, "vbot backup unpack")
    recovery_key = own_recovery_key(folder) if recovery_key is None else recovery_key
    if recovery_key is None:
        raise ConfigurationError("no recovery key is at hand: give --recovery-key-file")
    done = unpack(folder, file, recovery_key, DataFolder(target))
    print(f"{target} is a data folder as of {done.created_at:%Y-%m-%d %H:%M:%S} UTC: {done.calls} calls")
    print("its recordings are not encrypted, and its master key lies beside them")
    if not done.authenticated:
        print(f"vbot: WARNING: {file} {NOT_SEALED}", file=sys.stderr)
    if done.erasures_unknown:
        unknown = "what was erased on demand since the backup is not known, and is still in it"
        print(f"vbot: WARNING: {folder.database} does not open: {unknown}", file=sys.stderr)
    if done.erased_again:
        print(f"erased again what was erased since: {done.erased_again} calls")
    if done.missing_recordings:
        print(f"recordings that were nowhere to be found: {done.missing_recordings}")
    print(f"what came since is in {folder.root} alone, which stays as it is: keep it")
    return 0


def print_recovery_key(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.services.access.audit_log import recovery_key_shown  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys, recovery_key_of  # noqa: PLC0415

    folder = initialised_folder(settings)
    if arguments.kept:
        return _remove_note(folder)
    recovery_key = recovery_key_of(folder, Keys.of(folder))
    _write_down(folder, "/internal/recovery-key", recovery_key_shown, "that the key is shown")
    print(recovery_key)
    return 0


def _remove_note(folder: DataFolder) -> int:
    from appliance.services.access.audit_log import first_boot_note_removed  # noqa: PLC0415
    from appliance.services.upkeep.first_boot_note import left_since, remove_notes  # noqa: PLC0415

    if left_since(folder) is None:
        print(f"no note of the first boot is left in {folder.root}")
        return 0
    _write_down(folder, "/internal/recovery-key/kept", first_boot_note_removed, "that the note is removed")
    try:
        removed = remove_notes(folder)
    except OSError as error:
        raise ConfigurationError(f"cannot remove {error.filename}: {error.strerror}") from error
    print(f"removed: {', '.join(str(folder.root / name) for name in removed)}")
    return 0


def _write_down(folder: DataFolder, route: str, line: Callable[[datetime], AuditLine], what: str) -> None:
    from appliance.commands.local_api import ask  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.own_database import opened_own_database  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.tables import audit  # noqa: PLC0415

    try:
        if ask(folder.api_socket, "POST", route, {}) is None:
            with opened_own_database(folder, Keys.of(folder)) as database:
                database.write_blocking(lambda tx: audit.add(tx, line(utc_now())))
    except ApplianceError as error:  # when the database is damaged, the key is needed most
        print(f"vbot: WARNING: {what} was not written down: {error}", file=sys.stderr)
