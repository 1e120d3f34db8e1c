"""A PBX's folder in memory, where there is one: hundreds of calls are synced to it, which a busy disk makes long."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import wait_until

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Empty, and gone afterwards."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="vbot-post-", dir=MEMORY))

    def is_gone() -> bool:
        shutil.rmtree(made, ignore_errors=True)
        return not made.exists()

    try:
        yield made
    finally:
        assert wait_until(is_gone, 60)  # a sender that a hook has started may still write and remove there
