"""A joined worker's way to the queue: a connection to the api that becomes one to the queue (messages/joining.py)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

import redis
import redis.connection

from appliance.errors import ConfigurationError
from appliance.messages.claim_headers import WORKER_HEADER
from appliance.messages.joining import QUEUE_PATH, UPGRADE
from appliance.queue.broker import SOCKET_TIMEOUT_SECONDS
from appliance.worker.api_identity import ApiIdentity
from appliance.worker.joining.box import Box

_LONGEST_HEAD = 16 * 1024
_WITHDRAWN = "make another on the box: `vbot token create --role worker`"
_SEE_FINGERPRINT = "compare --fingerprint with what `vbot certificate show` prints on the box"


class JoinRefused(redis.ConnectionError):
    """The box does not let this token in; it may let in the next one that lies in the file."""


class BoxNotTrusted(redis.ConnectionError):
    """What answers under the box's address is not the box that we were told of."""


def connector(box: Box, worker: str) -> Callable[[], redis.Redis]:
    """Makes clients of the box's queue; nothing is sent before their first use. `worker` is what it calls itself."""
    return partial(_client, box, worker)


def _client(box: Box, worker: str) -> redis.Redis:
    pool = redis.ConnectionPool(
        connection_class=TunnelConnection,
        box=box,
        worker=worker,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
    )
    return redis.Redis(connection_pool=pool)


class TunnelConnection(redis.connection.UnixDomainSocketConnection):
    """A connection of the client library whose bytes go through the api.

    Of that class because it is the one that takes for granted nothing but a stream: no address, no notifications of
    moved servers.
    """

    def __init__(self, *, box: Box, worker: str, **options: Any) -> None:
        super().__init__(path=box.url, **options)  # type: ignore[no-untyped-call]
        self._box = box
        self._worker = worker

    def _connect(self) -> socket.socket:
        connection = self._secured()
        try:
            self._switch(connection)
        except BaseException:
            connection.close()
            raise
        connection.settimeout(self.socket_timeout)
        return connection

    def _secured(self) -> ssl.SSLSocket:
        context, identity = ssl.create_default_context(), self._box.identity
        if identity is not None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # known by its key, and by nobody's word: see below
        plain = socket.create_connection((self._box.host, self._box.port), self.socket_connect_timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = context.wrap_socket(plain, server_hostname=self._box.host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise BoxNotTrusted(f"{self._box.url}: {error.verify_message}: {_SEE_FINGERPRINT}") from error
        except BaseException:
            plain.close()
            raise
        if identity is not None and not _is_shown(connection, identity):
            connection.close()
            raise BoxNotTrusted(f"{self._box.url} shows another key than the expected one: {_SEE_FINGERPRINT}")
        return connection

    def _switch(self, connection: ssl.SSLSocket) -> None:
        try:
            credentials = self._box.credentials()
        except ConfigurationError as error:
            raise JoinRefused(str(error)) from error
        headers = {
            "Host": self._box.netloc,
            "Upgrade": UPGRADE,
            "Connection": "Upgrade",
            WORKER_HEADER: self._worker,
            **credentials,
        }
        lines = [f"GET {QUEUE_PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        # The queue says nothing before it is asked: what has come when the head is whole is the head.
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD and (piece := connection.recv(4096)):
            head += piece
        words = head.split(b"\r\n", 1)[0].decode("ascii", errors="replace").split(maxsplit=2)
        status = words[1] if len(words) > 1 and words[0].startswith("HTTP/1.") else ""
        if status in ("401", "403"):
            raise JoinRefused(f"{self._box.url} does not accept the joining token: {_WITHDRAWN}")
        if status == "429":
            raise redis.ConnectionError(
                f"{self._box.url} looks at no credential from this address for a while, because too many were wrong "
                "(429): it is asked again later"
            )
        if status != "101":
            said = " ".join(words[1:]) or "no HTTP"
            raise redis.ConnectionError(f"{self._box.url} gives no way to the queue: {said}")


def _is_shown(connection: ssl.SSLSocket, identity: ApiIdentity) -> bool:
    shown = connection.getpeercert(binary_form=True)
    try:
        return shown is not None and identity.is_shown_by(shown)
    except ValueError:
        return False


def check_box(box: Box, worker: str) -> None:
    """Raise ConfigurationError for what waiting does not mend: a token that is refused, another certificate.

    A box that is not there yet is waited for as any queue is.
    """
    box.token()
    client = connector(box, worker)()
    try:
        client.ping()
    except (JoinRefused, BoxNotTrusted) as error:
        raise ConfigurationError(str(error)) from error
    except redis.RedisError:
        pass
    finally:
        client.connection_pool.disconnect()
