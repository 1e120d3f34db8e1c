"""POST /api/get_transcription: nethesis/satellite's door. The recording comes in, what was said in it goes out.

It takes what that program takes and answers what it answers, so that NethVoice can be pointed at this appliance. Behind
it is a call as any other: kept, analysed in its turn, told by webhook.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

import msgspec

from appliance.api.http.form.satellite_form import FORM, TranscriptionRequest, read_request
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.http.tornado_internals import stream_of
from appliance.api.routes.process_call import ProcessCall
from appliance.api.shapes.replies.basics import ErrorReply
from appliance.api.shapes.transcription import TranscriptionReply, transcription_error, transcription_reply
from appliance.domain.failures import RECORDINGS_AT_FAULT
from appliance.errors import (
    AnalysisFailed,
    AudioQuotaExceeded,
    InvalidRequest,
    LengthRequired,
    NotFound,
    Problem,
    RecordingTooLarge,
    ResultNotReady,
    StorageQuotaExceeded,
    TooManyConcurrentCalls,
    UnsupportedRecording,
)
from appliance.services.calls.history import CallView
from appliance.services.calls.submission import Submission, Upload

NO_AUDIO = Problem("file", "Invalid file type. Only WAV files are supported.")


class GetTranscription(ProcessCall):
    """Takes a recording as process-call does, waits for a place instead of refusing, and then for the result."""

    _takes_legs = False

    async def admit(self) -> None:
        self._until = asyncio.get_running_loop().time() + self.services.limits.transcription_wait_seconds
        await super().admit()

    def _api_key(self) -> str | None:
        return self._bearer_token() or self.request.headers.get("X-API-Token") or super()._api_key()

    async def _take_slot(self) -> None:
        open_calls, most = self.services.calls.open_calls, self._most_calls
        self._slot = await open_calls.wait_for_place(self.customer.id, most, self._seconds_left)

    @property
    def _seconds_left(self) -> float:
        return max(0.0, self._until - asyncio.get_running_loop().time())

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Process a call recording and receive its transcript in the answer, as from nethesis/satellite.",
            caller=Caller.CUSTOMER,
            answers=TranscriptionReply,
            takes=FORM,
            errors=(
                InvalidRequest,
                LengthRequired,
                RecordingTooLarge,
                TooManyConcurrentCalls,
                AudioQuotaExceeded,
                StorageQuotaExceeded,
                NotFound,
                AnalysisFailed,
                ResultNotReady,
            ),
            notes="For NethVoice and others that speak to nethesis/satellite: the customer's key is taken as "
            "`Authorization: Bearer` and as `X-API-Token`, too. With as many calls in hand as the customer may have, "
            "the request waits for its turn. The answer comes with the result; where that takes too long it is 504, "
            "the call goes on, and the same request with the same `uniqueid`, sent again, is answered with its result. "
            "Where somebody erases the call meanwhile it is 404. "
            "What cannot be decoded is 400. An error has its word in `detail` besides.",
        )
    )
    async def post(self) -> None:
        self._stop_timer()
        form = self._form
        if form is None:
            return
        rest = bytes(self._waiting)
        try:
            await self._in_thread(lambda: form.feed(rest))
            # Some of them are called like those of process-call and mean something else.
            wanted = self._wanted(form.take_fields())
            said = wanted.submission(wanted.uniqueid or None)
            await self._hold_made(form)
            facts = partial(self.services.calls.submit_call.facts, self.customer)
            submission, upload = await self._in_thread(lambda: form.finish(None, facts, lambda *_: said))
        except UnsupportedRecording:
            raise InvalidRequest(NO_AUDIO) from None
        await self.check_key_is_still_good()
        view = await self._result(submission, upload, wanted)
        if not stream_of(self.request).closed():
            await self._answer(view, wanted)

    def _wanted(self, fields: Mapping[str, bytes]) -> TranscriptionRequest:
        query = {name: values[-1].decode("utf-8", "replace") for name, values in self.request.query_arguments.items()}
        return read_request(query, fields, self.services.health.known_languages())

    async def _result(self, submission: Submission, upload: Upload, wanted: TranscriptionRequest) -> CallView:
        """Commit the call, give back what the upload held, and wait."""
        call = await self.services.calls.submit_call(self.customer, submission, upload, wanted.id_of_others)
        self._note_accepted(upload)
        self._end()
        return await self.services.calls.await_result(call.call_id, self.customer.id, self._seconds_left, call.revision)

    async def _answer(self, view: CallView, wanted: TranscriptionRequest) -> None:
        error = view.call.error
        if error is not None and error.code in RECORDINGS_AT_FAULT:
            raise InvalidRequest(Problem("file", error.message))
        if error is not None:
            raise AnalysisFailed(error.message)
        if view.result is None:
            raise AnalysisFailed("its texts were erased meanwhile, as the retention asks")
        await self.reply_with(partial(transcription_reply, view.result, wanted.names, by_channel=wanted.by_channel))

    async def refuse(self, error: BaseException) -> None:
        """What is no audio is 400 there, wherever in the upload it shows."""
        await super().refuse(InvalidRequest(NO_AUDIO) if isinstance(error, UnsupportedRecording) else error)

    def error_body(self, body: ErrorReply) -> msgspec.Struct:
        return transcription_error(body)
