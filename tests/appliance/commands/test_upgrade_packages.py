"""What may be upgraded to: packages of one version, with all that the present one has."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.commands.upgrade import packages
from appliance.commands.upgrade.packages import AptPackages, stage
from appliance.commands.upgrade.room import check_room
from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.storage.folder.data_folder import DataFolder

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")

TORCH = "lib/python3.13/site-packages/torch/__init__.py"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "opt")
    (made.root / "1.0.0/bin").mkdir(parents=True)
    made.turn_to("1.0.0")
    return made


def package(folder: Path, name: str, version: str, *files: str, installed_kilobytes: int = 1) -> Path:
    tree = folder / f"{name}-{version}"
    for file in ("DEBIAN/control", *(f"opt/vbot/{version}/{one}" for one in files)):
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / file).touch()
    (tree / "DEBIAN").chmod(0o755)
    control = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: vBot <vbot@localhost>\n"
    control += f"Installed-Size: {installed_kilobytes}\n"
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


def test_of_what_is_refused_nothing_is_left_on_the_disk(installation: Installation, tmp_path: Path) -> None:
    appliance = package(tmp_path, "vbot-appliance", "1.1.0", "bin/vbot")
    with pytest.raises(ConfigurationError):
        stage(installation, [appliance, tmp_path / "no-such.deb"])
    assert not installation.staging.exists()


def test_what_the_disk_does_not_hold_unpacked_and_installed_is_not_begun(
    installation: Installation, tmp_path: Path
) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    small = package(tmp_path, "vbot-appliance", "1.1.0", "bin/vbot")
    check_room(folder, installation, [small])
    big = package(tmp_path, "vbot-worker-cuda", "1.1.0", TORCH, installed_kilobytes=10**12)
    with pytest.raises(ConfigurationError, match=r"GB are needed on the disk of .* to try the new version"):
        check_room(folder, installation, [small, big])


@pytest.mark.parametrize(
    ("status", "half"),
    [
        ("install ok installed", False),
        ("deinstall ok config-files", False),
        ("unknown ok not-installed", False),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install reinstreq half-installed", True),
        ("install reinstreq installed", True),
    ],
)
def test_dpkg_says_what_it_has_half_way(
    status: str, half: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "bin/dpkg-query"
    asked.parent.mkdir()
    asked.write_text(f"#!/bin/sh\nprintf 'vbot-appliance\\t{status}\\n'\n")
    asked.chmod(0o755)
    monkeypatch.setenv("PATH", f"{asked.parent}:{os.environ['PATH']}")
    assert AptPackages().unfinished() == (["vbot-appliance"] if half else [])


def test_whoever_holds_dpkgs_lock_is_waited_for_and_needrestart_leaves_us_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    for name, script in {
        "dpkg": 'tried=$(cat "$0.tried" 2>/dev/null); echo again >"$0.tried"\n'
        '[ -n "$tried" ] || { echo "dpkg frontend lock was locked by another process" >&2; exit 2; }',
        "apt-get": 'echo "$NEEDRESTART_SUSPEND $*" >"$0.said"',
    }.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(packages, "TRY_LOCK_EVERY_SECONDS", 0.01)
    AptPackages().install([Path("new.deb")], tmp_path)
    said = (tmp_path / "bin/apt-get.said").read_text()
    assert said.startswith("1 install --option DPkg::Lock::Timeout=")
    assert said.endswith(" new.deb\n")


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """apt and dpkg with a system of their own, on which vbot-appliance 1.0.0 is installed; its sources.list."""
    root = tmp_path / "root"
    for folder in ("etc/apt", "lists/partial", "archives/partial", "dpkg"):
        (root / folder).mkdir(parents=True)
    known = "Package: vbot-appliance\nStatus: install ok installed\nVersion: 1.0.0\nArchitecture: all\n"
    (root / "dpkg/status").write_text(f"{known}Maintainer: vBot <vbot@localhost>\nDescription: a part\n")
    config = {
        "Dir::Etc": root / "etc/apt",
        "Dir::State::lists": root / "lists",
        "Dir::State::extended_states": root / "extended_states",
        "Dir::State::status": root / "dpkg/status",
        "Dir::Cache": root,
        "Dir::Cache::archives": root / "archives",
        "Dir::Log": root,
        "APT::Sandbox::User": "root",  # the test's folder is its own user's alone
        "Debug::NoLocking": "true",
    }
    lines = [f'{name} "{value}";' for name, value in config.items()]
    (tmp_path / "apt.conf").write_text("\n".join(lines))
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    monkeypatch.setenv("DPKG_ADMINDIR", str(root / "dpkg"))
    monkeypatch.setattr(packages, "_ARCHIVES", root / "archives")
    return root / "etc/apt/sources.list"


@pytest.mark.parametrize("scheme", ["file", "copy"])
def test_what_a_folder_offers_to_apt_is_found_where_it_lies(scheme: str, apt: Path, tmp_path: Path) -> None:
    offers = tmp_path / "a stick"
    offers.mkdir()
    (offers / "Packages").touch()
    apt.write_text(f"deb [trusted=yes] {scheme}:{tmp_path}/a%20stick ./\n")
    with pytest.raises(ConfigurationError, match="apt offers no other version"):
        AptPackages().fetch()

    made = package(tmp_path, "vbot-appliance", "1.1.0+e1", "bin/vbot")
    shutil.move(made, offers)
    content = (offers / made.name).read_bytes()
    control = subprocess.run(
        ["dpkg-deb", "-f", offers / made.name], capture_output=True, text=True, check=True, timeout=60
    )
    found_by = f"Filename: ./{made.name}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
    (offers / "Packages").write_text(control.stdout + found_by)
    (found,) = AptPackages().fetch()
    assert found.parent == (offers if scheme == "file" else packages._ARCHIVES)
    assert found.read_bytes() == content
