"""A database that somebody else may have made, looked at by a process that can do nothing but read it.

    python -m appliance.storage.foreign_database FILE

The key of one that is encrypted is read from stdin.
Whatever is in the file meets DuckDB's own code there first, and can harm no more than that process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import msgspec

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.process.reading_jail import confine_to
from appliance.storage import migrations
from appliance.storage.catalogue import ForeignCatalogue, check_catalogue
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.file_format.encryption import SECRET_BYTES, DatabaseKey
from appliance.storage.migrations import all_migrations
from appliance.storage.opening import locked

# What Python needs to find us, and no more of our environment.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG")
_SECONDS = 900
# It asks for the machine's memory there when it is opened.
_DUCKDB_READS = (Path("/proc/self/cgroup"), Path("/proc/self/mountinfo"), Path("/proc/meminfo"), Path("/sys/fs/cgroup"))


class Looked(msgspec.Struct, frozen=True):
    """What was seen: the schema's steps and how many calls; or why it is not to be used: what is `foreign` in it.

    `obstacle` is what this machine has against reading it.
    """

    steps: list[int] = []
    calls: int = 0
    foreign: str | None = None
    refused: str | None = None
    obstacle: str | None = None


def look_at(database: Path, key: DatabaseKey | None = None) -> Looked:
    """Have a file that nobody has open looked at, before this process opens it.

    Raises ForeignCatalogue naming what in it is not ours, DatabaseUnreadable, PermanentFailure when it is of a newer
    program, ConfigurationError when this machine is in the way.
    """
    command = [sys.executable, "-P", "-m", "appliance.storage.foreign_database", str(database)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            command,
            env=environment,
            input=b"" if key is None else key.secret + key.database_id,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        looked = msgspec.json.decode(done.stdout, type=Looked)
    except (subprocess.TimeoutExpired, msgspec.DecodeError) as error:
        raise DatabaseUnreadable(f"{database} cannot be read") from error
    if looked.foreign is not None:
        raise ForeignCatalogue(looked.foreign)
    if looked.refused is not None:
        raise PermanentFailure(looked.refused)
    if looked.obstacle is not None:
        raise ConfigurationError(looked.obstacle)
    return looked


class DatabaseUnreadable(PermanentFailure):
    """The file does not open, or whoever opens it does not come back."""


def _look(database: Path, key: DatabaseKey | None) -> Looked:
    all_migrations()  # so that what it imports is there
    confine_to(database.parent, Path(migrations.__file__).parent, *_DUCKDB_READS)
    try:
        steps = check_catalogue(database, key)
        with locked(database, key=key, read_only=True) as connection:
            (calls,) = connection.execute("SELECT count(*) FROM call").fetchone() or (0,)
    except ForeignCatalogue as error:
        return Looked(foreign=str(error))
    except DatabaseDamaged as error:
        sys.exit(str(error))
    except PermanentFailure as error:
        return Looked(refused=str(error))
    except ConfigurationError as error:
        return Looked(obstacle=str(error))
    except duckdb.Error as error:
        sys.exit(str(error))
    return Looked(sorted(steps), calls)


def _given_key() -> DatabaseKey | None:
    given = sys.stdin.buffer.read()
    return DatabaseKey(given[:SECRET_BYTES], given[SECRET_BYTES:]) if given else None


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_look(Path(sys.argv[1]).absolute(), _given_key())))
