from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from appliance.storage import foreign_database
from appliance.storage.file_format.encryption import SECRET_BYTES, DatabaseKey


@pytest.fixture
def looked_at_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup's database is looked at by this process: one of its own costs more than all else of a restore.

    That it is shut in, and what becomes of it, is for tests/appliance/storage/test_foreign_database.py to ask.
    """
    here = SimpleNamespace(run=_look, TimeoutExpired=subprocess.TimeoutExpired)
    monkeypatch.setattr(foreign_database, "subprocess", here)
    monkeypatch.setattr(foreign_database, "confine_to", lambda *_: None)


def _look(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    given: bytes = options["input"]
    key = DatabaseKey(given[:SECRET_BYTES], given[SECRET_BYTES:]) if given else None
    try:
        seen = foreign_database._look(Path(command[-1]), key)
    except SystemExit as error:
        return subprocess.CompletedProcess(command, 1, b"", str(error).encode())
    return subprocess.CompletedProcess(command, 0, msgspec.json.encode(seen), b"")
