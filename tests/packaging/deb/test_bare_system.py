"""Bare systems, as debootstrap makes them, without any network: the stick installs, and the appliance is set up.

No service manager runs there; a boot is for the tests marked `nspawn` elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
SECONDS = 1800
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


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


@pytest.mark.parametrize("suite", SOURCES)
def test_the_stick_sets_a_bare_system_up_without_any_network(suite: str, tmp_path: Path) -> None:
    mirror, keyring = SOURCES[suite]
    if not keyring.exists():
        pytest.skip(f"{keyring} is not there: apt-get install ubuntu-keyring")
    release, stick, tree = tmp_path / "release", tmp_path / "stick", tmp_path / "tree"
    pool = release / "apt/pool" / suite
    run(CHECKOUT / "packaging/deb/build", "--for", suite, pool, "vbot-appliance", PYTHON=sys.executable)
    gnupg = str(tmp_path / "gpg")
    (tmp_path / "gpg").mkdir(mode=0o700)
    run("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "test@vbot", "ed25519", "sign", GNUPGHOME=gnupg)
    repository = (sys.executable, CHECKOUT / "packaging/deb/repository.py", "--key", "test@vbot", release / "apt")
    run(*repository, GNUPGHOME=gnupg, SOURCE_DATE_EPOCH="1")
    try:
        run(CHECKOUT / "packaging/release", "--apt-key", "test@vbot", "--stick", stick, release, GNUPGHOME=gnupg)
    finally:
        run("gpgconf", "--kill", "all", GNUPGHOME=gnupg)
    script = "/usr/share/debootstrap/scripts/gutsy" if suite == "noble" else ""
    run("debootstrap", "--variant=minbase", f"--keyring={keyring}", suite, tree, mirror, *filter(None, [script]))

    state = """
        stat -c '%U %a' /var/lib/vbot /var/lib/vbot/first-boot.txt
        readlink /opt/vbot/current /etc/systemd/system/multi-user.target.wants/vbot.target
        vbot --version
        dpkg --verify vbot-appliance
        vbot certificate show
    """
    said = run("unshare", "--mount", "--net", "sh", "-c", _ENTER, "sh", tree, stick, f"sh /mnt/install.sh; {state}")
    assert re.search(r"^The certificate's SHA-256: ([0-9A-F]{2}:?){32}$", said, re.MULTILINE), said
    assert "vbot 700\nvbot 600\n1." in said
    assert "/usr/lib/systemd/system/vbot.target\nvbot 1." in said
