"""A backup of before they were sealed: whole or refused, and no name in it leads out of the folder."""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from appliance.storage.folder import backup_manifest
from appliance.storage.folder.backup_file import look_at_backup, open_backup
from appliance.storage.folder.backup_manifest import DATABASE, MANIFEST, BackupUnusable, Secrets, WrongRecoveryKey
from appliance.storage.folder.keys import new_recovery_key
from appliance.storage.folder.plain_tar import find_files
from appliance.storage.folder.unsealed_backup import SECRETS
from tests.appliance.builders import NOON
from tests.support.unsealed_backups import rewrite, seal_secrets, tamper, write_unsealed

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
    write_unsealed(target, version="1.0.0", created_at=NOON, calls=7, sealed=seal_secrets(OURS, KEY), members=members)
    return target


def with_manifest(backup: Path, change: Callable[[dict[str, object]], None]) -> Path:
    def edit(contents: dict[str, bytes]) -> None:
        manifest = msgspec.json.decode(contents[MANIFEST])
        change(manifest)
        contents[MANIFEST] = msgspec.json.encode(manifest)

    return rewrite(backup, edit)


def verify(backup: Path) -> None:
    with open_backup(backup, KEY) as reader:
        assert not reader.authenticated
        reader.verify()


# -- secrets -------------------------------------------------------------------------------------------------


def secrets_of(backup: Path, recovery_key: str) -> Secrets:
    with open_backup(backup, recovery_key) as reader:
        return reader.secrets()


def test_secrets_come_back_under_the_recovery_key_however_it_is_typed(backup: Path) -> None:
    assert secrets_of(backup, KEY) == OURS
    assert secrets_of(backup, KEY.lower().replace("-", " ") + "\n") == OURS


def test_another_recovery_key_opens_nothing(backup: Path) -> None:
    for wrong in (new_recovery_key(), KEY[:-1], ""):
        with pytest.raises(WrongRecoveryKey):
            secrets_of(backup, wrong)


@pytest.mark.parametrize("length", [0, 5, 20, 28, 40])
def test_secrets_that_are_cut_off_are_not_opened(backup: Path, length: int) -> None:
    tamper(backup, lambda contents: contents.update({SECRETS: contents[SECRETS][:length]}))
    with pytest.raises(WrongRecoveryKey):
        secrets_of(backup, KEY)


# -- reading -------------------------------------------------------------------------------------------------


def test_what_was_written_is_read(backup: Path, tmp_path: Path) -> None:
    with open_backup(backup, KEY) as reader:
        reader.verify()
        assert (reader.manifest.calls, reader.manifest.created_at, reader.manifest.version) == (7, NOON, "1.0.0")
        assert [path.as_posix() for path in reader.recordings()] == ["2026-11-24/one"]
        reader.extract("recordings/2026-11-24/one", tmp_path / "new" / "folder" / "one")
    extracted = tmp_path / "new" / "folder" / "one"
    assert extracted.read_bytes() == b"RIFF"
    assert stat.S_IMODE(extracted.stat().st_mode) == 0o600


def test_all_but_its_secrets_is_looked_at_without_a_key(backup: Path) -> None:
    manifest = look_at_backup(backup)
    assert manifest is not None
    assert manifest.calls == 7


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


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5])
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


@pytest.mark.parametrize("name", [DATABASE, SECRETS, "recordings/2026-11-24/one"])
def test_a_manifest_that_says_another_size_is_refused_before_anything_is_read(backup: Path, name: str) -> None:
    def claim(manifest: dict[str, object]) -> None:
        manifest["files"][name]["bytes"] = 2**40  # type: ignore[index]

    with pytest.raises(BackupUnusable, match=f"is damaged: {name}"), open_backup(with_manifest(backup, claim), KEY):
        pass


@pytest.mark.parametrize("name", [MANIFEST, SECRETS])
def test_what_is_read_as_a_whole_has_its_bound(backup: Path, name: str) -> None:
    with pytest.raises(BackupUnusable, match=f"its {name} is of 9000000 bytes"):
        verify(rewrite(backup, lambda contents: contents.update({name: bytes(9_000_000)})))


def header(
    name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, extended: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """As it stands in a tar, with an extended one before it that says more (pax(1))."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    records = b""
    for key, value in extended:
        line = f" {key}={value}\n"
        length = next(one for one in range(len(line), len(line) + 9) if one == len(f"{one}{line}"))
        records += f"{length}{line}".encode()
    before = header("PaxHeaders", tarfile.XHDTYPE, len(records)) if records else b""
    return before + records.ljust(-(-len(records) // 512) * 512, b"\0") + info.tobuf(tarfile.USTAR_FORMAT)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (header("a", tarfile.SYMTYPE), "a in it is no plain file"),
        (header("a", tarfile.GNUTYPE_SPARSE), "a in it is no plain file"),
        (header("a", extended=(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"))), "a in it is no plain file"),
        (header("a", extended=(("GNU.sparse.size", "9000000000"),)), "a in it is no plain file"),
        (header("a", tarfile.GNUTYPE_LONGNAME, size=512) + bytes(512), "a in it is no plain file"),
        (header("a", size=4096) + bytes(512), "a is not whole"),
        (header("a", extended=(("size", "-5"),)), "a size in it is no number"),
        (header("a", extended=(("size", "9" * 3000),)), "a is not whole"),
        (header("a", extended=(("comment", "x" * 5000),)), "is of 5"),
        (header("a", tarfile.XHDTYPE, size=512) + b"12 nonsense\n".ljust(512, b"\0"), "is not one"),
        (header("a", tarfile.XHDTYPE, size=512) + b"x a=b\n".ljust(512, b"\0"), "a size in it is no number"),
        (header("a") + header("a"), "it holds a twice"),
        (b"a letter to my aunt".ljust(512), "bad checksum"),
    ],
)
def test_a_tar_of_anything_but_plain_files_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    tar = tmp_path / "vbot.tar"
    tar.write_bytes(content + bytes(1024))
    with pytest.raises(BackupUnusable, match=f"is no backup, or it is cut off: .*{told}"):
        verify(tar)


def test_times_and_large_sizes_as_an_older_vbot_wrote_them_are_read(tmp_path: Path) -> None:
    tar = tmp_path / "vbot.tar"
    content = header("a", extended=(("mtime", "1.5"), ("size", "3"))) + b"abc".ljust(512, b"\0")
    tar.write_bytes(content + header("b", size=1) + b"b".ljust(512, b"\0"))
    with tar.open("rb") as file:
        places = find_files(file)
        assert {name: content[place.at :][: place.bytes] for name, place in places.items()}["a"] == b"abc"
        assert places["b"].bytes == 1


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

    with open_backup(backup, KEY) as reader:
        with monkeypatch.context() as patched:
            patched.setattr(backup_manifest.os, "fsync", fsync)
            with pytest.raises(KeyboardInterrupt):
                reader.extract(DATABASE, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
        reader.extract(DATABASE, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"database " * 1000


def test_an_error_of_whoever_reads_a_backup_is_not_called_the_backups(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory"), open_backup(backup, KEY):
        tmp_path.open("wb")
