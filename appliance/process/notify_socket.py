"""The service manager's end of sd_notify(3), for `vbot up`: what its children tell, and which of them it is."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_LONGEST_BYTES = 4096
# Read at a time: whoever floods the socket must not keep us from all else.
_MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Notification:
    """One datagram; the kernel says whose it is."""

    pid: int
    assignments: dict[str, str]


class NotifySocket:
    """A socket that no file belongs to: it is gone with this process."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind("")  # unix(7): the kernel finds a free name
        name: bytes = self._socket.getsockname()
        # As NOTIFY_SOCKET= has it.
        self.address = "@" + name[1:].decode("ascii")

    def fileno(self) -> int:
        return self._socket.fileno()

    def received(self) -> Iterator[Notification]:
        """What has come and was not read yet."""
        for _ in range(_MOST_AT_ONCE):
            try:
                text, ancillary, _, _ = self._socket.recvmsg(_LONGEST_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
            except BlockingIOError:
                return
            lines = text.decode(errors="replace").splitlines()
            assignments = dict(line.split("=", 1) for line in lines if "=" in line)
            for level, kind, value in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                    yield Notification(_CREDENTIALS.unpack(value)[0], assignments)

    def close(self) -> None:
        self._socket.close()
