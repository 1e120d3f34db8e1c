"""What setup leaves in a folder of the administrator's choice, in which somebody else may write, too."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.errors import ConfigurationError


def write_beside(path: Path, text: str, mode: int) -> None:
    """Whole or not at all, through no link. Raises ConfigurationError where it cannot be written."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        new.rename(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
