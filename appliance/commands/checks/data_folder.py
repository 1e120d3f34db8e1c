"""What `vbot doctor` looks at in the data folder: database, keys, certificate, backups. Nothing is changed there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from appliance.domain.plurals import counted
from appliance.domain.system import DISK_LOSES_BITS
from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

# A big one is not looked at to its end: who asks waits for the answer.
DATABASE_SECONDS = 60.0
BACKUPS_SECONDS = 30.0
RECORDINGS_SECONDS = 20.0
MOST_NAMED = 5
MEGABYTE = 1024**2
_WITHHELD = "the master key is a credential of systemd's, which only the service is given"


class Doubtful(ApplianceError):
    """All works, but somebody ought to know."""


def check_database(settings: Settings) -> str:
    from appliance.storage.database_keys import DatabaseKeys, is_encrypted  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.repair.verification import verify  # noqa: PLC0415

    folder = _folder(settings)
    if folder is None:
        return "none yet"
    for mark, command in ((folder.restore_mark, "restore"), (folder.repair_mark, "repair")):
        if mark.exists():
            raise ConfigurationError(f"a {command} of {folder.root} was interrupted: run `vbot {command}` again")
    answer = _of_the_running_api(folder)
    if answer is not None:
        return answer
    key = None
    if is_encrypted(folder.database):
        if _key_is_withheld(folder):
            return f"it is encrypted, and was not looked at: {_WITHHELD}"
        key = DatabaseKeys(Keys.of(folder)).of(folder.database)
    seen = verify(folder.database, DATABASE_SECONDS, key)
    found = f"{counted(seen.calls, 'call', 'calls')}; "
    if not seen.looked_at:
        found += (
            f"DuckDB opens it; its {seen.bytes / MEGABYTE:.1f} MB were not looked through, for this DuckDB is new to us"
        )
    elif seen.looked_at < seen.bytes:
        share = f"the first {seen.looked_at // MEGABYTE} of {seen.bytes // MEGABYTE} MB"
        found += f"{share} are whole, as much as {DATABASE_SECONDS:.0f} s allow"
    else:
        found += f"all {seen.bytes / MEGABYTE:.1f} MB are whole"
    if seen.log_bytes:
        found += f", and {seen.log_bytes / MEGABYTE:.1f} MB of log"
    if key is None:
        found += "; it is not encrypted yet: the api does that in the background once it runs"
    if seen.pending:
        found += f"; the next start makes a backup of it and migrates it by {seen.pending} steps"
    return found


def _of_the_running_api(folder: DataFolder) -> str | None:
    """Its word about its database; None when no api runs."""
    from appliance.commands.local_api import ask  # noqa: PLC0415

    reply = ask(folder.api_socket, "GET", "/api/system")
    if reply is None:
        return None
    component = next(one for one in reply["components"] if one["name"] == "database")
    if component["state"] == "warning":
        raise Doubtful(f"in the hands of the running api: {component['reason']}")
    if component["state"] != "ok":
        raise ConfigurationError(component["reason"])
    return f"in the hands of the running api: {component['reason']}"


def check_keys(settings: Settings) -> str:
    from appliance.storage.folder.keys import Keys, recovery_key_of  # noqa: PLC0415

    folder = _folder(settings)
    if folder is None:
        return "none yet"
    if _key_is_withheld(folder):
        return _WITHHELD
    recovery_key_of(folder, Keys.of(folder))
    return "master key and recovery key belong to each other"


def _key_is_withheld(folder: DataFolder) -> bool:
    from appliance.storage.folder.data_folder import master_key_is_credential  # noqa: PLC0415

    is_empty = folder.master_key.is_file() and not folder.master_key.stat().st_size
    return is_empty and folder.given_master_key is None and master_key_is_credential()


def check_at_rest(settings: Settings) -> str:
    """What a disk shows that is taken out of the box while it is off."""
    from appliance.storage.database_keys import is_encrypted  # noqa: PLC0415
    from appliance.storage.folder.at_rest import KeyPlace, is_on_encrypted_disk, place_of_key  # noqa: PLC0415

    folder = _folder(settings)
    if folder is None:
        return "none yet"
    key, encrypted = place_of_key(folder), is_on_encrypted_disk(folder.root)
    if encrypted:
        return f"the disk is encrypted; {key.value}"
    disk = "the disk is not encrypted" if encrypted is False else "whether the disk is encrypted cannot be told"
    shown = "whoever takes it can read all that is on it"
    if key is KeyPlace.TPM:
        if is_encrypted(folder.database):
            return f"{disk}, database, recordings and backups are; {key.value}"
        shown = "the database can be read on it until the running api has encrypted it"
    raise Doubtful(f'{disk}: {shown}; {key.value} (systemd/README.md, "A stolen disk")')


def check_first_boot_note(settings: Settings) -> str:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.first_boot_note import STILL_THERE, TIME_TO_KEEP, left_since  # noqa: PLC0415

    folder = _folder(settings)
    left = None if folder is None else left_since(folder)
    if left is None:
        return "none of the first boot is left"
    name, written = left
    said = STILL_THERE.format(name=name)
    raise ConfigurationError(said) if utc_now() - written > TIME_TO_KEEP else Doubtful(said)


def check_certificate(settings: Settings) -> str:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access.certificate import look_at, look_at_own  # noqa: PLC0415
    from appliance.services.health.components import MAY_SIGN_OTHERS  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    folder = _folder(settings)
    if settings.tls == "off" or folder is None:
        return "none yet" if folder is None else "none is needed: VBOT_TLS is off"
    if isinstance(settings.tls, TlsFiles):
        seen = look_at(settings.tls.certificate, settings.tls.key)
    else:
        seen = look_at_own(folder.certificate, folder.certificate_key)
    if seen.days_left(utc_now()) < 0:
        raise ConfigurationError(f"it has expired on {seen.not_after:%Y-%m-%d}")
    verdict = f"it belongs to its key, and expires on {seen.not_after:%Y-%m-%d}"
    return f"{verdict}; {MAY_SIGN_OTHERS}" if seen.may_sign_others else verdict


def check_backups(settings: Settings) -> str:
    from appliance.services.upkeep.backups import existing_backups  # noqa: PLC0415
    from appliance.storage.folder.backup_file import look_at_backup, open_backup  # noqa: PLC0415
    from appliance.storage.folder.backup_manifest import WrongRecoveryKey  # noqa: PLC0415

    folder = _folder(settings)
    made = existing_backups(folder) if folder is not None else []
    if folder is None or not made:
        return "there is none yet"
    recovery_key = own_recovery_key(folder)
    until, whole, unsealed, faults = time.monotonic() + BACKUPS_SECONDS, 0, 0, []

    def in_time(_read: int) -> None:
        if time.monotonic() > until:
            raise TimeoutError

    for backup in made:
        try:
            path = folder.backups / backup.name
            if recovery_key is None:
                look_at_backup(path, in_time)
            else:
                with open_backup(path, recovery_key) as reader:
                    reader.verify(in_time)
                    unsealed += not reader.authenticated
            whole += 1
        except TimeoutError:
            break
        except WrongRecoveryKey:
            faults.append(f"{path} is sealed under another recovery key than {folder.root} has")
        except OSError as error:
            faults.append(f"{path} cannot be read: {error.strerror}")
        except ApplianceError as error:
            faults.append(str(error))
    if faults:
        raise ConfigurationError(f"{'; '.join(faults)}: remove it, and make another by `vbot backup create`")
    if recovery_key is None:
        proven = "; whether somebody has changed one on purpose is not known, for the recovery key is not at hand"
    else:
        proven = f"; {unsealed} of them are of before backups were sealed: they show all calls" if unsealed else ""
    if whole < len(made):
        return f"the newest {whole} of {len(made)} are whole, as many as {BACKUPS_SECONDS:.0f} s allow{proven}"
    return f"all {whole} are whole, the newest of {made[0].created_at:%Y-%m-%d %H:%M:%S} UTC{proven}"


def check_recordings(settings: Settings) -> str:
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.repair.recording_verification import verify_recordings  # noqa: PLC0415

    folder = _folder(settings)
    if folder is None or not folder.recordings.is_dir():
        return "none yet"
    if _key_is_withheld(folder):
        return f"they were not read: {_WITHHELD}"
    try:
        seen = verify_recordings(folder.recordings, Keys.of(folder), RECORDINGS_SECONDS)
    except OSError as error:
        raise ConfigurationError(f"cannot read {error.filename or folder.recordings}: {error.strerror}") from error
    if not seen.files:
        return "none is kept"
    which = f"all {seen.files}" if seen.read == seen.files else f"the newest {seen.read} of {seen.files}"
    read = f"{which} were read ({seen.bytes / MEGABYTE:.1f} MB)"
    if seen.read < seen.files:
        read += f", as many as {RECORDINGS_SECONDS:.0f} s allow"
    if seen.damaged:
        named = "; ".join(seen.damaged[:MOST_NAMED])
        unnamed = len(seen.damaged) - MOST_NAMED
        more = f"; and {counted(unnamed, 'other', 'others')}" if unnamed > 0 else ""
        raise ConfigurationError(f"{read}, {len(seen.damaged)} damaged: {named}{more}. {DISK_LOSES_BITS}")
    unproven = f"; {seen.unproven} are of an earlier version and cannot be compared with anything"
    return f"{read}, none damaged{unproven if seen.unproven else ''}"


def own_recovery_key(folder: DataFolder) -> str | None:
    """The one that the data folder keeps; None where there is none, or we may not read it, or it is damaged."""
    from appliance.storage.folder.keys import Keys, recovery_key_of  # noqa: PLC0415

    try:
        return recovery_key_of(folder, Keys.of(folder)) if folder.is_initialised else None
    except (ConfigurationError, OSError):
        return None


def _folder(settings: Settings) -> DataFolder | None:
    """The data folder; None where there is nothing in it yet."""
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    folder = DataFolder(settings.data_dir)
    return folder if folder.is_initialised or folder.database.exists() else None
