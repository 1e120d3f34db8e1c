"""A pack as one file: what it is not written over, what is left where it fails, what is taken of hostile ones."""

from __future__ import annotations

import errno
import io
import os
import shlex
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from appliance.commands import models
from appliance.errors import ConfigurationError
from appliance.settings import Settings, load
from engine.models import ModelPackError, PackInstaller, PackStore, export_pack, open_pack
from engine.models.progress import Silence
from engine.models.sources import MOST_HEADER_BYTES, MOST_HEADERS_BYTES, open_source
from tests.engine.models.fakes import hugging_face_whisper
from tests.engine.models.test_commands import vbot_models

NAME = "whisper-fake"


@pytest.fixture
def settings(models_dir: Path) -> Settings:
    return load(None, {"VBOT_MODELS_DIR": str(models_dir)})


def test_what_is_exported_is_installed_elsewhere_by_the_command_that_is_shown(
    imported: Path, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "it's a stick; rm -r" / "pack.tar"
    target.parent.mkdir()
    assert vbot_models(settings, "export", NAME, str(target)) == 0
    shown = capsys.readouterr().out
    command = shlex.split(shown.split("where it is to go: ")[1])
    assert command == ["vbot", "models", "install", str(target)]

    elsewhere = load(None, {"VBOT_MODELS_DIR": str(tmp_path / "elsewhere")})
    assert vbot_models(elsewhere, *command[2:]) == 0
    assert PackStore(elsewhere.models_dir).verify(NAME).files == PackStore(settings.models_dir).verify(NAME).files
    assert list(target.parent.iterdir()) == [target]


def test_the_same_pack_gives_the_same_bytes(imported: Path, tmp_path: Path) -> None:
    store = PackStore(imported.parent)
    for name in ("one.tar", "other.tar"):
        export_pack(store, NAME, tmp_path / name, Silence())
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "other.tar").read_bytes()


@pytest.fixture
def held(tmp_path: Path) -> Callable[[str], Path]:
    """Something that is there already, of this kind."""

    def make(kind: str) -> Path:
        target = tmp_path / "there.tar"
        if kind == "file":
            target.write_bytes(b"somebody's")
        elif kind == "folder":
            target.mkdir()
        elif kind == "link":
            target.symlink_to(tmp_path / "nowhere")
        elif kind == "pipe":
            os.mkfifo(target)
        elif kind == "socket":
            with socket.socket(socket.AF_UNIX) as end:
                end.bind(str(target))
        else:
            return Path("/dev/null")
        return target

    return make


@pytest.mark.parametrize("kind", ["file", "folder", "link", "pipe", "socket", "device"])
def test_nothing_that_exists_is_written_over(imported: Path, held: Callable[[str], Path], kind: str) -> None:
    target = held(kind)
    before = os.lstat(target)
    with pytest.raises(ModelPackError, match=rf"^{target} exists: name a file that does not$"):
        export_pack(PackStore(imported.parent), NAME, target, Silence())
    after = os.lstat(target)
    assert (after.st_ino, after.st_mode, after.st_size) == (before.st_ino, before.st_mode, before.st_size)
    assert not os.path.lexists(f"{target}.part")


@pytest.mark.parametrize(
    ("name", "target", "says"),
    [
        ("", "pack.tar", "give the NAME of an installed pack"),
        (NAME, "", "give the FILE to write"),
        ("../whisper-fake", "pack.tar", "'../whisper-fake' cannot be a pack's name"),
        ("whisper-huge", "pack.tar", "model pack whisper-huge is not installed"),
        (NAME, "no/such/folder/pack.tar", "there is no folder "),
        (NAME, "models/pack.tar", "is among the packs"),
        (NAME, f"models/{NAME}/pack.tar", "is among the packs"),
        (NAME, "link to the packs/pack.tar", "is among the packs"),
    ],
)
def test_an_export_says_what_it_cannot_take(
    imported: Path, settings: Settings, tmp_path: Path, name: str, target: str, says: str
) -> None:
    (tmp_path / "link to the packs").symlink_to(settings.models_dir)
    with pytest.raises(ConfigurationError, match=says):
        vbot_models(settings, "export", name, str(tmp_path / target) if target else "")
    assert not list(tmp_path.rglob("pack.tar*"))


def test_a_damaged_pack_is_not_carried_on(imported: Path, tmp_path: Path) -> None:
    (imported / "tokenizer.json").write_bytes(b"damaged")
    with pytest.raises(ModelPackError, match=r"tokenizer\.json is damaged"):
        export_pack(PackStore(imported.parent), NAME, tmp_path / "pack.tar", Silence())
    assert not list(tmp_path.glob("pack.tar*"))


def test_a_disk_that_is_full_leaves_nothing_and_is_said(
    imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("engine.models.export.os.fsync", full)
    with pytest.raises(ModelPackError, match=r"^cannot write .*pack\.tar: no space left$"):
        export_pack(PackStore(imported.parent), NAME, tmp_path / "pack.tar", Silence())
    assert not list(tmp_path.glob("pack.tar*"))


def test_what_another_export_is_writing_is_left_alone(imported: Path, tmp_path: Path) -> None:
    (tmp_path / "pack.tar.part").write_bytes(b"another's")
    with pytest.raises(ModelPackError, match=r"pack\.tar\.part exists: remove it, unless another export is writing"):
        export_pack(PackStore(imported.parent), NAME, tmp_path / "pack.tar", Silence())
    assert (tmp_path / "pack.tar.part").read_bytes() == b"another's"


# -- archives of strangers ------------------------------------------------------------------------------------------


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


END = bytes(2 * tarfile.BLOCKSIZE)
LONG_NAME = tarfile.GNUTYPE_LONGNAME


def one_long_name(size: int) -> bytes:
    return header("././@LongLink", size, LONG_NAME) + bytes(size)


HOSTILE = {
    "a name of a gigabyte": (header("././@LongLink", 10**9, LONG_NAME), "has a header of 1000000"),
    "a PAX header of 10 GB": (header("pax", 10**10, tarfile.XHDTYPE), "has a header of 10000"),
    "names without end": (one_long_name(512) * 1500 + END, "is damaged or was cut short|has headers of more than"),
    "members without end": (
        b"".join(header(f"pack/{number}", 0) for number in range(MOST_HEADERS_BYTES // tarfile.BLOCKSIZE + 2)) + END,
        f"has headers of more than {MOST_HEADERS_BYTES} bytes",
    ),
    "a member that is not there": (header("pack/config.json", 10**12), "is damaged or was cut short"),
    "a number that is none": (
        header("pack/config.json", 3).replace(b"00000000003", b"zzzzzzzzzzz", 1) + END,
        "is neither a folder nor a tar archive|is damaged",
    ),
}


@pytest.mark.parametrize("case", list(HOSTILE))
@pytest.mark.parametrize("compressed", ["", "gz", "bz2", "xz"])
def test_headers_that_would_fill_the_memory_are_refused(tmp_path: Path, case: str, compressed: str) -> None:
    content, says = HOSTILE[case]
    path = tmp_path / "pack.tar"
    path.write_bytes(packed(content, compressed))
    with pytest.raises(ModelPackError, match=says), open_source(path) as source:
        assert not source.sizes, "it must not be read"


def packed(content: bytes, compression: str) -> bytes:
    import bz2
    import gzip
    import lzma

    kinds: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    return kinds[compression](content) if compression else content


def test_a_name_as_long_as_any_disk_has_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "pack.tar"
    long = f"{'d' * 200}/{'f' * 250}"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo(long)
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    assert len(long) < MOST_HEADER_BYTES
    with open_source(path) as source:
        assert source.sizes == {"f" * 250: 3}


@pytest.mark.parametrize("compressed", ["", "gz", "bz2", "xz"])
def test_an_archive_that_was_cut_short_anywhere_is_a_plain_error(
    imported: Path, tmp_path: Path, compressed: str
) -> None:
    whole = tmp_path / "whole.tar"
    export_pack(PackStore(imported.parent), NAME, whole, Silence())
    content = packed(whole.read_bytes(), compressed)
    cut = tmp_path / "cut.tar"
    for share in (0.01, 0.2, 0.5, 0.7):
        cut.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ModelPackError):
            PackInstaller(tmp_path / "elsewhere").import_pack(cut)
    assert not (tmp_path / "elsewhere" / NAME).exists()


@pytest.mark.parametrize("compressed", ["gz", "bz2", "xz"])
def test_an_archive_may_be_compressed(imported: Path, tmp_path: Path, compressed: str) -> None:
    whole = tmp_path / "whole.tar"
    export_pack(PackStore(imported.parent), NAME, whole, Silence())
    whole.write_bytes(packed(whole.read_bytes(), compressed))
    PackInstaller(tmp_path / "elsewhere").import_pack(whole)
    assert open_pack(NAME, tmp_path / "elsewhere")


def test_names_that_a_terminal_cannot_show_are_shown_as_python_writes_them(
    models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = hugging_face_whisper(tmp_path / "stick" / NAME)
    (folder / "notes\x1b[2J\nvbot: all is well").write_bytes(b"")
    settings = load(None, {"VBOT_MODELS_DIR": str(models_dir)})
    assert vbot_models(settings, "install", str(folder)) == 0
    said = capsys.readouterr().err
    assert r"not taken along: 'notes\x1b[2J\nvbot: all is well'" in said
    assert "\x1b" not in said


def test_a_manifest_or_a_configuration_that_lies_too_deep_is_a_plain_error(models_dir: Path, tmp_path: Path) -> None:
    for name in ("pack.json", "config.json"):
        folder = hugging_face_whisper(tmp_path / name / NAME)
        (folder / name).write_text("[" * 200_000)
        with pytest.raises(ModelPackError, match=name):
            PackInstaller(models_dir).import_pack(folder)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["whisper-medium"], r"comes from a Hugging Face hub: run `vbot models install whisper-medium --from-hub`, or"),
        (["whisper-base", "--from-hub"], "comes from the package index, not from a hub"),
        (["--from-hub", "whisper-base"], "comes from the package index, not from a hub"),
        (["--from-hub"], "give the NAME"),
        (["--from-hub", "a/b", "--revision", "main"], "'main' is no commit of a hub: 40 hexadecimal digits"),
        (["--from-hub", "a/b", "--revision", "A" * 40], "is no commit of a hub"),
        (["whisper-medium", "--from-hub", "--revision", "a" * 40], "--revision goes with --from-hub ID"),
        (["/no/such/file.tar"], "/no/such/file.tar does not exist"),
        (["file.tar"], "file.tar does not exist"),
    ],
)
def test_install_says_where_a_pack_comes_from(settings: Settings, words: list[str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        vbot_models(settings, "install", *words)


def test_list_says_which_come_from_a_hub(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert models.list_packs(models.argparse.Namespace(), settings) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["whisper-large-v3-turbo"].endswith("(--from-hub)")
    assert "(--from-hub)" not in lines["whisper-base"]
