"""The revisions of a call: when each came and why, and what was made of it, as long as that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.errors import NotFound
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, calls, deliveries, results, stored_recordings
from appliance.storage.tables.audit import AuditFilter
from appliance.storage.tables.stored_recordings import StoredRecording

# Of a call that was analysed again more often the last ones.
MOST_REPROCESSED = 100


class Cause(StrEnum):
    """Why there is a revision: its recording came, as the first or another one, or the same was analysed again."""

    RECEIVED = "received"
    RECEIVED_AGAIN = "received_again"  # the same: it was lost here, or is to be listened to after all
    OTHER_RECORDING = "other_recording"
    REPROCESSED = "reprocessed"
    EXCHANGED = "exchanged"  # the same, with the caller on the other channel


@dataclass(frozen=True, slots=True)
class Revision:
    """One of them. `analysed_at` is None where no result is kept, `delivery_id` where no webhook tells of it."""

    number: int
    received_at: datetime
    cause: Cause
    recording_erased_at: datetime | None
    analysed_at: datetime | None
    delivery_id: str | None


@dataclass(frozen=True, slots=True)
class RevisionView:
    """What was made of one revision: `result` is a `messages.call_result.CallResult` as JSON."""

    call: Call
    number: int
    analysed_at: datetime
    result: str


class Revisions:
    """The queries; each of these customers' calls only where `only` says so. Raise NotFound."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_call(self, call_id: str, only: frozenset[int] | None) -> tuple[Call, list[Revision]]:
        """All of them, the latest first."""

        def find(tx: Connection) -> tuple[Call, list[Revision]]:
            call = _visible(tx, call_id, only)
            analysed = results.stored_at(tx, call_id)
            told = deliveries.of_revisions(tx, call_id)
            exchanged = _exchanged(tx, call) if call.revision > 1 else frozenset()
            recordings = stored_recordings.of_call(tx, call_id)
            found = [
                Revision(
                    number=one.revision,
                    received_at=one.received_at,
                    cause=_cause(one, recordings[:place], exchanged),
                    recording_erased_at=one.erased_at,
                    analysed_at=analysed.get(one.revision),
                    delivery_id=told.get(one.revision),
                )
                for place, one in enumerate(recordings)
            ]
            return call, found[::-1]

        return await self._database.read(find)

    async def result(self, call_id: str, number: int, only: frozenset[int] | None) -> RevisionView:
        """What was made of one; raises NotFound also where that was erased, or the analysis failed."""

        def find(tx: Connection) -> RevisionView:
            call = _visible(tx, call_id, only)
            found = results.of_revision(tx, call_id, number)
            if found is None:
                raise NotFound(f"there is no result of revision {number} of call {call_id}")
            return RevisionView(call, number, *found)

        return await self._database.read(find)


def _cause(recording: StoredRecording, former: Sequence[StoredRecording], exchanged: frozenset[int]) -> Cause:
    if recording.revision in exchanged:
        return Cause.EXCHANGED
    if not former:
        return Cause.RECEIVED
    if recording.file == former[-1].file:
        return Cause.REPROCESSED
    return Cause.RECEIVED_AGAIN if recording.sha256 == former[-1].sha256 else Cause.OTHER_RECORDING


def _exchanged(tx: Connection, call: Call) -> frozenset[int]:
    """The revisions for which caller and called were exchanged, as far as the audit still tells."""
    wanted = AuditFilter(subject=Subject(SubjectKind.CALL, call.call_id), action=Action.CALL_REPROCESSED)
    lines = [line for _, line in audit.page(tx, wanted, before_seq=None, limit=MOST_REPROCESSED)]
    numbers = (line.after.get("revision") for line in lines if "caller_channel" in line.after)
    return frozenset(number for number in numbers if isinstance(number, int))


def _visible(tx: Connection, call_id: str, only: frozenset[int] | None) -> Call:
    call = calls.get(tx, call_id)
    if call is None or (only is not None and call.customer_id not in only):
        raise NotFound(f"there is no call {call_id}")
    return call
