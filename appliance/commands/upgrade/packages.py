"""The new version's Debian packages: unpacked beside what runs to be tried, then installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import CURRENT, Installation
from appliance.storage.folder.data_folder import sync_folder

APT = "apt"
# A box may hang on a slow line, and CUDA's libraries are gigabytes.
APT_SECONDS = 4 * 3600.0
UNPACK_SECONDS = 1800.0
# Another program, such as unattended-upgrades, has dpkg in its hands for minutes.
LOCK_SECONDS = 1800
TRY_LOCK_EVERY_SECONDS = 2.0
# needrestart would start our services again while their files are being replaced.
_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "NEEDRESTART_SUSPEND": "1"}
# dpkg's words for a package that it is done with.
WHOLE = (" installed", " not-installed", " config-files")
_PRINTED_URI = re.compile(r"^'([^']+)' (\S+)", re.MULTILINE)
_ARCHIVES = Path("/var/cache/apt/archives")
_OURS = ("vbot-appliance", "vbot-worker-cpu", "vbot-worker-cuda")


class Packages(Protocol):
    """The seam: apt on a box."""

    def fetch(self) -> list[Path]:
        """The files of the newest version that is offered. Raises ConfigurationError where there is none."""

    def install(self, files: Sequence[Path], unpacked: Path) -> None:
        """Have the new version in its folder beside the others, whole. May be done again. Raises ConfigurationError."""

    def unfinished(self) -> list[str]:
        """The packages that are neither installed nor removed: something broke off in their midst."""


class AptPackages:
    """apt and dpkg. While an upgrade is recorded, the packages' own scripts neither turn the link nor restart."""

    def fetch(self) -> list[Path]:
        _apt("update", "--quiet", "--quiet")
        installed = [name for name in _OURS if _status(name).startswith("install ok")]
        if not installed:
            raise ConfigurationError("vBot was not installed by apt here: name the packages' files")
        for old in _ARCHIVES.glob("vbot-*.deb"):
            old.unlink()
        download = ("install", "--yes", "--download-only", *installed)
        files = _files_of(_apt(*download, "--print-uris"))
        if not files:
            raise ConfigurationError("apt offers no other version")
        _apt(*download)
        return files

    def install(self, files: Sequence[Path], unpacked: Path) -> None:
        del unpacked
        _configure_pending()  # what a power cut left half way
        _apt("install", "--yes", "--allow-downgrades", "--reinstall", *map(str, files))

    def unfinished(self) -> list[str]:
        return [name for name, status in _statuses() if not status.endswith(WHOLE) or "reinstreq" in status]


@dataclass(frozen=True, slots=True)
class Staged:
    """`unpacked` is the folder with the new version's environment."""

    version: str
    unpacked: Path
    files: list[Path]


def stage(installation: Installation, files: Sequence[Path]) -> Staged:
    """Unpack the packages beside what runs. Raises ConfigurationError; then nothing of it is left."""
    try:
        return _unpack(installation, files)
    except BaseException:
        discard(installation)
        raise


def _unpack(installation: Installation, files: Sequence[Path]) -> Staged:
    discard(installation)
    packages, root = installation.staging / "packages", installation.staging / "root"
    for folder in (installation.staging, packages, root):
        folder.mkdir()
        folder.chmod(0o755)  # the data folder's owner runs what is in it
    for file in files:
        if not file.is_file():
            raise ConfigurationError(f"there is no file {file}")
        shutil.copy2(file, packages / file.name)
        _run("dpkg-deb", "--extract", str(file), str(root), seconds=UNPACK_SECONDS)
    sync_folder(packages)
    return staged(installation)


def staged(installation: Installation) -> Staged:
    """What was unpacked. Raises ConfigurationError where that is no version, or not all of one."""
    folder = installation.staging / "root/opt/vbot"
    found = [one for one in folder.glob("*") if one.is_dir()]
    if len(found) != 1 or not (found[0] / "bin/vbot").is_file():
        names = ", ".join(sorted(one.name for one in found)) or "none"
        raise ConfigurationError(f"vbot-appliance and vbot-worker-… of one version are needed, found: {names}")
    (unpacked,) = found
    if _has_torch(installation.root / CURRENT) and not _has_torch(unpacked):
        raise ConfigurationError(
            f"name the package vbot-worker-… of {unpacked.name}, too: without it no call is analysed"
        )
    files = sorted((installation.staging / "packages").iterdir())
    return Staged(unpacked.name, unpacked, files)


def discard(installation: Installation) -> None:
    """Remove what was unpacked to be tried."""
    shutil.rmtree(installation.staging, ignore_errors=True)


def _has_torch(environment: Path) -> bool:
    return any(environment.glob("lib/python3*/site-packages/torch/__init__.py"))


def _status(package: str) -> str:
    query = ["dpkg-query", "--show", "--showformat=${Status}", package]
    return subprocess.run(query, capture_output=True, text=True, timeout=60, check=False).stdout


def _statuses() -> list[tuple[str, str]]:
    """Each package of ours that dpkg knows, with its status."""
    query = ["dpkg-query", "--show", "--showformat=${Package}\t${Status}\n", "vbot-*"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=60, check=False)
    return [(name, status) for name, _, status in (line.partition("\t") for line in done.stdout.splitlines())]


def _configure_pending() -> None:
    """dpkg itself does not wait for its lock."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            _run("dpkg", "--configure", "--pending", seconds=APT_SECONDS)
        except ConfigurationError as error:
            if "lock" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(TRY_LOCK_EVERY_SECONDS)
        else:
            return


def _files_of(printed: str) -> list[Path]:
    """Where our packages lie once apt has fetched them: what a folder or a stick offers stays there."""
    ours = [(urlsplit(url), name) for url, name in _PRINTED_URI.findall(printed) if name.startswith("vbot-")]
    return sorted(Path(unquote(url.path)) if url.scheme == "file" else _ARCHIVES / name for url, name in ours)


def _apt(command: str, *arguments: str) -> str:
    waits = ("--option", f"DPkg::Lock::Timeout={LOCK_SECONDS}")
    return _run("apt-get", command, *waits, *arguments, seconds=APT_SECONDS)


def _run(*line: str, seconds: float) -> str:
    """Its output. Raises ConfigurationError in its last words where it fails."""
    try:
        done = subprocess.run(
            line,
            env=os.environ | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"`{' '.join(line)}` does not end well: {error}") from error
    if done.returncode != 0:
        said = [one.strip() for one in (done.stderr or done.stdout).splitlines() if one.strip()]
        raise ConfigurationError(f"`{' '.join(line[:2])} …` fails: {said[-1] if said else 'it did not say why'}")
    return done.stdout
