"""What a disk that was taken out of the box would show is told as it is."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from appliance.storage.folder.at_rest import KeyPlace, is_on_encrypted_disk, place_of_key
from appliance.storage.folder.data_folder import MASTER_KEY_CREDENTIAL, DataFolder


class Machine:
    """Block devices as the kernel shows them, and the one that the folder lies on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.devices = root / "devices"
        self.mounts = root / "mountinfo"
        self.mounts.write_text("")
        device = root.stat().st_dev
        self.own = f"{os.major(device)}:{os.minor(device)}"

    def block(self, name: str, uuid: str | None = None, made_of: tuple[str, ...] = ()) -> None:
        block = self.devices / name
        block.mkdir(parents=True)
        if uuid is not None:
            (block / "dm").mkdir()
            (block / "dm/uuid").write_text(uuid + "\n")
            (block / "slaves").mkdir()
            for part in made_of:
                (block / "slaves" / part).symlink_to(self.devices / part)

    @property
    def found(self) -> bool | None:
        return is_on_encrypted_disk(self.root, self.devices, self.mounts)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    if made.own.startswith("0:"):
        pytest.skip("the temporary folder lies on no block device")
    return made


def test_a_plain_partition_is_not_encrypted(machine: Machine) -> None:
    machine.block(machine.own)
    assert machine.found is False


def test_luks_is(machine: Machine) -> None:
    machine.block("sda3")
    machine.block(machine.own, "CRYPT-LUKS2-0123456789abcdef-root", ("sda3",))
    assert machine.found is True


def test_a_volume_on_luks_is_and_one_on_a_plain_disk_is_not(machine: Machine) -> None:
    machine.block("dm-0", "CRYPT-LUKS2-0123456789abcdef-root")
    machine.block(machine.own, "LVM-abcdef", ("dm-0",))
    assert machine.found is True


def test_a_volume_that_is_plain_in_part_is_not(machine: Machine) -> None:
    machine.block("dm-0", "CRYPT-LUKS2-0123456789abcdef-root")
    machine.block("sdb1")
    machine.block(machine.own, "LVM-abcdef", ("dm-0", "sdb1"))
    assert machine.found is False


def test_where_nothing_is_known_of_the_device_nothing_is_said(machine: Machine) -> None:
    assert machine.found is None


def test_of_this_machine_something_true_or_nothing_is_said(tmp_path: Path) -> None:
    assert is_on_encrypted_disk(tmp_path) in (True, False, None)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("0c7cc07b117645919c4b0bea08bc20fe", KeyPlace.TPM),
        ("93a894094874449090caf2fc93cab553", KeyPlace.TPM),
        ("5a1c6a86df9d4096b1d5a65e0862f19a", KeyPlace.HOST),
        ("058469daf6f54324800549da0f8ea2fb", KeyPlace.UNKNOWN),
    ],
)
def test_a_credential_tells_what_it_takes_to_open_it(
    folder: DataFolder, tmp_path: Path, kind: str, place: KeyPlace
) -> None:
    (tmp_path / MASTER_KEY_CREDENTIAL).write_bytes(base64.encodebytes(bytes.fromhex(kind) + bytes(200)))
    folder.master_key.write_bytes(b"")
    assert place_of_key(folder, (tmp_path / "none", tmp_path)) is place


def test_a_key_in_the_data_folder_is_a_file_whatever_credentials_there_are(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / MASTER_KEY_CREDENTIAL).write_bytes(b"anything")
    folder.master_key.write_bytes(b"00" * 32)
    assert place_of_key(folder, (tmp_path,)) is KeyPlace.FILE
    folder.master_key.write_bytes(b"")
    assert place_of_key(folder, (tmp_path / "none",)) is KeyPlace.UNKNOWN
