"""Opening a database's file, here and nowhere else; what is in the way of that, in one sentence.

What a file holds is not trusted: SQL in it, such as a view, can reach no other file, no network, no extension and no
variable of ours, and can change no setting.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage.database_keys import DatabaseKeys, is_encrypted, of_file
from appliance.storage.file_format import block_file, log_file, tried_versions
from appliance.storage.file_format.damage import Damage, cause_of, damage_of, first_line, log_of
from appliance.storage.file_format.encryption import DatabaseKey, cipher_of
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
_SUFFIXES = (_NEW_SUFFIX, ".duckdb")
# An encrypted file is attached to a database in memory, for DuckDB takes no key for the one that it is opened with.
_CATALOGUE = "vbot"
# In an encrypted file DuckDB says of no block where it lies; so long it is looked for.
LOOK_FOR_DAMAGE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open file, what opened it where it is encrypted, and the schema steps that it has seen."""

    connection: duckdb.DuckDBPyConnection
    steps: set[int]
    key: DatabaseKey | None


def connect(
    path: Path,
    *,
    existing: bool,
    beside: Iterable[Path] = (),
    keys: DatabaseKeys | None = None,
    keep_twice: bool = False,
) -> OpenFile:
    """Open the file. `existing`: it must hold something, and is not made; with `keys` one that is made is encrypted.

    `keep_twice`: where one of the two copies of its key is gone it is made again; no key is forgotten by an opening.
    `beside`: databases, and folders of such, that may be attached to it. Raises ConfigurationError when another process
    holds it or the machine refuses it, DatabaseDamaged when it is not what was written, KeyUnreadable when its key
    cannot be had.
    """
    is_there = path.exists() and path.stat().st_size > 0
    if existing and not is_there:
        raise Damage(path, "empty" if path.exists() else "missing").error()
    key = None
    connection = None
    try:
        if keys is not None and not is_there:
            _make_encrypted(path, keys)
        key = _key_of(path, keys)
        if tried_versions.is_known():
            _refuse_damaged_log(log_of(path), key)
        connection = _patiently(path, beside, key)
        _clear_leftovers(path)
        if keep_twice and keys is not None:
            keys.keep_twice(path)
        return OpenFile(connection, applied_steps(connection), key)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()
        raise obstacle(path, error, key) from error


@contextlib.contextmanager
def opened_as_found(path: Path, keys: DatabaseKeys) -> Iterator[duckdb.DuckDBPyConnection]:
    """One that another version may have worked on, for a look. Raises as `connect` does, also where the look fails."""
    connection = connect(path, existing=True, keys=keys).connection
    try:
        yield connection
    except duckdb.Error as error:
        raise ConfigurationError(f"cannot read {path}: {first_line(error)}") from error
    finally:
        connection.close()


def _make_encrypted(path: Path, keys: DatabaseKeys) -> None:
    """A new file: it has its name once its key is kept."""
    made, key = written_anew(path), DatabaseKey.new()
    try:
        for leftover in (made, log_of(made)):
            leftover.unlink(missing_ok=True)
        locked(made, key=key).close()
        keys.keep(path, of_file(key, made))
        made.rename(path)
    except OSError as error:
        raise ConfigurationError(f"cannot make {path}: {error.strerror}") from error


def _key_of(path: Path, keys: DatabaseKeys | None) -> DatabaseKey | None:
    if keys is not None:
        return keys.of(path)
    if is_encrypted(path):
        raise ConfigurationError(f"{path} is encrypted, and is opened with its data folder's keys")
    return None


def _refuse_damaged_log(log: Path, key: DatabaseKey | None) -> None:
    try:
        state = log_file.look_quickly(log, cipher_of(key))
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
    path: Path = IN_MEMORY, *, key: DatabaseKey | None = None, beside: Iterable[Path] = (), read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """The open file with the settings that all work on our databases needs, which nothing changes from there on.

    With a key it is encrypted: made so, or read. Raises duckdb.Error.
    """
    attachable = [*beside]
    config: dict[str, str | bool | int | float | list[str]] = {
        **SHUT,
        "memory_limit": f"{LEAST_MEMORY_MB}MB",
        "threads": THREADS,
    }
    if key is not None:
        config["temp_directory"] = f"{path}{_SPILL_SUFFIX}"
    elif not attachable:
        # DuckDB is told what may be attached once it is open: a file that needs nothing beside it is shut before.
        config["enable_external_access"] = False
    opened = str(path) if key is None else str(IN_MEMORY)
    connection = duckdb.connect(opened, read_only=read_only and key is None, config=config)
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        # What is unsafe in it: appliance/decisions/at-rest.md.
        connection.execute("SET GLOBAL force_mbedtls_unsafe = 'true'")
        if key is not None or attachable:
            files = [path] if key is not None else []
            files += [one for one in attachable if _is_database(one)]
            folders = [str(one) for one in attachable if not _is_database(one)]
            connection.execute(f"SET GLOBAL allowed_directories = {_texts(folders)}")
            names = (f"{one}{ending}" for one in files for ending in _LOGS)
            connection.execute(f"SET GLOBAL allowed_paths = {_texts(names)}")
            connection.execute("SET GLOBAL enable_external_access = false")
        if key is not None:
            connection.execute("SET GLOBAL temp_file_encryption = true")
            attach(connection, path, _CATALOGUE, key, read_only=read_only)
            connection.execute(f"USE {_CATALOGUE}")
        fit_memory(connection)
        connection.execute("SET GLOBAL allowed_configs = ['memory_limit']")  # it grows with the calls: fit_memory
        connection.execute("SET GLOBAL lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def attach(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, key: DatabaseKey | None, *, read_only: bool = False
) -> None:
    """Have a file under this name beside the one that is open. Raises duckdb.Error."""
    options = [*(["READ_ONLY"] if read_only else []), *(["ENCRYPTION_KEY ?"] if key is not None else [])]
    values = [str(path), *([key.text] if key is not None else [])]  # as values: no error quotes them
    connection.execute(f"ATTACH ? AS {name} " + (f"({', '.join(options)})" if options else ""), values)


def new_cursor(connection: duckdb.DuckDBPyConnection, key: DatabaseKey | None) -> duckdb.DuckDBPyConnection:
    """One that works on the same file as the connection does."""
    cursor = connection.cursor()
    if key is not None:
        cursor.execute(f"USE {_CATALOGUE}")
    return cursor


def written_anew(path: Path) -> Path:
    """The file beside a database that it is written anew into, and that may be attached to it then."""
    return path.with_name(f"{path.name}{_NEW_SUFFIX}")


def _is_database(attachable: Path) -> bool:
    return attachable.is_file() or attachable.suffix in _SUFFIXES  # one that is yet to be made


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


def obstacle(path: Path, error: duckdb.Error, key: DatabaseKey | None = None) -> ConfigurationError:
    """Why the file, which did not open, cannot be used: the machine, another process, or that it is damaged."""
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
    return _located(damage_of(path, error, key), path, key).error()


def _located(damage: Damage, path: Path, key: DatabaseKey | None) -> Damage:
    if key is None or damage.file != path or damage.at is not None or not tried_versions.is_known():
        return damage
    until = time.monotonic() + LOOK_FOR_DAMAGE_SECONDS
    try:
        state = block_file.examine(path, lambda: time.monotonic() < until, cipher=key.cipher)
    except OSError:
        return damage
    return replace(damage, at=state.first_fault) if state.looked_at >= state.size or state.damaged else damage


def _patiently(path: Path, beside: Iterable[Path], key: DatabaseKey | None) -> duckdb.DuckDBPyConnection:
    began = time.monotonic()
    while True:
        try:
            return locked(path, key=key, beside=beside)
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
