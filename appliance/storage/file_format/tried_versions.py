"""Whether we know how this DuckDB lays out its files, which block_file and log_file read by themselves.

A DuckDB that nobody tried may write another layout, and what is whole would look damaged. Then our own look is left
out; what DuckDB itself finds is told as ever.
"""

from __future__ import annotations

import duckdb

# tests/appliance/storage/file_format/test_damage.py and tests/faults/test_file_faults.py passed with these.
TRIED = ("2.0.",)


def is_known() -> bool:
    return duckdb.__version__.startswith(TRIED)
