"""The master key as a systemd credential: the data folder alone opens nothing then."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import ConfigurationError
from appliance.services.upkeep.first_boot import initialise
from appliance.storage.folder.data_folder import MASTER_KEY_CREDENTIAL, DataFolder
from appliance.storage.folder.keys import Keys, master_key_of, recovery_key_of

MASTER = bytes(range(32))


@pytest.fixture
def credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What systemd gives the api's process."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    given = folder / MASTER_KEY_CREDENTIAL
    given.write_text(MASTER.hex() + "\n")
    return given


def holds(folder: DataFolder, secret: bytes) -> list[str]:
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    return [path.name for path in files if secret in path.read_bytes() or secret.hex().encode() in path.read_bytes()]


def test_a_first_boot_takes_the_given_key_and_leaves_no_copy_of_it(folder: DataFolder, credential: Path) -> None:
    shown = initialise(folder, None, note=False)
    assert folder.is_initialised
    assert holds(folder, MASTER) == []
    assert master_key_of(folder) == MASTER
    assert recovery_key_of(folder, Keys.of(folder)) == shown.recovery_key


def test_without_a_credential_the_key_is_made_and_lies_in_its_file(folder: DataFolder) -> None:
    initialise(folder, None, note=False)
    assert holds(folder, master_key_of(folder)) == ["master.key"]


def test_a_key_that_was_moved_into_a_credential_opens_what_it_sealed(folder: DataFolder, credential: Path) -> None:
    credential.unlink()
    shown = initialise(folder, None, note=False)
    folder.master_key.rename(credential)
    folder.master_key.touch()
    assert recovery_key_of(folder, Keys.of(folder)) == shown.recovery_key


def test_a_command_that_is_not_given_the_credential_says_which_it_lacks(
    folder: DataFolder, credential: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    initialise(folder, None, note=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(ConfigurationError, match=r"master\.key is empty: .* credential vbot\.master-key"):
        Keys.of(folder)


def test_a_credential_of_another_box_is_refused(folder: DataFolder, credential: Path) -> None:
    initialise(folder, None, note=False)
    credential.write_text(bytes(32).hex())
    with pytest.raises(ConfigurationError, match=r"credential vbot\.master-key does not belong to"):
        Keys.of(folder)


def test_a_credential_that_is_no_key_is_named(folder: DataFolder, credential: Path) -> None:
    credential.write_text("secret")
    with pytest.raises(ConfigurationError, match=r"vbot\.master-key is damaged"):
        initialise(folder, None, note=False)
    assert not folder.is_initialised
