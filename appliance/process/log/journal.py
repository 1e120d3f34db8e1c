"""Log lines for systemd's journal: it knows the time and the unit; we name each line's level, and what it is about.

Entries with fields of our own go to the journal's socket (https://systemd.io/JOURNAL_NATIVE_PROTOCOL), without a
library: `systemd-python` needs libsystemd's headers and a compiler, and `logging-journald` writes each argument of a
line and all that hangs on its record into fields, where nobody looks for a secret. The protocol is one datagram.
"""

from __future__ import annotations

import logging
import os
import socket
import stat
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from appliance.process.log.subject import subject_of

JOURNAL_SOCKET = Path("/run/systemd/journal/socket")
# Of sd-daemon(3); what lies in between takes the next lower one.
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.NOTSET, 7))
# In characters. A datagram must fit into a socket's buffer, 208 KiB as the kernel comes.
LONGEST_MESSAGE = 32_000
# The kernel takes a datagram at once. A journal that is stuck may hold up the event loop once for so long, then lines
# go to the stream for a while.
SEND_TIMEOUT_SECONDS = 1.0
STUCK_SECONDS = 30.0
_LENGTH = struct.Struct("<Q")


def leads_to_journal(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether systemd connected this very stream with the journal, and nobody has redirected it since."""
    try:
        file = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{file.st_dev}:{file.st_ino}"


def priority(level: int) -> int:
    """The priority of a line of this level."""
    return next(number for lowest, number in PRIORITIES if level >= lowest)


class JournalFormatter(logging.Formatter):
    """For the stream that leads to the journal: every line of a record, tracebacks too, with the record's priority."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        prefix = f"<{priority(record.levelno)}>"
        return "\n".join(f"{prefix}{line}" for line in super().format(record).splitlines())


class JournalHandler(logging.Handler):
    """A record is one entry of the journal, its traceback in it; `otherwise` takes what the journal does not."""

    def __init__(self, path: Path, identifier: str, otherwise: logging.Handler) -> None:
        super().__init__()
        self._path = str(path)
        self._identifier = identifier
        self._otherwise = otherwise
        self._stuck_until = 0.0  # monotonic
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(SEND_TIMEOUT_SECONDS)
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            entry = _encoded(self._fields(record))
        except Exception:  # noqa: BLE001 - as every handler of the library does it
            self.handleError(record)
            return
        if time.monotonic() >= self._stuck_until:
            try:
                # By its path each time: a journal that is started again has another socket there.
                self._socket.sendto(entry, self._path)
            except TimeoutError:
                self._stuck_until = time.monotonic() + STUCK_SECONDS
            except OSError:
                pass
            else:
                return
        self._otherwise.handle(record)

    def close(self) -> None:
        self._socket.close()
        super().close()

    def _fields(self, record: logging.LogRecord) -> dict[str, str]:
        return {
            "MESSAGE": _bounded(self.format(record)),
            "PRIORITY": str(priority(record.levelno)),
            "SYSLOG_IDENTIFIER": self._identifier,
            "LOGGER": record.name,
            "CODE_FILE": record.pathname,
            "CODE_LINE": str(record.lineno),
            "CODE_FUNC": record.funcName or "",
            **subject_of(record).fields,
        }


def journal_handler(stream: IO[str], identifier: str, path: Path = JOURNAL_SOCKET) -> logging.Handler:
    """For a process whose standard error, `stream`, leads to the journal: entries with fields where it takes them.

    Through a pipe it leads there by way of `vbot up`, which reads in the lines why a child of its died.
    """
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JournalFormatter())
    return JournalHandler(path, identifier, otherwise=lines) if path.is_socket() and not _is_pipe(stream) else lines


def _is_pipe(stream: IO[str]) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def _bounded(message: str) -> str:
    if len(message) <= LONGEST_MESSAGE:
        return message
    # A traceback says what happened in its last line.
    return f"{message[: LONGEST_MESSAGE // 2]}\n…\n{message[-LONGEST_MESSAGE // 2 :]}"


def _encoded(fields: Mapping[str, str]) -> bytes:
    parts = []
    for name, text in fields.items():
        value = text.encode(errors="backslashreplace")
        # With its length before it a value may hold anything, ends of lines too.
        parts.append(b"%s\n%s%s\n" % (name.encode(), _LENGTH.pack(len(value)), value))
    return b"".join(parts)
