"""Several processes test at the same time and keep what they make in one folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def kept_in(config: pytest.Config) -> Path:
    """The folder that VBOT_NSPAWN_CACHE names, else one of pytest's own."""
    named = os.environ.get("VBOT_NSPAWN_CACHE")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
        return Path(named).resolve()
    assert config.cache is not None
    return config.cache.mkdir("nspawn").resolve()


@contextmanager
def alone_in(cache: Path) -> Iterator[None]:
    """Nobody else makes anything there meanwhile; who waits for this finds what the other made. Not to be nested."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
