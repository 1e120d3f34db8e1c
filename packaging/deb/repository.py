"""Make an apt repository of the packages in FOLDER/pool/SUITE/ and FOLDER/pool/any/: `repository.py --key KEY FOLDER`.

Each suite (trixie, noble) gets an index of its own packages and of those in `any`, which are for every distribution.
Its `Release` is signed by gpg's KEY, whose public half is laid beside. `--flat FOLDER` makes the index alone, of what
is in that folder. Plain code: what apt reads is three files, and reprepro and apt-ftparchive want a database or a
configuration of their own for them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path

ANY = "any"
ARCHITECTURE = "amd64"
KEYRING = "vbot-archive-keyring.gpg"


def main(arguments: list[str]) -> int:
    """Write FOLDER/dists and the keyring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--key", help="the signing key, as gpg knows it")
    kind.add_argument("--flat", action="store_true", help="an index of one folder, unsigned")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    root: Path = asked.folder
    if asked.flat:
        (root / "Packages").write_text(_index(root, sorted(root.glob("*.deb"))))
        return 0
    date = int(os.environ["SOURCE_DATE_EPOCH"])
    for pool in sorted((root / "pool").iterdir()):
        if pool.name != ANY:
            packages = [*pool.glob("*.deb"), *(root / "pool" / ANY).glob("*.deb")]
            release = write_index(root, pool.name, sorted(packages), date)
            _sign(release, asked.key)
    exported = subprocess.run(["gpg", "--batch", "--export", asked.key], capture_output=True, check=True).stdout
    (root / KEYRING).write_bytes(exported)
    return 0


def write_index(root: Path, suite: str, packages: Iterable[Path], date: int) -> Path:
    """One suite's Packages, and the Release that vouches for it; returns the latter."""
    folder = root / "dists" / suite
    index = folder / "main" / f"binary-{ARCHITECTURE}" / "Packages"
    index.parent.mkdir(parents=True, exist_ok=True)
    text = _index(root, packages).encode()
    index.write_bytes(text)
    index.with_name("Packages.gz").write_bytes(gzip.compress(text, mtime=0))
    sums = [
        f" {_sha256(file)} {file.stat().st_size} {file.relative_to(folder)}" for file in sorted(index.parent.iterdir())
    ]
    fields = {
        "Origin": "vBot",
        "Label": "vBot",
        "Suite": suite,
        "Codename": suite,
        "Date": formatdate(date, usegmt=True),
        "Architectures": ARCHITECTURE,
        "Components": "main",
        "Description": f"vBot for {suite}",
    }
    lines = [f"{name}: {value}" for name, value in fields.items()]
    release = folder / "Release"
    release.write_text("\n".join([*lines, "SHA256:", *sums]) + "\n")
    return release


def _index(root: Path, packages: Iterable[Path]) -> str:
    return "\n".join(_stanza(root, package) for package in packages)


def _stanza(root: Path, package: Path) -> str:
    control = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    where = f"Filename: {package.relative_to(root)}\nSize: {package.stat().st_size}\nSHA256: {_sha256(package)}\n"
    return control.rstrip("\n") + "\n" + where


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sign(release: Path, key: str) -> None:
    gpg = ["gpg", "--batch", "--yes", "--local-user", key]
    subprocess.run([*gpg, "--clearsign", "--output", release.with_name("InRelease"), release], check=True)
    signature = release.with_name("Release.gpg")
    subprocess.run([*gpg, "--armor", "--detach-sign", "--output", signature, release], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
