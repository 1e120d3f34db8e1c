"""The keys of database files, each wrapped by the master key and kept beside its file, twice.

A key belongs to one file and is known by that file's id: while a file is replaced by another, the keys of both are
there, so that whichever of the two has the name at a kill -9 can be opened. Without its key a file is lost; therefore
the second copy.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage.file_format import block_file
from appliance.storage.file_format.damage import TWO_WAYS_OUT
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.folder.data_folder import write_private
from appliance.storage.folder.keys import Keys

_SUFFIXES = (".key", ".key.copy")


class KeyUnreadable(PermanentFailure):
    """None of the master keys that are known opens the key of a database."""


class DatabaseKeys:
    """Finds and keeps the keys of files. The first of the master keys wraps; each may have wrapped what is there."""

    def __init__(self, *masters: Keys) -> None:
        self._masters = masters

    def of(self, database: Path) -> DatabaseKey | None:
        """The key of a file; None where it is not encrypted, or not there. Raises ConfigurationError, KeyUnreadable."""
        if not is_encrypted(database):
            return None
        kept = self._kept(database)
        with database.open("rb") as file:
            key = kept.get(block_file.database_id(file)) or _that_opens(database, kept)
        if key is None:
            raise KeyUnreadable(
                f"the key of {database}, {key_files(database)[0].name} beside it, is missing or damaged, or does not "
                f"belong to this master key; {TWO_WAYS_OUT.partition(', ')[2]}"
            )
        return key

    def keep(self, database: Path, *keys: DatabaseKey) -> None:
        """Have keys found for the file that has this name and that which will, beside those that are kept for it."""
        self._write(database, self._kept(database) | {key.database_id: key for key in keys})

    def keep_beside(self, database: Path, other: Path) -> None:
        """Have the keys that are kept for a file found beside another place, too, where it is to be."""
        if kept := self._kept(database):
            self._write(other, self._kept(other) | kept)

    def keep_only(self, database: Path, key: DatabaseKey | None) -> None:
        """Forget the keys of the files that had this name before."""
        kept = {} if key is None else {key.database_id: key}
        if any(self._in(file) != kept for file in key_files(database)):
            self._write(database, kept)

    def _write(self, database: Path, kept: dict[bytes, DatabaseKey]) -> None:
        wrap = self._masters[0].wrap_database_key
        wrapped = {one.database_id.hex(): wrap(one.secret, one.database_id) for one in kept.values()}
        for file in key_files(database):
            if wrapped:
                write_private(file, msgspec.json.encode(wrapped))
            else:
                file.unlink(missing_ok=True)

    def _kept(self, database: Path) -> dict[bytes, DatabaseKey]:
        return {number: key for file in key_files(database) for number, key in self._in(file).items()}

    def _in(self, file: Path) -> dict[bytes, DatabaseKey]:
        """What can be read of a file of keys: the other copy has what cannot."""
        try:
            wrapped = msgspec.json.decode(file.read_bytes(), type=dict[str, bytes])
            found = [(bytes.fromhex(number), one) for number, one in wrapped.items()]
        except FileNotFoundError:
            return {}
        except OSError as error:
            if error.errno == errno.EIO:
                return {}
            raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
        except (msgspec.MsgspecError, ValueError):
            return {}
        return {number: key for number, one in found for key in self._unwrapped(one, number)}

    def _unwrapped(self, wrapped: bytes, database_id: bytes) -> Iterator[DatabaseKey]:
        for master in self._masters:
            with contextlib.suppress(ConfigurationError):
                yield DatabaseKey(master.unwrap_database_key(wrapped, database_id), database_id)
                return


def key_files(database: Path) -> list[Path]:
    """The two copies of a file's keys, whether they are there or not."""
    return [database.with_name(f"{database.name}{suffix}") for suffix in _SUFFIXES]


def is_encrypted(database: Path) -> bool:
    """Whether a file that nobody of this process has open is encrypted, as far as what is left of it tells."""
    try:
        with database.open("rb") as file:
            said = block_file.says_encrypted(file)
            if said is not None:
                return said
            return block_file.newest_head(file) is None and any(one.exists() for one in key_files(database))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ConfigurationError(f"cannot open {database}: {error.strerror}") from error


def of_file(key: DatabaseKey, database: Path) -> DatabaseKey:
    """A new key as that of the file that was made with it."""
    with database.open("rb") as file:
        return replace(key, database_id=block_file.database_id(file))


def _that_opens(database: Path, kept: dict[bytes, DatabaseKey]) -> DatabaseKey | None:
    """Of a file whose first head is damaged the id is not known: the key is the one that opens the other heads."""
    with database.open("rb") as file:
        opening = (key for key in kept.values() if block_file.newest_head(file, key.cipher) is not None)
        return next(opening, next(iter(kept.values()), None))
