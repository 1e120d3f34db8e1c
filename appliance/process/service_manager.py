"""What a process tells the service manager that started it: sd_notify(3), without a library.

The libraries for it on PyPI are untyped and unmaintained, or need libsystemd's headers; the protocol is one datagram.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping

logger = logging.getLogger(__name__)

# The kernel takes a datagram at once; a manager that is stuck must not hold up the event loop for longer.
SEND_TIMEOUT_SECONDS = 1.0
MICROSECONDS = 1_000_000
VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class ServiceManager:
    """The manager's ear. Where nobody listens (no NOTIFY_SOCKET), telling does nothing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _watchdog_seconds(environment)

    @property
    def listens(self) -> bool:
        """Whether there is one."""
        return bool(self._address)

    def ready(self, status: str) -> None:
        """All that is needed to do the work is there, for the first time or again after a reload."""
        self._tell("READY=1", f"STATUS={status}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def starting(self, text: str, more_seconds: float) -> None:
        """Not ready yet, and not stuck: the manager is asked to wait so much longer."""
        self._tell(f"STATUS={text}", f"EXTEND_TIMEOUT_USEC={round(more_seconds * MICROSECONDS)}")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` ends it."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """No new work is taken."""
        self._tell("STOPPING=1", "STATUS=stopping")

    def alive(self) -> None:
        """A sign of life; without one for `watchdog_seconds` the manager takes this process for stuck."""
        self._tell("WATCHDOG=1")

    async def feed_watchdog(self) -> None:
        """Ping at half of the watchdog's time until cancelled.

        This is a task of the event loop on purpose: a loop that is stuck pings no more, and is started again.
        """
        while self.watchdog_seconds is not None:
            self.alive()
            await asyncio.sleep(self.watchdog_seconds / 2)

    def _tell(self, *assignments: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.settimeout(SEND_TIMEOUT_SECONDS)
                channel.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            logger.warning("the service manager did not take %s: %s", assignments[0], error)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """The time without a ping after which the manager takes this process for stuck, if it watches."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    meant = environment.get("WATCHDOG_PID") or str(os.getpid())
    if not microseconds.isdecimal() or int(microseconds) == 0 or meant != str(os.getpid()):
        return None
    return int(microseconds) / MICROSECONDS
