"""The journal's end of its native protocol, and a real journal."""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import wait_until

JOURNALD = Path("/usr/lib/systemd/systemd-journald")
_READY_SECONDS = 60.0
_LENGTH = struct.Struct("<Q")


class JournalSocket:
    """A real datagram socket at a path of its own, which keeps the entries that come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def entries(self) -> list[dict[str, str]]:
        """Those that have come since the last time."""
        return list(self._received())

    def _received(self) -> Iterator[dict[str, str]]:
        while True:
            try:
                yield fields_of(self._socket.recv(2**20))
            except BlockingIOError:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()


def fields_of(datagram: bytes) -> dict[str, str]:
    """One entry, as https://systemd.io/JOURNAL_NATIVE_PROTOCOL has it."""
    found = {}
    rest = datagram
    while rest:
        line, _, rest = rest.partition(b"\n")
        name, has_text, text = line.partition(b"=")
        if not has_text:
            (length,) = _LENGTH.unpack_from(rest)
            text = rest[_LENGTH.size : _LENGTH.size + length]
            assert rest[_LENGTH.size + length :][:1] == b"\n"
            rest = rest[_LENGTH.size + length + 1 :]
        found[name.decode()] = text.decode()
    return found


class RealJournal:
    """systemd's own journald in a mount namespace with a /run of its own; `why_not` says why there can be none here."""

    def __init__(self) -> None:
        # A short name: the path of a socket may have 107 bytes.
        self._folder = tempfile.TemporaryDirectory(prefix="vbot-journal-")
        self._run = Path(self._folder.name) / "run"
        self.socket = self._run / "systemd/journal/socket"
        self._log = Path(self._folder.name) / "journald.log"

    @staticmethod
    def why_not() -> str | None:
        if not JOURNALD.exists() or shutil.which("journalctl") is None:
            return "systemd's journald is not installed"
        if os.geteuid() != 0:
            return "only root can run a journald beside the machine's"
        tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
        return None if tried.returncode == 0 else "the kernel gives no mount namespace here"

    def __enter__(self) -> Self:
        (self._run / "systemd/journal").mkdir(parents=True)
        (self._run / "log/journal").mkdir(parents=True)
        script = f'mount --bind "$1" /run && exec {JOURNALD}'
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", script, "sh", str(self._run)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        assert wait_until(self.socket.is_socket, _READY_SECONDS), self._log.read_text()
        return self

    def entries(self, *matches: str, count: int = 1) -> list[dict[str, str]]:
        """What `journalctl` finds, once there are so many."""
        until = time.monotonic() + _READY_SECONDS
        while True:
            found = self._found(*matches)
            if len(found) >= count or time.monotonic() > until:
                return found
            time.sleep(0.1)

    def _found(self, *matches: str) -> list[dict[str, str]]:
        done = subprocess.run(
            ["journalctl", f"--directory={self._run / 'log/journal'}", "--output=json", "--quiet", *matches],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=_READY_SECONDS)
        self._folder.cleanup()
