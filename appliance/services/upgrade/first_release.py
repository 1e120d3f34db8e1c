"""The data folder as the first release reads it, on the way back to it.

That release (commit eeb1c75, schema 8) has no `vbot upgrade`: a newer version upgrades it, and brings it back. It knows
neither encrypted recordings nor the facts behind them, and removes each recording that its database does not know. So
what it needs is done before it is started, by the data folder's owner, in the database that it left. Each part may be
cut off anywhere and done again.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from appliance.domain.call import Call
from appliance.errors import ConfigurationError, Conflict
from appliance.services.calls.reingest import LostRecording, read_lost, set_aside
from appliance.services.calls.same_call import check_is_same_call
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.submit_call import Arrival, new_call
from appliance.storage import erasure
from appliance.storage.database import Connection, opened_as_it_is
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder, sync_file, sync_folder, write_private
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key_for_all_versions
from appliance.storage.folder.recording_file import is_sealed, open_recording
from appliance.storage.tables import stored_recordings

logger = logging.getLogger(__name__)

_COPY_BYTES = 1024 * 1024
# What a call of that release has that somebody said; the others of its columns may be empty.
_SAID = (
    "caller_number",
    "called_number",
    "external_id",
    "idempotency_key",
    "language",
    "direction",
    "caller_channel",
    "metadata",
    "call_started_at",
)
# By which one is told from another.
_TELLING_WHICH = ("caller_number", "called_number", "external_id", "idempotency_key", "call_started_at")
_NEXT_REVISION = """
    UPDATE call SET revision = revision + 1, state = 'received', crashes = 0, alone = false, started_at = NULL,
        finished_at = NULL, duration_seconds = NULL, speech_seconds = NULL, sentiment = NULL, error_code = NULL,
        error_message = NULL, worker = NULL, worker_boot = NULL, texts_erased = false
    WHERE call_id = ? RETURNING revision"""


def make_readable(folder: DataFolder, keys: Keys, kept: Path | None = None) -> None:
    """Have it read all that is in its database and all that was accepted since. Raises as opening the database does.

    `kept`: the folder with the copy that may be put back again. It takes in what was accepted as well, and first: what
    a recording tells of its call is gone once it is written as it came.
    """
    if kept is not None and (kept / folder.database.name).exists():
        _take_in_lost(folder, keys, kept / folder.database.name)
    strangers, sizes = _take_in_lost(folder, keys, folder.database)
    set_aside(folder, strangers)
    for name, size in sizes.items():
        try:
            _write_as_it_came(folder, name, keys, size)
        except OSError as error:
            logger.warning("%s stays encrypted: %s", folder.recordings / name, error.strerror)
    try:
        write_private(folder.recovery_key, seal_recovery_key_for_all_versions(recovery_key_of(folder, keys), keys))
    except ConfigurationError as error:
        logger.warning("the recovery key stays as it is: %s", error)


def _take_in_lost(folder: DataFolder, keys: Keys, into: Path) -> tuple[list[LostRecording], dict[str, int]]:
    """The recordings of nobody's customer, and the size of each that this database knows then."""
    with opened_as_it_is(into, keys=DatabaseKeys(keys)) as database:
        known = database.write_blocking(stored_recordings.all_files)
        files = {_name(folder, path): path for path in folder.recordings.rglob("*") if path.is_file()}
        lost = read_lost({name: path for name, path in files.items() if name not in known}, keys)
        strangers = database.write_blocking(lambda tx: _take_in(tx, lost))
        return strangers, database.write_blocking(stored_recordings.sizes)


def _name(folder: DataFolder, path: Path) -> str:
    return path.relative_to(folder.recordings).as_posix()


def _take_in(tx: Connection, lost: Sequence[LostRecording]) -> list[LostRecording]:
    """Calls that wait for a worker, under their ids; returns those of customers that this database does not know."""
    erased = erasure.erasures(tx)
    strangers = []
    for one in lost:
        customer = tx.execute("SELECT created_at FROM customer WHERE id = ?", [one.facts.customer_id]).fetchone()
        if one.facts.call_id in erased:
            continue
        if customer != (one.facts.customer_since,):
            strangers.append(one)
        else:
            _accept(tx, one)
    return strangers


def _accept(tx: Connection, one: LostRecording) -> None:
    facts, said = one.facts, msgspec.json.decode(one.facts.submission, type=Submission)
    older = _known_as(tx, one, said)
    if older is not None and not _may_be(tx, older, one, said):
        # It was accepted, and is not lost for the id that is another call's.
        said, older = replace(said, external_id=None, idempotency_key=None), None
    if older is None:
        row = {name: getattr(said, name) for name in _SAID}
        row |= {"call_id": facts.call_id, "customer_id": facts.customer_id, "received_at": facts.received_at}
        row |= {"revision": 1, "attempt": 0, "crashes": 0, "state": "received"}
        call_id, revision = facts.call_id, 1
        marks = ", ".join("?" for _ in row)
        tx.execute(f"INSERT INTO call ({', '.join(row)}) VALUES ({marks})", [*row.values()])  # noqa: S608 - our names
    else:
        call_id = older.call_id
        if stored_recordings.has_sha256(tx, call_id, facts.sha256):
            return
        (revision,) = tx.execute(_NEXT_REVISION, [call_id]).fetchone() or (1,)
    stored = [call_id, revision, one.file, facts.bytes, facts.sha256, facts.received_at]
    columns = "call_id, revision, file, bytes, sha256, received_at"
    tx.execute(f"INSERT INTO recording ({columns}) VALUES (?, ?, ?, ?, ?, ?)", stored)  # noqa: S608 - our names


def _known_as(tx: Connection, one: LostRecording, said: Submission) -> Call | None:
    """The call that this is, or whose name it has, as far as that release knows of it: its own id goes first."""
    names = ("call_id", "customer_id", "received_at", *_TELLING_WHICH)
    found = tx.execute(
        f"SELECT {', '.join(names)} FROM call "  # noqa: S608 - our names
        "WHERE call_id = $1 OR (customer_id = $2 AND (external_id = $3 OR idempotency_key = $4)) "
        "ORDER BY call_id = $1 DESC, coalesce(external_id = $3, false) DESC LIMIT 1",
        [one.facts.call_id, one.facts.customer_id, said.external_id, said.idempotency_key],
    ).fetchone()
    return None if found is None else Call(**dict(zip(names, found, strict=True)))


def _may_be(tx: Connection, older: Call, one: LostRecording, said: Submission) -> bool:
    """Whether a recording is of the call that is known under its id: the same one, or more of it."""
    facts = one.facts
    if older.call_id == facts.call_id or stored_recordings.has_sha256(tx, older.call_id, facts.sha256):
        return True
    upload = Upload(Path(one.file), facts.bytes, facts.sha256, facts.call_id)
    try:
        check_is_same_call(older, new_call(Arrival(facts.customer_id, said, upload, facts.received_at, one.file)))
    except Conflict:
        return False
    return True


def _write_as_it_came(folder: DataFolder, name: str, keys: Keys, size: int) -> None:
    """At each moment the file holds the recording whole, the one or the other way."""
    source, plain = folder.recordings / name, folder.incoming / f"{Path(name).name}.part"
    if not source.exists() or not is_sealed(source):
        return
    plain.unlink(missing_ok=True)
    descriptor = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, open_recording(source, keys, size) as recording:
        shutil.copyfileobj(recording, file, _COPY_BYTES)
    sync_file(plain)
    plain.rename(source)
    sync_folder(source.parent)
