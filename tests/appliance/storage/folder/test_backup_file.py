"""A backup's file: without the recovery key nothing of it can be read, and nothing changed that is not noticed."""

from __future__ import annotations

import itertools
import os
import stat
from pathlib import Path

import pytest

from appliance.storage.folder import backup_file, backup_manifest, kept_place, sealed_file
from appliance.storage.folder.backup_file import SECRETS, look_at_backup, open_backup, write_backup
from appliance.storage.folder.backup_manifest import DATABASE, MANIFEST, BackupUnusable, Secrets, WrongRecoveryKey
from appliance.storage.folder.keys import new_recovery_key
from appliance.storage.folder.sealed_file import CHECKSUM_BYTES, HEAD_BYTES, TAG_BYTES
from tests.appliance.builders import NOON

KEY = new_recovery_key()
OURS = Secrets(master_key="ab" * 32, recovery_key=KEY, certificate="CERTIFICATE", certificate_key="KEY")
CHUNK_BYTES = 1024
RECORDING, EMPTY = "recordings/2026-11-24/one", "recordings/2026-11-24/empty"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a part of some KB has many of them."""
    monkeypatch.setattr(sealed_file, "CHUNK_BYTES", CHUNK_BYTES)


@pytest.fixture
def members(tmp_path: Path) -> dict[str, Path]:
    """None of them real. The database is a whole number of chunks long, the recording is not."""
    contents = {
        DATABASE: b"Jane Doe " * (8 * CHUNK_BYTES // 8) + bytes(7 * CHUNK_BYTES),
        RECORDING: b"RIFF" + os.urandom(3000),
        EMPTY: b"",
    }
    contents[DATABASE] = contents[DATABASE][: 8 * CHUNK_BYTES]
    folder = tmp_path / "members"
    folder.mkdir()
    for number, content in enumerate(contents.values()):
        (folder / str(number)).write_bytes(content)
    return {name: folder / str(number) for number, name in enumerate(contents)}


@pytest.fixture
def backup(members: dict[str, Path], tmp_path: Path) -> Path:
    target = tmp_path / "backups" / "vbot.tar"
    target.parent.mkdir()
    write(target, members)
    return target


def write(target: Path, members: dict[str, Path], recovery_key: str = KEY) -> None:
    write_backup(
        target, version="1.0.0", created_at=NOON, calls=7, secrets=OURS, recovery_key=recovery_key, members=members
    )


def verify(backup: Path, recovery_key: str = KEY) -> None:
    with open_backup(backup, recovery_key) as reader:
        assert reader.authenticated
        reader.verify()


def places(backup: Path) -> dict[str, tuple[int, int]]:
    """Where each part lies, sealed: its begin and its end."""
    with open_backup(backup, KEY) as reader:
        sizes = [entry.bytes for entry in reader.manifest.files.values()]
        names = [MANIFEST, *reader.manifest.files]
    manifest = backup.stat().st_size - HEAD_BYTES - CHECKSUM_BYTES - sum(map(sealed_file.sealed_bytes, sizes))
    ends = [*itertools.accumulate([manifest, *map(sealed_file.sealed_bytes, sizes)], initial=HEAD_BYTES)]
    return dict(zip(names, itertools.pairwise(ends), strict=True))


def chunk(begin: int, number: int) -> slice:
    return slice(begin + number * (CHUNK_BYTES + TAG_BYTES), begin + (number + 1) * (CHUNK_BYTES + TAG_BYTES))


# -- whole ---------------------------------------------------------------------------------------------------


def test_what_was_written_is_read(backup: Path, members: dict[str, Path], tmp_path: Path) -> None:
    with open_backup(backup, KEY) as reader:
        reader.verify()
        assert (reader.manifest.calls, reader.manifest.created_at, reader.manifest.version) == (7, NOON, "1.0.0")
        assert reader.secrets() == OURS
        assert {f"recordings/{path.as_posix()}" for path in reader.recordings()} == {RECORDING, EMPTY}
        for name, source in reversed(members.items()):  # in any order
            reader.extract(name, tmp_path / "new" / name)
            assert (tmp_path / "new" / name).read_bytes() == source.read_bytes()
    extracted = tmp_path / "new" / RECORDING
    assert stat.S_IMODE(extracted.stat().st_mode) == 0o600
    assert stat.S_IMODE(extracted.parent.stat().st_mode) == 0o700


def test_nothing_can_be_read_without_the_recovery_key(backup: Path) -> None:
    content = backup.read_bytes()
    for plain in (
        b"Jane Doe",
        b"RIFF",
        b"manifest",
        b"recordings",
        b"2026",
        b"1.0.0",
        OURS.master_key.encode(),
        b"CERT",
    ):
        assert plain not in content


def test_two_backups_of_the_same_have_nothing_in_common(backup: Path, members: dict[str, Path], tmp_path: Path) -> None:
    write(tmp_path / "again.tar", members)
    one, other = backup.read_bytes(), (tmp_path / "again.tar").read_bytes()
    assert len(one) == len(other)
    alike = sum(a == b for a, b in zip(one[HEAD_BYTES:], other[HEAD_BYTES:], strict=True))
    assert alike < len(one) / 100


def test_the_recovery_key_may_be_typed_as_people_type(backup: Path) -> None:
    verify(backup, KEY.lower().replace("-", " ") + "\n")


def test_another_recovery_key_opens_nothing(backup: Path) -> None:
    for wrong in (new_recovery_key(), KEY[:-1], ""):
        with pytest.raises(WrongRecoveryKey):
            verify(backup, wrong)


def test_a_backup_is_its_owners_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_that_could_not_be_written_whole_leaves_nothing(
    backup: Path, members: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_file.os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        write(backup.with_name("second.tar"), members)
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


@pytest.mark.parametrize("change", [b"longer", b""])
def test_a_file_that_changes_while_it_is_read_makes_no_backup(
    backup: Path, members: dict[str, Path], monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    real = backup_file.FileEntry

    def measured(size: int) -> backup_file.FileEntry:
        if size == members[RECORDING].stat().st_size:
            members[RECORDING].write_bytes(change and members[RECORDING].read_bytes() + change)
        return real(size)

    monkeypatch.setattr(backup_file, "FileEntry", measured)
    with pytest.raises(OSError, match="was changed while it was read"):
        write(backup.with_name("second.tar"), members)
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


# -- touched -------------------------------------------------------------------------------------------------


def test_every_byte_counts_and_the_part_that_was_touched_is_named(backup: Path) -> None:
    content, where = backup.read_bytes(), places(backup)

    def part_at(at: int) -> str:
        found = [name for name, (begin, end) in where.items() if begin <= at < end]
        return found[0] if found else "its head" if at < HEAD_BYTES else "its end"

    for at in (
        *range(HEAD_BYTES),
        *range(HEAD_BYTES, len(content), 97),
        *range(len(content) - CHECKSUM_BYTES, len(content)),
    ):
        backup.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        name = part_at(at)
        expected = "is no backup" if at < len(sealed_file.MAGIC) else f"is damaged: {name} is not what was written$"
        with pytest.raises(BackupUnusable, match=expected):
            verify(backup)


@pytest.mark.parametrize("part", [MANIFEST, SECRETS, DATABASE, RECORDING, EMPTY])
def test_one_that_is_cut_off_is_refused_and_the_part_named(backup: Path, part: str) -> None:
    begin, end = places(backup)[part]
    content = backup.read_bytes()
    for at in {begin, begin + 1, (begin + end) // 2, end - 1}:
        backup.write_bytes(content[:at])
        with pytest.raises(BackupUnusable, match=f"is cut off: {part} is not whole$"):
            verify(backup)


def test_one_without_its_end_or_with_something_behind_it_is_refused(backup: Path) -> None:
    content = backup.read_bytes()
    for wrong, problem in ((content[:-1], "is cut off: its end"), (content + b"\0", "is damaged: its end")):
        backup.write_bytes(wrong)
        with pytest.raises(BackupUnusable, match=problem):
            verify(backup)


def test_chunks_that_are_swapped_repeated_or_left_out_are_refused(backup: Path) -> None:
    content = backup.read_bytes()
    begin, _ = places(backup)[DATABASE]
    first, second, last = chunk(begin, 2), chunk(begin, 5), chunk(begin, 7)
    swapped, repeated, early = bytearray(content), bytearray(content), bytearray(content)
    swapped[first], swapped[second] = content[second], content[first]
    repeated[second] = content[first]
    early[first] = content[last]
    for wrong in (swapped, repeated, early):
        backup.write_bytes(wrong)
        with pytest.raises(BackupUnusable, match=f"is damaged: {DATABASE} is not"):
            verify(backup)
    backup.write_bytes(content[: first.start] + content[first.stop :])
    with pytest.raises(BackupUnusable, match="is cut off"):
        verify(backup)


def test_a_chunk_of_another_part_does_not_open(backup: Path) -> None:
    content, where = bytearray(backup.read_bytes()), places(backup)
    content[chunk(where[RECORDING][0], 1)] = content[chunk(where[DATABASE][0], 1)]
    backup.write_bytes(content)
    with pytest.raises(BackupUnusable, match=f"is damaged: {RECORDING} is not"):
        verify(backup)


def test_parts_of_two_backups_cannot_be_put_together(backup: Path, members: dict[str, Path], tmp_path: Path) -> None:
    write(tmp_path / "other.tar", members)
    ours, theirs = backup.read_bytes(), (tmp_path / "other.tar").read_bytes()
    begin, end = places(backup)[DATABASE]
    backup.write_bytes(ours[:begin] + theirs[begin:end] + ours[end:])
    with pytest.raises(BackupUnusable, match=f"is damaged: {DATABASE} is not"):
        verify(backup)


def test_what_is_touched_is_not_handed_on(backup: Path, tmp_path: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[places(backup)[DATABASE][0] + 3000] ^= 1
    backup.write_bytes(content)
    with open_backup(backup, KEY) as reader, pytest.raises(BackupUnusable, match=f"damaged: {DATABASE}"):
        reader.extract(DATABASE, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.tar"
    letter.write_text("a letter to my aunt " * 100)
    with pytest.raises(BackupUnusable, match="is no backup"):
        verify(letter)
    with pytest.raises(BackupUnusable, match=r"cannot read .*nowhere"):
        verify(tmp_path / "nowhere.tar")


def test_a_newer_form_is_not_guessed_at(backup: Path) -> None:
    with backup.open("rb") as file:
        head = sealed_file.read_head(file)
    newer = sealed_file.Head(head.salt, head.first_bytes, head.file_bytes, head.wrapped, version=2).encode()
    backup.write_bytes(newer + backup.read_bytes()[HEAD_BYTES:])
    with pytest.raises(BackupUnusable, match="newer vBot"):
        verify(backup)


@pytest.mark.parametrize("name", ["recordings/../../escaped", "recordings/day/../../../escaped"])
def test_a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_done(
    backup: Path, members: dict[str, Path], name: str
) -> None:
    write(backup, {**members, name: members[EMPTY]})
    with pytest.raises(BackupUnusable, match="outside the recordings"):
        verify(backup)


def test_a_file_appears_under_its_name_only_when_it_is_whole(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with open_backup(backup, KEY) as reader:
        with monkeypatch.context() as patched:
            patched.setattr(backup_manifest.os, "fsync", fsync)
            with pytest.raises(KeyboardInterrupt):
                reader.extract(DATABASE, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
        reader.extract(DATABASE, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size == 8 * CHUNK_BYTES


# -- without the key -----------------------------------------------------------------------------------------


def test_without_the_key_an_accident_is_found_and_nothing_more_is_claimed(backup: Path) -> None:
    seen: list[int] = []
    assert look_at_backup(backup, seen.append) is None
    assert sum(seen) == backup.stat().st_size - CHECKSUM_BYTES
    content = backup.read_bytes()
    for wrong in (content[:-1], content[: len(content) // 2], content[:2000] + b"?" + content[2001:], content + b"\0"):
        backup.write_bytes(wrong)
        with pytest.raises(BackupUnusable, match=r"is damaged|is cut off"):
            look_at_backup(backup)


# -- a verification that is cut off ----------------------------------------------------------------------------------


class CutOff(Exception):
    """Somebody pulls the plug."""


def cut_off_after(backup: Path, chunks: int) -> None:
    left = itertools.count(chunks, -1)

    def read(_count: int) -> None:
        if next(left) == 0:
            raise CutOff

    with pytest.raises(CutOff), open_backup(backup, KEY) as reader:
        reader.verify(read, keep_place=True)


def read_again(backup: Path) -> tuple[bool, int]:
    """Whether it goes on, and how many chunks are read for it."""
    with open_backup(backup, KEY) as reader:
        counts: list[int] = []
        resumed = reader.verify(counts.append, keep_place=True, resume=True)
        return resumed, len(counts)


@pytest.fixture
def keeping_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_place, "KEEP_EVERY_SECONDS", 0.0)


@pytest.mark.usefixtures("keeping_each")
def test_a_verification_that_was_cut_off_goes_on_where_it_was(backup: Path) -> None:
    _, whole = read_again(backup)
    cut_off_after(backup, 6)
    resumed, rest = read_again(backup)
    assert (resumed, rest < whole) == (True, True)
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    assert read_again(backup)[0] is False


@pytest.mark.usefixtures("keeping_each")
def test_a_backup_that_was_touched_meanwhile_is_read_from_its_beginning(backup: Path) -> None:
    cut_off_after(backup, 6)
    before = backup.stat()
    with backup.open("r+b") as file:
        file.seek(HEAD_BYTES + 2 * CHUNK_BYTES)  # in what was proven
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(backup, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(BackupUnusable):
        read_again(backup)


@pytest.mark.usefixtures("keeping_each")
def test_nobody_without_the_key_can_make_a_place_and_one_of_another_backup_is_none(
    backup: Path, members: dict[str, Path]
) -> None:
    cut_off_after(backup, 6)
    place = backup.with_name(f".{backup.name}.verifying")
    other = backup.with_name("other.tar")
    write(other, members)
    for content in (place.read_bytes(), b"", b"[3, 0]", os.urandom(60)):
        other.with_name(f".{other.name}.verifying").write_bytes(content)
        assert read_again(other)[0] is False
