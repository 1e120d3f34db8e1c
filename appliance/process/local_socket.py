"""HTTP over the Unix socket in the data folder."""

from __future__ import annotations

import http.client
import socket
import struct
from pathlib import Path

# Who asks so is `vbot up`, which looks twice a second until all is ready: no line of the log for each.
SUPERVISOR = "vbot-up"
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class UnixConnection(http.client.HTTPConnection):
    """One connection to the api that listens on a socket in the file system."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))

    def peer_pid(self) -> int:
        """The process that listens there (unix(7), SO_PEERCRED); only once connected."""
        credentials = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid: int = _CREDENTIALS.unpack(credentials)[0]
        return pid
