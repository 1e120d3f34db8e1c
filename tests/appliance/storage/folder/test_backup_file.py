"""A backup's file: whole or refused, its secrets sealed, and no name in it leads out of the folder."""

from __future__ import annotations

import io
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from appliance.storage.folder import backup_file
from appliance.storage.folder.backup_file import (
    DATABASE,
    MANIFEST,
    SECRETS,
    BackupUnusable,
    Secrets,
    WrongRecoveryKey,
    open_backup,
    open_secrets,
    seal_secrets,
    write_backup,
)
from appliance.storage.folder.keys import new_recovery_key
from tests.appliance.builders import NOON

KEY = new_recovery_key()
OURS = Secrets(master_key="ab" * 32, recovery_key=KEY, certificate="CERTIFICATE", certificate_key="KEY")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a database and one recording, none of them real."""
    (tmp_path / "database").write_bytes(b"database " * 1000)
    (tmp_path / "recording").write_bytes(b"RIFF")
    target = tmp_path / "backups" / "vbot.tar"
    target.parent.mkdir()
    members = {DATABASE: tmp_path / "database", "recordings/2026-11-24/one": tmp_path / "recording"}
    sealed = seal_secrets(OURS, KEY)
    write_backup(target, version="1.0.0", created_at=NOON, calls=7, sealed=sealed, members=members)
    return target


def rewrite(backup: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same tar with other contents."""
    with tarfile.open(backup) as tar:
        contents = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(contents)
    with tarfile.open(backup, "w") as tar:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return backup


def with_manifest(backup: Path, change: Callable[[dict[str, object]], None]) -> Path:
    def edit(contents: dict[str, bytes]) -> None:
        manifest = msgspec.json.decode(contents[MANIFEST])
        change(manifest)
        contents[MANIFEST] = msgspec.json.encode(manifest)

    return rewrite(backup, edit)


def verify(backup: Path) -> None:
    with open_backup(backup) as reader:
        reader.verify()


# -- secrets -------------------------------------------------------------------------------------------------


def test_secrets_come_back_under_the_recovery_key() -> None:
    assert open_secrets(seal_secrets(OURS, KEY), KEY) == OURS


def test_the_recovery_key_may_be_typed_as_people_type() -> None:
    typed = KEY.lower().replace("-", " ") + "\n"
    assert open_secrets(seal_secrets(OURS, KEY), typed) == OURS


def test_another_recovery_key_opens_nothing() -> None:
    sealed = seal_secrets(OURS, KEY)
    for wrong in (new_recovery_key(), KEY[:-1], ""):
        with pytest.raises(WrongRecoveryKey):
            open_secrets(sealed, wrong)


@pytest.mark.parametrize("length", [0, 5, 20, 28, 40])
def test_secrets_that_are_cut_off_are_not_opened(length: int) -> None:
    with pytest.raises(WrongRecoveryKey):
        open_secrets(seal_secrets(OURS, KEY)[:length], KEY)


def test_nothing_of_the_secrets_can_be_read_and_no_two_seals_are_alike() -> None:
    sealed = seal_secrets(OURS, KEY)
    assert sealed != seal_secrets(OURS, KEY)
    for secret in (OURS.master_key, KEY, "CERTIFICATE"):
        assert secret.encode() not in sealed


# -- writing -------------------------------------------------------------------------------------------------


def test_what_was_written_is_read(backup: Path, tmp_path: Path) -> None:
    with open_backup(backup) as reader:
        reader.verify()
        assert (reader.manifest.calls, reader.manifest.created_at, reader.manifest.version) == (7, NOON, "1.0.0")
        assert open_secrets(reader.sealed_secrets(), KEY) == OURS
        assert [path.as_posix() for path in reader.recordings()] == ["2026-11-24/one"]
        reader.extract("recordings/2026-11-24/one", tmp_path / "new" / "folder" / "one")
    extracted = tmp_path / "new" / "folder" / "one"
    assert extracted.read_bytes() == b"RIFF"
    assert stat.S_IMODE(extracted.stat().st_mode) == 0o600
    assert stat.S_IMODE(extracted.parent.stat().st_mode) == 0o700


def test_the_manifest_comes_first_and_nothing_tells_whose_files_they_were(backup: Path) -> None:
    with tarfile.open(backup) as tar:
        members = tar.getmembers()
    assert members[0].name == MANIFEST
    assert {(member.uid, member.gid, member.uname, member.gname, member.mode) for member in members} == {
        (0, 0, "", "", 0o600)
    }


def test_a_backup_is_its_owners_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_that_could_not_be_written_whole_leaves_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_file.os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        write_backup(
            backup.with_name("second.tar"),
            version="1",
            created_at=NOON,
            calls=0,
            sealed=b"",
            members={DATABASE: tmp_path / "database"},
        )
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


# -- what is not whole ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [DATABASE, SECRETS, "recordings/2026-11-24/one"])
def test_a_file_that_is_not_what_was_written_is_named(backup: Path, name: str) -> None:
    def damage(contents: dict[str, bytes]) -> None:
        contents[name] = b"X" + contents[name][1:]

    with pytest.raises(BackupUnusable, match=f"is damaged: {name}"):
        verify(rewrite(backup, damage))


@pytest.mark.parametrize("name", [DATABASE, SECRETS, "recordings/2026-11-24/one", MANIFEST])
def test_a_file_that_is_missing_is_named(backup: Path, name: str) -> None:
    with pytest.raises(BackupUnusable, match=f"has no {name}"):
        verify(rewrite(backup, lambda contents: contents.pop(name)))  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.7])
def test_a_backup_that_is_cut_off_is_refused(backup: Path, share: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupUnusable):
        verify(backup)


def test_every_flipped_byte_of_a_member_is_noticed(backup: Path) -> None:
    content = backup.read_bytes()
    for place in range(content.index(b"database "), content.rindex(b"database "), 997):
        backup.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(BackupUnusable):
            verify(backup)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.tar"
    letter.write_text("a letter to my aunt " * 100)
    with pytest.raises(BackupUnusable, match="is no backup"):
        verify(letter)
    with pytest.raises(BackupUnusable, match=r"cannot read .*nowhere"):
        verify(tmp_path / "nowhere.tar")


def test_a_newer_format_is_not_guessed_at(backup: Path) -> None:
    with pytest.raises(BackupUnusable, match=r"newer vBot \(1.0.0\)"):
        verify(with_manifest(backup, lambda manifest: manifest.update(format=2)))


def test_a_manifest_that_we_do_not_understand_is_refused(backup: Path) -> None:
    with pytest.raises(BackupUnusable, match="manifest that we do not understand"):
        verify(with_manifest(backup, lambda manifest: manifest.pop("files")))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["recordings/../../escaped", "recordings/day/../../../escaped"])
def test_a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_done(backup: Path, name: str) -> None:
    def smuggle(contents: dict[str, bytes]) -> None:
        contents[name] = b"RIFF"
        manifest = msgspec.json.decode(contents[MANIFEST])
        manifest["files"][name] = manifest["files"]["recordings/2026-11-24/one"]
        contents[MANIFEST] = msgspec.json.encode(manifest)

    with pytest.raises(BackupUnusable, match="outside the recordings"):
        verify(rewrite(backup, smuggle))


def test_a_file_appears_under_its_name_only_when_it_is_whole(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with open_backup(backup) as reader:
        with monkeypatch.context() as patched:
            patched.setattr(backup_file.os, "fsync", fsync)
            with pytest.raises(KeyboardInterrupt):
                reader.extract(DATABASE, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
        reader.extract(DATABASE, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"database " * 1000


def test_an_error_of_whoever_reads_a_backup_is_not_called_the_backups(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory"), open_backup(backup):
        tmp_path.open("wb")
