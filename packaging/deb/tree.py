"""Files as they are to lie on the box: who may read and run them, and a time that does not depend on the build."""

from __future__ import annotations

import os
from pathlib import Path


def write(file: Path, content: str | bytes) -> None:
    """Write a file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def executable(file: Path, content: str) -> None:
    """Write a program."""
    write(file, content)
    file.chmod(0o755)


def normalise(root: Path, seconds: int) -> None:
    """Folders and programs 0755, all else 0644, whatever a wheel or this machine's umask says; one time for all."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _is_program(path) else 0o644)
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def _is_program(file: Path) -> bool:
    # Libraries and modules are loaded, not run.
    return bool(file.stat().st_mode & 0o111) and file.suffix != ".py" and ".so" not in file.name
