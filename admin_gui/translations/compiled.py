"""The .qm files that Qt loads, made of our .ts files by the `lrelease` that PySide6 brings.

A bundle carries them beside the program. Everywhere else they are made when a language is first used, into the user's
cache; the name there holds a digest of the .ts file, so that a new version makes its own.
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import tempfile
from pathlib import Path

import PySide6

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
TOOL_SECONDS = 60


def compiled(language: str, cache: Path, folder: Path = FOLDER) -> Path | None:
    """The .qm file of a language; None where there is no such language, or it cannot be made."""
    source, built = folder / f"{language}.ts", folder / f"{language}.qm"
    if not source.exists():
        return built if built.exists() else None
    kept = cache / f"{language}-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.qm"
    if kept.exists():
        return kept
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # Made elsewhere and moved: another start at the same moment finds all of it or nothing.
        with tempfile.TemporaryDirectory(dir=cache) as making:
            release(source, Path(making) / built.name).replace(kept)
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("the texts in %s cannot be made: %s", language, error)
        return None
    return kept


def release(source: Path, made: Path) -> Path:
    """Make a .qm file of a .ts file. Raises OSError, SubprocessError."""
    run_qt_tool("lrelease", "-silent", str(source), "-qm", str(made), folder=made.parent)
    return made


def run_qt_tool(tool: str, *arguments: str, folder: Path) -> None:
    """One of Qt's tools, as PySide6 brings them, in this folder. Raises OSError, SubprocessError."""
    program = Path(PySide6.__file__).with_name(tool)
    subprocess.run([program, *arguments], cwd=folder, check=True, timeout=TOOL_SECONDS)
