"""This machine's own system as a tree to install into: what is written there lies in memory, and is gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# An overlay in a mount namespace of its own, so nothing stays mounted. No service manager runs there.
_ENTER = """
set -eu
mount -t tmpfs -o size=6g tmpfs "$1"
cd "$1"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
rm -rf root/var/lib/vbot root/etc/vbot root/opt/vbot root/usr/local/bin/vbot
mount -t proc proc root/proc
mount --bind /dev root/dev
mount -t tmpfs tmpfs root/run
# Somebody may be installing something here at this moment.
chroot root dpkg --configure -a >/dev/null 2>&1 || true
mkdir -p root/run/packages
mount --bind "$2" root/run/packages
exec chroot root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive sh -euc "$3"
"""


def run(folder: Path, packages: Path, script: str) -> str:
    """What a shell script writes there as root; /run/packages is the folder of packages. AssertionError if it fails."""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", _ENTER, "sh", folder, packages, script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def why_not(folder: Path) -> str | None:
    """Why this machine cannot be such a tree; None where it can."""
    if os.geteuid() != 0:
        return "only root can install packages"
    if shutil.which("unshare") is None or shutil.which("apt-get") is None or not Path("/usr/bin/python3.13").exists():
        return "this is no Debian 13 with its own Python"
    try:
        run(folder, folder, "true")
    except AssertionError as error:
        return f"no overlay can be mounted here: {str(error)[-200:]}"
    return None
