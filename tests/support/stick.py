"""A stick as a release makes it: packages in a signed repository, with what the distribution itself must add."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SECONDS = 1800
_SIGNER = "test@vbot"


def make_stick(folder: Path, pools: Mapping[str, Sequence[Path]]) -> Path:
    """The stick, in `folder`, of these packages: by the distribution that they are for, or `any`."""
    release, stick, gnupg = folder / "release", folder / "stick", folder / "gpg"
    for suite, packages in pools.items():
        pool = release / "apt/pool" / suite
        pool.mkdir(parents=True)
        for package in packages:
            (pool / package.name).hardlink_to(package)
    gnupg.mkdir(mode=0o700)
    key = {"GNUPGHOME": str(gnupg)}
    said("gpg", "--batch", "--passphrase", "", "--quick-gen-key", _SIGNER, "ed25519", "sign", **key)
    repository = (sys.executable, CHECKOUT / "packaging/deb/repository.py", "--key", _SIGNER, release / "apt")
    said(*repository, **key, SOURCE_DATE_EPOCH="1")
    try:
        said(
            CHECKOUT / "packaging/release",
            "--apt-key",
            _SIGNER,
            "--stick",
            stick,
            release,
            **key,
            PYTHON=sys.executable,
        )
    finally:
        said("gpgconf", "--kill", "all", **key)
    return stick


def said(*command: str | Path, **environment: str) -> str:
    """What a command says; it has to succeed."""
    done = subprocess.run(
        command, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout
