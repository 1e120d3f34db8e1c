"""What may be upgraded to: packages of one version, with all that the present one has."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.commands.upgrade.packages import stage
from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")

TORCH = "lib/python3.13/site-packages/torch/__init__.py"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "opt")
    (made.root / "1.0.0/bin").mkdir(parents=True)
    made.turn_to("1.0.0")
    return made


def package(folder: Path, name: str, version: str, *files: str) -> Path:
    tree = folder / f"{name}-{version}"
    for file in ("DEBIAN/control", *(f"opt/vbot/{version}/{one}" for one in files)):
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / file).touch()
    (tree / "DEBIAN").chmod(0o755)
    control = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: vBot <vbot@localhost>\n"
    (tree / "DEBIAN/control").write_text(f"{control}Description: a part\n")
    made = folder / f"{name}_{version}.deb"
    subprocess.run(["dpkg-deb", "-Znone", "--build", tree, made], check=True, capture_output=True, timeout=60)
    return made


def test_both_packages_become_one_environment(installation: Installation, tmp_path: Path) -> None:
    appliance = package(tmp_path, "vbot-appliance", "1.1.0", "bin/vbot")
    worker = package(tmp_path, "vbot-worker-cpu", "1.1.0", TORCH)
    staged = stage(installation, [appliance, worker])
    assert staged.version == "1.1.0"
    assert (staged.unpacked / "bin/vbot").is_file()
    assert (staged.unpacked / TORCH).is_file()
    assert [file.name for file in staged.files] == [appliance.name, worker.name]
    assert installation.current == "1.0.0"


def test_two_versions_are_refused(installation: Installation, tmp_path: Path) -> None:
    appliance = package(tmp_path, "vbot-appliance", "1.1.0", "bin/vbot")
    worker = package(tmp_path, "vbot-worker-cpu", "1.2.0", TORCH)
    with pytest.raises(ConfigurationError, match=r"of one version are needed, found: 1\.1\.0, 1\.2\.0"):
        stage(installation, [appliance, worker])


def test_a_box_that_analyses_calls_is_not_left_without_a_worker(installation: Installation, tmp_path: Path) -> None:
    (installation.root / "1.0.0" / TORCH).parent.mkdir(parents=True)
    (installation.root / "1.0.0" / TORCH).touch()
    with pytest.raises(ConfigurationError, match="name the package vbot-worker-"):
        stage(installation, [package(tmp_path, "vbot-appliance", "1.1.0", "bin/vbot")])


def test_what_is_no_package_is_said_in_one_line(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "no.deb").write_text("this is none")
    with pytest.raises(ConfigurationError, match=r"`dpkg-deb --extract …` fails: "):
        stage(installation, [tmp_path / "no.deb"])
    with pytest.raises(ConfigurationError, match="there is no file"):
        stage(installation, [tmp_path / "missing.deb"])
