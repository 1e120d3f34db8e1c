"""A recording on the disk tells nothing without the master key, and nothing but itself with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recording_file import (
    CHUNK_BYTES,
    HEAD_BYTES,
    TAG_BYTES,
    RecordingWriter,
    end_of_recording,
    most_bytes,
    open_recording,
)
from tests.appliance.builders import KEYS
from tests.support.file_faults import flip, truncate

MARKED = b"ERASEME-MARKER-42 "
SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5)
FACTS = b"facts, sealed"


def audio(size: int) -> bytes:
    return (MARKED * (size // len(MARKED) + 1))[:size]


def write(path: Path, content: bytes, piece: int = 100_000, behind: bytes = FACTS) -> Path:
    writer = RecordingWriter(path.open("wb"), KEYS)
    for begin in range(0, len(content), piece):
        writer.write(content[begin : begin + piece])
    writer.finish(behind)
    return path


def read(path: Path, size: int) -> bytes:
    with open_recording(path, KEYS, size) as file:
        return file.read()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [1 << 20, CHUNK_BYTES, 7777])
def test_what_was_written_is_read_whatever_the_pieces(tmp_path: Path, size: int, piece: int) -> None:
    path = write(tmp_path / "recording", audio(size), piece)
    assert read(path, size) == audio(size)


@pytest.mark.parametrize("size", SIZES)
def test_where_it_ends_is_known_and_what_stands_behind_it_is_there(tmp_path: Path, size: int) -> None:
    path = write(tmp_path / "recording", audio(size))
    with path.open("rb") as file:
        end = end_of_recording(file, size)
    assert path.read_bytes()[end:] == FACTS
    truncate(path, end)
    assert most_bytes(path) == size
    assert read(path, size) == audio(size)


def test_the_file_shows_nothing_and_two_of_the_same_recording_are_not_alike(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, audio(200_000), behind=b"").read_bytes() for name in ("one", "other"))
    assert MARKED.strip() not in one
    assert not any(left == right for left, right in zip(pieces(one), pieces(other), strict=True))


def pieces(content: bytes) -> list[bytes]:
    return [content[at : at + 16] for at in range(HEAD_BYTES, len(content) - 16, 16)]


def test_any_part_is_read_from_wherever_it_begins(tmp_path: Path) -> None:
    size = 3 * CHUNK_BYTES + 5
    path, whole = write(tmp_path / "recording", audio(size)), audio(size)
    with open_recording(path, KEYS, size) as file:
        for begin in (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 17, size - 1, size):
            for count in (1, 5, CHUNK_BYTES, CHUNK_BYTES + 2):
                assert file.seek(begin) == begin
                assert file.read(count) == whole[begin : begin + count]
        assert file.seek(0, os.SEEK_END) == size


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "recording", audio(100))
    with pytest.raises(OSError, match="does not belong to this master key"):
        open_recording(path, Keys(bytes(32)), 100)


@pytest.mark.parametrize("at", [HEAD_BYTES + 3, HEAD_BYTES + CHUNK_BYTES + TAG_BYTES + 9])
def test_a_flipped_bit_is_an_error_and_no_other_sound(tmp_path: Path, at: int) -> None:
    path = write(tmp_path / "recording", audio(2 * CHUNK_BYTES))
    flip(path, at)
    with pytest.raises(OSError, match="damaged between byte"):
        read(path, 2 * CHUNK_BYTES)


def test_chunks_cannot_change_places_nor_be_cut_off_unseen(tmp_path: Path) -> None:
    size, sealed = 3 * CHUNK_BYTES, CHUNK_BYTES + TAG_BYTES
    content = write(tmp_path / "recording", audio(size), behind=b"").read_bytes()
    head, chunks = content[:HEAD_BYTES], content[HEAD_BYTES:]
    swapped = tmp_path / "swapped"
    swapped.write_bytes(head + chunks[sealed : 2 * sealed] + chunks[:sealed] + chunks[2 * sealed :])
    with pytest.raises(OSError, match="damaged"):
        read(swapped, size)
    shorter = tmp_path / "shorter"
    shorter.write_bytes(head + chunks[: 2 * sealed])
    for told in (size, 2 * CHUNK_BYTES):  # also where the database was changed with it
        with pytest.raises(OSError, match=r"its end is gone|damaged"):
            read(shorter, told)


def test_one_of_an_earlier_version_is_read_as_it_lies_there(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(audio(1000) + FACTS)
    with open_recording(path, KEYS, 1000) as file:
        assert file.read(1000) == audio(1000)
        assert end_of_recording(file, 1000) == 1000
    assert most_bytes(path) == 1000 + len(FACTS)


def test_what_was_given_up_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    writer = RecordingWriter(path.open("wb"), KEYS)
    writer.write(audio(2 * CHUNK_BYTES + 9))
    writer.close()
    with pytest.raises(OSError, match="its end is gone"):
        read(path, 2 * CHUNK_BYTES + 9)
