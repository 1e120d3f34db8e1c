"""The apt repository: apt itself takes packages from it, and refuses what somebody has changed since it was signed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gpg_agent import start_agent

CHECKOUT = Path(__file__).parents[3]
PROGRAM = CHECKOUT / "packaging/deb/repository.py"
TOOLS = ("gpg", "gpg-agent", "apt-get", "dpkg-deb")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)), reason=f"{', '.join(TOOLS)} are not all installed: this is no Debian"
    ),
]


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = os.environ | {"SOURCE_DATE_EPOCH": "1764547200"} | environment
    return subprocess.run(
        command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gpg with one key, for tests alone; its agent is gone afterwards."""
    # An agent's socket may have 107 bytes: not below pytest's long names.
    home = tmp_path_factory.getbasetemp() / "gpg"
    home.mkdir(mode=0o700)
    start_agent(home)
    made = run(
        "gpg", "--batch", "--passphrase", "", "--quick-gen-key", "test@vbot", "ed25519", "sign", GNUPGHOME=str(home)
    )
    assert made.returncode == 0, made.stderr
    yield str(home)
    run("gpgconf", "--kill", "all", GNUPGHOME=str(home))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, gnupg: str) -> Path:
    """One with vbot-post, which is built in a moment, for every distribution."""
    root = tmp_path_factory.mktemp("repository")
    (root / "pool/trixie").mkdir(parents=True)
    built = run(CHECKOUT / "packaging/pbx/build", root / "pool/any")
    assert built.returncode == 0, built.stderr
    made = run(sys.executable, PROGRAM, "--key", "test@vbot", root, GNUPGHOME=gnupg)
    assert made.returncode == 0, made.stderr
    return root


class Apt:
    """An apt that knows this repository and nothing else; this machine's own is not touched."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.folder = folder
        for part in ("lists/partial", "archives/partial"):
            (folder / part).mkdir(parents=True)
        keyring = repository / "vbot-archive-keyring.gpg"
        (folder / "sources.list").write_text(f"deb [signed-by={keyring}] file:{repository} trixie main\n")
        settings = {
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder,
            "APT::Sandbox::User": "root",
            "APT::Architecture": "amd64",
            "Debug::NoLocking": "true",
        }
        self.options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def __call__(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["apt-get", *self.options, *command],
            cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip


def test_apt_takes_a_package_from_it(repository: Path, tmp_path: Path) -> None:
    apt = Apt(repository, tmp_path)
    looked = apt("update", "--error-on=any")
    assert looked.returncode == 0, looked.stderr
    fetched = apt("download", "vbot-post")
    assert fetched.returncode == 0, fetched.stderr
    (package,) = tmp_path.glob("vbot-post_*.deb")
    assert package.read_bytes() == next((repository / "pool/any").glob("*.deb")).read_bytes()


@pytest.mark.parametrize("changed", ["Packages", "InRelease", "package"])
def test_apt_refuses_what_was_changed(repository: Path, tmp_path: Path, changed: str) -> None:
    copy = tmp_path / "repository"
    shutil.copytree(repository, copy)
    index = copy / "dists/trixie/main/binary-amd64/Packages"
    if changed == "package":
        package = next((copy / "pool/any").glob("*.deb"))
        package.write_bytes(package.read_bytes()[:-1] + b"x")
    elif changed == "Packages":
        index.with_name("Packages.gz").unlink()
        index.write_text(index.read_text().replace("Package: vbot-post", "Package: vbot-other"))
    else:
        release = copy / "dists/trixie/InRelease"
        release.write_text(release.read_text().replace("Origin: vBot", "Origin: Else"))
        (release.with_name("Release.gpg")).unlink()
    apt = Apt(copy, tmp_path / "apt")
    steps = [apt("update", "--error-on=any"), apt("download", "vbot-post")]
    assert any(step.returncode for step in steps)


def test_the_same_packages_make_the_same_index(repository: Path, tmp_path: Path, gnupg: str) -> None:
    shutil.copytree(repository / "pool", tmp_path / "pool")
    assert (
        run(sys.executable, PROGRAM, "--key", "test@vbot", tmp_path, GNUPGHOME=gnupg, TZ="Asia/Tokyo").returncode == 0
    )
    for name in ("Release", "main/binary-amd64/Packages", "main/binary-amd64/Packages.gz"):
        assert (tmp_path / "dists/trixie" / name).read_bytes() == (repository / "dists/trixie" / name).read_bytes()
