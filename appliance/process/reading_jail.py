"""Take from this process, for good, all but the reading of some folders: no other file, no writing, no network.

Each protection is the kernel's and needs no privilege (Landlock, a network of its own); what a kernel does not have is
passed over, and the rest holds all the same.

    python -m appliance.process.reading_jail    what this machine refuses of that, a line each
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from collections.abc import Iterable
from pathlib import Path

CPU_SECONDS = 600
MOST_FILES = 64
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # of unshare(2)
_NO_NEW_PRIVILEGES = 38  # of prctl(2)
# Of landlock(7): the numbers are the same on all architectures.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# All rights that a version of it knows: what is known and not allowed is refused.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_SINCE, _TCP_RIGHTS = 4, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    # The kernel reads the first 12 bytes: it has this one packed, which ctypes does not promise for later Pythons.
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine_to(*readable: Path) -> tuple[str, ...]:
    """From here on this process, and each that it starts, reads in these places and does nothing else to files.

    Returns what the machine refuses of that, in words.
    """
    for bound, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # the api's unit refuses the call, or has a lower bound itself
            resource.setrlimit(bound, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK):
        libc.unshare(_NEW_USER | _NEW_NETWORK)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    try:
        _allow_reading(libc, readable)
    except OSError as error:
        return (f"it can open whatever its user can ({error.strerror})",)
    return ()


def _allow_reading(libc: ctypes.CDLL, readable: Iterable[Path]) -> None:
    version = _checked(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG))
    files = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    ruleset = _Ruleset(files, _TCP_RIGHTS if version >= _TCP_SINCE else 0)
    size = ctypes.sizeof(ruleset) if version >= _TCP_SINCE else ctypes.sizeof(ctypes.c_uint64)
    descriptor = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0))
    for path in readable:
        if path.exists():  # what is not there need not be allowed
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = _Beneath(_READ_FILE | _READ_FOLDER if path.is_dir() else _READ_FILE, place)
            _checked(libc.syscall(_ADD_RULE, descriptor, _PATH_BENEATH, ctypes.byref(rule), 0))
            # It stays open: a file of /proc that nobody holds the kernel forgets when memory is short, and makes anew
            # when it is asked for again, as another one that is not allowed.
    _checked(libc.syscall(_RESTRICT_SELF, descriptor, 0))
    os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


if __name__ == "__main__":
    print("\n".join(confine_to(Path("/"))))
