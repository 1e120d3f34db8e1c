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
# By the id of the file that it belongs to, each as a master key wrapped it.
_Wrapped = dict[bytes, bytes]


class KeyUnreadable(PermanentFailure):
    """None of the master keys that are known opens the key of a database."""


class DatabaseKeys:
    """Finds and keeps the keys of files. The first of the master keys wraps new ones; what is there stays as it is."""

    def __init__(self, *masters: Keys) -> None:
        self._masters = masters

    def of(self, database: Path) -> DatabaseKey | None:
        """The key of a file; None where it is not encrypted, or not there. Raises ConfigurationError, KeyUnreadable."""
        if not is_encrypted(database):
            return None
        kept = self._opened(_wrapped_beside(database))
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
        kept = self._kept(database)
        known = self._opened([kept])
        wrap = self._masters[0].wrap_database_key
        new = {one.database_id: wrap(one.secret, one.database_id) for one in keys if known.get(one.database_id) != one}
        _write(database, kept | new)

    def keep_beside(self, database: Path, other: Path) -> None:
        """Have the keys that are kept for a file found beside another place, too, where it is to be."""
        if kept := self._kept(database):
            _write(other, self._kept(other) | kept)

    def keep_twice(self, database: Path) -> None:
        """Make each of the two copies again as far as the other has what it lacks; where there is no room, later."""
        kept = self._kept(database)
        if kept and any(one != kept for one in _wrapped_beside(database)):
            with contextlib.suppress(OSError):
                _write(database, kept)

    def forget(self, database: Path, *database_ids: bytes) -> None:
        """Forget keys of files that are gone: whoever finds what is left of their blocks reads them no more."""
        kept = self._kept(database)
        left = {number: one for number, one in kept.items() if number not in database_ids}
        if left != kept:
            _write(database, left)

    def _kept(self, database: Path) -> _Wrapped:
        """All keys beside a file as they are wrapped, by whatever master key; of two copies the one that opens."""
        merged: _Wrapped = {}
        for wrapped in reversed(_wrapped_beside(database)):
            opened = self._opened([wrapped])
            merged |= {number: one for number, one in wrapped.items() if number in opened or number not in merged}
        return merged

    def _opened(self, copies: list[_Wrapped]) -> dict[bytes, DatabaseKey]:
        found = ((number, self._unwrapped(one, number)) for wrapped in copies for number, one in wrapped.items())
        return {number: key for number, key in found if key is not None}

    def _unwrapped(self, wrapped: bytes, database_id: bytes) -> DatabaseKey | None:
        for master in self._masters:
            with contextlib.suppress(ConfigurationError):
                return DatabaseKey(master.unwrap_database_key(wrapped, database_id), database_id)
        return None


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
    return replace(key, database_id=_id_of(database))


class _Replacing(msgspec.Struct, frozen=True):
    """Noted while `old` is replaced by `new`, until that is over: which of the two is there says the file's name.

    `gone` are files that are no more, of earlier ones that did not come to their end.
    """

    old: bytes
    new: bytes
    gone: frozenset[bytes] = frozenset()

    def gone_since(self, there: bytes) -> frozenset[bytes]:
        """What is no more, now that this file has the name; of another than these two we know nothing."""
        over = {self.old: self.new, self.new: self.old}
        return (self.gone - {there}) | ({over[there]} if there in over else frozenset())


@contextlib.contextmanager
def replacing(
    keys: DatabaseKeys | None, database: Path, old: DatabaseKey | None, new: Path, new_key: DatabaseKey | None
) -> Iterator[None]:
    """While a file takes the place of the one that `old` opens: each is found with its key, and `old` is forgotten.

    Keys of other files stay: somebody may have moved one away. After a kill or a fault the next replacing forgets: then
    it is known which of the two has the name, and that the disk has it so.
    """
    if keys is None or new_key is None:
        yield
        return
    made = of_file(new_key, new)
    there = _id_there(database) if old is None else old.database_id
    note = database.with_name(f"{database.name}.key.replaced")
    noted = _noted(note)
    gone = frozenset() if noted is None else noted.gone_since(there)
    write_private(note, msgspec.json.encode(_Replacing(there, made.database_id, gone)))
    # That of the old file, too, even if somebody has removed it meanwhile: it may be needed once more.
    keys.keep(database, made, *([] if old is None else [old]))
    yield
    with contextlib.suppress(OSError):
        keys.forget(database, there, *gone)
        note.unlink(missing_ok=True)


def _id_of(database: Path) -> bytes:
    with database.open("rb") as file:
        return block_file.database_id(file)


def _id_there(database: Path) -> bytes:
    """Nothing where somebody has removed the file meanwhile: it is replaced all the same."""
    try:
        return _id_of(database)
    except FileNotFoundError:
        return b""


def _noted(note: Path) -> _Replacing | None:
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(note.read_bytes(), type=_Replacing)
    return None


def _wrapped_beside(database: Path) -> list[_Wrapped]:
    """What the two copies hold."""
    return [_wrapped_in(file) for file in key_files(database)]


def _wrapped_in(file: Path) -> _Wrapped:
    """What can be read of a file of keys: the other copy has what cannot."""
    try:
        wrapped = msgspec.json.decode(file.read_bytes(), type=dict[str, bytes])
        return {bytes.fromhex(number): one for number, one in wrapped.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        if error.errno == errno.EIO:
            return {}
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
    except (msgspec.MsgspecError, ValueError):
        return {}


def _write(database: Path, kept: _Wrapped) -> None:
    for file in key_files(database):
        write_private(file, msgspec.json.encode({number.hex(): one for number, one in kept.items()}))


def _that_opens(database: Path, kept: dict[bytes, DatabaseKey]) -> DatabaseKey | None:
    """Of a file whose first head is damaged the id is not known: the key is the one that opens the other heads.

    Where these are damaged, too, the only one that is kept is taken for it. A whole head names a key that is missing.
    """
    with database.open("rb") as file:
        if block_file.says_encrypted(file) is not None:
            return None
        opening = (key for key in kept.values() if block_file.newest_head(file, key.cipher) is not None)
        return next(opening, next(iter(kept.values())) if len(kept) == 1 else None)
