"""The packages that are installed: built by packaging/deb/build of what is committed, and kept for the next run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance import __version__
from tests.nspawn import first_release
from tests.nspawn.cache_lock import alone_in
from tests.support import versions

CHECKOUT = Path(__file__).parents[2]
OLD, NEW = __version__, "99.0.0"
BUILD_SECONDS = 3600.0
# What a package is made of: what else is committed does not change it.
_SOURCES = {
    "vbot-appliance": ("appliance", "engine", "admin_gui", "systemd", "packaging/deb", "packaging/locks"),
    "vbot-worker-cpu": ("packaging/deb", "packaging/locks", "packaging/constraints.txt"),
    "vbot-models-base": ("packaging/deb", "engine/models"),
}
_PYTHONS = {"bookworm": "3.11", "noble": "3.12", "trixie": "3.13"}
INSTALLED_PACKS = Path("/var/lib/vbot-models")


@dataclass(frozen=True)
class Packages:
    """Where they are kept, and for which distribution's Python they are."""

    cache: Path
    distribution: str

    def of(self, *names: str, version: str = OLD, faults: Sequence[tuple[str, str]] = ()) -> list[Path]:
        """The files of these packages in this version, whose source has these faults (tests/support/versions.py)."""
        with alone_in(self.cache):
            return [self._one(name, version, faults) for name in names]

    def of_first_release(self) -> list[Path]:
        """A vbot-appliance of it; worker and models are today's."""
        with alone_in(self.cache):
            folder = self._first_release()
        more = [*self.of("vbot-worker-cpu", version=versions.FIRST_RELEASE), *self.of("vbot-models-base")]
        return [*folder.glob("*.deb"), *more]

    def _first_release(self) -> Path:
        today, version = self._one("vbot-appliance", OLD, ()), versions.FIRST_RELEASE
        made_of = today.parent.name, hashlib.sha256(versions.FIRST_RELEASES_SOURCE.read_bytes()).hexdigest()
        key = hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]
        folder = self.cache / "packages" / f"first-release-{key}"
        if not folder.exists():
            begun, tree = folder.with_name(f"{folder.name}.begun"), folder.with_name(f"{folder.name}.tree")
            for leftover in (begun, tree, *folder.parent.glob("first-release-*")):
                shutil.rmtree(leftover, ignore_errors=True)
            first_release.put_into(_unpack_as(today, version, tree), tree)
            _pack(tree, begun / today.name.replace(f"_{OLD}+", f"_{version}+"))
            shutil.rmtree(tree)
            begun.rename(folder)
        return folder

    def _one(self, name: str, version: str, faults: Sequence[tuple[str, str]]) -> Path:
        made_of = [_git("rev-parse", f"HEAD:{source}") for source in _SOURCES[name]]
        key = hashlib.sha256(repr((made_of, version, list(faults), self.distribution)).encode()).hexdigest()[:12]
        folder = self.cache / "packages" / f"{name}-{version}-{key}"
        if not folder.exists():
            self._build(name, version, faults, folder)
        (file,) = folder.glob("*.deb")
        return file

    def _build(self, name: str, version: str, faults: Sequence[tuple[str, str]], folder: Path) -> None:
        for outdated in folder.parent.glob(f"{name}-{version}-*"):
            if name != "vbot-appliance":  # hundreds of megabytes each
                shutil.rmtree(outdated)
        begun, tree = folder.with_name(f"{folder.name}.begun"), folder.with_name(f"{folder.name}.tree")
        for leftover in (begun, tree):
            shutil.rmtree(leftover, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if version == OLD:
            self._build_this(name, begun)
        else:
            _make_another(self._one(name, OLD, ()), version, faults, tree, begun)
            shutil.rmtree(tree)
        begun.rename(folder)

    def _build_this(self, name: str, folder: Path) -> None:
        packs = ["--models", INSTALLED_PACKS] if name == "vbot-models-base" and INSTALLED_PACKS.is_dir() else []
        options = ["--for", self.distribution, "--cache", self.cache / "wheels", *packs]
        command = [str(word) for word in (CHECKOUT / "packaging/deb/build", *options, folder, name)]
        done = subprocess.run(
            command, env=os.environ | {"PYTHON": sys.executable}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=BUILD_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]


def _make_another(file: Path, version: str, faults: Sequence[tuple[str, str]], tree: Path, folder: Path) -> None:
    """The same package as another version of it, whose source has these faults; unpacked in `tree`."""
    for program in _unpack_as(file, version, tree).glob("lib/python3*/site-packages/appliance"):
        about = program / "__init__.py"
        about.write_text(about.read_text().replace(f'"{OLD}"', f'"{version}"'))
        for name, fault in faults:
            path = program / name
            whole = name not in versions.AFTER  # a migration more
            path.write_text(fault if whole else versions.with_body_begun(path.read_text(), versions.AFTER[name], fault))
        _sum_again(tree, [about, *(program / name for name, _ in faults)])
    _pack(tree, folder / file.name.replace(f"_{OLD}+", f"_{version}+"))


def _unpack_as(file: Path, version: str, tree: Path) -> Path:
    """Have the package in `tree`, called another version; the folder of that."""
    subprocess.run(["dpkg-deb", "--raw-extract", file, tree], check=True, timeout=BUILD_SECONDS)
    home = tree / "opt/vbot" / version
    (tree / "opt/vbot" / OLD).rename(home)
    for script in (tree / "DEBIAN").iterdir():
        text = script.read_text()
        before, after = (f"opt/vbot/{OLD}/", f"opt/vbot/{version}/") if script.name == "md5sums" else (OLD, version)
        script.write_text(text.replace(before, after))
    return home


def _pack(tree: Path, target: Path) -> None:
    target.parent.mkdir()
    # Not compressed: it is there for a moment, and a worker's libraries are gigabytes.
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS)


def _sum_again(tree: Path, changed: list[Path]) -> None:
    """What dpkg compares changed files with."""
    sums = tree / "DEBIAN/md5sums"
    lines = {name: digest for digest, name in (line.split("  ", 1) for line in sums.read_text().splitlines())}
    for path in changed:
        lines[path.relative_to(tree).as_posix()] = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    sums.write_text("".join(f"{digest}  {name}\n" for name, digest in lines.items()))


def distribution_for(suite: str) -> str:
    """Whose packages are installed there: its own; Debian 12's where a CPU build of torch is locked for those alone."""
    return next((one for one in (suite, "bookworm") if _has_torch(_PYTHONS[one])), suite)


def python_of(distribution: str) -> str:
    """The minor version of its own Python."""
    return _PYTHONS[distribution]


def _has_torch(python: str) -> bool:
    return f"; python_version == '{python}'" in (CHECKOUT / "packaging/locks/torch-cpu.txt").read_text()


def _git(*arguments: str) -> str:
    line = ["git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=True, timeout=120).stdout.strip()
