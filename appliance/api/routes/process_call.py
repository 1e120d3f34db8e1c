"""POST /api/process-call: the PBX hands over a recording."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import msgspec

from appliance.api.http.error_replies import is_full_disk
from appliance.api.http.form.call_fields import FORM, IDEMPOTENCY_KEY
from appliance.api.http.form.call_form import CallForm
from appliance.api.http.form.refusal_words import refusal_words
from appliance.api.http.handler import Handler
from appliance.api.http.languages import check_language_is_known
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.http.tornado_internals import body_is_whole, has_answered, let_any_length_come
from appliance.api.shapes.replies.calls import CallAcceptedReply
from appliance.errors import (
    ApplianceError,
    AudioQuotaExceeded,
    Conflict,
    InvalidRequest,
    LengthRequired,
    Problem,
    RecordingTooLarge,
    StorageQuotaExceeded,
    TooManyConcurrentCalls,
    Unavailable,
    UnsupportedRecording,
)
from appliance.services.calls.open_calls import UploadSlot
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.upload_rooms import UploadRoom

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Besides the file a form holds a few short fields and the multipart's own lines.
FORM_OVERHEAD_BYTES = 1024 * 1024
IDLE_LIMIT_SECONDS = 30.0
# An upload may take so long, and a second more for each of these bytes that came: half of what the one ISDN channel
# carries that a call was made on. A line that is slower than that for long could not have carried the call.
UPLOAD_GRACE_SECONDS = 60.0
LOWEST_BYTES_A_SECOND = 4_000
# Of an upload in chunks nobody knows how long it will be: room is held for this much more than has come.
CHUNKS_AHEAD_BYTES = 1024 * 1024
# Thread hops cost more than parsing: collect this much before one.
FEED_BYTES = 256 * 1024
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"})
# Legs are joined by these alone: the longest ones must not take the threads that everything else waits for.
_JOINING = ThreadPoolExecutor(2, thread_name_prefix="joining")


class ProcessCall(Handler):
    """Streams the upload to disk; answers once the recording is synced and the call committed."""

    _slot: UploadSlot | None = None
    _must_repeat = _is_told = _has_gone = False
    _takes_legs = True
    _room: UploadRoom | None = None
    _stored_bytes = 0
    _form: CallForm | None = None
    _idle: asyncio.TimerHandle | None = None
    _feeding: asyncio.Future[Any] | None = None

    async def admit(self) -> None:
        self.customer = await self.admit_customer()
        self._began_at = asyncio.get_running_loop().time()
        self._check_is_not_compressed()
        await self._take_slot()
        declared_bytes = self._declared_bytes()
        if not await self.services.health.writable(0):
            raise Unavailable("the database cannot be written, or the disk is full")
        self._room = self.services.calls.upload_rooms.begin(self.customer)
        await self._room.hold(declared_bytes)
        self._form = CallForm(
            self.request.headers.get("Content-Type", ""),
            self.services.calls.recordings,
            self.services.limits.max_recording_bytes,
            takes_legs=self._takes_legs,
        )
        # Our own count in `take` replaces Tornado's, which would close the connection without a word.
        let_any_length_come(self.request)
        self._waiting = bytearray()
        self._expect_data()

    @property
    def _most_calls(self) -> int:
        return self.customer.max_concurrent_calls or self.services.limits.max_concurrent_calls

    async def _take_slot(self) -> None:
        """A repetition is no new call: where all places are taken it may come, to be given the call that it is."""
        calls, key = self.services.calls, self.request.headers.get(IDEMPOTENCY_KEY.name)
        try:
            self._slot = calls.open_calls.begin_upload(self.customer.id, self._most_calls)
        except TooManyConcurrentCalls:
            if key is None or not await calls.submit_call.knows_key(self.customer, key):
                raise
            self._slot = calls.open_calls.begin_repetition(self.customer.id, self._most_calls)
            self._must_repeat = True

    async def _check_repetition(self, submission: Submission, upload: Upload) -> None:
        """Raise TooManyConcurrentCalls for other audio under a known key: a new revision costs as much."""
        calls, limit = self.services.calls, self._most_calls
        if not self._must_repeat or calls.open_calls.count(self.customer.id) <= limit:
            return
        if not await calls.submit_call.is_repetition(self.customer, submission, upload):
            raise TooManyConcurrentCalls(limit)

    def bound_body(self) -> None:
        """Our own count and clock do that, in `take`: a recording is long, and may take long, but not idle."""

    def _check_is_not_compressed(self) -> None:
        """Raise InvalidRequest; what telephone systems write there that compresses nothing is passed over."""
        codings = self.request.headers.get("Content-Encoding", "").lower().split(",")
        if not _COMPRESSIONS.isdisjoint(one.strip() for one in codings):
            raise InvalidRequest(Problem("Content-Encoding", "is not taken: send the body as it is, uncompressed"))

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
        if not await self._has_room_for(chunk):
            return
        self._waiting += chunk
        if len(self._waiting) >= FEED_BYTES:
            await self._feed()

    async def _has_room_for(self, chunk: bytes) -> bool:
        """Hold what came, and of an upload in chunks what may come; else refuse it."""
        room = self._room
        if room is None:
            return False
        try:
            if self._received_bytes > room.held_bytes:
                await room.hold(self._received_bytes + CHUNKS_AHEAD_BYTES)
            await room.look_again()
        except ApplianceError as error:
            self._stop_timer()
            await self.refuse(error)
            return False
        room.arrived(len(chunk))
        return True

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Process a call recording and receive the analysis by webhook.",
            caller=Caller.CUSTOMER,
            answers=CallAcceptedReply,
            takes=FORM,
            headers=(IDEMPOTENCY_KEY,),
            errors=(
                InvalidRequest,
                Conflict,
                LengthRequired,
                RecordingTooLarge,
                UnsupportedRecording,
                TooManyConcurrentCalls,
                AudioQuotaExceeded,
                StorageQuotaExceeded,
            ),
            notes="The answer comes once the recording is safely on disk; from then on the call reaches a final state "
            "and its webhook is sent, whatever happens to the appliance meanwhile. Without an answer of 200 send it "
            "again: with an `external_id` or an `Idempotency-Key` nothing is done twice. With as many calls in hand as "
            "the customer may have, a repetition under a known `Idempotency-Key` is answered all the same. 409: "
            "other audio came under an id that is known, with other numbers or another start, and no `linked_id` ties "
            "it to that call; `details` names both.",
        )
    )
    async def post(self) -> None:
        self._stop_timer()
        form = self._form
        if form is None:
            return
        key, rest = self.request.headers.get(IDEMPOTENCY_KEY.name), bytes(self._waiting)

        facts_of = partial(self.services.calls.submit_call.facts, self.customer)

        def finish_unless_made() -> tuple[Submission, Upload] | None:
            form.feed(rest)
            return None if form.has_legs or form.made_bytes() else form.finish(key, facts_of)

        finished = await self._in_thread(finish_unless_made)
        if finished is None:
            await self._hold_made(form)
            joining = _JOINING if form.has_legs else None
            finished = await self._in_thread(lambda: form.finish(key, facts_of), joining)
        submission, upload = finished
        check_language_is_known(submission.language, self.services.health.known_languages(), "language")
        await self.check_key_is_still_good()  # an upload may take hours
        await self._check_repetition(submission, upload)
        call = await self.services.calls.submit_call(self.customer, submission, upload, sender=self.actor)
        self.accepted_call_id = call.call_id
        self._note_accepted(upload)
        warnings = list(submission.warnings) or msgspec.UNSET
        self.reply(CallAcceptedReply(call_id=self.accepted_call_id, warnings=warnings))

    async def _hold_made(self, form: CallForm) -> None:
        """Hold room, and the customer's quota, for a recording that is to be made of what came. Raises ApplianceError.

        One that would be too long is told so first: it is never to be sent again.
        """
        made_bytes = form.made_bytes()
        if self._room is not None and made_bytes:
            await self._room.hold(self._room.held_bytes + made_bytes)

    def _note_accepted(self, upload: Upload) -> None:
        self._stored_bytes = upload.bytes
        self.services.health.post_refusals.accepted(self.customer.id)

    def _write_error_reply(self, error: BaseException) -> None:
        """Who posts may never look at the answer: whoever looks after the appliance is told of it, too."""
        if self._room is not None and isinstance(error, Unavailable):
            self._room.refused(0)  # the room itself has said what it lacked
        elif self._room is not None and is_full_disk(error):
            self._room.refused(self._received_bytes)
        super()._write_error_reply(error)
        words = refusal_words(error)
        if words is not None and self.admitted_customer_id is not None and not self._stored_bytes:
            self.services.health.post_refusals.refused(self.admitted_customer_id, words, self.request_id)

    def on_finish(self) -> None:
        super().on_finish()
        self._end()

    def on_connection_close(self) -> None:
        """Tornado has read to the end of what came, and it is not the whole body; or the answer has nobody left."""
        super().on_connection_close()
        self._has_gone = True
        if self._feeding is None:
            self._end_if_abandoned()

    async def _feed(self) -> None:
        form, data = self._form, bytes(self._waiting)
        self._waiting.clear()
        if form is None or not data:
            return
        self._stop_timer()  # how long the disk takes is not the client's fault
        try:
            await self._in_thread(lambda: form.feed(data))
        except Exception as error:  # noqa: BLE001 - every error becomes a reply in `refuse`
            await self.refuse(error)
            return
        if self._form is not None:
            self._expect_data()

    async def _in_thread(self, work: Callable[[], T], executor: Executor | None = None) -> T:
        """Run what blocks; the form is never touched by two threads, also when the client hangs up meanwhile."""
        self._feeding = future = asyncio.get_running_loop().run_in_executor(executor, work)
        try:
            return await future
        except Exception:
            self._is_told = True  # it is refused, which is told as that, also where the client has gone meanwhile
            raise
        finally:
            self._feeding = None
            # A stream that is closed says less: this may have been the last piece, which makes the body whole.
            if self._has_gone:
                self._end_if_abandoned()

    def _end_if_abandoned(self) -> None:
        # While `post` runs the call may still be committed: the client's going away changes nothing then.
        if not body_is_whole(self.request):
            # What has not ended when the appliance stops is ended by us.
            stopping = self.services.calls.open_calls.is_closed
            self._tell_of_end("the api stopped" if stopping else "its connection broke off")
            self._end()

    def _end(self) -> None:
        """The request is over, however: what it held is given back, what it wrote and did not keep is removed."""
        self._stop_timer()
        if self._slot is not None:
            self._slot.release()
            self._slot = None
        if self._room is not None:
            self._room.end(self._stored_bytes)
            self._room = None
        if self._form is not None:
            form, self._form = self._form, None
            asyncio.get_running_loop().run_in_executor(None, form.discard)

    def _expect_data(self) -> None:
        """Wait for more, but neither idly nor, in all, for longer than so many bytes may take."""
        self._stop_timer()
        loop = asyncio.get_running_loop()
        longest = UPLOAD_GRACE_SECONDS + self._received_bytes / LOWEST_BYTES_A_SECOND
        left = self._began_at + longest - loop.time()
        if left < IDLE_LIMIT_SECONDS:
            self._idle = loop.call_later(max(0.0, left), self._end_slow)
        else:
            self._idle = loop.call_later(IDLE_LIMIT_SECONDS, self._end_idle)

    def _end_idle(self) -> None:
        self._tell_of_end(f"nothing came for {IDLE_LIMIT_SECONDS:.0f} s")
        self.hang_up()

    def _end_slow(self) -> None:
        self._tell_of_end(f"less than {LOWEST_BYTES_A_SECOND} a second")
        self.hang_up()

    def _tell_of_end(self, reason: str) -> None:
        """Of an upload that ends without an answer, once."""
        if self._is_told or self._is_refused or self._slot is None or has_answered(self):
            return
        self._is_told = True
        declared = self.request.headers.get("Content-Length", "an unknown number of")
        logger.warning(
            "an upload of customer %d ended before it was whole: %d of %s bytes came in %.0f s, %s",
            self.customer.id,
            self._received_bytes,
            declared[:20],
            asyncio.get_running_loop().time() - self._began_at,
            reason,
            extra=self.log_subject(),
        )

    def _stop_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
