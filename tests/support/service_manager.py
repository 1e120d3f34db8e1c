"""The service manager's end of sd_notify: what a process tells, and when."""

from __future__ import annotations

import queue
import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self


class Told(NamedTuple):
    """One datagram: its assignments, and the moment (monotonic seconds) at which it came."""

    at: float
    assignments: dict[str, str]


class Ear:
    """Listens on a socket, as systemd does for a unit of `Type=notify`."""

    def __init__(self, folder: Path, watchdog_seconds: float | None = None) -> None:
        self.environment: dict[str, str | None] = {"NOTIFY_SOCKET": str(folder / "notify")}
        if watchdog_seconds is not None:
            self.environment["WATCHDOG_USEC"] = str(int(watchdog_seconds * 1_000_000))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._heard: queue.Queue[Told] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def wait_for(self, name: str, seconds: float = 60) -> Told:
        """The next datagram that assigns this name; earlier ones are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                told = self._heard.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"after {seconds:g} s nobody has told {name}") from None
            if name in told.assignments:
                return told

    def forget(self) -> None:
        """Pass over all that was told until now, also what nobody has read from the socket yet."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"FORGET=1", self._socket.getsockname())
        self.wait_for("FORGET")

    def heard(self) -> list[dict[str, str]]:
        """All that has come and was not asked for yet."""
        found = []
        while not self._heard.empty():
            found.append(self._heard.get().assignments)
        return found

    def _listen(self) -> None:
        while datagram := self._socket.recv(4096):
            lines = datagram.decode().splitlines()
            self._heard.put(Told(time.monotonic(), dict(line.split("=", 1) for line in lines)))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self._socket.getsockname())
        self._thread.join(60)
        self._socket.close()
