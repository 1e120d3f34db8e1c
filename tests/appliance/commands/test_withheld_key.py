"""The master key as a credential: whoever works as the data folder's owner has it, and nobody and no disk beside."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.commands.upgrade import withheld_key as module
from appliance.commands.upgrade.owner import done_by_owner
from appliance.commands.upgrade.withheld_key import MOUNTED_AT, withheld_key
from appliance.errors import ConfigurationError
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else's folder in its hands"),
]

NOBODY = 65534
KEY = bytes(range(32)).hex()
# In the place of systemd's: what it "decrypts" is the file as it is.
DECRYPTS = '#!/bin/sh\n[ "$1 $2 $4" = "decrypt --name=vbot.master-key -" ] && cat "$3"\n'
REFUSES = "#!/bin/sh\necho 'TPM2 policy does not match.' >&2\nexit 1\n"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    """Somebody else's, whose key is a credential; everybody may enter where it lies."""
    made = Path(tempfile.mkdtemp(dir="/var/tmp"))
    made.chmod(0o755)
    (made / "bin").mkdir()
    (made / "vbot.master-key").write_text(KEY)
    monkeypatch.setattr(module, "CREDENTIAL_STORES", (made / "none", made))
    monkeypatch.setenv("PATH", f"{made / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    folder = DataFolder(made / "data")
    folder.create()
    folder.recovery_key.write_bytes(seal_recovery_key("a key", Keys(bytes.fromhex(KEY))))
    folder.master_key.touch()
    for path in (folder.root, *folder.root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    systemd_creds(folder, DECRYPTS)
    yield folder
    shutil.rmtree(made)


def systemd_creds(folder: DataFolder, script: str) -> None:
    program = folder.root.parent / "bin/systemd-creds"
    program.write_text(script)
    program.chmod(0o755)


def test_the_owner_has_it_and_so_have_those_whom_he_starts(folder: DataFolder) -> None:
    def work() -> list[str]:
        script = 'id -u; stat -f -c %T "$CREDENTIALS_DIRECTORY"; cat "$CREDENTIALS_DIRECTORY/vbot.master-key"'
        seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        return [recovery_key_of(folder, Keys.of(folder)), *seen.stdout.splitlines()]

    assert done_by_owner(folder, work, list[str], with_key=True) == ["a key", str(NOBODY), "ramfs", KEY]
    assert list(MOUNTED_AT.iterdir()) == []  # where everybody else looks
    assert "CREDENTIALS_DIRECTORY" not in os.environ
    assert [path for path in folder.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []


def test_who_does_not_need_it_is_not_given_it(folder: DataFolder) -> None:
    systemd_creds(folder, REFUSES)
    assert done_by_owner(folder, lambda: "CREDENTIALS_DIRECTORY" in os.environ, bool) is False


def test_a_key_that_systemd_does_not_open_is_told_with_its_reason(folder: DataFolder) -> None:
    systemd_creds(folder, REFUSES)
    with pytest.raises(
        ConfigurationError, match=r"systemd does not open /\S+/vbot\.master-key, .*TPM2 policy does not"
    ):
        done_by_owner(folder, lambda: None, type(None), with_key=True)


def test_a_key_that_lies_in_the_folder_is_left_to_who_reads_it(folder: DataFolder) -> None:
    folder.master_key.write_text(KEY)
    systemd_creds(folder, REFUSES)
    assert withheld_key(folder) is None
    assert done_by_owner(folder, lambda: recovery_key_of(folder, Keys.of(folder)), str, with_key=True) == "a key"


def test_a_key_that_was_cut_off_is_no_credential(folder: DataFolder) -> None:
    (folder.root.parent / "vbot.master-key").unlink()
    with pytest.raises(ConfigurationError, match="this process was not given it; or the file was cut off"):
        done_by_owner(folder, lambda: Keys.of(folder) and None, type(None), with_key=True)


def test_root_who_was_given_it_gives_it_on(folder: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a unit that loads it, whose folder only root may enter."""
    systemd_creds(folder, REFUSES)
    tmp_path.chmod(0o700)
    (tmp_path / "vbot.master-key").write_text(KEY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert done_by_owner(folder, lambda: recovery_key_of(folder, Keys.of(folder)), str, with_key=True) == "a key"
