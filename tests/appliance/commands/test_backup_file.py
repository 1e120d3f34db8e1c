"""Which file is meant by the name of a backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.commands.restore import backup_at
from appliance.storage.folder.data_folder import DataFolder


def test_a_bare_name_is_one_that_is_here_else_one_of_the_folders_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    folder = DataFolder(tmp_path / "data")
    assert backup_at(Path("a.tar"), folder) == Path("a.tar")  # without any data folder

    folder.backups.mkdir(parents=True)
    (folder.backups / "a.tar").write_bytes(b"")
    assert backup_at(Path("a.tar"), folder) == folder.backups / "a.tar"
    for with_a_way in (tmp_path / "a.tar", Path("../a.tar"), Path("sub/a.tar")):
        assert backup_at(with_a_way, folder) == with_a_way
    assert backup_at(Path("b.tar"), folder) == Path("b.tar")

    Path("a.tar").write_bytes(b"")
    assert backup_at(Path("a.tar"), folder) == Path("a.tar")
