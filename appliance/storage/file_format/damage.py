"""Is a file of the database damaged, or is it the world around it? DuckDB has one kind of error for both."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from appliance.errors import PermanentFailure
from appliance.storage.file_format import log_file
from appliance.storage.file_format.encryption import DatabaseKey, cipher_of

LOG_SUFFIX = ".wal"
# What DuckDB says of a file that is not what it has written, also behind another error that this one led to.
_SAYS_DAMAGED = (
    "Corrupt database file",
    "Corrupt WAL file",
    "Could not read enough bytes from file",
    "not a valid DuckDB database file",
    "WAL does not match database file",
    "Computed AES tag differs",
)
_IN_LOG = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
_IN_DATABASE = re.compile(r"in block at location (\d+)")
# What the machine refuses: then no word is said of damage. (Where a file ends too early there is no such cause.)
_CAUSES = (
    errno.EIO,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
)
TWO_WAYS_OUT = (
    "`vbot repair` saves what can be read, `vbot restore BACKUP --recovery-key-file F` brings a backup back instead"
)


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a file of the database is damaged, as far as that is known: a byte, and how many commits lie behind it."""

    file: Path
    what: str = "damaged"
    at: int | None = None
    commits_behind: int = 0

    def sentence(self) -> str:
        """Which file, what may be lost, the two ways out."""
        where = f"{self.file} is {self.what}" + (f" at byte {self.at}" if self.at is not None else "")
        if self.commits_behind:
            where += f", and {self.commits_behind} commits lie behind that"
        return f"{where}: {self._may_be_lost()} may be lost; {TWO_WAYS_OUT}"

    def error(self) -> DatabaseDamaged:
        return DatabaseDamaged(self)

    def _may_be_lost(self) -> str:
        if self.file.suffix != LOG_SUFFIX:
            return "what it held" if self.at is None else "what lay there"
        # What is in the file itself was written whole, whatever has become of the log.
        database = self.file.with_name(self.file.name.removesuffix(LOG_SUFFIX))
        try:
            since = datetime.fromtimestamp(database.stat().st_mtime, UTC)
        except OSError:
            return "what it held"
        return f"what was changed since {since:%Y-%m-%d %H:%M:%S} UTC"


class DatabaseDamaged(PermanentFailure):
    """A file of the database is not what was written; the message says which, what may be lost, and the ways out."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage.sentence())
        self.damage = damage


def log_of(database: Path) -> Path:
    """DuckDB's log beside its file: what was committed and is not in the file itself yet."""
    return database.with_name(database.name + LOG_SUFFIX)


def cause_of(error: BaseException) -> str | None:
    """What of the machine is behind an error of DuckDB's, in the system's words; None when nothing is."""
    text = str(error)
    return next((os.strerror(number) for number in _CAUSES if os.strerror(number) in text), None)


def damage_in(database: Path, error: BaseException, key: DatabaseKey | None = None) -> Damage | None:
    """The damage that an error of a file that was opened tells of, if it says for certain that the file is damaged."""
    text = str(error)
    if not isinstance(error, duckdb.Error) or cause_of(error) or not any(words in text for words in _SAYS_DAMAGED):
        return None
    return damage_of(database, error, key)


def damage_of(database: Path, error: duckdb.Error, key: DatabaseKey | None = None) -> Damage:
    """Which of the two files an error is about, and where."""
    text = str(error)
    in_log = "Failure while replaying WAL file" in text
    found = _IN_LOG.search(text)
    if found or (key is not None and in_log):
        state = log_file.examine(log_file.read_log(log_of(database)), cipher_of(key))
        # Of an encrypted log DuckDB says no place, and it may be a block of the file that could not be read for it.
        if found or state.damaged or state.refused:
            at = int(found[1]) if found and not state.damaged else state.whole
            return Damage(log_of(database), at=at, commits_behind=state.commits_behind)
    if "Could not read enough bytes" in text:
        return Damage(database, "cut off", database.stat().st_size)
    if found := _IN_DATABASE.search(text):
        return Damage(database, at=int(found[1]))
    return Damage(log_of(database) if in_log and "AES tag" not in text else database)


def first_line(error: BaseException) -> str:
    """An error of DuckDB's for people: without what it says of itself, and in one line."""
    return str(error).partition("\n")[0]
