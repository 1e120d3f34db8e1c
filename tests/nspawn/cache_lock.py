"""Several processes test at the same time and keep what they make in one folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone_in(cache: Path) -> Iterator[None]:
    """Nobody else makes anything there meanwhile; who waits for this finds what the other made. Not to be nested."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
