"""Bare systems, as debootstrap makes them, without any network: the stick installs, and the appliance is set up.

No service manager runs there; a boot is for the tests marked `nspawn` elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.stick import CHECKOUT, SECONDS, make_stick, said

UBUNTU_KEYRING = Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg")
SOURCES = {
    "trixie": ("http://deb.debian.org/debian", Path("/usr/share/keyrings/debian-archive-keyring.gpg")),
    "noble": ("http://archive.ubuntu.com/ubuntu", UBUNTU_KEYRING),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.nspawn,
    pytest.mark.timeout(2 * SECONDS),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make and enter a tree"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
    pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="packages are built of what is committed"),
]

# Mounts end with the namespace, and there is no network in it but a loopback that is down.
_ENTER = """
set -eu
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
mkdir -p "$1/mnt"
mount --bind "$2" "$1/mnt"
exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive sh -euc "$3"
"""


@pytest.mark.parametrize("suite", SOURCES)
def test_the_stick_sets_a_bare_system_up_without_any_network(suite: str, tmp_path: Path) -> None:
    mirror, keyring = SOURCES[suite]
    if not keyring.exists():
        pytest.skip(f"{keyring} is not there: apt-get install ubuntu-keyring")
    pool, tree = tmp_path / "pool", tmp_path / "tree"
    said(CHECKOUT / "packaging/deb/build", "--for", suite, pool, "vbot-appliance", PYTHON=sys.executable)
    stick = make_stick(tmp_path, {suite: [*pool.glob("*.deb")]})
    script = "/usr/share/debootstrap/scripts/gutsy" if suite == "noble" else ""
    said("debootstrap", "--variant=minbase", f"--keyring={keyring}", suite, tree, mirror, *filter(None, [script]))

    state = """
        stat -c '%U %a' /var/lib/vbot /var/lib/vbot/first-boot.txt
        readlink /opt/vbot/current /etc/systemd/system/multi-user.target.wants/vbot.target
        vbot --version
        dpkg --verify vbot-appliance
        vbot certificate show
    """
    told = said("unshare", "--mount", "--net", "sh", "-c", _ENTER, "sh", tree, stick, f"sh /mnt/install.sh; {state}")
    assert re.search(r"^The certificate's SHA-256: ([0-9A-F]{2}:?){32}$", told, re.MULTILINE), told
    assert "vbot 700\nvbot 600\n1." in told
    assert "/usr/lib/systemd/system/vbot.target\nvbot 1." in told
