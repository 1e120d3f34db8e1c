"""Trees that containers see: a bare system, and the same after the packages were installed. Kept for the next run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.nspawn.cache_lock import alone_in
from tests.nspawn.packages import python_of

DEBIAN = ("http://deb.debian.org/debian", Path("/usr/share/keyrings/debian-archive-keyring.gpg"))
UBUNTU = ("http://archive.ubuntu.com/ubuntu", Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg"))
MIRRORS = {"trixie": DEBIAN, "noble": UBUNTU}
SECONDS = 3600.0
# What a minimal installation of a server has, and what the packages depend on: no container has a network.
_SERVICE_MANAGER = "systemd,systemd-sysv,dbus"
_INCLUDED = f"{_SERVICE_MANAGER},ca-certificates,debconf,init-system-helpers,media-types,procps,libstdc++6"

# As the packages' Python where the suite has none of that version.
_ADD_PYTHON = """
set -eu
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \\
    DEBIAN_FRONTEND=noninteractive sh -euc "$2"
"""
_OF_BOOKWORM = """
    list=/etc/apt/sources.list.d/bookworm.list key=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$key] http://deb.debian.org/debian bookworm main" >$list
    apt-get update --quiet --quiet
    apt-get install --yes --quiet --no-install-recommends python3.11
    rm $list
"""


class NoTree(Exception):
    """There is none; the words say why."""


def bare(cache: Path, suite: str, distribution: str) -> Path:
    """A tree as debootstrap makes it, with that distribution's Python. Raises NoTree where no mirror serves it."""
    tree = cache / "trees" / f"{suite}-python{python_of(distribution)}"
    with alone_in(cache):
        if not tree.exists():
            _make_bare(tree, suite, distribution)
    return tree


def minimal(cache: Path, suite: str) -> Path:
    """A tree with a service manager and nothing else that we need: what a stick has to do with. Raises NoTree."""
    tree = cache / "trees" / f"{suite}-minimal"
    with alone_in(cache):
        if not tree.exists():
            begun = _bootstrap(tree, suite, _SERVICE_MANAGER)
            begun.rename(tree)
    return tree


def _make_bare(tree: Path, suite: str, distribution: str) -> None:
    included = _INCLUDED if distribution == "bookworm" else f"{_INCLUDED},python{python_of(distribution)}"
    begun = _bootstrap(tree, suite, included)
    if suite != "bookworm" and distribution == "bookworm":
        _run("unshare", "--mount", "sh", "-c", _ADD_PYTHON, "sh", begun, _OF_BOOKWORM)
    # Nothing that apt could wish for but cannot fetch.
    for left in ("var/lib/apt/lists", "var/cache/apt"):
        shutil.rmtree(begun / left, ignore_errors=True)
    for folder in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
        (begun / folder).mkdir(parents=True)
    begun.rename(tree)


def _bootstrap(tree: Path, suite: str, included: str) -> Path:
    """Where it is until it is whole."""
    begun = tree.with_name(f"{tree.name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.parent.mkdir(parents=True, exist_ok=True)
    mirror, keyring = MIRRORS[suite]
    if not keyring.exists():
        raise NoTree(f"{keyring} is not there: apt-get install ubuntu-keyring")
    script = ["/usr/share/debootstrap/scripts/gutsy"] if mirror == UBUNTU[0] else []
    _run(
        "debootstrap",
        "--variant=minbase",
        f"--include={included}",
        f"--keyring={keyring}",
        suite,
        begun,
        mirror,
        *script,
    )
    return begun


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise NoTree(f"{command[0]} of {command[-1]}: {done.stdout[-500:]}")
