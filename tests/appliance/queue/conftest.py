"""A real Valkey for the tests of the queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of this test's own: it may be killed."""
    with Valkey(tmp_path / "queue") as running:
        yield running
