"""What root has done by the data folder's owner: what is written there must stay readable for the services."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from appliance.commands.upgrade.withheld_key import give, withheld_key
from appliance.errors import ApplianceError, ConfigurationError
from appliance.process.child_process import PR_SET_PDEATHSIG
from appliance.process.exit_reason import error_line
from appliance.storage.folder.data_folder import DataFolder, act_as_owner

T = TypeVar("T")
_AS_ROOT = 0


def as_owner(folder: DataFolder) -> dict[str, Any]:
    """What `subprocess.Popen` needs to start a process as the data folder's owner."""
    owner = folder.root.stat()
    if os.geteuid() != _AS_ROOT or owner.st_uid == _AS_ROOT:
        return {}
    groups = os.getgrouplist(_name(owner.st_uid), owner.st_gid)
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": groups}


def done_by_owner(folder: DataFolder, work: Callable[[], T], kind: type[T], *, with_key: bool = False) -> T:
    """Do this in a child that is the data folder's owner; its result, or its error as ConfigurationError.

    `with_key`: it works with the master key, which is given to it where that is a credential.
    """
    key = withheld_key(folder) if with_key else None
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            code = _in_child(folder, work, writing, key)
        finally:
            os._exit(code)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
    except BaseException:  # ^C: what it was at is tidied up before anything else happens
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise ConfigurationError(said.decode(errors="replace") or "a part of the upgrade was killed")
    return msgspec.json.decode(said, type=kind)


def _in_child(folder: DataFolder, work: Callable[[], Any], writing: int, key: bytes | None) -> int:
    sys.stdout.flush()
    with os.fdopen(writing, "wb") as pipe:
        try:
            if key is not None:
                give(key, folder)
            act_as_owner(folder.root)
            _end_with_parent()
            pipe.write(msgspec.json.encode(work()))
        except ApplianceError as error:
            pipe.write(str(error).encode())
            return 1
        except Exception as error:  # noqa: BLE001 - the edge of a process: its parent tells of it
            pipe.write(error_line(error).encode())
            return 1
    return 0


def _end_with_parent() -> None:
    """What tries something ends with who asked for it, and tidies up; where SIGTERM is ignored, it comes to its end."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN:
        signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))
        # After the change of user, with which the kernel forgets it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
