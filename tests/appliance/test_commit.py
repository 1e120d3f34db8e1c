"""Of which commit a program is can be told from a checkout, from what `git archive` gives, and from neither."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def git(folder: Path, *arguments: str) -> str:
    known = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    return subprocess.run(
        ["git", "-C", folder, *known, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def told(folder: Path) -> str:
    """What the module says that lies in this folder."""
    program = "from appliance.commit import commit; print(commit())"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "appliance").mkdir(parents=True)
    (folder / "appliance/__init__.py").touch()
    shutil.copy(CHECKOUT / "appliance/commit.py", folder / "appliance")
    shutil.copy(CHECKOUT / ".gitattributes", folder)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=One")
    return folder


@pytest.mark.slow
def test_a_checkout_tells_its_commit_and_that_it_was_changed_since(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")[:12]
    assert told(repository) == head
    (repository / "appliance/__init__.py").write_text("changed = True\n")
    assert told(repository) == f"{head}-dirty"


@pytest.mark.slow
def test_what_is_archived_knows_its_commit_without_git(repository: Path, tmp_path: Path) -> None:
    git(repository, "archive", "--format=tar", f"--output={tmp_path / 'source.tar'}", "HEAD")
    (tmp_path / "unpacked").mkdir()
    shutil.unpack_archive(tmp_path / "source.tar", tmp_path / "unpacked", filter="data")
    assert told(tmp_path / "unpacked") == git(repository, "rev-parse", "HEAD")[:12]


def test_a_copy_of_the_files_claims_no_commit(tmp_path: Path) -> None:
    (tmp_path / "appliance").mkdir()
    (tmp_path / "appliance/__init__.py").touch()
    shutil.copy(CHECKOUT / "appliance/commit.py", tmp_path / "appliance")
    assert told(tmp_path) == "None"
