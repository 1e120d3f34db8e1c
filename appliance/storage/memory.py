"""How much memory DuckDB may use: more of it with more calls, or one day no more would be accepted."""

from __future__ import annotations

import duckdb

# DuckDB would take 80 % of the machine's memory; the worker needs it more. But the indexes that are written to must
# fit, or nothing more is accepted: a million calls, with all that belongs to them, have 620 MB of them.
LEAST_MEMORY_MB = 1000
MEMORY_BESIDE_INDEXES_MB = 400
INDEX_BYTES_A_CALL = 650


def fit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB use as much memory as the calls that are stored need."""
    query = "SELECT coalesce(sum(estimated_size), 0) FROM system.main.duckdb_tables() WHERE table_name = 'call'"
    stored = connection.execute(query).fetchone()
    calls = int(stored[0]) if stored else 0
    limit = max(LEAST_MEMORY_MB, MEMORY_BESIDE_INDEXES_MB + calls * INDEX_BYTES_A_CALL // 10**6)
    connection.execute(f"SET GLOBAL memory_limit = '{limit}MB'")
