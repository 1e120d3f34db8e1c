"""Opening a database's file, here and nowhere else; what is in the way of that, in one sentence.

What a file holds is not trusted: SQL in it, such as a view, can reach no other file, no network, no extension and no
variable of ours, and can change no setting.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import time
from collections.abc import Iterable
from pathlib import Path

import duckdb

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage.file_format import log_file, tried_versions
from appliance.storage.file_format.damage import Damage, cause_of, damage_of, first_line, log_of
from appliance.storage.memory import LEAST_MEMORY_MB, fit_memory
from appliance.storage.schema import applied_steps

# A command that works on the folder of a stopped appliance holds the file for a moment.
LOCK_PATIENCE_SECONDS = 1.0
# A copy that we have just made beside our own database is ours until each transaction that could see it has ended.
OWN_TRANSACTIONS_SECONDS = 10.0
TRY_LOCK_EVERY_SECONDS = 0.1
THREADS = 2
IN_MEMORY = Path(":memory:")
# Shut from the first moment on: they hold while the file is opened and its log replayed.
SHUT = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
# The names beside a file that DuckDB gives its log, while it writes or folds it.
_LOGS = ("", ".wal", ".wal.checkpoint", ".wal.recovery")
# Beside the database's file: DuckDB's folder of temporary files, and the file that it is written anew into.
_SPILL_SUFFIX = ".tmp"
_NEW_SUFFIX = ".new"


def connect(path: Path, *, existing: bool, beside: Iterable[Path] = ()) -> tuple[duckdb.DuckDBPyConnection, set[int]]:
    """The open file, and the schema steps that it has seen. `existing`: it must hold something, and is not made.

    `beside`: databases, and folders of such, that may be attached to it. Raises ConfigurationError when another process
    holds it or the machine refuses it, DatabaseDamaged when it is not what was written.
    """
    if existing and not (path.exists() and path.stat().st_size):
        raise Damage(path, "empty" if path.exists() else "missing").error()
    if tried_versions.is_known():
        _refuse_damaged_log(log_of(path))
    connection = None
    try:
        connection = _patiently(path, beside)
        _clear_leftovers(path)
        return connection, applied_steps(connection)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()
        raise obstacle(path, error) from error


def _refuse_damaged_log(log: Path) -> None:
    try:
        state = log_file.look_quickly(log)
    except OSError as error:
        raise ConfigurationError(f"cannot read {log}: {error.strerror}") from error
    if state.damaged:
        raise Damage(log, at=state.whole, commits_behind=state.commits_behind).error()


def _clear_leftovers(path: Path) -> None:
    """Remove what a killed process had outside the database: what it had no room for in memory, and a file half made.

    The file is ours now, and this process has put nothing there yet.
    """
    spilled = path.with_name(f"{path.name}{_SPILL_SUFFIX}")
    half_made = written_anew(path)
    for leftover in (*spilled.glob("*"), half_made, log_of(half_made)):
        with contextlib.suppress(OSError):  # what is in the way of that is told when a file is to be made
            leftover.unlink()


def locked(
    path: Path = IN_MEMORY, *, beside: Iterable[Path] = (), read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """The open file with the settings that all work on our databases needs, which nothing changes from there on.

    Raises duckdb.Error.
    """
    attachable = [*beside]
    config: dict[str, str | bool | int | float | list[str]] = {
        **SHUT,
        "memory_limit": f"{LEAST_MEMORY_MB}MB",
        "threads": THREADS,
    }
    if not attachable:
        # DuckDB is told what may be attached once it is open: a file that needs nothing beside it is shut before.
        config["enable_external_access"] = False
    connection = duckdb.connect(str(path), read_only=read_only, config=config)
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        if attachable:
            folders = [str(one) for one in attachable if not _is_database(one)]
            files = [f"{one}{ending}" for one in attachable if _is_database(one) for ending in _LOGS]
            connection.execute(f"SET GLOBAL allowed_directories = {_texts(folders)}")
            connection.execute(f"SET GLOBAL allowed_paths = {_texts(files)}")
            connection.execute("SET GLOBAL enable_external_access = false")
        fit_memory(connection)
        connection.execute("SET GLOBAL allowed_configs = ['memory_limit']")  # it grows with the calls: fit_memory
        connection.execute("SET GLOBAL lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def written_anew(path: Path) -> Path:
    """The file beside a database that it is written anew into, and that may be attached to it then."""
    return path.with_name(f"{path.name}{_NEW_SUFFIX}")


def _is_database(attachable: Path) -> bool:
    return attachable.is_file() or attachable.suffix == _NEW_SUFFIX  # one that is yet to be made


def _texts(values: Iterable[str]) -> str:
    quoted = ("'" + value.replace("'", "''") + "'" for value in values)
    return f"[{', '.join(quoted)}]"


def is_in_use(path: Path) -> bool:
    """Whether another process has the file open; for one that does not have it open itself."""
    try:
        with path.open("rb+") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise ConfigurationError(f"cannot open {path}: {error.strerror}") from error
        return True
    return False


def obstacle(path: Path, error: duckdb.Error) -> ConfigurationError:
    """Why the file cannot be used: the machine, another process, or that it is damaged."""
    if isinstance(error, duckdb.IOException) and _is_locked(error):
        return ConfigurationError(f"{path} is in use by another process")
    if _is_ours_still(error):
        return ConfigurationError(f"{path} is still in use by this process")
    if cause := cause_of(error):
        return ConfigurationError(f"cannot open {path}: {cause}")
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.ConnectionException):
        return ConfigurationError(f"cannot open {path}: {first_line(error)}")
    if isinstance(error, duckdb.IOException) and "version number" in str(error):
        return PermanentFailure(f"cannot open {path}: {first_line(error)}")
    return damage_of(path, error).error()


def _patiently(path: Path, beside: Iterable[Path]) -> duckdb.DuckDBPyConnection:
    began = time.monotonic()
    while True:
        try:
            return locked(path, beside=beside)
        except duckdb.Error as error:
            if time.monotonic() - began > _patience_with(error):
                raise
        time.sleep(TRY_LOCK_EVERY_SECONDS)


def _patience_with(error: duckdb.Error) -> float:
    if isinstance(error, duckdb.IOException) and _is_locked(error):
        return LOCK_PATIENCE_SECONDS
    return OWN_TRANSACTIONS_SECONDS if _is_ours_still(error) else -1.0


def _is_locked(error: duckdb.Error) -> bool:
    return "Could not set lock" in str(error)


def _is_ours_still(error: duckdb.Error) -> bool:
    return "Unique file handle conflict" in str(error)
