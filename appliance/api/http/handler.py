"""What every handler shares: request ids, credentials, bounded bodies, and errors as replies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from tornado import iostream
from tornado.web import HTTPError, RequestHandler, stream_request_body

from appliance.api.http.admission import AdmittingHandler
from appliance.api.http.browsers import SECURITY_HEADERS, cross_origin_headers, preflight_headers
from appliance.api.http.error_replies import FULL_DISK, BodyTooLarge, HeadTooLarge, error_reply, is_full_disk
from appliance.api.http.json_body import read_json
from appliance.api.http.operation import path_names
from appliance.api.http.tornado_internals import (
    body_has_ended,
    connection_of,
    drop_unsent,
    has_answered,
    let_any_length_come,
    pending_read,
    stream_of,
    unsent_bytes,
)
from appliance.api.services import Services
from appliance.api.shapes.replies.basics import ErrorReply
from appliance.errors import ApplianceError, InvalidRequest, Problem
from appliance.process.log.subject import LogSubject, about

logger = logging.getLogger(__name__)

T = TypeVar("T")

JSON_BODY_LIMIT_BYTES = 1024 * 1024
# A head above this is refused in words: no client of ours needs a quarter of it.
HEAD_LIMIT_BYTES = 16 * 1024
# What is not an upload is short; who takes longer for it is not sending but holding a connection.
BODY_LIMIT_SECONDS = 30.0
# A client that has not taken a reply in this time will not. Those of a file are counted piece by piece (`files`).
UNREAD_LIMIT_SECONDS = 120.0
# A client that is still sending when it is refused must be let finish a little, or it reads a reset, not the answer.
# The time is the real bound; the bytes keep a flood from costing more than a read.
DRAIN_LIMIT_SECONDS = 2.0
DRAIN_LIMIT_BYTES = 32 * 1024 * 1024

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@stream_request_body
class Handler(AdmittingHandler):
    """Base of all handlers.

    Bodies are streamed so that who may not send one is refused before it is read. A subclass says in `admit` who may
    come in; `admit` runs before any byte of the body is looked at.
    """

    accepted_call_id: str | None = None
    _is_refused = False
    _cross_origin_headers: Mapping[str, str] = MappingProxyType({})  # Tornado asks for headers before `initialize`

    def initialize(self, services: Services, *, local_owner: bool = False) -> None:
        """`local_owner`: this request came over the socket that only the data folder's owner can open."""
        self.services = services
        self.local_owner = local_owner
        self._body = bytearray()
        self._received_bytes = 0
        self._cross_origin_headers = cross_origin_headers(self.request, services.cors_origins)
        for name, value in self._cross_origin_headers.items():
            self.set_header(name, value)

    def log_subject(self) -> dict[str, LogSubject]:
        """For the `extra` of a line about this request: which call or delivery it asked for, and which customer."""
        named = dict(zip(path_names(type(self)), getattr(self, "path_args", ()), strict=False))
        return about(
            call_id=self.accepted_call_id or named.get("call_id"),
            delivery_id=named.get("delivery_id"),
            customer_id=self.admitted_customer_id,
        )

    def set_default_headers(self) -> None:
        # Tornado calls this again when an error clears the reply: what was decided about the request stays.
        if not hasattr(self, "request_id"):
            given = self.request.headers.get("X-Request-ID", "")
            self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        self.set_header("X-Request-ID", self.request_id)
        self._show_allowance()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)
        for name, value in self._cross_origin_headers.items():
            self.set_header(name, value)
        self.clear_header("Server")

    async def admit(self) -> None:
        """Refuse by raising. A subclass must say who may come in."""
        raise NotImplementedError

    async def prepare(self) -> None:
        preflight = preflight_headers(self.request, self.services.cors_origins, self._methods())
        if preflight is not None:
            self._answer_preflight(preflight)
            return
        try:
            self._check_head()
            if self.request.method not in self._methods():
                raise HTTPError(405)  # noqa: TRY301 - refused like everything else
            await self.admit()
            self.bound_body()
            if self.request.method not in _READING:
                self.services.changes_under_way.begin(self)
        except Exception as error:  # noqa: BLE001 - every error becomes a reply here
            await self.refuse_early(error)

    def on_finish(self) -> None:
        self.services.changes_under_way.end(self)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.services.changes_under_way.end(self)

    def _check_head(self) -> None:
        lines = sum(len(name) + len(value) + 4 for name, value in self.request.headers.get_all())
        if len(self.request.uri or "") + lines > HEAD_LIMIT_BYTES:
            raise HeadTooLarge("the head is too large")

    def bound_body(self) -> None:
        """Refuse a body that is announced as too large, and let one that takes too long end its connection."""
        declared = self.request.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared[:20]) > JSON_BODY_LIMIT_BYTES:
            raise BodyTooLarge(f"{declared} bytes")
        connection_of(self.request).set_body_timeout(BODY_LIMIT_SECONDS)

    async def refuse_early(self, error: BaseException) -> None:
        """Refuse in `prepare`: before the body is read, if there is one."""
        if self._has_body():
            await self.refuse(error)
        else:
            self._answer_with(error)

    def _answer_with(self, error: BaseException) -> None:
        async def answer(*_path: str) -> None:
            await self.refuse(error)

        self._answer_by(answer)

    def _answer_by(self, method: Callable[..., Awaitable[None]]) -> None:
        """Let this be the method that answers: in `prepare` an answer would cost the client its connection."""
        setattr(self, (self.request.method or "get").lower(), method)

    def _answer_preflight(self, headers: dict[str, str]) -> None:
        async def answer(*_path: str) -> None:
            for name, value in headers.items():
                self.set_header(name, value)
            self.clear_header("Content-Type")
            self.set_status(HTTPStatus.NO_CONTENT)
            self.finish()

        self._answer_by(answer)

    def _methods(self) -> list[str]:
        return [
            method
            for method in self.SUPPORTED_METHODS
            if getattr(type(self), method.lower()) is not getattr(RequestHandler, method.lower())
        ]

    async def data_received(self, chunk: bytes) -> None:
        self._received_bytes += len(chunk)
        if not has_answered(self):
            await self.take(chunk)

    async def take(self, chunk: bytes) -> None:
        """The next bytes of the body; here they are collected for `json_body`."""
        if self._received_bytes > JSON_BODY_LIMIT_BYTES:
            await self.refuse(BodyTooLarge("the body is too large"))
        elif self.request.method not in ("GET", "HEAD"):  # theirs means nothing, and anybody may send one
            self._body += chunk

    async def refuse(self, error: BaseException) -> None:
        """Answer with the error, then let a client that is still sending finish a bounded part of it."""
        if has_answered(self):
            return
        self._is_refused = True
        self._tell_fault(error)
        self._write_error_reply(error)
        let_any_length_come(self.request)
        if self._client_is_sending():
            # Our own content length, so that the answer is complete for the client before we end.
            self.set_header("Content-Length", str(unsent_bytes(self)))
            try:
                await self.flush()
                await self._drain()
            except iostream.StreamClosedError:
                pass  # nobody is left to read it; it was refused all the same
        self.finish()

    def error_body(self, body: ErrorReply) -> msgspec.Struct:
        """What an error says; a route that stands in for another program's may add that one's words."""
        return body

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's hook for whatever escapes a handler."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else HTTPError(status_code)
        self._write_error_reply(error)
        self.finish()

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        self._tell_fault(value)

    def _tell_fault(self, error: BaseException) -> None:
        """What is the appliance's own fault, in the log: where in the program, but for a disk that is full."""
        if is_full_disk(error):
            logger.warning("request %s was refused: %s", self.request_id, FULL_DISK, extra=self.log_subject())
        elif not isinstance(error, HTTPError | ApplianceError):
            logger.error("request %s failed", self.request_id, exc_info=error, extra=self.log_subject())

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> asyncio.Future[None]:
        """End the reply; a client that does not take it is let go."""
        taken = super().finish(chunk)
        if not taken.done():
            timer = asyncio.get_running_loop().call_later(UNREAD_LIMIT_SECONDS, self.hang_up)
            taken.add_done_callback(lambda _: timer.cancel())
        return taken

    def hang_up(self) -> None:
        """Close the connection without a word."""
        with contextlib.suppress(Exception):
            stream_of(self.request).close()

    def reply(self, body: msgspec.Struct) -> None:
        """Send a 200 with this body."""
        self.finish(msgspec.json.encode(body))

    async def reply_with(self, make: Callable[[], msgspec.Struct]) -> None:
        """Send a 200 with the body that this makes: on a thread, for it may be long."""
        self.finish(await asyncio.to_thread(lambda: msgspec.json.encode(make())))

    def compute_etag(self) -> None:
        """None but files have one, which set their own: Tornado's would be a hash of each reply."""

    def json_body(self, shape: type[T], default: T | None = None) -> T:
        """The body as this shape, or the default for no body at all; raises InvalidRequest that names the field."""
        if default is not None and not self._body.strip():
            return default
        return read_json(bytes(self._body), shape)

    def own_json_body(self, shape: type[T]) -> T:
        """The body as a program of ours writes it; nothing is made of it but this shape. Raises InvalidRequest."""
        try:
            return msgspec.json.decode(self._body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidRequest(Problem("body", "is not of the form that is wanted here")) from None

    # -- errors ----------------------------------------------------------------------------------------------

    def _write_error_reply(self, error: BaseException) -> None:
        reply = error_reply(error, to_admin=self._is_admins)
        drop_unsent(self)
        self.set_status(reply.status)
        if reply.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self._methods()))
        if not body_has_ended(self.request):
            self.set_header("Connection", "close")  # what the client still sends will not be read to its end
        for name, value in reply.headers.items():
            self.set_header(name, value)
        self.write(msgspec.json.encode(self.error_body(reply.body)))

    def _has_body(self) -> bool:
        headers = self.request.headers
        return headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers

    def _client_is_sending(self) -> bool:
        """Whether more of the body is to come. Who asked `Expect: 100-continue` waits for our word first."""
        asked = self.request.headers.get("Expect", "").lower() == "100-continue" and not self._received_bytes
        return self._has_body() and not asked and not body_has_ended(self.request)

    async def _drain(self) -> None:
        """Read and drop what the client sends; while we are in here Tornado itself does not read.

        It may have begun to: of a body in chunks it hands on what it has while it waits for more.
        """
        stream = stream_of(self.request)
        begun = pending_read(stream)
        declared = self.request.headers.get("Content-Length", "")
        left = DRAIN_LIMIT_BYTES
        if declared.isdigit():
            left = min(left, int(declared) - self._received_bytes)
        try:
            async with asyncio.timeout(DRAIN_LIMIT_SECONDS):
                if begun is not None:
                    await asyncio.wait([begun])  # Tornado's own: what it brings is asked for there
                while left > 0:
                    left -= len(await stream.read_bytes(min(left, 65536), partial=True))
        except TimeoutError:
            pass


class UnknownRoute(Handler):
    """Whatever no route matches."""

    async def prepare(self) -> None:
        await self.refuse_early(HTTPError(404))
