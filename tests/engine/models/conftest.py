from __future__ import annotations

from pathlib import Path

import pytest

from engine.models import CatalogueEntry, PackInstaller
from tests.engine.models.fakes import fake_entry, hugging_face_whisper


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pip finds wheels, and nowhere else: pip's own settings, which the installer must honour."""
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def entry(wheelhouse: Path) -> CatalogueEntry:
    return fake_entry(wheelhouse)


@pytest.fixture
def imported(models_dir: Path, tmp_path: Path) -> Path:
    """The folder of an installed pack called `whisper-fake`, put there without pip."""
    source = hugging_face_whisper(tmp_path / "source" / "whisper-fake")
    PackInstaller(models_dir).import_pack(source)
    return models_dir / "whisper-fake"
