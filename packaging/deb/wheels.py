"""The libraries of a package: for one minor version of Python, the wheels that packaging/locks/ has the hashes of.

pip fetches them (under its own settings: mirror, proxy, a folder of wheels) and unpacks them as that Python's
site-packages, whichever Python it runs under itself. Nothing is built: what has no wheel for that Python
ends the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

# The C library that a wheel may have been built against: glibc 2.17 to 2.36, as every supported distribution has it.
_PLATFORMS = [*(f"manylinux_2_{minor}_x86_64" for minor in range(36, 4, -1)), "manylinux2014_x86_64"]
_PLATFORMS += ["manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]
_ENTRY = re.compile(r"^(?P<requirement>[^\s#][^\\\n]*?) \\\n(?P<hashes>(?: +--hash=[^\n]*\n)+)", re.MULTILINE)

# The oldest that a distribution has: Debian 12, Ubuntu 24.04, Debian 13. Markers tell apart what came later.
FULL_VERSIONS = {"3.11": "3.11.2", "3.12": "3.12.3", "3.13": "3.13.5"}


@dataclass(frozen=True)
class Target:
    """The Python that the libraries are for."""

    python: str
    """Its minor version: 3.13."""

    @property
    def site_packages(self) -> str:
        """Where it looks for them, below the root of its virtual environment."""
        return f"lib/python{self.python}/site-packages"

    @property
    def options(self) -> list[str]:
        """What makes pip act as if it ran under that Python."""
        platforms = [word for platform in _PLATFORMS for word in ("--platform", platform)]
        return ["--python-version", self.python, "--implementation", "cp", *platforms, "--only-binary=:all:"]

    @property
    def markers(self) -> dict[str, str]:
        """What a marker is held against; pip itself would hold it against the Python that it runs under."""
        return {
            "python_version": self.python,
            "python_full_version": FULL_VERSIONS[self.python],
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
        }


def locked(locks: Iterable[Path], target: Target, *, without: Iterable[Path] = ()) -> str:
    """Those requirements of some locks that hold for this Python, with their hashes and without their markers.

    What other locks have is left out, since another package brings it.
    """
    brought = {wanted.name for wanted, _ in _holding(without, target)}
    return "".join(
        f"{wanted.name}{wanted.specifier} \\\n{hashes}"
        for wanted, hashes in _holding(locks, target)
        if wanted.name not in brought
    )


def _holding(locks: Iterable[Path], target: Target) -> Iterator[tuple[Requirement, str]]:
    for lock in locks:
        for entry in _ENTRY.finditer(lock.read_text()):
            wanted = Requirement(entry["requirement"])
            if wanted.marker is None or wanted.marker.evaluate(target.markers):
                yield wanted, entry["hashes"]


def fetch(requirements: Path, folder: Path, target: Target, *options: str) -> None:
    """Download the wheels of a file of requirements. Raises CalledProcessError, after pip has said why."""
    pip(
        "download",
        "--no-deps",
        "--require-hashes",
        *target.options,
        *options,
        "--dest",
        str(folder),
        "-r",
        str(requirements),
    )


def unpack(requirements: Path, wheels: Path, tree: Path, target: Target) -> None:
    """Make what was downloaded the site-packages of the tree, without scripts and without bytecode.

    The scripts would begin with the path of this machine's Python; bytecode is made where the package is installed.
    """
    site_packages = tree / target.site_packages
    places = ["--no-index", "--find-links", str(wheels), "--target", str(site_packages), "-r", str(requirements)]
    pip("install", "--no-deps", "--no-compile", *target.options, *places)
    for beside in ("bin", "share", "include"):
        shutil.rmtree(site_packages / beside, ignore_errors=True)


def pip(command: str, *arguments: str) -> None:
    """Run this Python's pip. Raises CalledProcessError, after pip has said why."""
    subprocess.run(_line(command, *arguments), stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True)


def pip_answer(command: str, *arguments: str) -> str:
    """What this Python's pip prints. Raises CalledProcessError, after pip has said why."""
    line = _line(command, *arguments)
    return subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout


def _line(command: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments]
