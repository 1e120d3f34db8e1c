"""The data folder's owner may have put a link in the place of anything there: a rehearsal never follows it as root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.commands.upgrade.rehearsal import Rehearsal
from appliance.errors import ConfigurationError
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, seal_recovery_key

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else's folder in its hands"),
]

NOBODY = 65534
# Whoever it is puts links, while the copy is restored, where somebody will write and remove.
PROGRAM = """#!/bin/sh
scratch=${2%/*}
case $3 in
    restore)
        cat /dev/stdin >"$scratch/key"
        ln -s "$PLACE/roots" "$scratch/api.log"
        ln -s "$PLACE/folder" "$scratch/data/link"
        ;;
    api)
        echo "user $(id -u)" | tee "$PLACE/says/who"
        exit 1
        ;;
esac
"""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that everybody may enter."""
    made = Path(tempfile.mkdtemp(dir="/var/tmp"))
    made.chmod(0o755)
    monkeypatch.setenv("PLACE", str(made))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def folder(place: Path) -> DataFolder:
    """A data folder, and one for what its owner says."""
    folder = DataFolder(place / "data")
    folder.create()
    folder.master_key.write_text(bytes(range(32)).hex())
    folder.recovery_key.write_bytes(seal_recovery_key("a key", Keys.of(folder)))
    for path in (folder.root, *folder.root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    (place / "says").mkdir()
    os.chown(place / "says", NOBODY, NOBODY)
    return folder


def test_what_a_rehearsal_writes_and_removes_it_writes_and_removes_as_the_folders_owner(
    place: Path, folder: DataFolder
) -> None:
    (place / "folder").mkdir()
    (place / "folder/file").write_text("root's")
    (place / "roots").write_text("root's")
    program = place / "vbot"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    with pytest.raises(ConfigurationError, match="Permission denied"):  # the link, written through by its owner
        Rehearsal(folder, None, program, program).migrate_copy(folder.root / "backup")
    assert (place / "roots").read_text() == "root's"
    assert (place / "folder/file").read_text() == "root's"
    assert not (place / "data/rehearsal").exists()


def test_the_copy_is_restored_and_started_as_the_folders_owner(place: Path, folder: DataFolder) -> None:
    program = place / "vbot"
    program.write_text("\n".join(line for line in PROGRAM.splitlines() if "ln -s" not in line))
    program.chmod(0o755)
    with pytest.raises(ConfigurationError, match=f"does not start on a copy of the database: user {NOBODY}"):
        Rehearsal(folder, None, program, program).migrate_copy(folder.root / "backup")
    assert (place / "says/who").read_text() == f"user {NOBODY}\n"
