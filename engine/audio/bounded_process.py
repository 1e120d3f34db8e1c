"""A program of its own: bound what this process may use, then become another program. It imports nothing of ours.

    python -I -S bounded_process.py SECONDS BYTES PROGRAM [ARGUMENT …]

The bounds hold from the program's first instruction on: processor seconds, bytes of address space, and not a byte into
any file (pipes are none).
"""

from __future__ import annotations

import os
import resource
import sys


def main(seconds: int, memory_bytes: int, command: list[str]) -> None:
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for bound, value in bounds.items():
        resource.setrlimit(bound, (value, value))
    os.execv(command[0], command)  # noqa: S606  # the caller's list, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
