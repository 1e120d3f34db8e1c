"""Bring a data folder back from a backup. The old content is moved aside inside the folder, never deleted.

Everything happens below the data folder, because its owner may write nowhere else. A mark tells of a restore that was
interrupted: nothing else starts on the folder until it is run again.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.errors import ConfigurationError
from appliance.services.clock_jumps import keep_what_was_seen
from appliance.services.upkeep.backup_verification import extract_database
from appliance.storage import erasure
from appliance.storage.database import Connection, opened_as_it_is, opened_database
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable, key_files
from appliance.storage.erasure import erase_call
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.backup_manifest import DATABASE, RECORDINGS, BackupReader, Secrets
from appliance.storage.folder.data_folder import DataFolder, restore_command, write_private
from appliance.storage.folder.keys import Keys, read_master_key, recovery_key_of, seal_recovery_key, was_given_key
from appliance.storage.moved_database import link_or_copy, move_database, reunite
from appliance.storage.opening import is_in_use
from appliance.storage.repair.mending import NothingToSave, mend
from appliance.storage.tables import audit, calls, deliveries, stored_recordings
from appliance.storage.tables.withdrawals import Withdrawn, repeat_withdrawals

ASIDE = "before-restore-"
SCRATCH = "restoring-"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did; `authenticated`: it is proven that nobody had changed the backup."""

    calls: int
    created_at: datetime
    erased_again: int
    unknown_recordings: int
    left_out_recordings: int  # of finished calls: a backup holds those alone that are still to be analysed
    missing_recordings: int  # of calls that are still to be analysed
    aside: Path | None
    authenticated: bool
    unreadable: tuple[Path, ...] = ()
    key_stays_credential: bool = False
    waiting_webhooks: int = 0
    withdrawn: Withdrawn = field(default_factory=Withdrawn)
    erasures_unknown: bool = False  # no database of this box was there to say what was erased since


def restore(
    folder: DataFolder,
    backup: Path,
    recovery_key: str,
    *,
    key_is_credential: bool = False,
    hold_webhooks: bool = False,
    credentials_as_then: bool = False,
) -> Restored:
    """Restore; raises before it touches anything when the backup, the key or the folder's state forbids it.

    A master key that systemd keeps as the credential of this folder's service stays out of the folder, where an empty
    file says so; so does one that this process was given. `key_is_credential`: it keeps one, of whatever folder.

    Webhooks that waited when the backup was made are sent, under their ids: none is lost, and the receiver of one that
    was sent since knows it by its id. With `hold_webhooks` they rest until an administrator sends them.

    Whose token, key or customer was withdrawn since stays shut out, unless `credentials_as_then`.
    """
    with open_backup(backup, recovery_key) as reader:
        secrets = reader.secrets()
        reader.verify()
        is_new = not folder.root.exists()
        try:
            folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder.root) as scratch:
                database = Path(scratch) / DATABASE
                key = extract_database(backup, reader, database)
                keys = DatabaseKeys(_restored_keys(secrets), *_old_keys(folder))
                if folder.restore_mark.exists():
                    reunite(folder, _asides(folder), keys)
                if key is not None:
                    keys.keep(database, key)
                old = _old_states(folder, Path(scratch), keys)
                old.backup_at = reader.manifest.created_at
                old.withdrawn_since = None if credentials_as_then else old.backup_at
                return _replace(
                    folder,
                    reader,
                    backup,
                    secrets,
                    database,
                    old,
                    keys,
                    key_is_credential=key_is_credential,
                    hold_webhooks=hold_webhooks,
                )
        except OSError as error:
            raise ConfigurationError(f"cannot restore {folder.root}: {error.strerror or error}") from error
        finally:
            with contextlib.suppress(OSError):
                if is_new:
                    folder.root.rmdir()  # nothing is in it where nothing was restored


def _restored_keys(secrets: Secrets) -> Keys:
    return Keys(bytes.fromhex(secrets.master_key.strip()))


def _old_keys(folder: DataFolder) -> list[Keys]:
    """Of the states that are there: they open their databases, if the backup is not one of theirs."""
    places = [DataFolder(place).master_key for place in (folder.root, *_asides(folder))]
    found = []
    for place in filter(None, (folder.given_master_key, *places)):
        with contextlib.suppress(ConfigurationError):
            found.append(Keys(read_master_key(place)))
    return found


def _replace(
    folder: DataFolder,
    reader: BackupReader,
    backup: Path,
    secrets: Secrets,
    database: Path,
    old: _OldStates,
    database_keys: DatabaseKeys,
    *,
    key_is_credential: bool,
    hold_webhooks: bool,
) -> Restored:
    again = restore_command(backup, hold_webhooks=hold_webhooks, credentials_as_then=old.withdrawn_since is None)
    write_private(folder.restore_mark, again)
    aside = _move_aside(folder, database_keys)
    folder.create(restoring=True)
    database_keys.keep_beside(database, folder.database)
    database.rename(folder.database)
    keys = _restored_keys(secrets)
    old.is_its_own = _belonged_to(keys, _asides(folder))
    outcome = _bring_up_to_date(folder, old, backup, database_keys, hold_webhooks=hold_webhooks)
    unknown, absent = _bring_recordings(folder, reader, outcome)
    write_private(folder.certificate_key, secrets.certificate_key.encode())
    write_private(folder.certificate, secrets.certificate.encode())
    folder.keep_own_settings(secrets.own_settings)
    without_key = (key_is_credential and old.is_its_own) or was_given_key(folder, secrets.master_key)
    write_private(folder.recovery_key, seal_recovery_key(secrets.recovery_key, keys))
    write_private(folder.master_key, b"" if without_key else secrets.master_key.encode())
    folder.restore_mark.unlink()
    return Restored(
        reader.manifest.calls,
        reader.manifest.created_at,
        outcome.erased_again,
        unknown,
        len(absent - outcome.unfinished),
        len(absent & outcome.unfinished),
        aside,
        reader.authenticated,
        tuple(old.unreadable),
        without_key,
        outcome.waiting_webhooks,
        outcome.withdrawn,
        outcome.erasures_unknown,
    )


def _belonged_to(keys: Keys, asides: Sequence[Path]) -> bool:
    """Whether what was there before belongs to the same master key, so that this folder's credential holds it."""
    for before in map(DataFolder, reversed(asides)):
        if before.recovery_key.is_file():
            try:
                recovery_key_of(before, keys)
            except ConfigurationError:
                return False
            return True
    return False


@dataclass(slots=True)
class _OldStates:
    """What must outlive a restore, of the state that is there now and of those that interrupted ones moved aside."""

    erased: dict[str, datetime] = field(default_factory=dict)
    mended: list[Path] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)  # files by their number: they are moved meanwhile
    unreadable: list[Path] = field(default_factory=list)
    withdrawn_since: datetime | None = None  # None: nothing is withdrawn again
    seen: bool = False  # that of now was there
    is_its_own: bool = False  # they belong to the backup's master key
    backup_at: datetime = field(default_factory=utc_now)
    blind: list[datetime] = field(default_factory=list)  # restores of before that found nobody to tell of erasures

    def leave_erasures_unknown(self, erased_again: int) -> bool:
        """Whether something may have been erased since the backup of which they do not tell."""
        return not (self.seen and (self.is_its_own or erased_again)) or any(self.backup_at < at for at in self.blind)


def _old_states(folder: DataFolder, scratch: Path, keys: DatabaseKeys) -> _OldStates:
    """Read them; of a damaged one what can be read, for which it is mended beside the data folder's files.

    Opening the database is also the proof that no appliance runs on the folder.
    """
    old = _OldStates()
    for number, path in enumerate((folder.database, *(aside / folder.database.name for aside in _asides(folder)))):
        if not path.is_file():
            continue
        old.seen |= number == 0 or folder.restore_mark.exists()  # an older one tells of nothing since
        try:
            _take_erasures(old, path, keys)
        except (DatabaseDamaged, KeyUnreadable):
            if is_in_use(path):
                raise ConfigurationError(f"{path} is in use by another process") from None
            old.damaged.add(path.stat().st_ino)
            (scratch / str(number)).mkdir()
            try:
                mended = mend(path, scratch / str(number), keys).file
                _take_erasures(old, mended, keys)
                old.mended.append(mended)
            except (NothingToSave, DatabaseDamaged, KeyUnreadable):
                old.unreadable.append(path)
    return old


def _take_erasures(old: _OldStates, path: Path, keys: DatabaseKeys) -> None:
    """What was erased on demand; the audit, which is read later, is seen to be readable."""

    def look(tx: Connection) -> tuple[dict[str, datetime], list[datetime]]:
        audit.read_all(tx)
        return erasure.erasures(tx), audit.blind_restores(tx)

    with opened_as_it_is(path, keys=keys) as database:
        erased, blind = database.write_blocking(look)
    old.erased |= erased
    old.blind += blind


def _asides(folder: DataFolder) -> list[Path]:
    return sorted(path for path in folder.root.glob(f"{ASIDE}*") if path.is_dir()) if folder.root.is_dir() else []


def _move_aside(folder: DataFolder, keys: DatabaseKeys) -> Path | None:
    entries = folder.of_its_state()
    if not entries:
        return None
    aside = folder.root / f"{ASIDE}{utc_now():%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(mode=0o700)
    move_database(folder, aside, keys)
    for path in sorted(entries, key=key_files(folder.database).__contains__):
        if os.path.lexists(path):
            path.rename(aside / path.name)
    return aside


@dataclass(frozen=True, slots=True)
class _UpToDate:
    """The database that was brought up to date.

    `needed` are the recordings of its calls, `unfinished` those of them whose calls are not final, `erased` those that
    were of erased calls.
    """

    waiting_webhooks: int
    erased_again: int
    needed: set[str]
    unfinished: set[str]
    erased: set[str]
    withdrawn: Withdrawn
    erasures_unknown: bool


def _bring_up_to_date(
    folder: DataFolder, old: _OldStates, backup: Path, keys: DatabaseKeys, *, hold_webhooks: bool
) -> _UpToDate:
    """Repeat the erasures and withdrawals (tokens, keys) made since the backup, and keep the audit's lines.

    A line of the audit outlives every restore: those that the states moved aside hold are taken over.
    """
    states = [aside / folder.database.name for aside in _asides(folder)] + old.mended
    # Their keys are looked for before any is attached: looking lets go of locks that this process has on the file.
    readable = {path: keys.of(path) for path in states if path.is_file() and path.stat().st_ino not in old.damaged}

    def erase(tx: Connection) -> _UpToDate:
        again = {call_id: at for call_id, at in old.erased.items() if calls.get(tx, call_id) is not None}
        for call_id, at in again.items():
            erase_call(tx, call_id, at)
        erasure.keep_erasures(tx, old.erased)
        # A state that was moved aside may know of revisions that the one in which their call was erased did not know.
        gone = {file for path, key in readable.items() for file in erasure.files_of_erased(tx, path, key)}
        withdrawn = Withdrawn()
        for path, key in readable.items():
            if (since := old.withdrawn_since) is not None:
                withdrawn += repeat_withdrawals(tx, path, key, since, same_master_key=old.is_its_own)
        waiting = deliveries.rest_all_waiting(tx) if hold_webhooks else deliveries.count_waiting(tx)
        keep_what_was_seen(tx, readable, utc_now())
        taken = [audit.add_from(tx, path, key) for path, key in readable.items()]
        counted = {"erased_again": len(again), "webhooks_waiting": waiting, "webhooks_rest": hold_webhooks}
        unknown = old.leave_erasures_unknown(len(again))
        if unknown:
            counted[audit.ERASURES_UNKNOWN] = True
        done: Fields = {"backup": backup.name, **counted, **withdrawn.facts(), **audit.facts_of(taken)}
        audit.add(tx, AuditLine(utc_now(), OWNER, Action.RESTORED, Subject(SubjectKind.APPLIANCE), after=done))
        needed, unfinished = stored_recordings.files(tx), stored_recordings.unfinished_files(tx)
        return _UpToDate(waiting, len(again), needed, unfinished, gone, withdrawn, unknown)

    with opened_database(folder.database, beside=readable, keys=keys) as database:
        outcome = database.write_blocking(erase)
    folder.database.chmod(0o600)
    return outcome


def _bring_recordings(folder: DataFolder, reader: BackupReader, database: _UpToDate) -> tuple[int, set[str]]:
    """Link or copy what the calls need from the old content or the backup; what nobody knows goes to lost+found.

    But for recordings of calls that were erased: nobody is to find these.
    How many nobody knows, and those that are needed and are in neither.
    """
    needed, erased = database.needed, database.erased - database.needed
    old = {
        path.relative_to(recordings).as_posix(): path
        for recordings in (aside / folder.recordings.name for aside in _asides(folder))
        for path in recordings.rglob("*")
        if path.is_file()
    }
    for name in needed & set(old):
        link_or_copy(old[name], folder.recordings / name)
    for path in reader.recordings():
        if path.as_posix() in needed - set(old):
            reader.extract(f"{RECORDINGS}/{path}", folder.recordings / path)
    unknown = set(old) - needed - erased
    for name in erased:
        _lost_and_found(folder, name).unlink(missing_ok=True)
    for name in unknown:
        target = _lost_and_found(folder, name)
        if not target.exists():
            link_or_copy(old[name], target)
    inside = {path.as_posix() for path in reader.recordings()}
    return len(unknown), needed - set(old) - inside


def _lost_and_found(folder: DataFolder, name: str) -> Path:
    return folder.lost_and_found / name.replace("/", "-")
