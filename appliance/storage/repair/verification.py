"""Whether the database of a stopped appliance is what was written: looked at, never changed, never migrated.

The files are read without DuckDB, so that an api that starts meanwhile finds them free; DuckDB opens them for a moment.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from appliance.errors import ConfigurationError
from appliance.storage.file_format import block_file, log_file, tried_versions
from appliance.storage.file_format.damage import Damage, log_of
from appliance.storage.file_format.encryption import DatabaseKey, cipher_of
from appliance.storage.opening import locked, obstacle
from appliance.storage.schema import applied_steps, pending_steps


@dataclass(frozen=True, slots=True)
class Verified:
    """What was seen: how much of the file in the time that was given, how many calls, how many steps are to come."""

    bytes: int
    looked_at: int
    log_bytes: int
    calls: int
    pending: int


def verify(database: Path, seconds: float, key: DatabaseKey | None = None) -> Verified:
    """Look at both files. Raises DatabaseDamaged, and ConfigurationError when they cannot be looked at."""
    until = time.monotonic() + seconds
    if not database.is_file() or not database.stat().st_size:
        raise Damage(database, "empty" if database.is_file() else "missing").error()
    try:
        looked_at = _look_at_both(database, until, key) if tried_versions.is_known() else 0
        size, log_size = database.stat().st_size, len(log_file.read_log(log_of(database)))
    except OSError as error:
        raise ConfigurationError(f"cannot read {error.filename or database}: {error.strerror}") from error
    calls, pending = _open_for_a_moment(database, key)
    return Verified(size, looked_at, log_size, calls, pending)


def _look_at_both(database: Path, until: float, key: DatabaseKey | None) -> int:
    """How many bytes of the database were read until then."""
    log = log_file.examine(log_file.read_log(log_of(database)), cipher_of(key))
    state = block_file.examine(database, lambda: time.monotonic() < until, cipher=cipher_of(key))
    if state.first_fault is not None:
        what = "cut off" if state.first_fault == state.size else "damaged"
        raise Damage(database, what, state.first_fault).error()
    if log.damaged or log.refused:
        raise Damage(log_of(database), at=log.whole, commits_behind=log.commits_behind).error()
    return state.looked_at


def _open_for_a_moment(database: Path, key: DatabaseKey | None) -> tuple[int, int]:
    try:
        with locked(database, key=key, read_only=True) as connection:
            pending = len(pending_steps(applied_steps(connection)))
            (calls,) = connection.execute("SELECT count(*) FROM call").fetchone() or (0,)
    except duckdb.Error as error:
        raise obstacle(database, error, key) from error
    return int(calls), pending
