"""The note that a first boot without a terminal leaves: told of while it is there, and gone once its owner says so."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from appliance import cli
from appliance.commands.checks.box import Box
from appliance.commands.checks.data_folder import check_first_boot_note
from appliance.commands.checks.finding import Doubtful, Wrong
from appliance.domain.audit import Action
from appliance.services.upkeep.first_boot import FirstBoot, initialise
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder
from tests.support.database_file import open_file

DAY_SECONDS = 86_400
REMEDY = "`vbot backup recovery-key --kept`"


@pytest.fixture
def shown(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> FirstBoot:
    """What the note of a box holds that was set up without a terminal."""
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    return initialise(folder, None, note=True)


def recovery_key(*arguments: str) -> int:
    return cli.main(["backup", "recovery-key", *arguments])


def found_on_the_disk(folder: DataFolder, secret: str) -> list[Path]:
    return [path for path in folder.root.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def last_action(folder: DataFolder) -> str:
    with open_file(folder.database) as connection:
        (action,) = connection.execute("SELECT action FROM audit ORDER BY seq DESC").fetchone() or ("none",)
        return str(action)


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_once_the_recovery_key_is_kept_elsewhere_a_stolen_disk_does_not_show_it(
    folder: DataFolder, shown: FirstBoot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found_on_the_disk(folder, shown.recovery_key) == [folder.first_boot_note]
    assert recovery_key("--kept") == 0
    said = capsys.readouterr()
    assert said.out == f"removed: {folder.first_boot_note}\n"
    assert shown.recovery_key not in said.out + said.err
    for secret in (shown.recovery_key, str(shown.admin_token)):
        assert found_on_the_disk(folder, secret) == []
    assert last_action(folder) == Action.FIRST_BOOT_NOTE_REMOVED

    assert recovery_key() == 0
    assert capsys.readouterr().out.strip() == shown.recovery_key
    assert recovery_key("--kept") == 0
    assert capsys.readouterr().out == f"no note of the first boot is left in {folder.root}\n"


def test_what_the_note_held_is_overwritten_where_it_lay(folder: DataFolder, shown: FirstBoot, tmp_path: Path) -> None:
    block = tmp_path / "the same block of the disk"
    block.hardlink_to(folder.first_boot_note)
    recovery_key("--kept")
    assert block.read_bytes() == bytes(len(shown.note().encode()))


def test_notes_that_a_restore_moved_aside_or_a_first_boot_left_unfinished_go_with_it(
    folder: DataFolder, shown: FirstBoot
) -> None:
    aside = folder.root / "before-restore-20261124T120000Z"
    aside.mkdir()
    folder.first_boot_note.rename(aside / "first-boot.txt")
    (folder.root / "first-boot.txt.new").write_text(shown.text())
    assert recovery_key("--kept") == 0
    assert found_on_the_disk(folder, shown.recovery_key) == []


def test_where_nothing_can_be_written_down_the_note_is_removed_all_the_same(
    folder: DataFolder, shown: FirstBoot, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.master_key.write_bytes(b"")  # the service alone is given it
    assert recovery_key("--kept") == 0
    assert "WARNING: that the note is removed was not written down" in capsys.readouterr().err
    assert not folder.first_boot_note.exists()


def test_doctor_warns_for_a_day_and_then_finds_it_wrong(folder: DataFolder, shown: FirstBoot) -> None:
    box = Box(Settings(data_dir=folder.root), folder)
    with pytest.raises(Doubtful, match=f"first-boot.txt shows the recovery key .* {REMEDY}"):
        check_first_boot_note(box)
    age(folder.first_boot_note, DAY_SECONDS + 60)
    with pytest.raises(Wrong, match=REMEDY) as wrong:
        check_first_boot_note(box)
    assert "\n" not in str(wrong.value)
    folder.first_boot_note.unlink()
    assert check_first_boot_note(box) == "none of the first boot is left"


def test_whoever_reads_the_note_or_that_there_is_one_learns_how_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = DataFolder(tmp_path / "new")
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    assert cli.main(["init"]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for text in (said, folder.first_boot_note.read_text()):
        assert "vbot backup recovery-key --kept" in text
