"""How much memory DuckDB may use: more of it with more calls, or one day no more would be accepted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb

from appliance.errors import Unavailable

# DuckDB would take 80 % of the machine's memory; the worker needs it more. But the indexes that are written to must
# fit, or nothing more is accepted: a million calls, with all that belongs to them, have 620 MB of them.
LEAST_MEMORY_MB = 1000
MEMORY_BESIDE_INDEXES_MB = 400
INDEX_BYTES_A_CALL = 650
# The name that the file has in DuckDB which the database is written anew into. Its indexes are built beside the old
# ones: with 250,000 rows 52 MB of them became 159. Without room for them DuckDB fails for all, the writer too.
REWRITTEN = "rewritten"
TIMES_WHILE_REWRITING = 3
BESIDE_DUCKDB_MB = 300
_GROUPS, _OWN_GROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def fit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB use as much memory as the calls that are stored need, and what is being done with them."""
    query = "SELECT count(*) FROM system.main.duckdb_databases() WHERE database_name = ?"
    is_rewriting = connection.execute(query, [REWRITTEN]).fetchone() != (0,)
    limit = _needed_mb(connection, TIMES_WHILE_REWRITING if is_rewriting else 1)
    connection.execute(f"SET GLOBAL memory_limit = '{limit}MB'")


def need_memory_for_rewriting(connection: duckdb.DuckDBPyConnection, allowed: int) -> None:
    """Raises Unavailable where the database cannot be written anew with as many MB."""
    needed = _needed_mb(connection, TIMES_WHILE_REWRITING)
    if needed > max(allowed, _needed_mb(connection, 1)):
        raise Unavailable(f"that takes {needed} MB of memory, and the api's database may have {max(allowed, 0)} MB")


def allowed_mb(groups: Path = _GROUPS, own_group: Path = _OWN_GROUP) -> int:
    """How much DuckDB can have here: of what the api may take (`MemoryMax`), or else of half the machine's memory."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    most = min(_group_limits(groups, own_group), default=machine // 2)
    return min(most, machine) // 10**6 - BESIDE_DUCKDB_MB


def _needed_mb(connection: duckdb.DuckDBPyConnection, times_indexes: int) -> int:
    # The largest: a file that is a copy of this one may be attached beside it.
    query = "SELECT coalesce(max(estimated_size), 0) FROM system.main.duckdb_tables() WHERE table_name = 'call'"
    stored = connection.execute(query).fetchone()
    calls = int(stored[0]) if stored else 0
    return max(LEAST_MEMORY_MB, MEMORY_BESIDE_INDEXES_MB + times_indexes * calls * INDEX_BYTES_A_CALL // 10**6)


def _group_limits(groups: Path, own_group: Path) -> Iterator[int]:
    """What the control groups that this process is in may take, in bytes."""
    try:
        lines = own_group.read_text().splitlines()
    except OSError:
        return
    for path in (line.removeprefix("0::/") for line in lines if line.startswith("0::/")):
        for group in (groups / path, *(groups / parent for parent in Path(path).parents)):
            try:
                yield int((group / "memory.max").read_text())
            except (OSError, ValueError):  # the outermost has no limit, and others have `max`
                continue
