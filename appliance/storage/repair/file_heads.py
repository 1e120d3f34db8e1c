"""The heads of DuckDB's file: two of the three can be written anew from what else is known."""

from __future__ import annotations

from pathlib import Path

from appliance.storage.file_format import block_file, log_file
from appliance.storage.file_format.block_file import CANARY_AT, HEAD_BYTES, HEADS, ID_AT, Region
from appliance.storage.file_format.checksum import WORD_BYTES, checksum
from appliance.storage.file_format.damage import log_of
from appliance.storage.file_format.encryption import DatabaseKey, FileCipher, cipher_of
from appliance.storage.opening import locked
from appliance.storage.repair.bit_repair import mend_region

FILE_HEAD, *CONTENT_HEADS = HEADS


def set_right(database: Path, scratch: Path, key: DatabaseKey | None = None) -> list[str]:
    """Write those heads anew that turning one bit would not mend; returns what was done, in words.

    The first one has nothing of its own but the database's id, by which the log knows it, and its key. Of the other two
    the one with the higher number counts, and only the log knows that number: what the older one tells of may be
    overwritten.
    """
    cipher = cipher_of(key)
    log = log_file.read_head(log_file.read_log(log_of(database)))
    done = []
    with database.open("r+b") as file:
        found = {at: block_file.read(file, Region(at, HEAD_BYTES)) for at in HEADS}
        lost = [at for at, head in found.items() if not _can_be_mended(head, at, cipher)]
        if FILE_HEAD in lost:
            database_id = None if log is None else log.database_id
            file.seek(FILE_HEAD)
            file.write(_new_file_head(scratch, database_id if key is None else key.database_id, key))
            done.append(f"{database.name}: its head was written anew")
        newest = block_file.newest_head(file, cipher)
        for at in set(CONTENT_HEADS) & set(lost):
            if log is not None and newest is not None and newest.number == log.checkpoint:
                file.seek(at)
                file.write(found[next(other for other in CONTENT_HEADS if other != at)])
                done.append(f"{database.name}: the older head of its content was written anew")
    return done


def _can_be_mended(head: bytes, at: int, cipher: FileCipher | None) -> bool:
    if block_file.plain(head, at, cipher) is not None:
        return True
    return len(head) == HEAD_BYTES and mend_region(head, None if at == FILE_HEAD else cipher) is not None


def _new_file_head(scratch: Path, database_id: bytes | None, key: DatabaseKey | None = None) -> bytes:
    """As this DuckDB writes it, for a database of this id."""
    pattern = scratch / "pattern.duckdb"
    pattern.unlink(missing_ok=True)
    locked(pattern, key=key).close()
    head = bytearray(pattern.read_bytes()[:HEAD_BYTES])
    pattern.unlink()
    if database_id is not None:
        head[ID_AT : ID_AT + len(database_id)] = database_id
    if key is not None:
        canary = key.cipher.canary()
        head[CANARY_AT : CANARY_AT + len(canary)] = canary
    head[:WORD_BYTES] = checksum(bytes(head[WORD_BYTES:])).to_bytes(WORD_BYTES, "little")
    return bytes(head)
