"""packaging/release: what a customer gets can be told from what somebody else has put in its place."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"),
]

CHECKOUT = Path(__file__).parents[2]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHON": sys.executable, "HOME": str(folder)},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release of a small repository, `source`, and the keys."""
    folder = tmp_path_factory.mktemp("release")
    source = folder / "source"
    source.mkdir()
    shutil.copytree(CHECKOUT / "packaging", source / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(CHECKOUT / "engine/models", source / "engine/models", ignore=shutil.ignore_patterns("__pycache__"))
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
    done = run(source / "packaging/release", "--key", folder / "key", folder / "out", folder=source)
    assert done.returncode == 0, done.stderr
    return folder


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
    assert any(component["type"] == "machine-learning-model" and component["hashes"] for component in bom["components"])


def test_what_was_signed_is_verified(made: Path) -> None:
    assert verified(made, made / "out").returncode == 0


@pytest.mark.parametrize("change", ["wheel", "sums", "added", "signer"])
def test_what_was_touched_is_refused(made: Path, tmp_path: Path, change: str) -> None:
    copy = tmp_path / "out"
    shutil.copytree(made / "out", copy)
    wheel = next(copy.glob("*.whl"))
    if change == "wheel":
        wheel.write_bytes(wheel.read_bytes() + b"x")
    elif change == "sums":
        wheel.write_bytes(b"x")
        sums = run("sha256sum", *(file.name for file in copy.iterdir() if "SHA256" not in file.name), folder=copy)
        (copy / "SHA256SUMS").write_text(sums.stdout)
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
