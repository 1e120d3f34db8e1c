"""What `vbot doctor` says of the data folder."""

from __future__ import annotations

import pytest

from appliance.commands.folder_checks import Doubtful, check_at_rest
from appliance.settings import Settings
from appliance.storage.folder import at_rest
from appliance.storage.folder.data_folder import DataFolder


@pytest.fixture
def settings(folder: DataFolder) -> Settings:
    folder.master_key.write_bytes(b"00" * 32)
    return Settings(data_dir=folder.root)


def test_a_key_beside_what_it_opens_on_a_plain_disk_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_rest, "is_on_encrypted_disk", lambda _: False)
    with pytest.raises(Doubtful, match=r"not encrypted: whoever takes it can read all .* is a file in the data folder"):
        check_at_rest(settings)


def test_on_an_encrypted_disk_all_is_well(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "is_on_encrypted_disk", lambda _: True)
    assert check_at_rest(settings) == "the disk is encrypted; the master key is a file in the data folder"
