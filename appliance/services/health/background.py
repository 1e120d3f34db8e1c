"""What works by itself beside the requests, and whether it still does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any


class Background:
    """Tasks by the name of the part that they run. All on the event loop."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, parts: Mapping[str, Coroutine[Any, Any, None]]) -> None:
        """Let these run until `stop`."""
        self._tasks |= {name: asyncio.create_task(part, name=name) for name, part in parts.items()}

    async def stop(self) -> None:
        """Cancel them all and wait for their end."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    @property
    def running(self) -> Mapping[str, bool]:
        """Whether each part that was started still runs."""
        return MappingProxyType({name: not task.done() for name, task in self._tasks.items()})
