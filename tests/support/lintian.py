"""What lintian finds in a package."""

from __future__ import annotations

import subprocess
from pathlib import Path

# Gigabytes, file by file, on a machine that does other things as well.
SECONDS = 3600


def lintian(package: Path) -> tuple[str, int]:
    """Errors and warnings that no override argues for, and its exit status."""
    command = ["lintian", "--allow-root", "--fail-on=error,warning", "--tag-display-limit=0", package]
    found = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return found.stdout, found.returncode
