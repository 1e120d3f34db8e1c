"""The heads of DuckDB's file: two of the three can be written anew from what else is known."""

from __future__ import annotations

from pathlib import Path

from appliance.storage.file_format import block_file, log_file
from appliance.storage.file_format.block_file import HEAD_BYTES, HEADS, ID_AT, Region
from appliance.storage.file_format.checksum import WORD_BYTES, checksum
from appliance.storage.file_format.damage import log_of
from appliance.storage.opening import locked
from appliance.storage.repair.bit_repair import mend_region

FILE_HEAD, *CONTENT_HEADS = HEADS


def set_right(database: Path, scratch: Path) -> list[str]:
    """Write those heads anew that turning one bit would not mend; returns what was done, in words.

    The first one has nothing of its own but the database's id, by which the log knows it. Of the other two the one with
    the higher number counts, and only the log knows that number: what the older one tells of may be overwritten.
    """
    log = log_file.read_head(log_file.read_log(log_of(database)))
    done = []
    with database.open("r+b") as file:
        found = {at: block_file.read(file, Region(at, HEAD_BYTES)) for at in HEADS}
        lost = [at for at, head in found.items() if not _can_be_mended(head)]
        if FILE_HEAD in lost:
            file.seek(FILE_HEAD)
            file.write(_new_file_head(scratch, None if log is None else log.database_id))
            done.append(f"{database.name}: its head was written anew")
        newest = block_file.newest_head(file)
        for at in set(CONTENT_HEADS) & set(lost):
            if log is not None and newest is not None and newest.number == log.checkpoint:
                file.seek(at)
                file.write(found[next(other for other in CONTENT_HEADS if other != at)])
                done.append(f"{database.name}: the older head of its content was written anew")
    return done


def _can_be_mended(head: bytes) -> bool:
    return block_file.is_whole(head) or (len(head) == HEAD_BYTES and mend_region(head) is not None)


def _new_file_head(scratch: Path, database_id: bytes | None) -> bytes:
    """As this DuckDB writes it, for a database of this id."""
    pattern = scratch / "pattern.duckdb"
    pattern.unlink(missing_ok=True)
    locked(pattern).close()
    head = bytearray(pattern.read_bytes()[:HEAD_BYTES])
    pattern.unlink()
    if database_id is not None:
        head[ID_AT : ID_AT + len(database_id)] = database_id
    head[:WORD_BYTES] = checksum(bytes(head[WORD_BYTES:])).to_bytes(WORD_BYTES, "little")
    return bytes(head)
