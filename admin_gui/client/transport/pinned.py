"""One HTTP connection to one appliance: pinned certificate, timeouts, retries, errors in plain words."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import weakref
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry

from admin_gui.client.transport.certificate import told_by_socket
from admin_gui.client.transport.clock import ApplianceClock
from admin_gui.client.transport.connection import Connection, is_token
from admin_gui.client.transport.errors import (
    BY_STATUS,
    CertificateChanged,
    ClientError,
    CutShort,
    DamagedFile,
    FieldProblem,
    NotAuthorised,
    Refused,
    ServerFault,
    Stopped,
    TooMany,
    Unanswered,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from admin_gui.client.transport.tls import PinningContext

POOL_CONNECTIONS = 8
_GOT = re.compile(r'got "([0-9a-f]{64})"')
_NOT_SENT = "no request was on its way yet"


class _OpenSockets:
    """The sockets that are open now, so that `abort` can wake whoever reads from one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The sockets, not their connections: one that will be closed after its answer is with the answer alone.
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self.aborted = False

    def note(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
            aborted = self.aborted
        if aborted:
            self._shut(sock)

    def abort(self) -> None:
        with self._lock:
            self.aborted = True
            found = list(self._open)
        for sock in found:
            self._shut(sock)

    @staticmethod
    def _shut(sock: socket.socket) -> None:
        try:
            # The plain socket's own method: TLS would want to say goodbye, and wait for the other side's.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            pass  # it was closed already


def _noting(base: type[HTTPConnection], sockets: _OpenSockets) -> type[HTTPConnection]:
    class NotedConnection(base):  # type: ignore[misc,valid-type]
        def connect(self) -> None:
            if sockets.aborted:
                raise Stopped
            try:
                super().connect()  # with the handshake
            except Exception as error:
                error.add_note(_NOT_SENT)
                raise
            sockets.note(self.sock)

    return NotedConnection


class _PinnedAdapter(HTTPAdapter):
    """Knows the appliance by its certificate's fingerprint; neither names nor authorities matter then."""

    def __init__(self, fingerprint: str | None, sockets: _OpenSockets) -> None:
        self._fingerprint = fingerprint
        self._sockets = sockets
        # Only what changes nothing is sent again by itself.
        retry = Retry(
            total=2, connect=1, read=2, redirect=0, status=0, other=0, allowed_methods={"GET"}, backoff_factor=0.2
        )
        super().__init__(pool_connections=1, pool_maxsize=POOL_CONNECTIONS, max_retries=retry)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(
            connections,
            maxsize,
            block,
            assert_fingerprint=self._fingerprint,
            assert_hostname=False,
            cert_reqs="CERT_NONE",
            ssl_context=PinningContext(),
            **options,
        )
        plain = type("Plain", (HTTPConnectionPool,), {"ConnectionCls": _noting(HTTPConnection, self._sockets)})
        secured = type("Secured", (HTTPSConnectionPool,), {"ConnectionCls": _noting(HTTPSConnection, self._sockets)})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secured}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The pin decides; requests would put its own bundle of authorities in."""
        conn.cert_reqs = "CERT_NONE"
        conn.ca_certs = None

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pool["cert_reqs"] = "CERT_NONE"
        return host, pool


class _ErrorBody(msgspec.Struct):
    message: str = ""
    details: list[dict[str, str]] = []


class Transport:
    """Sends requests; safe to use from several threads. Every error is a ClientError."""

    def __init__(self, connection: Connection, clock: ApplianceClock) -> None:
        self.connection = connection
        self._clock = clock
        self._sockets = _OpenSockets()
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy of this computer's, and no .netrc
        self._http.verify = False
        self._http.headers.update({"Authorization": f"Bearer {connection.token}", "User-Agent": "vbot-admin"})
        # No other adapter is there: whatever an address turns into on its way, there is no connection without the pin.
        self._http.adapters.clear()
        scheme = urlsplit(connection.url).scheme
        self._http.mount(f"{scheme}://", _PinnedAdapter(connection.fingerprint, self._sockets))

    def send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        json: Any = None,
        form: dict[str, str] | None = None,
        file: bytes | None = None,
        headers: dict[str, str] | None = None,
        stream: bool = False,
        read_seconds: float | None = None,
    ) -> requests.Response:
        """One request; the answer's status is below 300. The caller closes a streamed answer.

        `form` and `file` are sent as a form in a browser sends them, in the place of `json`.
        """
        if not is_token(self.connection.token):
            raise NotAuthorised  # it stands in no header, and no appliance has given it
        timeout = (self.connection.connect_seconds, read_seconds or self.connection.read_seconds)
        given = {name: value for name, value in (params or {}).items() if value is not None}
        body = None if json is None else msgspec.json.encode(json)
        headers = dict(headers or {}) | ({} if body is None else {"Content-Type": "application/json"})
        try:
            answer = self._http.request(
                method,
                self.connection.url + path,
                params=given,
                data=form if body is None else body,
                files=None if file is None else {"file": ("recording", file)},
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                stream=stream,
            )
        except Exception as error:
            raise self._unanswered(method, error) from error
        self.note_contact()
        self._clock.note(answer.headers.get("Date"))
        if answer.status_code >= 300:
            with answer:
                raise self._refusal(answer)
        return answer

    def _unanswered(self, method: str, error: BaseException) -> ClientError:
        """The error of a request without an answer. What was to be changed may be done, once it was sent."""
        found = self.client_error(error)
        was_sent = not any(_NOT_SENT in getattr(one, "__notes__", ()) for one in _chain(error))
        if isinstance(found, Unreachable) and was_sent and method != "GET":
            return Unanswered(found.address, found.reason)
        return found

    def note_contact(self) -> None:
        """Something has come from the appliance."""
        self._clock.note_contact()

    def client_error(self, error: BaseException) -> ClientError:
        """A foreign error as one of ours."""
        chain = list(_chain(error))
        known = next((one for one in chain if isinstance(one, ClientError)), None)
        if known is not None:
            return known
        if self._sockets.aborted:
            return Stopped()
        for one in chain:
            if isinstance(one, urllib3.exceptions.SSLError) and (found := _GOT.search(str(one))):
                return CertificateChanged(self.connection.fingerprint or "", found[1])
        if any(isinstance(one, http.client.IncompleteRead | urllib3.exceptions.IncompleteRead) for one in chain):
            return CutShort()
        if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return CutShort()
        return self._unreachable(chain)

    def _unreachable(self, chain: list[BaseException]) -> ClientError:
        address = self.connection.address
        if any(isinstance(one, urllib3.exceptions.SSLError) for one in chain):
            return UnexpectedAnswer(f"no TLS at {address}")
        if any(isinstance(one, urllib3.exceptions.NameResolutionError) for one in chain):
            return Unreachable(address, "no machine of that name is known")
        # Those of the system; requests' own are OSErrors too, and urllib3's NewConnectionError is a timeout by descent.
        system = next((one for one in chain if type(one).__module__ == "builtins" and isinstance(one, OSError)), None)
        if system is not None and not isinstance(system, ConnectionResetError | BrokenPipeError):
            return Unreachable(address, told_by_socket(system))
        if any(isinstance(one, requests.Timeout | urllib3.exceptions.TimeoutError) for one in chain):
            return Unreachable(address, "it does not answer")
        return Unreachable(address, "it closed the connection without an answer")

    def _refusal(self, answer: requests.Response) -> ClientError:
        status = answer.status_code
        kind = BY_STATUS.get(status, ServerFault if status >= 500 else Refused)
        if status < 400:
            return UnexpectedAnswer(f"it redirects to {answer.headers.get('Location', 'nowhere')}")
        try:
            body = msgspec.json.decode(answer.content, type=_ErrorBody)
        except msgspec.MsgspecError:
            body = _ErrorBody()
            if status < 500:
                return UnexpectedAnswer(f"status {status} without the words of a vBot")
        except Exception as error:
            raise self.client_error(error) from error
        details = tuple(FieldProblem(one.get("field", ""), one.get("problem", "")) for one in body.details)
        if kind is ServerFault and any(one.field == "file" for one in details):
            kind = DamagedFile
        refusal = kind(body.message, status=status, request_id=answer.headers.get("X-Request-ID", ""), details=details)
        if not refusal.args[0]:
            refusal.args = (body.message or f"status {status}",)
        if isinstance(refusal, TooMany | Unavailable):
            wait = answer.headers.get("Retry-After", "")
            refusal.retry_after_seconds = int(wait) if wait.isdigit() else None
        return refusal

    def abort(self) -> None:
        """End what is under way, from any thread; whoever waits for an answer gets Stopped."""
        self._sockets.abort()

    def close(self) -> None:
        """Abort, and let go of the sockets."""
        self.abort()
        self._http.close()


def _chain(error: BaseException) -> Any:
    """The error, what caused it, and what its arguments wrap, as requests and urllib3 do."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        wrapped = [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
        waiting += [inner for inner in wrapped if isinstance(inner, BaseException)]
