"""A worker starts on a call: fetching the recording is the claim."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from appliance.domain.call import Call, CallState
from appliance.domain.clock import Clock
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.errors import InvalidCredential, NotFound, Obsolete, Unavailable
from appliance.messages.bounds import MAX_CALLS_IN_HAND
from appliance.messages.call_result import Failure
from appliance.messages.claim_headers import PROTOCOL
from appliance.services.calls.finish_call import FinishCall
from appliance.services.calls.leases import Leases
from appliance.services.events.changes import Changes, calls_changed
from appliance.services.grouped_writes import GroupedWrites
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording

_MISSING = Failure(code="recording_missing", message="the recording is no longer on the appliance's disk")
_CUT_OFF = Failure(
    code="recording_damaged", message="the recording is damaged on the appliance's disk: its end is missing"
)


@dataclass(frozen=True, slots=True)
class ClaimedRecording:
    """What a worker is to work on: the first bytes of a file, and the SHA-256 (hex) that they had when they came.

    `token` proves in its reports that it is the one that claimed this attempt.
    """

    path: Path
    bytes: int
    sha256: str
    token: str


class RecordingUnavailable(Unavailable):
    """The recording of an attempt that its worker has cannot be opened at the moment; `token` as in what it gets."""

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.token = token


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's signed request for one attempt at one call."""

    call_id: str
    revision: int
    attempt: int
    expires: int
    signature: str
    worker: str
    boot: str
    protocol: int

    def has_expired(self, now: datetime) -> bool:
        """Whether its address is too old to begin with: what it has begun with stays its worker's."""
        return self.expires < now.timestamp()


@dataclass(frozen=True, slots=True)
class _Begun:
    """The call in the hands of who claimed it; `is_new`: it was not before."""

    call: Call
    recording: StoredRecording | None
    is_new: bool


class ClaimCall:
    """The use case; `on_claimed` tells the relay that the message has arrived, `requeue` that it must go out anew."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        keys: Keys,
        leases: Leases,
        finish_call: FinishCall,
        now: Clock,
        on_claimed: Callable[[str], None],
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._keys = keys
        self._leases = leases
        self._finish_call = finish_call
        self._now = now
        self._on_claimed = on_claimed
        self._publish = publish
        self._begin = GroupedWrites(database, begin_all, lambda asked: asked[0].call_id, told=self._tell)

    async def __call__(self, claim: Claim) -> ClaimedRecording:
        """Note that the worker has begun and return the recording.

        The same life of the same worker may ask again for what it holds already (a transfer that broke off).
        Raises InvalidCredential for a signature that is not ours, Obsolete for an attempt that is not wanted (any
        more), NotFound when the audio, or a part of it, is gone (the call is failed then), Unavailable for a worker of
        an older version: what it would report cannot be taken, so the attempt is not counted. So for one that has more
        in hand than it may, because its results cannot be stored; and where the recording cannot be opened at the
        moment: the attempt stays its worker's, which asks again.
        """
        self._verify(claim)
        if claim.protocol < PROTOCOL:
            raise Unavailable(f"worker {claim.worker} is of an older version")
        if self._leases.held_by(claim.worker, claim.boot) >= MAX_CALLS_IN_HAND:
            raise Unavailable(f"what worker {claim.worker} has made of {MAX_CALLS_IN_HAND} calls is not stored yet")
        asked_at = self._now()
        begun = await self._begin((claim, asked_at))
        if begun is None and claim.has_expired(asked_at):
            # It waited longer than its address lives. If the attempt is still wanted, send it out under a new one.
            await self._send_anew(claim)
            raise Obsolete(f"the address of call {claim.call_id} has expired")
        if begun is None:
            raise Obsolete(f"attempt {claim.attempt} at call {claim.call_id} is not wanted")
        call, recording = begun.call, begun.recording
        token = self._keys.claim_token(call.call_id, call.revision, call.attempt, claim.worker, claim.boot)
        try:
            size = self._recordings.size(recording.file) if recording is not None else None
        except OSError as error:
            if error.errno != errno.EIO:  # the machine's word, not the disk's: too many open files, say
                why = f"cannot read the recording of call {call.call_id}: {error.strerror}"
                raise RecordingUnavailable(why, token) from error
            await self.unreadable(claim, error.strerror or str(error))
            raise NotFound(f"the recording of call {call.call_id} cannot be read") from error
        if recording is None or size is None:
            await self._finish_call.fail(call.call_id, _MISSING, attempt=(claim.revision, claim.attempt))
            raise NotFound(f"the recording of call {call.call_id} is gone")
        if size < recording.bytes:
            await self._finish_call.fail(call.call_id, _CUT_OFF, attempt=(claim.revision, claim.attempt))
            raise NotFound(f"the recording of call {call.call_id} is cut off")
        return ClaimedRecording(self._recordings.path(recording.file), recording.bytes, recording.sha256, token)

    def _tell(self, asked: tuple[Claim, datetime], begun: _Begun | None) -> None:
        claim, _ = asked
        if begun is None:
            # It may have claimed it before, without hearing our answer, and lets go of it now: of a call that has
            # another revision since, say. Nobody would renew the lease, and others would wait for its end.
            self._leases.let_go(claim.call_id, claim.revision, claim.attempt, claim.worker, claim.boot)
            return
        self._leases.begin(begun.call)  # before anything can go wrong: a call in work that nobody holds would stay so
        if begun.is_new:
            self._publish(CallChanged(begun.call))
        self._on_claimed(claim.call_id)

    async def unreadable(self, claim: Claim, reason: str) -> None:
        """The disk does not give the recording: the call is failed, and may be reprocessed once it does."""
        message = f"the recording cannot be read from the appliance's disk: {reason}"
        failure = Failure(code="recording_damaged", message=message)
        await self._finish_call.fail(claim.call_id, failure, attempt=(claim.revision, claim.attempt))

    async def _send_anew(self, claim: Claim) -> None:
        def put_back(tx: Connection) -> Changes | None:
            call = calls.get(tx, claim.call_id)
            if call is None or not call.may_be_claimed(claim.revision, claim.attempt):
                return None  # an old address, kept: it says nothing about what the call waits for now
            return calls_changed(tx, calls.put_back(tx, [claim.call_id], only_queued=True))

        changes = await self._database.write(put_back)
        if changes is None:
            return
        for change in changes:
            self._publish(change)
        self._on_claimed(claim.call_id)

    def _verify(self, claim: Claim) -> None:
        if not self._keys.recording_signature_matches(
            claim.signature, claim.call_id, claim.revision, claim.attempt, claim.expires
        ):
            raise InvalidCredential("the address is not signed by this appliance")


def begin_all(tx: Connection, claims: Sequence[tuple[Claim, datetime]]) -> list[_Begun | None]:
    """What each claim begins with, or has begun with at its moment; None: its attempt is not wanted (any more)."""
    found = calls.these(tx, [claim.call_id for claim, _ in claims])
    recordings = stored_recordings.of_revisions(tx, {(claim.call_id, claim.revision) for claim, _ in claims})
    answers: list[_Begun | None] = []
    changes: list[tuple[Call, Call]] = []
    for claim, now in claims:
        call = found.get(claim.call_id)
        recording = recordings.get((claim.call_id, claim.revision))
        if call is not None and call.may_be_claimed(claim.revision, claim.attempt) and not claim.has_expired(now):
            begun = replace(
                call,
                state=CallState.PROCESSING,
                attempt=claim.attempt,
                started_at=now,
                worker=claim.worker,
                worker_boot=claim.boot,
            )
            changes.append((call, begun))
            answers.append(_Begun(begun, recording, is_new=True))
        elif call is not None and call.is_held_by(claim.worker, claim.boot, claim.revision, claim.attempt):
            answers.append(_Begun(call, recording, is_new=False))
        else:
            answers.append(None)
    calls.update_changed(tx, changes)
    return answers
