"""A call: one recorded conversation on its way from the PBX to one final state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

# A recording that takes the worker down with it is tried this often in all.
MAX_CRASHES = 3


# The code of a call of which something is stored that cannot be read; no call fails of it.
DAMAGED = "damaged"
# The engine's word for a well-formed recording without a sample in it: no fault of anybody's.
EMPTY_RECORDING = "empty_recording"


class CallState(StrEnum):
    """`received` is also the outbox: what stands there is waiting to be put into the queue."""

    RECEIVED = "received"
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        return self in (CallState.COMPLETED, CallState.FAILED)


class Disposition(StrEnum):
    """What came of a call, as the PBX tells it."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    FAILED = "failed"
    CONGESTION = "congestion"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CallError:
    """Why a call failed: a stable code, a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call as stored.

    `attempt` counts the times that a worker started on it and never goes back; `crashes` those that ended without
    any answer. `alone`: it may have brought a worker down, so its next worker takes no other call beside it.
    `call_started_at` is the PBX's word for when the call began, `recording_started_at` for when its recording did,
    `started_at` when our work began. `linked_id` ties the
    recordings of one call together, `did` is the number that was dialled from outside; `answered_at` is when the PBX
    took the call, `bridged_at` when the called party did.
    `time_to_result_seconds` is from acceptance to the first result; later revisions leave it as it is.
    `empty`: it is completed, and nothing was recorded; it is counted apart.
    """

    call_id: str
    customer_id: int
    caller_number: str
    called_number: str
    received_at: datetime
    external_id: str | None = None
    idempotency_key: str | None = None
    revision: int = 1
    attempt: int = 0
    crashes: int = 0
    alone: bool = False
    state: CallState = CallState.RECEIVED
    language: str | None = None
    direction: str | None = None
    caller_channel: str | None = None
    vocabulary: tuple[str, ...] = ()  # what is expected in this call besides its customer's
    metadata: str | None = None
    call_started_at: datetime | None = None
    linked_id: str | None = None
    agent: str | None = None
    extension: str | None = None
    queue: str | None = None
    did: str | None = None
    disposition: str | None = None
    answered_at: datetime | None = None
    bridged_at: datetime | None = None
    recording_started_at: datetime | None = None
    tags: tuple[str, ...] = ()  # an administrator's
    warnings: tuple[str, ...] = ()  # what was found, or put right, when its recording came
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_seconds: float | None = None
    speech_seconds: float | None = None
    sentiment: str | None = None
    time_to_result_seconds: float | None = None
    error: CallError | None = None
    empty: bool = False
    worker: str | None = None
    worker_boot: str | None = None
    texts_erased: bool = False

    @property
    def announcement_seconds(self) -> float:
        """For how long, from the recording's start on, no called party was there; 0 where the PBX does not tell.

        When the call began says nothing of it: many telephone systems record from the moment when both are connected.
        """
        connected_at = self.bridged_at or self.answered_at
        if self.recording_started_at is None or connected_at is None:
            return 0.0
        return max(0.0, (connected_at - self.recording_started_at).total_seconds())

    def may_be_claimed(self, revision: int, attempt: int) -> bool:
        """Whether a worker may start this attempt: it is the next one and nobody has it."""
        waiting = self.state in (CallState.RECEIVED, CallState.QUEUED)
        return waiting and revision == self.revision and attempt == self.attempt + 1

    def is_held_by(self, worker: str, boot: str, revision: int, attempt: int) -> bool:
        """Whether this very life of the worker holds this very attempt."""
        return (
            self.state is CallState.PROCESSING
            and (self.worker, self.worker_boot) == (worker, boot)
            and (self.revision, self.attempt) == (revision, attempt)
        )

    def accepts_report(self, worker: str, boot: str, revision: int, attempt: int) -> bool:
        """Whether this life of a worker has this attempt in its hands, so that its word counts (invariant 6).

        A call that waits again because the queue was wiped is in its worker's hands until another claims it.
        """
        return (
            not self.state.final
            and (self.worker, self.worker_boot) == (worker, boot)
            and (self.revision, self.attempt) == (revision, attempt)
        )


def next_revision(call: Call) -> Call:
    """The same call, to be analysed from the start. `attempt` goes on, so that old reports stay old."""
    return replace(
        call,
        revision=call.revision + 1,
        state=CallState.RECEIVED,
        crashes=0,
        alone=False,
        started_at=None,
        finished_at=None,
        duration_seconds=None,
        speech_seconds=None,
        sentiment=None,
        error=None,
        empty=False,
        worker=None,
        worker_boot=None,
        texts_erased=False,
    )


def crash_counts(calls_in_hand: int) -> bool:
    """With several calls in hand nobody can say which one brought the worker down: then it counts for none.

    Each is next given out alone; so whoever did it is found out.
    """
    return calls_in_hand == 1
