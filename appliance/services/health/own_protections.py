"""What holds the api itself and what it reads of others, as this machine and its units allow: looked at once a life."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

from appliance.process.protections import without_jail, without_user

logger = logging.getLogger(__name__)

_SECONDS = 60


class OwnProtections:
    """The look; runs until it is done."""

    def __init__(self, redis_url: str | None, queue_access: Path | None) -> None:
        self._redis_url = redis_url
        self._queue_access = queue_access
        self._missing: tuple[str, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """What is not in force, and what mends it; nothing before it was looked."""
        return self._missing

    async def look(self) -> None:
        """Look, and say once what is missing."""
        refused = await asyncio.to_thread(_refused_to_readers)
        self._missing = without_jail("the reading of a backup's database", refused)
        self._missing += without_user(self._redis_url, self._queue_access)
        for one in self._missing:
            logger.warning("%s", one)


def _refused_to_readers() -> list[str]:
    command = [sys.executable, "-P", "-m", "appliance.process.reading_jail"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return [f"it cannot be tried ({error})"]
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []
