"""Lines of the audit on their way to a syslog server or SIEM: RFC 5424 messages over TLS (RFC 5425), TCP or UDP."""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import select
import socket
import ssl
import struct
import termios
import time
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from appliance.domain.audit import Action, AuditLine
from appliance.errors import ApplianceError
from appliance.settings.values import SyslogTarget

CONNECT_SECONDS = 10.0
SEND_SECONDS = 20.0
# A server that refuses or ends just after it has taken something shows it within this time.
REFUSAL_SECONDS = 0.2
LONGEST_DATAGRAM_BYTES = 60_000
LOG_AUDIT = 13  # the facility
NOTICE, WARNING = 5, 4
_WARNS = {
    *(Action.ACCESS_REFUSED, Action.LOGIN_FAILED),
    *(Action.BACKUP_DAMAGED, Action.BACKUP_FAILED, Action.RESTORED, Action.REPAIRED),
}
_NOT_IN_A_NAME = re.compile(r"[^!-~]")


class SyslogUnreachable(ApplianceError):
    """The server could not be reached, or took nothing."""


def message(line: AuditLine, shown: Any, hostname: str) -> bytes:
    """One line as a syslog message; `shown` is what JSON says of it. In ASCII, so that no mark of UTF-8 is needed."""
    severity = WARNING if line.action in _WARNS else NOTICE
    moment = line.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    host = _NOT_IN_A_NAME.sub("", hostname)[:255] or "-"
    head = f"<{LOG_AUDIT * 8 + severity}>1 {moment} {host} vbot - {line.action.value[:32]} -"
    return f"{head} {json.dumps(shown, separators=(',', ':'))}".encode("ascii")


class SyslogConnection:
    """One connection; everything in it blocks. Whoever gets SyslogUnreachable closes it and sends the same again."""

    def __init__(self, target: SyslogTarget, ca_file: Path | None) -> None:
        self._target = target
        self._ca_file = ca_file
        self._socket: socket.socket | None = None

    def send(self, messages: Sequence[bytes]) -> None:
        """Send them; returns when the server's machine has taken them (UDP: when they are gone from ours)."""
        try:
            if self._socket is None:
                self._socket = self._connect()
            if self._target.scheme == "udp":
                for one in messages:
                    self._socket.send(one[:LONGEST_DATAGRAM_BYTES])
                return
            self._check_open(0.0)
            self._socket.sendall(b"".join(b"%d %s" % (len(one), one) for one in messages))
            self._wait_until_taken()
            self._check_open(REFUSAL_SECONDS)
        except (OSError, ValueError) as error:
            self.close()
            raise SyslogUnreachable(_reason(error)) from error

    def close(self) -> None:
        """The next `send` connects anew."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _connect(self) -> socket.socket:
        host, port = self._target.host, self._target.port
        if self._target.scheme == "udp":
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            datagrams = socket.socket(family, socket.SOCK_DGRAM)
            datagrams.connect(address)
            return datagrams
        plain = socket.create_connection((host, port), CONNECT_SECONDS)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._target.scheme == "tcp":
                plain.settimeout(SEND_SECONDS)
                return plain
            context = ssl.create_default_context(cafile=None if self._ca_file is None else str(self._ca_file))
            secured = context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        secured.settimeout(SEND_SECONDS)
        return secured

    def _wait_until_taken(self) -> None:
        """Until nothing waits in our own socket for an acknowledgement."""
        assert self._socket is not None  # noqa: S101 - only `send` asks
        until = time.monotonic() + SEND_SECONDS
        while struct.unpack("i", fcntl.ioctl(self._socket, termios.TIOCOUTQ, b"\0" * 4))[0]:
            if time.monotonic() > until:
                raise TimeoutError("it takes nothing")
            time.sleep(0.005)

    def _check_open(self, patience_seconds: float) -> None:
        """Raise when the server has ended the connection; what it says besides is of no interest."""
        assert self._socket is not None  # noqa: S101 - only `send` asks
        while select.select([self._socket], [], [], patience_seconds)[0]:
            self._socket.settimeout(0.5)
            try:
                if not self._socket.recv(4096):
                    raise ConnectionResetError("it has ended the connection")
            except (ssl.SSLWantReadError, TimeoutError):
                return
            finally:
                self._socket.settimeout(SEND_SECONDS)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return str(error) if error.args and not error.errno else "it does not answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
