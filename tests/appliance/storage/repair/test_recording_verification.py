"""Recordings read whole where they lie: which of them the disk has damaged."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from appliance.storage.folder.call_facts import CallFacts, seal_facts
from appliance.storage.folder.recording_file import CHUNK_BYTES, HEAD_BYTES, MARK, RecordingWriter
from appliance.storage.repair.recording_verification import verify_recordings
from tests.appliance.builders import KEYS, NOON
from tests.support.file_faults import flip, truncate, zero_page

AUDIO = bytes(range(256)) * 600  # two blocks and a part of a third
FACTS = CallFacts(
    call_id="call",
    customer_id=1,
    customer_since=NOON,
    received_at=NOON,
    bytes=len(AUDIO),
    sha256=hashlib.sha256(AUDIO).hexdigest(),
    submission=msgspec.Raw(b"{}"),
)


def stored(folder: Path, name: str, age_seconds: int = 0, behind: bytes | None = None) -> Path:
    """A recording as an upload leaves it."""
    path = folder / "2026-11-24" / name
    path.parent.mkdir(exist_ok=True)
    writer = RecordingWriter(path.open("wb"), KEYS)
    writer.write(AUDIO)
    writer.finish(seal_facts(FACTS, KEYS) if behind is None else behind)
    os.utime(path, (1_800_000_000 - age_seconds,) * 2)
    return path


def damaged(folder: Path) -> tuple[str, ...]:
    return verify_recordings(folder, KEYS, 60.0).damaged


def test_whole_recordings_are_whole_with_and_without_what_the_pbx_said_behind_them(tmp_path: Path) -> None:
    sizes = sum(stored(tmp_path, name, behind=behind).stat().st_size for name, behind in (("a", None), ("b", b"")))
    seen = verify_recordings(tmp_path, KEYS, 60.0)
    assert (seen.files, seen.read, seen.bytes, seen.unproven, seen.damaged) == (2, 2, sizes, 0, ())


@pytest.mark.parametrize("behind", [None, b""])
def test_a_flipped_bit_is_found_wherever_it_is(tmp_path: Path, behind: bytes | None) -> None:
    size = stored(tmp_path, "call", behind=behind).stat().st_size
    places = [0, len(MARK) - 1, len(MARK), HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + CHUNK_BYTES + 20, size - 1]
    for at in [*places, *range(0, size, 9973)]:
        path = stored(tmp_path, "call", behind=behind)
        flip(path, at, 5)
        assert damaged(tmp_path)[0].startswith(f"{path} (it"), at


@pytest.mark.parametrize("left", [HEAD_BYTES, HEAD_BYTES + CHUNK_BYTES + 16, 100_000, len(AUDIO)])
def test_a_recording_that_is_cut_off_is_found(tmp_path: Path, left: int) -> None:
    path = stored(tmp_path, "call")
    truncate(path, left)
    assert [one.split(" (")[0] for one in damaged(tmp_path)] == [str(path)]


def test_a_page_of_zeros_is_found_and_the_whole_ones_beside_it_are_not_named(tmp_path: Path) -> None:
    stored(tmp_path, "whole")
    zero_page(path := stored(tmp_path, "broken"), 70_000)
    assert damaged(tmp_path) == (f"{path} (it is damaged between byte 65536 and 131072)",)


def test_a_recording_of_an_earlier_version_is_compared_with_what_was_received(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(AUDIO + seal_facts(FACTS, KEYS))
    assert damaged(tmp_path) == ()
    flip(plain, 1000)
    assert damaged(tmp_path) == (f"{plain} (it is not what was received)",)
    plain.write_bytes(AUDIO)
    assert verify_recordings(tmp_path, KEYS, 60.0).unproven == 1


def test_the_newest_come_first_and_no_more_are_read_than_the_time_allows(tmp_path: Path) -> None:
    for age in range(5):
        flip(stored(tmp_path, f"{age} s old"), 70_000)
        os.utime(tmp_path / "2026-11-24" / f"{age} s old", (1_800_000_000 - age,) * 2)
    ticks = iter(range(100))
    seen = verify_recordings(tmp_path, KEYS, 3.0, lambda: float(next(ticks)))
    assert (seen.files, seen.read) == (5, 2)
    assert [Path(one.split(" (")[0]).name for one in seen.damaged] == ["0 s old", "1 s old"]


def test_days_come_newest_first_however_old_their_files_are_said_to_be(tmp_path: Path) -> None:
    stored(tmp_path, "yesterday's", age_seconds=0)
    (tmp_path / "2026-11-25").mkdir()
    today = stored(tmp_path, "today's", age_seconds=9).rename(tmp_path / "2026-11-25" / "today's")
    flip(today, 70_000)
    ticks = iter(range(100))
    seen = verify_recordings(tmp_path, KEYS, 2.0, lambda: float(next(ticks)))
    assert (seen.files, seen.read, len(seen.damaged)) == (2, 1, 1)


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    stored(tmp_path, "one")
    (tmp_path / "2026-11-24" / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        verify_recordings(tmp_path, KEYS, 60.0)
