"""Accept a call: the recording is safe on disk and the call committed before anybody is told so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from appliance.domain.call import Call, next_revision
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.services.limits import OpenCalls
from appliance.storage import calls
from appliance.storage.calls import StoredRecording
from appliance.storage.database import Connection, Database
from appliance.storage.recordings import RecordingStore


@dataclass(frozen=True, slots=True)
class Submission:
    """What the PBX says about a call."""

    caller_number: str
    called_number: str
    external_id: str | None = None
    idempotency_key: str | None = None
    language: str | None = None
    direction: str | None = None
    caller_channel: str | None = None
    metadata: str | None = None
    call_started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was received whole and synced, still in the folder of unfinished uploads."""

    path: Path
    bytes: int
    sha256: str


class SubmitCall:
    """The use case; `on_received` wakes the relay."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        open_calls: OpenCalls,
        now: Clock,
        on_received: Callable[[], None],
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._open_calls = open_calls
        self._now = now
        self._on_received = on_received

    async def __call__(self, customer: Customer, submission: Submission, upload: Upload) -> str:
        """Store the recording and commit the call; returns its id.

        The same external id (or idempotency key) with audio that we have gives the first call's id again and stores
        nothing; with other audio it becomes the next revision of that call.
        """
        loop = asyncio.get_running_loop()
        file = await loop.run_in_executor(None, self._recordings.keep, upload.path)
        now = self._now()
        new_id = str(uuid4())

        def commit(tx: Connection) -> tuple[Call, bool]:
            return _accept(tx, customer.id, submission, upload, file, new_id, now)

        try:
            call, is_new = await self._database.write(commit)
        except Exception:  # not when we are cancelled: the commit may be under way; else the sweep finds the file
            await loop.run_in_executor(None, self._recordings.remove, file)
            raise
        if is_new:
            self._open_calls.accepted(customer.id, call.call_id)
            self._on_received()
        else:
            await loop.run_in_executor(None, self._recordings.remove, file)
        return call.call_id


def _accept(
    tx: Connection, customer_id: int, submission: Submission, upload: Upload, file: str, new_id: str, now: datetime
) -> tuple[Call, bool]:
    """The call that this submission is, and whether it brought anything new."""
    known = _known_call(tx, customer_id, submission)
    if known is not None and calls.has_recording_with_sha256(tx, known.call_id, upload.sha256):
        return known, False
    if known is None:
        call = Call(
            call_id=new_id,
            customer_id=customer_id,
            received_at=now,
            **{name: getattr(submission, name) for name in Submission.__dataclass_fields__},
        )
        calls.insert(tx, call)
    else:
        call = _with_submission(next_revision(known), submission)
        calls.update(tx, call)
    calls.insert_recording(tx, StoredRecording(call.call_id, call.revision, file, upload.bytes, upload.sha256, now))
    return call, True


def _known_call(tx: Connection, customer_id: int, submission: Submission) -> Call | None:
    known = None
    if submission.external_id is not None:
        known = calls.by_external_id(tx, customer_id, submission.external_id)
    if known is None and submission.idempotency_key is not None:
        known = calls.by_idempotency_key(tx, customer_id, submission.idempotency_key)
    return known


def _with_submission(call: Call, submission: Submission) -> Call:
    """What the PBX says now replaces what it said before."""
    return replace(
        call,
        caller_number=submission.caller_number,
        called_number=submission.called_number,
        language=submission.language,
        direction=submission.direction,
        caller_channel=submission.caller_channel,
        metadata=submission.metadata,
        call_started_at=submission.call_started_at,
    )
