"""What somebody would have who took the disk out of the box: is it encrypted, and does the master key lie on it?"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from appliance.storage.folder.data_folder import CREDENTIAL_STORES, MASTER_KEY_CREDENTIAL, DataFolder

# systemd's `creds-util.h`: an encrypted credential begins with the id of what it takes to open it.
_ID_BYTES = 16
_BY_TPM = {
    bytes.fromhex(text)
    for text in (
        "0c7cc07b117645919c4b0bea08bc20fe",  # the TPM
        "faf7eb9341e3412ca1a436f95a29362f",  # the TPM, while what was booted is signed
        "93a894094874449090caf2fc93cab553",  # the TPM and the host's key
        "af4950a849134eb1a73846304ff30c05",  # both, while what was booted is signed
    )
}
_BY_HOST = bytes.fromhex("5a1c6a86df9d4096b1d5a65e0862f19a")  # /var/lib/systemd/credential.secret
_NO_BLOCK_DEVICE = 0
_DEVICE_MAPPER_CRYPT = "CRYPT-"


class KeyPlace(Enum):
    """Where the master key is; the value is said to people."""

    FILE = "the master key is a file in the data folder"
    TPM = "the master key is a credential that only this machine's TPM opens"
    HOST = "the master key is a credential, but what opens it lies on this machine's system disk: there is no TPM in it"
    UNKNOWN = "the master key is a credential; whether it takes a TPM to open it, only root may see"


def place_of_key(folder: DataFolder, stores: Sequence[Path] = CREDENTIAL_STORES) -> KeyPlace:
    """Where the master key of a data folder that is set up is kept."""
    if folder.master_key.is_file() and folder.master_key.stat().st_size:
        return KeyPlace.FILE
    for store in stores:
        with contextlib.suppress(OSError, binascii.Error):
            kind = base64.b64decode((store / MASTER_KEY_CREDENTIAL).read_bytes())[:_ID_BYTES]
            return KeyPlace.TPM if kind in _BY_TPM else KeyPlace.HOST if kind == _BY_HOST else KeyPlace.UNKNOWN
    return KeyPlace.UNKNOWN


def is_on_encrypted_disk(
    path: Path, devices: Path = Path("/sys/dev/block"), mounts: Path = Path("/proc/self/mountinfo")
) -> bool | None:
    """Whether all that lies there is encrypted by the kernel (dm-crypt, LUKS); None where that cannot be told.

    A disk that encrypts by itself, or a network's, looks like any other.
    """
    device = path.stat().st_dev
    if os.major(device) == _NO_BLOCK_DEVICE:  # btrfs and overlays have none of their own
        source = _source_of(f"{os.major(device)}:{os.minor(device)}", mounts)
        if source is None or not source.is_block_device():
            return None
        device = source.stat().st_rdev
    block = devices / f"{os.major(device)}:{os.minor(device)}"
    return _is_encrypted(block) if block.exists() else None


def _source_of(number: str, mounts: Path) -> Path | None:
    """What the file system of this number is mounted from, where that is a device."""
    for line in mounts.read_text().splitlines():
        mount, _, source = line.partition(" - ")
        if mount.split()[2] == number and source.split()[1].startswith("/dev/"):
            return Path(source.split()[1])
    return None


def _is_encrypted(block: Path) -> bool:
    """Of a device, or of each that it is made of (LVM, RAID)."""
    with contextlib.suppress(OSError):
        if (block / "dm/uuid").read_text().startswith(_DEVICE_MAPPER_CRYPT):
            return True
    with contextlib.suppress(OSError):
        made_of = list((block / "slaves").iterdir())
        return bool(made_of) and all(_is_encrypted(part) for part in made_of)
    return False
