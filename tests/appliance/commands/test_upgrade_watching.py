"""A new version that was well, and is worse while it is still watched, is told of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from appliance.commands.upgrade import watching
from appliance.commands.upgrade.watching import NotWell, Patience, Watch
from appliance.services.upgrade.installation import Installation
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.commands.upgrade_parts import FakeServices

LONG = 60.0


def watch_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Iterator[str], watched: float, worse: float
) -> Watch:
    def ask(_socket: Path, _method: str, path: str) -> dict[str, Any]:
        return {"status": next(words), "version": "1.1.0"} if path == "/health" else {}

    monkeypatch.setattr(watching, "ask", ask)
    patience = Patience(accepting=LONG, settling=LONG, watched=watched, worse=worse, look_every=0.01)
    return Watch(DataFolder(tmp_path), FakeServices(Installation(tmp_path)), patience)


def test_one_that_gets_worse_for_longer_than_it_may_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = chain(["healthy"] * 3, repeat("unhealthy"))
    watch = watch_of(tmp_path, monkeypatch, words, watched=LONG, worse=0.1)
    with pytest.raises(NotWell, match="it was healthy before, and is unhealthy"):
        watch.stays_as_well_as("healthy")


def test_one_that_is_worse_for_a_moment_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = chain(["healthy"] * 3, ["unhealthy"] * 3, repeat("healthy"))
    watch_of(tmp_path, monkeypatch, words, watched=0.2, worse=LONG).stays_as_well_as("healthy")


def test_one_that_is_worse_at_the_end_has_its_time_to_be_well_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = chain(["healthy"], repeat("unhealthy"))
    watch = watch_of(tmp_path, monkeypatch, words, watched=0.0, worse=0.3)
    with pytest.raises(NotWell, match="it was healthy before, and is not now within 0 s"):
        watch.stays_as_well_as("healthy")
