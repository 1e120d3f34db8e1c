"""Accept a call: the recording is safe on disk and the call committed before it is acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.call import Call, next_revision
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.domain.failures import LOST_BY_THE_DISK
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.process.log.subject import about
from appliance.services.calls.empty_calls import is_answered_after_all
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.same_call import check_is_same_call, described_anew, id_between
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.telephone_numbers import direction_told_by_numbers
from appliance.storage.database import Connection, Database
from appliance.storage.folder.call_facts import CallFacts, seal_facts
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import audit, calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Arrivals that share a commit: more would make the first of them wait.
GROUP_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission waiting to be committed; `file` is its recording's name in the store once it is in place.

    `id_of_others`: its external id where the one of the submission is that of a call between others. `sender`: whose
    word of the call it is; None of one that is taken in from the disk, whose word is an old one.
    """

    customer_id: int
    submission: Submission
    upload: Upload
    at: datetime
    file: str = ""
    id_of_others: str | None = None
    sender: Actor | None = None

    @property
    def call_id(self) -> str:
        """The call's, unless it is known already."""
        return self.upload.call_id

    @property
    def names(self) -> set[tuple[int, str, str]]:
        """The ids by which this may be a call that is known already."""
        said = self.submission
        given = (
            ("external", said.external_id),
            ("external", self.id_of_others),
            ("idempotency", said.idempotency_key),
        )
        return {(self.customer_id, kind, name) for kind, name in given if name is not None}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The call that an arrival is; `is_described_anew`: it brought no audio, but says more of the call."""

    call: Call
    is_new: bool
    is_described_anew: bool = False


_Waiting = tuple[Arrival, asyncio.Future[Call]]


class SubmitCall:
    """The use case; `on_received` wakes the relay.

    Submissions that wait together are committed together, in a few statements: what costs is the statement and the
    fsync, not the row.
    """

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        keys: Keys,
        open_calls: OpenCalls,
        now: Clock,
        on_received: Callable[[], None],
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._keys = keys
        self._open_calls = open_calls
        self._now = now
        self._on_received = on_received
        self._publish = publish
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    def facts(self, customer: Customer, submission: Submission, upload: Upload) -> bytes:
        """What stands behind the recording in its file, so that the call is not lost with the database.

        May be called from any thread.
        """
        facts = CallFacts(
            call_id=upload.call_id,
            customer_id=customer.id,
            customer_since=customer.created_at,
            received_at=self._now(),
            bytes=upload.bytes,
            sha256=upload.sha256,
            submission=msgspec.Raw(msgspec.json.encode(submission)),
        )
        return seal_facts(facts, self._keys)

    async def __call__(
        self,
        customer: Customer,
        submission: Submission,
        upload: Upload,
        id_of_others: str | None = None,
        sender: Actor | None = None,
    ) -> Call:
        """Store the recording and commit the call, which is returned as it is then.

        The same external id (or idempotency key) with audio that we have gives the first call again and stores
        nothing, but in the place of a copy that the disk has damaged, and what its `sender` says of the call now; with
        other audio it becomes the next revision of that call. Raises Conflict where that audio is told to be of another
        call, unless it says under which id others' calls go (`id_of_others`).
        """
        said = with_direction(submission, customer)
        arrival = Arrival(customer.id, said, upload, self._now(), "", id_of_others, sender)
        outcome: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, outcome))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_waiting())
        # Shielded: who hangs up changes nothing about what is being committed.
        return await asyncio.shield(outcome)

    async def knows_key(self, customer: Customer, idempotency_key: str) -> bool:
        """Whether a call came under it."""
        known = await self._database.read(lambda tx: calls.by_names(tx, customer.id, None, idempotency_key))
        return known is not None

    async def is_repetition(self, customer: Customer, submission: Submission, upload: Upload) -> bool:
        """Whether it would bring nothing new."""

        def look(tx: Connection) -> bool:
            known = calls.by_names(tx, customer.id, submission.external_id, submission.idempotency_key)
            return known is not None and _came_before(tx, known, submission, upload.sha256) is not None

        return await self._database.read(look)

    async def _commit_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP_LIMIT], self._waiting[GROUP_LIMIT:]
            kept = await self._keep(group)
            if not kept:
                continue
            try:
                await self._commit(kept)
            except Exception:  # noqa: BLE001 - one of them is at fault: alone, it cannot harm the others
                for one in kept:
                    await self._commit_alone(*one)

    async def _keep(self, group: list[_Waiting]) -> list[_Waiting]:
        """Move the recordings into place; those that fail get their error, the others are returned."""
        paths = [arrival.upload.path for arrival, _ in group]
        try:
            files = await self._in_thread(partial(self._recordings.keep, paths, self._now().date()))
        except OSError as error:
            if len(group) > 1:
                return [kept for one in group for kept in await self._keep([one])]
            _fail(group[0][1], error)
            return []
        return [(replace(arrival, file=file), outcome) for (arrival, outcome), file in zip(group, files, strict=True)]

    async def _commit_alone(self, arrival: Arrival, outcome: asyncio.Future[Call]) -> None:
        try:
            await self._commit([(arrival, outcome)])
        except Exception as error:  # noqa: BLE001 - handed to who waits for it
            with contextlib.suppress(OSError):  # what cannot be removed now is swept later; who waits is told
                await self._in_thread(partial(self._recordings.remove, arrival.file))
            _fail(outcome, error)

    async def _commit(self, group: list[_Waiting]) -> None:
        arrivals = [arrival for arrival, _ in group]
        accepted = await self._database.write(partial(accept_all, arrivals=arrivals))
        # All that is new first, without a pause: by the next moment a worker may have begun with it.
        for (_, outcome), one in zip(group, accepted, strict=True):
            if one.is_new:
                self._open_calls.accepted(one.call.customer_id, one.call.call_id)
                self._on_received()
                _succeed(outcome, one.call)
            if one.is_new or one.is_described_anew:
                self._publish(CallChanged(one.call))
        for (arrival, outcome), one in zip(group, accepted, strict=True):
            if not one.is_new:
                try:
                    await self._put_by(arrival, one.call)
                except Exception:  # all is committed, and stays so: what cannot be removed now is swept later
                    subject = about(call_id=one.call.call_id, customer_id=one.call.customer_id)
                    logger.exception("what came again of call %s cannot be put by", one.call.call_id, extra=subject)
                _succeed(outcome, one.call)

    async def _put_by(self, arrival: Arrival, call: Call) -> None:
        """What we have already is not kept twice; it is wanted only where the disk has damaged ours."""

        def find(tx: Connection) -> StoredRecording | None:
            return stored_recordings.with_sha256(tx, call.call_id, arrival.upload.sha256)

        ours = await self._database.read(find)
        if ours is not None and ours.file == arrival.file:  # it met itself, committed a moment ago
            return
        if ours is not None and ours.erased_at is None:
            mend = partial(self._recordings.mend, ours.file, ours.bytes, arrival.file)
            if await self._in_thread(mend):
                subject = about(call_id=call.call_id, customer_id=call.customer_id)
                logger.warning("the recording of call %s was damaged, and came again", call.call_id, extra=subject)
        await self._in_thread(partial(self._recordings.remove, arrival.file))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, work)


def with_direction(said: Submission, customer: Customer) -> Submission:
    """Where the PBX does not say where the call went, the customer's own numbers may."""
    if said.direction is not None:
        return said
    told = direction_told_by_numbers(said.caller_number, said.called_number, said.did, customer)
    return said if told is None else replace(said, direction=told)


def _succeed(outcome: asyncio.Future[Call], call: Call) -> None:
    if not outcome.done():
        outcome.set_result(call)


def _fail(outcome: asyncio.Future[Call], error: Exception) -> None:
    if not outcome.done():
        outcome.set_exception(error)


def accept_all(tx: Connection, arrivals: list[Arrival]) -> list[Accepted]:
    """The call that each submission is, and what it brought.

    Those that can only be new go in together, the others one by one after them. Raises Conflict for audio of another
    call under an id that is known.
    """
    known = calls.known_names(tx, [name for arrival in arrivals for name in arrival.names])
    fresh: list[Arrival] = []
    seen = set(known)
    for arrival in arrivals:
        if not arrival.names & seen:
            fresh.append(arrival)
            seen |= arrival.names
    new = {arrival.call_id: new_call(arrival) for arrival in fresh}
    if fresh:
        calls.insert_many(tx, list(new.values()))
        stored_recordings.insert_many(tx, [_stored(arrival, new[arrival.call_id]) for arrival in fresh])
    return [
        Accepted(new[arrival.call_id], is_new=True) if arrival.call_id in new else _accept(tx, arrival)
        for arrival in arrivals
    ]


def _accept(tx: Connection, arrival: Arrival) -> Accepted:
    """A submission under a name that is known: nothing new, or the call's next revision."""
    said = arrival.submission
    if arrival.id_of_others is not None:
        said = replace(said, external_id=id_between(tx, new_call(arrival), arrival.id_of_others))
        arrival = replace(arrival, submission=said)
    known = calls.by_names(tx, arrival.customer_id, said.external_id, said.idempotency_key)
    if known is None:  # only the id is known, of a call between others
        call = new_call(arrival)
        calls.insert(tx, call)
        stored_recordings.insert_many(tx, [_stored(arrival, call)])
        return Accepted(call, is_new=True)
    came = _came_before(tx, known, said, arrival.upload.sha256)
    if came is not None:
        return _repeated(tx, known, arrival, is_newest=came.revision == known.revision)
    check_is_same_call(known, new_call(arrival))
    call = _with_submission(next_revision(known), arrival.submission)
    calls.update(tx, call)
    stored_recordings.insert_many(tx, [_stored(arrival, call)])
    return Accepted(call, is_new=True)


def _repeated(tx: Connection, known: Call, arrival: Arrival, *, is_newest: bool) -> Accepted:
    """Audio that we have. What the telephone system says with the newest of a call's audio is its last word."""
    call, changed = described_anew(known, new_call(arrival)) if arrival.sender and is_newest else (known, ())
    if arrival.sender is None or not changed:
        return Accepted(known, is_new=False)
    calls.update(tx, call)
    after = {"fields": list(changed)}  # which, and not what: a call's numbers and names are no matter of the audit
    subject = Subject(SubjectKind.CALL, call.call_id)
    action = Action.CALL_DESCRIBED_ANEW
    audit.add(tx, AuditLine(arrival.at, arrival.sender, action, subject, {}, after, customer_id=call.customer_id))
    return Accepted(call, is_new=False, is_described_anew=True)


def _came_before(tx: Connection, known: Call, said: Submission, sha256: str) -> StoredRecording | None:
    """The latest of a call's revisions with this audio, if it is no more than a repetition.

    None where the audio is taken once more: the disk has lost it since, or it was not listened to on a word that the
    telephone system takes back.
    """
    is_lost = known.error is not None and known.error.code in LOST_BY_THE_DISK
    if is_lost or is_answered_after_all(known, said.disposition):
        return None
    return stored_recordings.with_sha256(tx, known.call_id, sha256)


def new_call(arrival: Arrival) -> Call:
    """What it is as a call of its own."""
    return Call(
        call_id=arrival.call_id,
        customer_id=arrival.customer_id,
        received_at=arrival.at,
        **{name: getattr(arrival.submission, name) for name in Submission.__dataclass_fields__},
    )


def _stored(arrival: Arrival, call: Call) -> StoredRecording:
    return StoredRecording(
        call.call_id, call.revision, arrival.file, arrival.upload.bytes, arrival.upload.sha256, arrival.at
    )


def _with_submission(call: Call, submission: Submission) -> Call:
    """What the PBX says now replaces what it said before; under which ids it is known stays."""
    ids = ("external_id", "idempotency_key")
    said = {name: getattr(submission, name) for name in Submission.__dataclass_fields__ if name not in ids}
    return replace(call, **said)
