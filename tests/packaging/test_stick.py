"""The stick: what is on it is signed as a whole, and install.sh takes nothing else; it verifies as a bare Debian can.

It ends before anything is installed, for the folder has nothing for this system; deb/test_bare_system.py installs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gpg_agent import start_agent

CHECKOUT = Path(__file__).parents[2]
NEEDED = ("gpg", "gpg-agent", "gpgconf", "gpgv", "dpkg-deb")
# Of what install.sh calls before it installs; beside the one that verifies.
TOOLS = [
    "sh",
    "sed",
    "sort",
    "comm",
    "find",
    "sha256sum",
    "tail",
    "head",
    "tr",
    "id",
    "mktemp",
    "rm",
    "dirname",
    "grep",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="install.sh is root's"),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"{', '.join(NEEDED)} are not all installed"),
]


def run(*command: str | Path, path: str | Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    known = os.environ | ({"PATH": str(path)} if path is not None else {}) | environment
    return subprocess.run(
        command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    start_agent(home)
    for name in ("test@vbot", "other@vbot"):
        made = run(
            "gpg", "--batch", "--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", GNUPGHOME=str(home)
        )
        assert made.returncode == 0, made.stderr
    yield str(home)
    run("gpgconf", "--kill", "all", GNUPGHOME=str(home))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, gnupg: str) -> Path:
    """As packaging/release leaves it, with one package that is for every distribution."""
    folder, work = tmp_path_factory.mktemp("release"), tmp_path_factory.mktemp("package")
    (work / "DEBIAN").mkdir()
    (work / "DEBIAN/control").write_text(
        "Package: vbot-appliance\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.example>\nDescription: a test\n"
    )
    pool = folder / "apt/pool/any"
    pool.mkdir(parents=True)
    assert run("dpkg-deb", "--build", work, pool / "vbot-appliance_1_all.deb").returncode == 0
    exported = run(
        "gpg", "--batch", "--output", folder / "apt/vbot-archive-keyring.gpg", "--export", "test@vbot", GNUPGHOME=gnupg
    )
    assert exported.returncode == 0, exported.stderr
    return folder


def make_stick(release: Path, stick: Path, gnupg: str, key: str = "test@vbot") -> subprocess.CompletedProcess[str]:
    return run(CHECKOUT / "packaging/release", "--apt-key", key, "--stick", stick, release, GNUPGHOME=gnupg)


@pytest.fixture
def stick(release: Path, tmp_path: Path, gnupg: str) -> Path:
    done = make_stick(release, tmp_path / "stick", gnupg)
    assert done.returncode == 0, done.stderr
    return tmp_path / "stick"


@pytest.fixture(scope="module")
def fingerprint(gnupg: str) -> str:
    shown = run("gpg", "--batch", "--with-colons", "--fingerprint", "test@vbot", GNUPGHOME=gnupg).stdout
    return re.findall(r"^fpr:+([0-9A-F]{40}):", shown, re.MULTILINE)[0]


@pytest.fixture(params=["gpgv", "sqv"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the programs of a bare system are: Debian 13 verifies with sqv, Ubuntu with gpgv."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in (*TOOLS, request.param):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def installed(stick: Path, path: Path, *arguments: str) -> str:
    """What install.sh says; it must not get as far as to install."""
    done = run("sh", stick / "install.sh", *arguments, path=path)
    assert done.returncode == 1, done.stderr
    return done.stderr


def test_what_is_as_it_was_signed_is_taken_and_whose_key_it_was_is_said(
    stick: Path, path: Path, fingerprint: str
) -> None:
    assert f"signed by {fingerprint}: compare that" in installed(stick, path)
    spaced = " ".join(re.findall("....", fingerprint)).lower()
    said = installed(stick, path, "--signed-by", spaced)
    assert f"signed by {fingerprint}, as you said" in said
    assert "this folder has nothing for" in said


CHANGES = {
    "a package": ("vbot/apt/pool/any/vbot-appliance_1_all.deb", "the folder is damaged"),
    "what installs": ("install.sh", "the folder is damaged"),
    "a package more": ("vbot/apt/pool/any/vbot-appliance_2_all.deb", "is not among what was signed"),
    "a package of the distribution": ("distribution/trixie/libc6_1.deb", "is not among what was signed"),
    "the sums": ("SHA256SUMS", "its signature is none of"),
    "the signature": ("SHA256SUMS.gpg", "its signature is none of"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_touched_is_refused_before_anything_is_installed(stick: Path, path: Path, change: str) -> None:
    name, said = CHANGES[change]
    touched = stick / name
    touched.parent.mkdir(parents=True, exist_ok=True)
    with touched.open("ab") as file:
        file.write(b"\n")
    assert said in installed(stick, path)


def test_what_another_key_has_signed_is_refused(release: Path, stick: Path, path: Path, gnupg: str) -> None:
    again = ("--batch", "--yes", "--local-user", "other@vbot", "--detach-sign", "--output")
    assert run("gpg", *again, stick / "SHA256SUMS.gpg", stick / "SHA256SUMS", GNUPGHOME=gnupg).returncode == 0
    assert "its signature is none of" in installed(stick, path)
    assert make_stick(release, stick.with_name("second"), gnupg, "other@vbot").returncode == 1


def test_who_names_another_key_installs_nothing(stick: Path, path: Path, fingerprint: str) -> None:
    said = installed(stick, path, "--signed-by", "AB" * 20)
    assert f"it was signed by {fingerprint}, and not by {'AB' * 20}" in said
