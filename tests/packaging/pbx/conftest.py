"""A PBX's folder in memory, where there is one: hundreds of calls are synced to it, which a busy disk makes long."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Empty, and gone afterwards."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="vbot-post-", dir=MEMORY))
    try:
        yield made
    finally:
        shutil.rmtree(made)
