"""What the command line says, and which distribution this is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = "vbot-appliance"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    server: str | None
    token_file: Path | None
    fingerprint: str | None
    screenshots: Path | None
    theme: str
    size: tuple[int, int] | None
    scale: float | None
    language: str | None
    settings_file: Path | None
