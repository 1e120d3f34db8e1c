"""The packages that are installed: built by packaging/deb/build of what is committed, and kept for the next run."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from appliance import __version__
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
        return [self._one(name, version, faults) for name in names]

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
        begun, source = folder.with_name(f"{folder.name}.begun"), folder.with_name(f"{folder.name}.source")
        for leftover in (begun, source):
            shutil.rmtree(leftover, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if name == "vbot-worker-cpu" and version != OLD:
            _rename(self._one(name, OLD, ()), version, source, begun)
            begun.rename(folder)
            shutil.rmtree(source)
            return
        checkout = CHECKOUT if (version, faults) == (OLD, ()) else _changed(source, version, faults)
        options = ["--for", self.distribution, "--cache", self.cache / "wheels"]
        if INSTALLED_PACKS.is_dir() and name == "vbot-models-base":
            options += ["--models", INSTALLED_PACKS]
        command = [checkout / "packaging/deb/build", *options, begun, name]
        done = subprocess.run(
            command, env=os.environ | {"PYTHON": sys.executable}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=BUILD_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        begun.rename(folder)
        shutil.rmtree(source, ignore_errors=True)


def _changed(folder: Path, version: str, faults: Sequence[tuple[str, str]]) -> Path:
    """A checkout of our commit with another version and these faults, committed."""
    _git("clone", "--quiet", "--shared", str(CHECKOUT), str(folder))
    for file, pattern in (("pyproject.toml", 'version = "{}"'), ("appliance/__init__.py", '"{}"')):
        path = folder / file
        text = path.read_text()
        assert text.count(pattern.format(OLD)) == 1, file
        path.write_text(text.replace(pattern.format(OLD), pattern.format(version)))
    for file, fault in faults:
        path = folder / "appliance" / file
        path.write_text(versions.with_body_begun(path.read_text(), versions.AFTER[file], fault))
    author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    _git("-C", str(folder), *author, "commit", "--quiet", "--all", "--message", f"Make {version}")
    return folder


def _rename(file: Path, version: str, tree: Path, folder: Path) -> None:
    """The same package as another version of it, unpacked in `tree`: no code of ours is in it."""
    subprocess.run(["dpkg-deb", "--raw-extract", file, tree], check=True, timeout=BUILD_SECONDS)
    (tree / "opt/vbot" / OLD).rename(tree / "opt/vbot" / version)
    for script in (tree / "DEBIAN").iterdir():
        text = script.read_text()
        before, after = (f"opt/vbot/{OLD}/", f"opt/vbot/{version}/") if script.name == "md5sums" else (OLD, version)
        script.write_text(text.replace(before, after))
    folder.mkdir()
    target = folder / file.name.replace(f"_{OLD}+", f"_{version}+")
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, target]
    subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS)


def distribution_for(suite: str) -> str:
    """Whose packages are installed there: its own; Debian 12's where pip sees a CPU build of torch for those alone."""
    return next((one for one in (suite, "bookworm") if _has_torch(_PYTHONS[one])), suite)


def python_of(distribution: str) -> str:
    """The minor version of its own Python."""
    return _PYTHONS[distribution]


def _has_torch(python: str) -> bool:
    builds = _torch_build()
    seen = builds.visible("--python-version", python, "--only-binary=:all:")
    return any(builds.in_range(one) and builds.is_cpu(one) for one in seen)


def _torch_build() -> ModuleType:
    """A program beside the packages' build; a folder `packaging` with an `__init__` would hide PyPI's module."""
    found = importlib.util.spec_from_file_location("torch_build", CHECKOUT / "packaging/torch_build.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _git(*arguments: str) -> str:
    line = ["git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=True, timeout=120).stdout.strip()
