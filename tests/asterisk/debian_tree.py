"""A Debian sid with an Asterisk in it: Debian 13 has none. Made once by debootstrap, and kept for later runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
# sip-tester is sipp, a telephone of which each message is written down; faketime is the hour that nobody waits for.
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm", "sip-tester", "faketime", "python3")
# Part of its name: whoever changes the list gets a new tree.
EDITION = "asterisk-sid-1"
SECONDS = 1800

# Nothing is started while packages are installed: there is no service manager, and ports are the host's.
_INSTALL = """
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# A mirror's copy may be weeks old, or this clock wrong: it is signed all the same.
apt-get -qq -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false update
apt-get -qq -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false -o APT::Install-Suggests=false install -y "$@"
apt-get clean
rm -rf /var/lib/apt/lists/*
"""


def why_not() -> str | None:
    """Why this machine cannot have one; None where it can."""
    if os.geteuid() != 0:
        return "only root can make and enter a tree"
    for program in ("debootstrap", "unshare", "nsenter"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return None


def asterisk_tree() -> Path:
    """The tree, made where it is not there yet: minutes, 800 MB. AssertionError with what was said where that fails."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vbot-tests"
    folder.mkdir(parents=True, exist_ok=True)
    tree = folder / EDITION
    with (folder / f"{EDITION}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not tree.is_dir():
            unfinished = folder / f"{EDITION}.part"
            if unfinished.exists():
                shutil.rmtree(unfinished)
            _run("debootstrap", "--variant=minbase", "--include=ca-certificates", "sid", str(unfinished), MIRROR)
            _install_packages(unfinished)
            unfinished.rename(tree)
    return tree


# Mounts end with the namespace, whatever becomes of us.
_ENTER = """
tree=$1 script=$2
shift 2
mount -t proc proc "$tree/proc"
mount --bind /dev "$tree/dev"
exec chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive sh -euc "$script" sh "$@"
"""


def _install_packages(tree: Path) -> None:
    enter = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", _ENTER, "sh")
    _run(*enter, str(tree), _INSTALL, *PACKAGES)


def _run(*command: str) -> None:
    done = subprocess.run(
        ["nice", "-n", "15", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-4000:]}"
