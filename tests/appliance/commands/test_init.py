"""`vbot init`: one first boot at a time."""

from __future__ import annotations

import pytest

from appliance import cli
from appliance.process.lock_holder import this_process
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import owner_lock


@pytest.mark.slow
def test_beside_another_first_boot_it_touches_nothing(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    half_made = folder.database.with_name("vbot.duckdb.new")
    half_made.touch()
    other = owner_lock(folder)
    assert other.take(this_process("vbot up"))

    assert cli.main(["init"]) == 1

    assert "is in use by `vbot up`" in capsys.readouterr().err
    assert half_made.exists()
    assert not folder.begun_master_key.exists()
    other.release()
    assert cli.main(["init"]) == 0
    assert folder.is_initialised
