"""The stamp by which the second quickstart knows that there is nothing to install."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

CHECKOUT = Path(__file__).parents[2]
AS_WANTED, INSTALL, MAKE_ANEW = 0, 1, 2


class Installation:
    """A small checkout with an environment that holds one package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "packaging").mkdir(parents=True)
        shutil.copy(CHECKOUT / "packaging/venv_stamp.py", folder / "packaging")
        (folder / "packaging/constraints.txt").write_text("thing==1.0\n")
        (folder / "pyproject.toml").write_text("[project]\n")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True, timeout=60)
        self.packages = next((folder / ".venv/lib").glob("python3*/site-packages"))
        self.module = self.packages / "thing.py"
        self.module.write_text("x = 1\n")
        metadata = self.packages / "thing-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        (metadata / "RECORD").write_text("thing.py,sha256=x,6\n__pycache__/thing.cpython-311.pyc,,\n")

    def stamp(self, command: str, extras: str) -> int:
        """Run it under the environment's own Python; its exit code."""
        script = self.folder / "packaging/venv_stamp.py"
        return subprocess.run(
            [self.folder / ".venv/bin/python", script, command, extras], timeout=60, check=False
        ).returncode


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "check out")
    assert made.stamp("check", "worker,gui") == INSTALL
    assert made.stamp("write", "worker,gui") == 0
    return made


def test_what_was_installed_need_not_be_installed_again(installation: Installation) -> None:
    assert installation.stamp("check", "gui,worker") == AS_WANTED
    assert installation.stamp("check", "gui") == AS_WANTED


def test_another_extra_must_be_installed(installation: Installation) -> None:
    assert installation.stamp("check", "dev,gui,worker") == INSTALL


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt"])
def test_changed_requirements_must_be_installed(installation: Installation, name: str) -> None:
    with (installation.folder / name).open("a") as file:
        file.write("\n")
    assert installation.stamp("check", "worker,gui") == INSTALL


def test_a_package_that_is_gone_must_be_installed(installation: Installation) -> None:
    shutil.rmtree(installation.packages / "thing-1.0.dist-info")
    assert installation.stamp("check", "worker,gui") == INSTALL


def test_a_lost_file_needs_a_new_environment(installation: Installation) -> None:
    installation.module.unlink()
    assert installation.stamp("check", "worker,gui") == MAKE_ANEW


def test_a_changed_file_needs_a_new_environment(installation: Installation) -> None:
    installation.module.write_text("half")
    assert installation.stamp("check", "worker,gui") == MAKE_ANEW


def test_a_moved_environment_must_be_made_anew(installation: Installation, tmp_path: Path) -> None:
    installation.folder.rename(tmp_path / "elsewhere")
    installation.folder = tmp_path / "elsewhere"
    assert installation.stamp("check", "worker,gui") == MAKE_ANEW


def test_a_damaged_stamp_is_none(installation: Installation) -> None:
    (installation.folder / ".venv/vbot-stamp").write_text('{"inputs": ')
    assert installation.stamp("check", "worker,gui") == INSTALL
