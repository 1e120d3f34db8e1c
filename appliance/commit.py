"""Of which commit this program is: written in where it was packaged, asked of git where it runs from a checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

# `git archive` puts the commit here (.gitattributes), and packages are built of what it gives.
_ARCHIVED = "$Format:%H$"
_DIGITS = 12
_ASK_SECONDS = 10.0


def commit() -> str | None:
    """The first digits of its hash, with `-dirty` in a checkout that was changed since; None where nobody knows."""
    if not _ARCHIVED.startswith("$"):
        return _ARCHIVED[:_DIGITS]
    checkout = Path(__file__).resolve().parents[1]
    # Elsewhere git would answer for a repository that we only happen to lie in.
    return _told_by_git(checkout) if (checkout / ".git").exists() else None


def _told_by_git(checkout: Path) -> str | None:
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--exclude=*", f"--abbrev={_DIGITS}"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
