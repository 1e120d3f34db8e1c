"""The agent of gpg, which keeps its keys: up before gpg asks for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def start_agent(home: Path) -> None:
    """That of this home; it is to be ended by `gpgconf --kill all`. One that gpg starts itself has five seconds."""
    # It holds on to what it is given as output: a pipe would not end before it does.
    subprocess.run(
        ["gpg-agent", "--daemon"],
        env=os.environ | {"GNUPGHOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=240,
        check=True,
    )
