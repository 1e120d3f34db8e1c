"""Where the files of each package lie on the box."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import documents
import wheels
from plan import CHECKOUT, HERE, LOCKS, Plan
from tree import executable, write

LayOut = Callable[[Plan, Path, Path], None]
"""Of the plan, a folder with the package's own files, where what it writes is not installed by itself, and the tree."""

# What a call is analysed with where nobody chose anything else; packaging/quickstart installs the same.
BASE_PACKS = ("whisper-base", "all-MiniLM-L6-v2", "ge2e-voices", "smollm2-135m")


@dataclass(frozen=True)
class Package:
    """One Debian package."""

    folder: str
    """Beside this file: nfpm.yaml, scripts, lintian's overrides."""
    lay_out: LayOut
    licences: str
    """Where those of what others made are."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What stands between two @ in its files, beside what holds for every package."""


def lay_out_appliance(plan: Plan, work: Path, root: Path) -> None:
    """The program in a virtual environment of its own, the command, units, users, manual."""
    home = root / "opt/vbot" / plan.version
    _environment(plan, home)
    _install(plan, "base", wheels.locked((LOCKS / "base.txt", HERE / "pip.txt"), plan.target), home)
    site_packages = home / plan.target.site_packages
    # By its name: pip would note where a file was taken from.
    own = ["--no-index", "--no-deps", "--no-compile", "--find-links", str(plan.wheel.parent), "vbot-appliance"]
    wheels.pip("install", *own, "--target", str(site_packages))
    shutil.rmtree(site_packages / "bin")
    shutil.move(site_packages / "share", home / "share")  # as in an environment that pip installs into
    # -P: nothing is imported from the folder that one stands in.
    executable(home / "bin/vbot", '#!/bin/sh\nexec "${0%/*}/python" -P -m appliance.cli "$@"\n')
    executable(root / "usr/bin/vbot", '#!/bin/sh\nexec /opt/vbot/current/bin/vbot "$@"\n')
    for unit in [*(CHECKOUT / "systemd").glob("*.service"), CHECKOUT / "systemd/vbot.target"]:
        write(root / "usr/lib/systemd/system" / unit.name, unit.read_text())
    for drop_in in (CHECKOUT / "systemd").glob("*.service.d/*.conf"):
        write(root / "usr/lib/systemd/system" / drop_in.parent.name / drop_in.name, drop_in.read_text())
    for kind in ("sysusers", "tmpfiles"):
        write(root / f"usr/lib/{kind}.d/vbot.conf", (CHECKOUT / f"systemd/vbot.{kind}.conf").read_text())
    shutil.copy(CHECKOUT / "systemd/vbot.toml", work / "vbot.toml")
    documents.main([str(root)])


def lay_out_worker(plan: Plan, _work: Path, root: Path, *, device: str) -> None:
    """What a worker needs beside the appliance's libraries, in the same environment."""
    home = root / "opt/vbot" / plan.version
    base = (LOCKS / "base.txt", HERE / "pip.txt")
    torch = wheels.locked((LOCKS / f"torch-{device}.txt",), plan.target)
    if not torch:
        raise SystemExit(
            f"build: packaging/locks/torch-{device}.txt has no torch for Python {plan.target.python}; packaging/lock "
            'writes one there that pip sees: README.md of the checkout, "The small CPU build of torch"'
        )
    _install(plan, f"worker-{device}", wheels.locked((LOCKS / "worker.txt",), plan.target, without=base) + torch, home)


def lay_out_models(plan: Plan, _work: Path, root: Path) -> None:
    """The packs that a worker takes by itself, each verified; those of the folder that was named, or fetched now."""
    store = plan.models or plan.cache / "models"
    names = [name for name in BASE_PACKS if plan.models is None or (plan.models / name).is_dir()]
    known = os.environ | {"VBOT_MODELS_DIR": str(store), "PYTHONPATH": str(CHECKOUT)}
    for command in ("verify",) if plan.models else ("install", "verify"):
        line = [sys.executable, "-m", "appliance.cli", "models", command, *names]
        subprocess.run(line, env=known, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True)
    when = datetime.fromtimestamp(plan.date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in names:
        pack = root / "var/lib/vbot-models" / name
        # The stamp of its last verification is about the files of this machine.
        shutil.copytree(store / name, pack, ignore=shutil.ignore_patterns(".verified.json"))
        manifest = pack / "pack.json"
        manifest.write_text(re.sub(r'("installed_at": )"[^"]*"', rf'\1"{when}"', manifest.read_text()))


def lay_out_admin(plan: Plan, work: Path, root: Path) -> None:
    """PyInstaller's folder, whole, with a menu entry and an icon."""
    if plan.bundle is None or not (plan.bundle / "vbot-admin").is_file():
        raise SystemExit("build: vbot-admin needs --bundle FOLDER, which packaging/pyinstaller/ makes")
    shutil.copytree(plan.bundle, root / "opt/vbot-admin", symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/vbot-admin").symlink_to("/opt/vbot-admin/vbot-admin")
    documents.write_admin_page(root)
    write(root / "usr/share/applications/vbot-admin.desktop", (work / "vbot-admin.desktop").read_text())
    write(root / "usr/share/icons/hicolor/scalable/apps/vbot-admin.svg", (work / "vbot-admin.svg").read_text())


def _environment(plan: Plan, home: Path) -> None:
    """What `python3 -m venv` makes, but for the activation scripts: the distribution's own Python."""
    python = plan.target.python
    write(home / "pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n")
    (home / "bin").mkdir()
    (home / "bin/python").symlink_to(f"/usr/bin/python{python}")
    for name in ("python3", f"python{python}"):
        (home / "bin" / name).symlink_to("python")


def _install(plan: Plan, name: str, requirements: str, home: Path) -> None:
    """Some requirements, each with its hashes, as this Python's libraries."""
    cache = plan.cache / f"{name}-{plan.target.python}"
    cache.mkdir(parents=True, exist_ok=True)
    listed = cache / "requirements.txt"
    listed.write_text(requirements)
    wheels.fetch(listed, cache, plan.target, "--find-links", str(cache))
    wheels.unpack(listed, cache, home, plan.target)


_WHEELS = "Each library has its licence beside it, in the folders\n *.dist-info below /opt/vbot."
_PACKS = "Each model pack names its licence and where it comes from\n in its pack.json."
_QT = "Qt and PySide6 are under the LGPL 3:\n their libraries, in /opt/vbot-admin/_internal, can be replaced."


def _worker(device: str) -> Package:
    torch = {"cpu": "any processor", "cuda": "NVIDIA GPUs"}[device]
    other = {"cpu": "vbot-worker-cuda", "cuda": "vbot-worker-cpu"}[device]
    lay_out = functools.partial(lay_out_worker, device=device)
    return Package("vbot-worker", lay_out, _WHEELS, {"DEVICE": device, "HARDWARE": torch, "OTHER": other})


PACKAGES = {
    "vbot-appliance": Package("vbot-appliance", lay_out_appliance, _WHEELS),
    "vbot-worker-cpu": _worker("cpu"),
    "vbot-worker-cuda": _worker("cuda"),
    "vbot-models-base": Package("vbot-models-base", lay_out_models, _PACKS),
    "vbot-admin": Package("vbot-admin", lay_out_admin, _QT),
}
