"""Calls that were accepted, whose recordings the disk still holds, and that the database has lost: taken in again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from appliance.domain.actor import VBOT, Actor
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.errors import Conflict
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.same_call import check_is_same_call
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.submit_call import Arrival, accept_all, new_call, with_direction
from appliance.storage import erasure
from appliance.storage.database import Connection, Database
from appliance.storage.folder.call_facts import CallFacts, read_facts
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import audit, calls, customers, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LostRecording:
    """A file that no call knows, with what it tells; `file` is its name in the recordings folder."""

    file: str
    facts: CallFacts


@dataclass(slots=True)
class Reingested:
    """What became of recordings without a row.

    `calls` wait for a worker now; of `known` ones there was nothing to do; `erased` were erased on demand; those of
    `strangers` belong to a customer that the database does not know.
    """

    calls: list[Call] = field(default_factory=list)
    known: list[LostRecording] = field(default_factory=list)
    erased: list[LostRecording] = field(default_factory=list)
    strangers: list[LostRecording] = field(default_factory=list)


class ReingestLostCalls:
    """The use case of a running api, before it sweeps for the first time; `on_received` wakes the relay."""

    def __init__(
        self,
        database: Database,
        folder: DataFolder,
        recordings: RecordingStore,
        keys: Keys,
        open_calls: OpenCalls,
        now: Clock,
        on_received: Callable[[], None],
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._folder = folder
        self._recordings = recordings
        self._keys = keys
        self._open_calls = open_calls
        self._now = now
        self._on_received = on_received
        self._publish = publish

    async def __call__(self) -> None:
        """Take in what an earlier life of this process had accepted, and the database has lost."""
        loop = asyncio.get_running_loop()

        def known() -> set[str]:
            return asyncio.run_coroutine_threadsafe(self._database.read(stored_recordings.all_files), loop).result()

        def look() -> list[LostRecording]:
            orphans = self._recordings.orphans(known)
            return read_lost({self._recordings.name(path): path for path in orphans}, self._keys)

        lost = await loop.run_in_executor(None, look)
        if not lost:
            return
        done = await self._database.write(partial(reingest_audited, lost=lost, at=self._now(), actor=VBOT))
        for call in done.calls:
            self._open_calls.accepted(call.customer_id, call.call_id)
            self._publish(CallChanged(call))
            self._on_received()
        await loop.run_in_executor(None, set_aside, self._folder, done.strangers)
        if done.calls:
            logger.warning("%d calls that were accepted and lost by the database were taken in again", len(done.calls))


def reingest_audited(tx: Connection, lost: Sequence[LostRecording], at: datetime, actor: Actor) -> Reingested:
    """As `reingest`, with its line in the audit."""
    done = reingest(tx, lost)
    if done.calls:
        after: Fields = {"calls": len(done.calls)}
        audit.add(tx, AuditLine(at, actor, Action.CALLS_TAKEN_IN_AGAIN, Subject(SubjectKind.CALL), after=after))
    return done


def set_aside(folder: DataFolder, lost: Iterable[LostRecording]) -> None:
    """Move recordings of which nobody knows whose they are to lost+found/: nothing is deleted there."""
    for one in lost:
        source, target = folder.recordings / one.file, folder.lost_and_found / one.file.replace("/", "-")
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if source.exists():
            source.rename(target)
            logger.warning("a recording of a customer that is not known is in %s", target)


def read_lost(files: Mapping[str, Path], keys: Keys) -> list[LostRecording]:
    """Those of the files that tell of their call, the oldest first. One that the disk does not give tells nothing."""
    found = []
    for name, path in files.items():
        try:
            read = read_facts(path, keys)
        except OSError as error:
            logger.warning("cannot read %s: %s", path, error.strerror)
            continue
        if read is not None:
            found.append(LostRecording(name, read))
    return sorted(found, key=lambda one: one.facts.received_at)


def reingest(tx: Connection, lost: Iterable[LostRecording]) -> Reingested:
    """Let these calls wait for a worker, as if they came now, but under their ids and with their moments.

    What a call's row has kept is not touched: it gets its recording back.
    """
    done = Reingested()
    erased = erasure.erasures(tx)
    for one in lost:
        facts = one.facts
        customer = customers.get(tx, facts.customer_id, with_deleted=True)
        known = calls.get(tx, facts.call_id)
        if facts.call_id in erased:
            done.erased.append(one)
        elif customer is None or customer.created_at != facts.customer_since:
            done.strangers.append(one)
        elif known is not None:
            _give_back(tx, known, one)
            done.known.append(one)
        else:
            _accept(tx, one, customer, done)
    return done


def _accept(tx: Connection, one: LostRecording, customer: Customer, done: Reingested) -> None:
    facts = one.facts
    submission = with_direction(msgspec.json.decode(facts.submission, type=Submission), customer)
    upload = Upload(Path(one.file), facts.bytes, facts.sha256, facts.call_id)
    arrival = Arrival(facts.customer_id, submission, upload, facts.received_at, one.file)
    older = calls.by_names(tx, facts.customer_id, submission.external_id, submission.idempotency_key)
    if older is not None and not _may_be(tx, older, arrival):
        # It was accepted, and is not lost for the id that meanwhile is another call's.
        submission = replace(submission, external_id=None, idempotency_key=None)
        arrival, older = replace(arrival, submission=submission), None
    if older is not None and (_missing_revisions(tx, older) or not _is_news(tx, older, facts)):
        _give_back(tx, older, one)
        done.known.append(one)
        return
    (accepted,) = accept_all(tx, [arrival])
    if accepted.is_new:
        done.calls.append(accepted.call)
    else:
        done.known.append(one)


def _may_be(tx: Connection, older: Call, arrival: Arrival) -> bool:
    """Whether a recording is of the call that is known under its id: the same one, or more of it."""
    if stored_recordings.has_sha256(tx, older.call_id, arrival.upload.sha256):
        return True
    try:
        check_is_same_call(older, new_call(arrival))
    except Conflict:
        return False
    return True


def _is_news(tx: Connection, call: Call, facts: CallFacts) -> bool:
    """Whether this came after all that is known of the call: an older revision must not become the newest."""
    return all(stored.received_at < facts.received_at for stored in stored_recordings.of_call(tx, call.call_id))


def _missing_revisions(tx: Connection, call: Call) -> list[int]:
    """Of which the call has no recording's row any more, not even one that says that it was erased."""
    kept = {stored.revision for stored in stored_recordings.of_call(tx, call.call_id)}
    return [number for number in range(1, call.revision + 1) if number not in kept]


def _give_back(tx: Connection, call: Call, one: LostRecording) -> None:
    """The recording's row, where the call has lost one."""
    facts, missing = one.facts, _missing_revisions(tx, call)
    if missing and not stored_recordings.has_sha256(tx, call.call_id, facts.sha256):
        revision = missing[-1] if _is_news(tx, call, facts) else missing[0]
        stored = StoredRecording(call.call_id, revision, one.file, facts.bytes, facts.sha256, facts.received_at)
        stored_recordings.insert(tx, stored)
