"""Bring a damaged database back to work, without a backup: what can be read is kept, what the disk holds is taken in.

The damaged files are moved aside inside the data folder, never deleted. A mark tells of a repair that was interrupted:
nothing else starts on the folder until it is run again, and then it goes on.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.domain.plurals import counted
from appliance.errors import ConfigurationError
from appliance.services.calls.reingest import Reingested, read_lost, reingest_audited, set_aside
from appliance.services.upkeep.own_database import opened_own_database
from appliance.storage import audit_chain
from appliance.storage.database import Connection, Database
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.file_format.damage import log_of
from appliance.storage.folder.data_folder import DataFolder, sync_folder, write_private
from appliance.storage.folder.keys import Keys
from appliance.storage.opening import is_in_use
from appliance.storage.repair import consistency
from appliance.storage.repair.mending import NothingToSave, Step, is_whole, mend, no_step
from appliance.storage.tables import audit, customers, facts, stored_recordings

ASIDE = "before-repair-"
SCRATCH = "repairing"


class _Mark(msgspec.Struct, frozen=True):
    """What an interrupted repair needs to know: where the damaged files go, and what was found out about them."""

    aside: str
    salvaged: bool
    report: list[str] = msgspec.field(name="told")  # as earlier versions wrote it


def repair(folder: DataFolder, keys: Keys, tell: Callable[[str], None], step: Step = no_step) -> None:
    """Repair; `tell` is given what was done, line by line, and `step` what is being done now.

    Raises NothingToSave, and ConfigurationError, when nothing can be done: then nothing was changed.
    """
    if is_in_use(folder.database):
        raise ConfigurationError(f"{folder.database} is in use by another process")
    try:
        mark = _interrupted(folder) or _make_anew(folder, DatabaseKeys(keys), step)
        if mark is None:
            tell(f"{folder.database} is whole")
        else:
            _put_in_place(folder, mark, DatabaseKeys(keys))
            for line in mark.report:
                tell(line)
            tell(f"the damaged files are in {folder.root / mark.aside}")
        folder.create(restoring=True)
        step("opening the database")
        with opened_own_database(folder, keys) as database:
            _set_rows_right(folder, keys, database, mark, tell, step)
        folder.repair_mark.unlink(missing_ok=True)
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        raise ConfigurationError(f"cannot repair {folder.root}: {about}{error.strerror or error}") from error


def _interrupted(folder: DataFolder) -> _Mark | None:
    with contextlib.suppress(FileNotFoundError):
        return msgspec.json.decode(folder.repair_mark.read_bytes(), type=_Mark)
    return None


def _make_anew(folder: DataFolder, keys: DatabaseKeys, step: Step) -> _Mark | None:
    """A whole database in the scratch folder, and the mark that it is to be put in place; None where none is needed."""
    scratch = folder.root / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    if folder.database.exists():
        step(f"looking through {folder.database.name}, {folder.database.stat().st_size / 1024**2:.1f} MB, and its log")
    if folder.database.exists() and is_whole(folder.database, keys.of(folder.database)):
        return None
    scratch.mkdir(mode=0o700)
    try:
        mended = mend(folder.database, scratch, keys, step)
        mended.file.chmod(0o600)
        sync_folder(scratch)
    except NothingToSave as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise NothingToSave(
            f"{error}: nothing was changed, only a backup helps: `vbot restore BACKUP --recovery-key-file F`, and then "
            "`vbot repair` again, which takes in the calls that were accepted since"
        ) from error
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    report = [*mended.done, *map(str, mended.losses)]
    mark = _Mark(f"{ASIDE}{utc_now():%Y%m%dT%H%M%S%fZ}", mended.salvaged, report)
    write_private(folder.repair_mark, msgspec.json.encode(mark))
    return mark


def _put_in_place(folder: DataFolder, mark: _Mark, keys: DatabaseKeys) -> None:
    """Move the damaged files aside and the whole one in, each with its key; as much of that as is not done yet."""
    aside, scratch = folder.root / mark.aside, folder.root / SCRATCH
    made = scratch / folder.database.name
    aside.mkdir(mode=0o700, exist_ok=True)
    if made.exists():
        keys.keep_beside(folder.database, aside / folder.database.name)
        keys.keep_beside(made, folder.database)
        for path in (log_of(folder.database), folder.database):
            if path.exists():
                path.rename(aside / path.name)
        sync_folder(aside)
        made.rename(folder.database)
        sync_folder(folder.root)
    shutil.rmtree(scratch, ignore_errors=True)


@dataclass(slots=True)
class _Rows:
    """What became of the rows in one transaction."""

    taken: Reingested
    again: int = 0
    without_texts: int = 0


def _set_rows_right(
    folder: DataFolder, keys: Keys, database: Database, mark: _Mark | None, tell: Callable[[str], None], step: Step
) -> None:
    salvaged = mark is not None and mark.salvaged
    if salvaged:
        database.write_blocking(consistency.forget_parts_without_their_call)
    _bring_back(folder, keys)
    known = database.write_blocking(stored_recordings.all_files)
    found = {path.relative_to(folder.recordings).as_posix(): path for path in folder.recordings.rglob("*")}
    orphans = {name: path for name, path in found.items() if name not in known and path.is_file()}
    step(f"comparing {counted(len(found), 'file', 'files')} of recordings with the calls: {len(orphans)} are of none")
    lost = read_lost(orphans, keys)

    def set_right(tx: Connection) -> _Rows:
        customers.give_no_id_until(tx, max((one.facts.customer_id for one in lost), default=0))
        done = _Rows(reingest_audited(tx, lost, utc_now(), OWNER))
        if salvaged:
            done.again, done.without_texts = consistency.analyse_again_what_lost_its_result(tx)
        if mark is not None:
            _export_what_comes(tx)
            after: Fields = {"calls_taken_in_again": len(done.taken.calls), "calls_analysed_again": done.again}
            if salvaged:
                after = {**after, **audit_chain.losses(tx)}
            audit.add(tx, AuditLine(utc_now(), OWNER, Action.REPAIRED, Subject(SubjectKind.APPLIANCE), after=after))
        return done

    done = database.write_blocking(set_right)
    set_aside(folder, done.taken.strangers)
    unknown = _put_away(folder, set(orphans) - {one.file for one in lost})
    _tell_of(done, unknown, folder, tell)


def _export_what_comes(tx: Connection) -> None:
    """Where the audit's last lines are lost the next ones get numbers that a SIEM had before: they are new to it."""
    exported, last = int(facts.get(tx, facts.AUDIT_EXPORTED_UNTIL) or 0), audit.last_seq(tx)
    if exported > last:
        facts.put(tx, facts.AUDIT_EXPORTED_UNTIL, str(last))


def _bring_back(folder: DataFolder, keys: Keys) -> None:
    """Recordings that a restore did not know, and that tell of their calls, back to where they are looked for."""
    if not folder.lost_and_found.is_dir():
        return
    found = read_lost({path.name: path for path in folder.lost_and_found.iterdir() if path.is_file()}, keys)
    for one in found:
        day = folder.recordings / f"{one.facts.received_at.date()}"
        day.mkdir(mode=0o700, exist_ok=True)
        # Of a name like those that are given to new ones: so it is nobody else's.
        (folder.lost_and_found / one.file).rename(day / one.facts.call_id.replace("-", ""))


def _put_away(folder: DataFolder, names: set[str]) -> int:
    """What tells nothing would be swept away by the next start: it is moved, never deleted."""
    for name in names:
        folder.lost_and_found.mkdir(mode=0o700, exist_ok=True)
        (folder.recordings / name).rename(folder.lost_and_found / name.replace("/", "-"))
    return len(names)


_STRANGERS_COME_BACK = (
    "`vbot restore BACKUP --recovery-key-file F` brings the customers back, and `vbot repair` after it takes the "
    "recordings in"
)


def _tell_of(done: _Rows, unknown: int, folder: DataFolder, tell: Callable[[str], None]) -> None:
    for call in done.taken.calls:
        tell(f"call {call.call_id} of customer {call.customer_id} was taken in again")
    counts = (
        (
            done.again,
            "call lost its result or its webhook and is analysed again",
            "calls lost their result or their webhook and are analysed again",
        ),
        (
            done.without_texts,
            "call lost its result, and its recording is gone, too: its texts are lost",
            "calls lost their result, and their recording is gone, too: their texts are lost",
        ),
        (
            len(done.taken.strangers),
            f"recording of a customer that is not known is in {folder.lost_and_found}; {_STRANGERS_COME_BACK}",
            f"recordings of customers that are not known are in {folder.lost_and_found}; {_STRANGERS_COME_BACK}",
        ),
        (
            unknown,
            f"recording that tells nothing of its call is in {folder.lost_and_found}",
            f"recordings that tell nothing of their call are in {folder.lost_and_found}",
        ),
    )
    for count, one, many in counts:
        if count:
            tell(counted(count, one, many))
