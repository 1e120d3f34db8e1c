"""POST /api/process-call: the PBX hands over a recording."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from appliance.api.http.call_fields import FORM, IDEMPOTENCY_KEY
from appliance.api.http.call_form import CallForm
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.http.tornado_internals import body_is_whole, connection_of, stream_of
from appliance.api.shapes.replies.calls import CallAcceptedReply
from appliance.errors import (
    InvalidRequest,
    LengthRequired,
    Problem,
    RecordingTooLarge,
    TooManyConcurrentCalls,
    Unavailable,
    UnsupportedRecording,
)
from appliance.services.calls.open_calls import UploadSlot
from appliance.services.calls.submit_call import Submission, Upload

T = TypeVar("T")

# Besides the file a form holds a few short fields and the multipart's own lines.
FORM_OVERHEAD_BYTES = 1024 * 1024
IDLE_LIMIT_SECONDS = 30.0
# Thread hops cost more than parsing: collect this much before one.
FEED_BYTES = 256 * 1024


class ProcessCall(Handler):
    """Streams the upload to disk; answers once the recording is synced and the call committed."""

    _slot: UploadSlot | None = None
    _form: CallForm | None = None
    _idle: asyncio.TimerHandle | None = None
    _feeding: asyncio.Future[Any] | None = None

    async def admit(self) -> None:
        self.customer = await self.admit_customer()
        limit = self.customer.max_concurrent_calls or self.services.limits.max_concurrent_calls
        self._slot = self.services.calls.open_calls.begin_upload(self.customer.id, limit)
        declared_bytes = self._declared_bytes()
        if not await self.services.health.writable(declared_bytes):
            raise Unavailable("the database cannot be written, or the disk is full")
        self._form = CallForm(
            self.request.headers.get("Content-Type", ""),
            self.services.calls.recordings,
            self.services.limits.max_recording_bytes,
        )
        # Our own count in `take` replaces Tornado's, which would close the connection without a word.
        connection_of(self.request).set_max_body_size(2**62)
        self._waiting = bytearray()
        self._expect_data()

    def bound_body(self) -> None:
        """Our own count and clock do that, in `take`: a recording is long, and may take long, but not idle."""

    @property
    def _longest_body(self) -> int:
        return self.services.limits.max_recording_bytes + FORM_OVERHEAD_BYTES

    def _declared_bytes(self) -> int:
        """The announced length of the body, 0 where it comes in chunks; raises what is wrong with it."""
        declared = self.request.headers.get("Content-Length")
        if declared is None:
            if "chunked" not in self.request.headers.get("Transfer-Encoding", "").lower():
                raise LengthRequired("neither a length nor chunks")
            return 0
        if not (declared.isascii() and declared.isdigit()):
            raise InvalidRequest(Problem("Content-Length", "must be a number"))
        if int(declared[:20]) > self._longest_body:
            raise RecordingTooLarge(f"{declared} bytes")
        return int(declared)

    async def take(self, chunk: bytes) -> None:
        self._expect_data()
        if self._received_bytes > self._longest_body:
            self._stop_timer()
            await self.refuse(RecordingTooLarge(f"more than {self._longest_body} bytes"))
            return
        self._waiting += chunk
        if len(self._waiting) >= FEED_BYTES:
            await self._feed()

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Process a call recording and receive the analysis by webhook.",
            caller=Caller.CUSTOMER,
            answers=CallAcceptedReply,
            takes=FORM,
            headers=(IDEMPOTENCY_KEY,),
            errors=(InvalidRequest, LengthRequired, RecordingTooLarge, UnsupportedRecording, TooManyConcurrentCalls),
            notes="The answer comes once the recording is safely on disk; from then on the call reaches a final state "
            "and its webhook is sent, whatever happens to the appliance meanwhile. Without an answer of 200 send it "
            "again: with an `external_id` or an `Idempotency-Key` nothing is done twice.",
        )
    )
    async def post(self) -> None:
        self._stop_timer()
        form = self._form
        if form is None:
            return
        key, rest = self.request.headers.get(IDEMPOTENCY_KEY.name), bytes(self._waiting)

        def finish() -> tuple[Submission, Upload]:
            form.feed(rest)
            return form.finish(key, partial(self.services.calls.submit_call.facts, self.customer))

        submission, upload = await self._in_thread(finish)
        call_id = await self.services.calls.submit_call(self.customer, submission, upload)
        self.reply(CallAcceptedReply(call_id=call_id))

    def on_finish(self) -> None:
        self._end()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._feeding is None:
            self._end_if_abandoned()

    async def _feed(self) -> None:
        form, data = self._form, bytes(self._waiting)
        self._waiting.clear()
        if form is None or not data:
            return
        try:
            await self._in_thread(lambda: form.feed(data))
        except Exception as error:  # noqa: BLE001 - every error becomes a reply in `refuse`
            self._stop_timer()
            await self.refuse(error)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Run what blocks; the form is never touched by two threads, also when the client hangs up meanwhile."""
        self._feeding = future = asyncio.get_running_loop().run_in_executor(None, work)
        try:
            return await future
        finally:
            self._feeding = None
            if stream_of(self.request).closed():
                self._end_if_abandoned()

    def _end_if_abandoned(self) -> None:
        # While `post` runs the call may still be committed: the client's going away changes nothing then.
        if not body_is_whole(self.request):
            self._end()

    def _end(self) -> None:
        """The request is over, however: what it held is given back, what it wrote and did not keep is removed."""
        self._stop_timer()
        if self._slot is not None:
            self._slot.release()
            self._slot = None
        if self._form is not None:
            form, self._form = self._form, None
            asyncio.get_running_loop().run_in_executor(None, form.discard)

    def _expect_data(self) -> None:
        self._stop_timer()
        self._idle = asyncio.get_running_loop().call_later(IDLE_LIMIT_SECONDS, self.hang_up)

    def _stop_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
