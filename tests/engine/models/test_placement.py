"""Putting a pack in place: at no moment, and after no kill, is there no pack."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.models import ModelPackError, PackInstaller, Silence, open_pack
from engine.models.placement import exchange_folders, exclusive, put_in_place
from tests.engine.models.fakes import hugging_face_whisper

# Dies between the two renames that a file system without an exchange needs.
SWAP_AND_DIE = """
import os, signal, sys
from pathlib import Path
from engine.models.placement import put_in_place

def rename(source, target):
    if source.name == "new":
        os.kill(os.getpid(), signal.SIGKILL)
    os.rename(source, target)

put_in_place(Path(sys.argv[1]), Path(sys.argv[2]), exchange=lambda one, other: False, rename=rename)
"""


def test_a_kill_between_two_renames_leaves_a_pack_that_opens(imported: Path, models_dir: Path, tmp_path: Path) -> None:
    new = hugging_face_whisper(models_dir / ".staging-1" / "new")
    command = [sys.executable, "-c", SWAP_AND_DIE, str(new), str(imported)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert not imported.exists()
    assert open_pack("whisper-fake", models_dir) == models_dir / ".previous-whisper-fake"
    with exclusive(models_dir, Silence()):
        pass
    assert open_pack("whisper-fake", models_dir) == imported
    assert sorted(path.name for path in models_dir.iterdir()) == [".lock", "whisper-fake"]


def test_without_an_exchange_the_new_pack_still_takes_the_place_of_the_old(imported: Path, tmp_path: Path) -> None:
    new = hugging_face_whisper(imported.parent / ".staging-1" / "new", d_model=99)
    put_in_place(new, imported, exchange=lambda one, other: False)
    assert '"d_model": 99' in (imported / "config.json").read_text()
    assert not (imported.parent / ".previous-whisper-fake").exists()


def test_a_rename_that_fails_brings_the_old_pack_back(imported: Path, models_dir: Path) -> None:
    new = hugging_face_whisper(models_dir / ".staging-1" / "new")

    def rename(source: Path, target: Path) -> None:
        if source == new:
            raise OSError(5, "Input/output error")
        source.rename(target)

    with pytest.raises(OSError, match="Input/output error"):
        put_in_place(new, imported, exchange=lambda one, other: False, rename=rename)
    assert open_pack("whisper-fake", models_dir) == imported


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchange_folders(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "other").exists()
    assert (tmp_path / "other" / "one").exists()


@pytest.mark.slow
def test_a_reader_finds_a_whole_pack_at_every_moment_of_many_installs(
    imported: Path, models_dir: Path, tmp_path: Path
) -> None:
    sources = [hugging_face_whisper(tmp_path / f"version-{width}", d_model=width) for width in (8, 16)]
    done, faults = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                open_pack("whisper-fake", models_dir)
            except ModelPackError as error:
                faults.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for count in range(15):
        PackInstaller(models_dir).import_pack(sources[count % 2], name="whisper-fake")
    done.set()
    reader.join()
    assert faults == []
