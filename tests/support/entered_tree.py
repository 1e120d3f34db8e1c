"""A bare system that is entered and not booted: what is written lies in a folder of its own, above the tree."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 1800

# $1 the tree, $2 a folder of ours: of that `shared` is /mnt there. The network and X11's screens are this machine's.
_ENTER = """
set -eu
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --bind /dev "$2/root/dev"
mount --bind "$2/shared" "$2/root/mnt"
mkdir -p "$2/root/tmp/.X11-unix"
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$2/root/tmp/.X11-unix"; fi
exec chroot "$2/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive sh -euc "$3"
"""


@dataclass(frozen=True)
class EnteredTree:
    """`folder` is ours; what is in `folder/shared` is seen in /mnt."""

    tree: Path
    folder: Path

    def __post_init__(self) -> None:
        for part in ("upper", "work", "root", "shared"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    @property
    def shared(self) -> Path:
        return self.folder / "shared"

    def run(self, script: str) -> str:
        """What it says, by root there; it has to succeed."""
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", _ENTER, "sh", self.tree, self.folder, script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout
