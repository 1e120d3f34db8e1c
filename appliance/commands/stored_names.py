"""The names in the database of an appliance whose api does not answer, for the support bundle to take out.

Read by a process of its own, as the data folder's owner: the file may be what is damaged.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from appliance.storage.folder.data_folder import DataFolder

READ_SECONDS = 120.0
_CUSTOMERS = "SELECT name, company_name, email FROM customer"  # those that were deleted, too
_TOKENS = "SELECT name FROM token"
# What customers and tokens were called before.
_CHANGES = "SELECT before, after FROM audit WHERE subject IN ('customer', 'token')"
_NAMES = ("name", "company_name", "email")


def stored_names(folder: DataFolder) -> set[str] | None:
    """Of customers and tokens; None where nobody can tell, for the database cannot be read now."""
    if not folder.is_initialised and not folder.database.exists():
        return set()
    command = [sys.executable, "-P", "-m", "appliance.commands.stored_names", str(folder.root.absolute())]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=READ_SECONDS, check=False
        )
        return set(json.loads(done.stdout)) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def _read(folder: DataFolder) -> Iterator[str]:
    """Raises what stands in the way. The file is opened for reading alone, and only for as long as that takes."""
    from appliance.storage.database_keys import DatabaseKeys  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.opening import locked  # noqa: PLC0415

    key = DatabaseKeys(Keys.of(folder)).of(folder.database)
    with locked(folder.database, key=key, read_only=True) as connection:
        for query in (_CUSTOMERS, _TOKENS):
            for row in connection.execute(query).fetchall():
                yield from row
        for row in connection.execute(_CHANGES).fetchall():
            for fields in map(json.loads, row):
                yield from (fields[name] for name in _NAMES if isinstance(fields.get(name), str))


def _main(root: Path) -> int:
    from appliance.storage.folder.data_folder import act_as_owner  # noqa: PLC0415

    act_as_owner(root)
    print(json.dumps(sorted(set(_read(DataFolder(root))))))
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
