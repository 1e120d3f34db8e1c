"""Whether the disks hold what an upgrade makes: a backup and a copy of the database, and the new version twice."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.storage.folder.data_folder import DataFolder

GIGABYTE = 1024**3
# The backup, its copy, and that once more while it is migrated.
TIMES_THE_DATABASE = 3
# Unpacked to be tried, and installed.
TIMES_THE_VERSION = 2
ASK_SECONDS = 60.0


def check_room(folder: DataFolder, installation: Installation, files: Sequence[Path]) -> None:
    """Raises ConfigurationError where they do not fit, both together where they lie on one disk."""
    database = folder.database.stat().st_size if folder.database.exists() else 0
    wanted = {folder.root: TIMES_THE_DATABASE * database, installation.root: sum(map(_room_of, files))}
    of_disk: dict[int, int] = {}
    for place, size in wanted.items():
        disk = place.stat().st_dev
        of_disk[disk] = of_disk.get(disk, 0) + size
    for place in wanted:
        needed, free = of_disk[place.stat().st_dev], shutil.disk_usage(place).free
        if free < needed:
            raise ConfigurationError(
                f"{needed / GIGABYTE:.1f} GB are needed on the disk of {place} to try the new version and to install "
                f"it, {free / GIGABYTE:.1f} GB are free"
            )


def _room_of(file: Path) -> int:
    """Bytes of a package that is copied, unpacked and installed; 0 of what is none, which is told later."""
    asked = ["dpkg-deb", "--field", str(file), "Installed-Size"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=ASK_SECONDS, check=False)
        size = file.stat().st_size
    except (OSError, subprocess.TimeoutExpired):
        return 0
    installed = done.stdout.strip()
    return size + TIMES_THE_VERSION * (int(installed) * 1024 if installed.isdecimal() else size)
