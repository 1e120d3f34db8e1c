"""The first boot: one at a time, and left to the unit where systemd keeps the master key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import cli
from appliance.errors import ConfigurationError
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


def settings_file(file: Path, data_dir: Path) -> str:
    """Its name."""
    file.write_text(f'data_dir = "{data_dir}"\n')
    return str(file)


@pytest.fixture
def units_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """Not there yet; the units read `vbot.toml`, and systemd keeps a master key for them."""
    store, usual = tmp_path / "credstore.encrypted", tmp_path / "vbot.toml"
    store.mkdir()
    (store / "vbot.master-key").touch()
    settings_file(usual, tmp_path / "of-the-units")
    monkeypatch.delenv("VBOT_DATA_DIR", raising=False)
    monkeypatch.setattr("appliance.settings.DEFAULT_CONFIG_FILE", usual)
    monkeypatch.setattr("appliance.storage.folder.data_folder.CREDENTIAL_STORES", (store,))
    return DataFolder(tmp_path / "of-the-units")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., bool]:
    """Whether this command line leaves the first boot to the unit."""

    def run(*arguments: str) -> bool:
        assert cli.main(arguments) == 1
        return "systemd keeps the master key for vbot-api" in capsys.readouterr().err

    return run


def test_where_systemd_keeps_the_master_key_for_the_api_nobody_else_makes_another(
    units_folder: DataFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refused: Callable[..., bool],
) -> None:
    """Under it the folder would be set up with a key that the unit is never given."""
    assert refused("init")
    assert not units_folder.root.exists()
    given = tmp_path / "credentials"
    given.mkdir()
    (given / "vbot.master-key").write_text("ab" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    assert cli.main(["init"]) == 0
    assert units_folder.master_key.read_bytes() == b""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    capsys.readouterr()
    assert cli.main(["init"]) == 1
    assert "is set up already" in capsys.readouterr().err
    monkeypatch.setenv("VBOT_DATA_DIR", str(tmp_path / "another"))  # which is not the units'
    assert cli.main(["init"]) == 0


@pytest.mark.parametrize("command", ["up", "api"])
def test_so_it_is_where_what_needs_a_first_boot_is_started_by_hand(
    units_folder: DataFolder, command: str, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., bool]
) -> None:
    def begins(*_: object) -> None:
        raise ConfigurationError("it begins")

    # No handler, hook or name stays behind in our own process, and nothing is started.
    monkeypatch.setattr(cli, "SERVICES", ())
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("setproctitle.setproctitle", lambda _: None)
    monkeypatch.setattr("appliance.commands.up._checked_packs", lambda _: ())
    monkeypatch.setattr("appliance.storage.folder.folder_lock.hold_as_supervisor", begins)
    monkeypatch.setattr("appliance.server.process.serve", begins)
    assert refused(command)
    assert not units_folder.root.exists()


def test_a_folder_of_another_settings_file_is_none_for_which_systemd_keeps_a_master_key(
    units_folder: DataFolder, tmp_path: Path, refused: Callable[..., bool]
) -> None:
    """It was refused, and its first boot left to a unit that never reads that file."""
    tried = tmp_path / "try.toml"
    assert cli.main(["--config", settings_file(tried, tmp_path / "tried"), "init"]) == 0
    assert DataFolder(tmp_path / "tried").master_key.read_bytes()
    assert refused("--config", settings_file(tried, units_folder.root), "init")
