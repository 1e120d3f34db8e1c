"""What lies in the folder of an appliance that runs: files and folders come and go while somebody looks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def everything_below(folder: Path) -> Iterator[Path]:
    """Files and folders; `Path.rglob` fails where one goes before it was looked into."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def files_below(folder: Path) -> list[Path]:
    """The files alone."""
    return [path for path in everything_below(folder) if path.is_file()]
