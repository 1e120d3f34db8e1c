"""packaging/release: what a customer gets can be told from what somebody else has put in its place."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gpg_agent import start_agent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, ("ssh-keygen", "gpg", "gpg-agent", "dpkg-deb"))),
        reason="ssh-keygen, gpg, its agent and dpkg-deb are not all installed",
    ),
]

CHECKOUT = Path(__file__).parents[2]


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHON": sys.executable, "HOME": str(folder), **environment},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A release of a small repository, `source`, and the keys; of the packages the one that takes a moment."""
    folder = tmp_path_factory.mktemp("release")
    gnupg = {"GNUPGHOME": str(folder / "gpg")}
    (folder / "gpg").mkdir(mode=0o700)
    start_agent(folder / "gpg")
    new_key = ("--batch", "--passphrase", "", "--quick-gen-key", "test@vbot", "ed25519", "sign")
    assert run("gpg", *new_key, folder=folder, **gnupg).returncode == 0
    source = folder / "source"
    source.mkdir()
    shutil.copytree(CHECKOUT / "packaging", source / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("engine/models", "engine/runtime", "systemd"):
        shutil.copytree(CHECKOUT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "engine/__init__.py", "engine/errors.py"):
        shutil.copy(CHECKOUT / name, source / name)
    (source / "packaging/audit_dependencies.py").write_text("print('looked up')\n")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "One"]):
        done = run("git", *arguments, folder=source)
        assert done.returncode == 0, done.stderr
    for name in ("key", "other"):
        done = run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name, folder=folder)
        assert done.returncode == 0, done.stderr
        public = " ".join((folder / f"{name}.pub").read_text().split()[:2])
        (folder / f"{name}.signers").write_text(f"release@vbot {public}\n")
    options = ("--key", folder / "key", "--apt-key", "test@vbot", "--packages", "vbot-post")
    done = run(source / "packaging/release", *options, folder / "out", folder=source, **gnupg)
    assert done.returncode == 0, done.stderr
    yield folder
    run("gpgconf", "--kill", "all", folder=folder, **gnupg)


def verified(made: Path, folder: Path, signers: str = "key.signers") -> subprocess.CompletedProcess[str]:
    return run(CHECKOUT / "packaging/release", "--verify", made / signers, folder, folder=made)


def test_a_release_holds_the_wheel_its_bill_of_materials_and_the_locks(made: Path) -> None:
    names = {file.name for file in (made / "out").iterdir()}
    assert {"SHA256SUMS", "SHA256SUMS.sig", "sbom.cdx.json", "lock-base.txt", "lock-worker.txt"} <= names
    assert any(name.endswith(".whl") for name in names)
    bom = json.loads((made / "out/sbom.cdx.json").read_text())
    assert bom["bomFormat"] == "CycloneDX"
    found = {component["name"]: component for component in bom["components"]}
    assert {"tornado", "duckdb", "torch", "PySide6-Essentials".lower()} <= set(found)
    assert found["vbot-post"]["purl"].startswith("pkg:deb/vbot/vbot-post@")
    assert found["vbot-post"]["hashes"]
    for package, parts in {"cpu": {"torch"}, "cuda": {"torch", "triton", "nvidia-cublas", "cuda-toolkit"}}.items():
        mine = {"name": "vbot:package", "value": f"vbot-worker-{package}"}
        of_it = [component for component in bom["components"] if mine in component.get("properties", ())]
        assert parts <= {component["name"] for component in of_it}
        assert all(component["version"] and component["hashes"] for component in of_it)
    assert any(component["type"] == "machine-learning-model" and component["hashes"] for component in bom["components"])


def test_the_bill_of_materials_of_the_same_parts_is_the_same(tmp_path: Path) -> None:
    bills = []
    for name in ("first", "second"):
        done = run(sys.executable, CHECKOUT / "packaging/sbom.py", tmp_path / name, folder=CHECKOUT)
        assert done.returncode == 0, done.stderr
        bills.append((tmp_path / name).read_bytes())
    assert bills[0] == bills[1]
    assert json.loads(bills[0])["serialNumber"] != "urn:uuid:00000000-0000-0000-0000-000000000000"


def test_what_a_stick_takes_of_the_distributions_has_a_bill_of_its_own(made: Path, tmp_path: Path) -> None:
    (package,) = (made / "out/apt/pool/any").glob("vbot-post_*.deb")
    for suite in ("trixie", "noble"):
        (tmp_path / "distribution" / suite).mkdir(parents=True)
        shutil.copy(package, tmp_path / "distribution" / suite)
    options = ("--distribution", tmp_path / "distribution")
    done = run(sys.executable, CHECKOUT / "packaging/sbom.py", tmp_path / "bill", *options, folder=CHECKOUT)
    assert done.returncode == 0, done.stderr
    components = json.loads((tmp_path / "bill").read_text())["components"]
    assert [component["purl"].partition("@")[0] for component in components] == [
        "pkg:deb/debian/vbot-post",
        "pkg:deb/ubuntu/vbot-post",
    ]
    assert {component["hashes"][0]["content"] for component in components} == {
        hashlib.sha256(package.read_bytes()).hexdigest()
    }


def test_a_release_holds_a_signed_repository_of_its_packages(made: Path) -> None:
    (package,) = (made / "out/apt/pool/any").glob("vbot-post_*.deb")
    listed = (made / "out/SHA256SUMS").read_text()
    assert f"  apt/pool/any/{package.name}\n" in listed
    assert (made / "out/apt/vbot-archive-keyring.gpg").stat().st_size > 0


def test_what_was_signed_is_verified(made: Path) -> None:
    assert verified(made, made / "out").returncode == 0


@pytest.mark.parametrize("change", ["wheel", "package", "sums", "added", "added below", "signer"])
def test_what_was_touched_is_refused(made: Path, tmp_path: Path, change: str) -> None:
    copy = tmp_path / "out"
    shutil.copytree(made / "out", copy)
    wheel = next(copy.glob("*.whl"))
    if change == "wheel":
        wheel.write_bytes(wheel.read_bytes() + b"x")
    elif change == "sums":
        wheel.write_bytes(b"x")
        files = [file for file in copy.rglob("*") if file.is_file() and "SHA256" not in file.name]
        sums = run("sha256sum", *(str(file.relative_to(copy)) for file in files), folder=copy)
        (copy / "SHA256SUMS").write_text(sums.stdout)
    elif change == "package":
        package = next(copy.glob("apt/pool/any/*.deb"))
        package.write_bytes(package.read_bytes() + b"x")
    elif change == "added below":
        (copy / "apt/pool/any/vbot-other.deb").write_bytes(b"x")
    elif change == "added":
        (copy / "install.sh").write_text("#!/bin/sh\n")
    signers = "other.signers" if change == "signer" else "key.signers"
    assert verified(made, copy, signers).returncode == 1


def test_nothing_is_made_where_vulnerabilities_could_not_be_looked_up(made: Path) -> None:
    source = made / "source"
    (source / "packaging/audit_dependencies.py").write_text("raise SystemExit(2)\n")
    run("git", "-c", "user.name=Ada", "-c", "user.email=a@b.example", "commit", "-qam", "Two", folder=source)
    done = run(source / "packaging/release", "--key", made / "key", made / "second", folder=source)
    assert done.returncode == 1
    assert not (made / "second").exists()
