"""What `vbot doctor` says of the data folder."""

from __future__ import annotations

import re

import pytest

from appliance.commands.checks.box import Box
from appliance.commands.checks.data_folder import check_at_rest
from appliance.commands.checks.database import check_database
from appliance.commands.checks.finding import Doubtful
from appliance.settings import Settings
from appliance.storage.database import Database
from appliance.storage.folder import at_rest
from appliance.storage.folder.data_folder import DataFolder
from tests.support.database_file import keys_beside


@pytest.fixture
def box(folder: DataFolder) -> Box:
    folder.master_key.write_bytes(b"00" * 32)
    return Box(Settings(data_dir=folder.root), folder)


def test_a_key_beside_what_it_opens_on_a_plain_disk_is_told(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "is_on_encrypted_disk", lambda _: False)
    with pytest.raises(Doubtful, match=r"not encrypted: whoever takes it can read all .* is a file in the data folder"):
        check_at_rest(box)


def test_with_a_key_that_the_tpm_keeps_a_plain_disk_shows_a_plain_database_alone(
    box: Box, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_rest, "is_on_encrypted_disk", lambda _: False)
    monkeypatch.setattr(at_rest, "place_of_key", lambda _: at_rest.KeyPlace.TPM)
    Database.open(folder.database).close()
    with pytest.raises(Doubtful, match=r"the database can be read on it until the running api has encrypted it"):
        check_at_rest(box)
    folder.database.unlink()
    Database.open(folder.database, keys=keys_beside(folder.database)).close()
    assert check_at_rest(box).startswith("the disk is not encrypted, database, recordings and backups are; ")


def test_a_plain_database_is_told_and_an_encrypted_one_looked_through(box: Box, folder: DataFolder) -> None:
    Database.open(folder.database).close()
    assert "it is not encrypted yet: the api does that in the background" in check_database(box)
    folder.database.unlink()
    Database.open(folder.database, keys=keys_beside(folder.database)).close()
    assert re.fullmatch(r"0 calls; all [\d.]+ MB are whole", check_database(box))


def test_on_an_encrypted_disk_all_is_well(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "is_on_encrypted_disk", lambda _: True)
    assert check_at_rest(box) == "the disk is encrypted; the master key is a file in the data folder"
