"""A damaged database made whole again, on copies of its two files: the files themselves are only read.

First what the disk gives is copied; then single flipped bits are turned back; then as much of the log is replayed as is
whole; at last, where blocks stay damaged, what can be read of each table goes into a new file.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage.database_keys import DatabaseKeys, of_file
from appliance.storage.file_format import block_file, log_file
from appliance.storage.file_format.damage import damage_of, first_line, log_of
from appliance.storage.file_format.encryption import DatabaseKey, cipher_of
from appliance.storage.folder.data_folder import sync_file
from appliance.storage.opening import locked
from appliance.storage.repair import file_heads
from appliance.storage.repair.bit_repair import mend_head_of_log, mend_log, mend_region
from appliance.storage.repair.salvage import Loss, salvage

COPY_BYTES = 256 * 1024
PAGE_BYTES = 4096
# Each replay shows one fault of the log, which is cut off before it then.
MOST_REPLAYS = 20
ROOM_BESIDE_BYTES = 64 * 1024 * 1024


# Is given what is being done now, in words: a repair takes minutes.
Step = Callable[[str], None]


def no_step(_doing: str) -> None:
    """For who need not be told."""


class NothingToSave(PermanentFailure):
    """The file cannot be opened in any way that we know."""


@dataclass(slots=True)
class Mended:
    """What was made, and how, in words; `losses` is what could not be read of the tables.

    Where it is encrypted, its key is kept beside it.
    """

    file: Path
    key: DatabaseKey | None = None
    done: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    salvaged: bool = False


def is_whole(database: Path, key: DatabaseKey | None = None) -> bool:
    """Whether both files hold what was written, and DuckDB opens them."""
    cipher = cipher_of(key)
    try:
        log = log_file.examine(log_file.read_log(log_of(database)), cipher)
        if log.damaged or log.refused or block_file.examine(database, cipher=cipher).first_fault is not None:
            return False
        locked(database, key=key, read_only=True).close()
    except duckdb.Error:
        return False
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return False
    return True


def mend(database: Path, scratch: Path, keys: DatabaseKeys | None = None, step: Step = no_step) -> Mended:
    """Make a whole database in the scratch folder of what can be read.

    Raises NothingToSave when nothing can, ConfigurationError when there is no room for the copies, KeyUnreadable.
    """
    key = None if keys is None else keys.of(database)
    sources = [path for path in (database, log_of(database)) if path.exists()]
    _need_room(sum(path.stat().st_size for path in sources), scratch)
    mended = Mended(scratch / database.name, key)
    step("it is damaged: copying what the disk gives of it")
    for source in sources:
        if lost := _copy_what_can_be_read(source, scratch / source.name):
            mended.done.append(f"{lost} bytes of {source.name} cannot be read from the disk")
    if not mended.file.exists() or not mended.file.stat().st_size:
        raise NothingToSave(f"{database} holds nothing")
    mended.done += file_heads.set_right(mended.file, scratch, key)
    step("looking for single bits that are flipped, block by block")
    _turn_bits_back(mended)
    if block_file.examine(mended.file, cipher=cipher_of(key)).first_fault is None:
        step("replaying the log, as far as it is whole")
        _trying_less_log(mended, _fold_log)
    else:
        step("reading what can be read of each table into a new file")
        _trying_less_log(mended, partial(_salvage, target=scratch / "salvaged.duckdb"))
    sync_file(mended.file)
    if keys is not None and mended.key is not None:
        keys.keep(mended.file, mended.key)
    return mended


def _need_room(size: int, scratch: Path) -> None:
    # The copy, and beside it the new file that what can be read goes into.
    needed, free = 2 * size + ROOM_BESIDE_BYTES, shutil.disk_usage(scratch).free
    if free < needed:
        raise ConfigurationError(
            f"a repair needs {needed // 1024**2} MB of free disk for its copies, and {free // 1024**2} MB are free"
        )


def _copy_what_can_be_read(source: Path, target: Path) -> int:
    """Copy a file; where the disk gives nothing, zeros stand in the copy. Returns how many bytes that are."""
    lost = at = 0
    size = source.stat().st_size
    with source.open("rb", buffering=0) as reading, target.open("wb") as writing:
        while at < size:
            chunk, missing = _read(reading.fileno(), at, min(COPY_BYTES, size - at))
            writing.write(chunk)
            lost, at = lost + missing, at + len(chunk)
    return lost


def _read(descriptor: int, at: int, count: int) -> tuple[bytes, int]:
    """The bytes there, with zeros for the pages that the disk does not give, and how many these zeros are."""
    try:
        return os.pread(descriptor, count, at).ljust(count, b"\0"), 0
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    if count <= PAGE_BYTES:
        return bytes(count), count
    pages = range(at, at + count, PAGE_BYTES)
    read = [_read(descriptor, page, min(PAGE_BYTES, at + count - page)) for page in pages]
    return b"".join(chunk for chunk, _ in read), sum(missing for _, missing in read)


def _turn_bits_back(mended: Mended) -> None:
    cipher = cipher_of(mended.key)
    with mended.file.open("r+b") as file:
        for region in block_file.examine(mended.file, cipher=cipher).damaged:
            file.seek(region.at)
            whole = mend_region(file.read(region.size), None if region.at == file_heads.FILE_HEAD else cipher)
            if whole is not None:
                file.seek(region.at)
                file.write(whole)
                mended.done.append(f"{mended.file.name}: one flipped bit behind byte {region.at} was turned back")
        head, database_id = block_file.newest_head(file, cipher), block_file.database_id(file)
    content = log_file.read_log(log_of(mended.file))
    if not content:
        return
    made = content if head is None else mend_head_of_log(content, database_id, head, cipher)
    made = mend_log(made, cipher)
    if made != content:
        at = next(number for number, (one, other) in enumerate(zip(content, made, strict=True)) if one != other)
        log_of(mended.file).write_bytes(made)
        mended.done.append(f"{log_of(mended.file).name}: a flipped bit at byte {at} was turned back")


def _trying_less_log(mended: Mended, work: Callable[[Mended], None]) -> None:
    """Do what needs the file open, with as much of the log as is whole and as can be replayed."""
    log = log_of(mended.file)
    _cut_log(mended, log_file.examine(log_file.read_log(log), cipher_of(mended.key)).whole)
    for _ in range(MOST_REPLAYS):
        try:
            work(mended)
        except duckdb.Error as error:
            fault = damage_of(mended.file, error, mended.key)
            if fault.file == log and fault.at:
                _cut_log(mended, fault.at)
            elif log.exists() and log.stat().st_size:
                _cut_log(mended, 0)  # it would have to be replayed onto what is damaged
            else:
                raise NothingToSave(f"{mended.file.name} cannot be opened: {first_line(error)}") from error
        else:
            return
    raise NothingToSave(f"{log.name} has more than {MOST_REPLAYS} faults")


def _cut_log(mended: Mended, size: int) -> None:
    log = log_of(mended.file)
    found = log.stat().st_size if log.exists() else 0
    if found > size:
        os.truncate(log, size)
        mended.done.append(f"{log.name}: the first {size} of {found} bytes are replayed, the others are lost")


def _fold_log(mended: Mended) -> None:
    """Into the file itself."""
    with locked(mended.file, key=mended.key) as connection:
        connection.execute("CHECKPOINT")


def _salvage(mended: Mended, target: Path) -> None:
    """What can be read of each table, with what the log adds to it, in a new file."""
    key = None if mended.key is None else DatabaseKey.new()
    mended.losses = salvage(mended.file, target, mended.key, key)
    for path in (mended.file, log_of(mended.file)):
        path.unlink(missing_ok=True)
    target.rename(mended.file)
    mended.key = None if key is None else of_file(key, mended.file)
    mended.salvaged = True
    mended.done.append(f"{mended.file.name}: what can be read of each table is in a new file")
