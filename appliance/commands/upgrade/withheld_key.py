"""The master key where it is a credential of systemd's: an upgrade needs it as the service does, and while that is off.

Root has systemd decrypt it, into memory. Who works with it as the data folder's owner finds it as the service does, in
the folder that $CREDENTIALS_DIRECTORY names: a ramfs that is mounted for that process and its children alone. So it is
in no file of a disk, nobody else sees it, none of them leaves it in a core dump, and it is gone with the last of them,
however they end. What they have in their own memory may be swapped, as anything of root's session. (A transient
unit with the same credential would do for a program, but not for a part of this one.)
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
from pathlib import Path

from appliance.errors import ConfigurationError
from appliance.storage.folder.data_folder import CREDENTIAL_STORES, MASTER_KEY_CREDENTIAL, DataFolder

MOUNTED_AT = Path("/run/vbot-upgrade")
# A TPM takes seconds.
DECRYPT_SECONDS = 120.0
# <sched.h>, <sys/mount.h>
_CLONE_NEWNS = 0x20000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_REC_PRIVATE = 1 << 14 | 1 << 18


def withheld_key(folder: DataFolder) -> bytes | None:
    """The credential of a folder whose key is one, as only root is given it; None where the key lies in the folder.

    Raises ConfigurationError where systemd does not open it.
    """
    if not folder.master_key.is_file() or folder.master_key.stat().st_size or os.geteuid() != 0:
        return None
    if folder.given_master_key is not None:
        return folder.given_master_key.read_bytes()
    kept = [store / MASTER_KEY_CREDENTIAL for store in CREDENTIAL_STORES if (store / MASTER_KEY_CREDENTIAL).is_file()]
    return _decrypted(kept[0]) if kept else None  # what misses the key says so itself


def give(key: bytes, folder: DataFolder) -> None:
    """To this process, which is root and shall be the folder's owner, and to those that it starts. Raises OSError."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # also of the new version, which may die of what it finds
    owner = folder.root.stat()
    MOUNTED_AT.mkdir(mode=0o755, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.unshare(_CLONE_NEWNS))
    _check(libc.mount(b"none", b"/", None, _MS_REC_PRIVATE, None))
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _check(libc.mount(b"ramfs", os.fsencode(MOUNTED_AT), b"ramfs", flags, b"mode=0700"))
    credential = MOUNTED_AT / MASTER_KEY_CREDENTIAL
    descriptor = os.open(credential, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    for path in (credential, MOUNTED_AT):
        os.chown(path, owner.st_uid, owner.st_gid)
    os.environ["CREDENTIALS_DIRECTORY"] = str(MOUNTED_AT)


def _decrypted(credential: Path) -> bytes:
    line = ["systemd-creds", "decrypt", f"--name={MASTER_KEY_CREDENTIAL}", str(credential), "-"]
    try:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, timeout=DECRYPT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"`{' '.join(line[:2])}` does not end well: {error}") from error
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ConfigurationError(f"systemd does not open {credential}, the master key: {''.join(why)}")
    return done.stdout


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the master key cannot be given: {os.strerror(number)}")
