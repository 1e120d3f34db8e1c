"""How the appliance stands at one moment: its parts, what waits, who works, how much room is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from appliance.domain.dropped_reports import DropReason
from appliance.domain.ending import ends_soon
from appliance.domain.failures import Failures
from appliance.domain.health import HealthStatus

# What to do where it gives back something else than was written.
DISK_LOSES_BITS = (
    "The disk does not give back what was written, and what it lost cannot be mended: look at it (`smartctl -a`, "
    "`journalctl -k`), make a backup, and replace it"
)


# The running api makes its own anew before that; somebody else's has to be fetched.
CERTIFICATE_TOLD_BEFORE = timedelta(days=30)
# Where no backup is made by itself somebody may see to them otherwise; from when on it does not look like that.
NO_BACKUPS_OLD_AFTER = timedelta(days=2)


class ComponentState(StrEnum):
    """`warning`: it works, and somebody should look at it."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Component:
    """One part; `reason` says in words why its state is what it is."""

    name: str
    state: ComponentState
    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """What is to be done and cannot be yet: since when, and why."""

    since: datetime
    reason: str


class WorkerState(StrEnum):
    """`loading`: it is there, its model is not yet; `gone`: nothing was heard of it for a while.

    `outdated`: it is of a version whose reports could not be taken, and gets no calls.
    """

    LOADING = "loading"
    READY = "ready"
    OUTDATED = "outdated"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CurrentCall:
    """A call in a worker's hands; `progress` is the share done (0–1), as its last heartbeat says."""

    call_id: str
    revision: int
    attempt: int
    progress: float


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker; `measured_speed` is audio seconds per second of work over its last calls.

    `deaths_while_loading`: so many of its lives in a row died before they were ready, the last one of `last_error`.
    `code_packs` are those of its model packs that run as code. `missing_protections`: what does not hold it and its
    decoders as it should, and what mends that. `known_for_seconds`: since this life of it was first heard of. One on
    another machine came with the token of the name `joined_by`, from `address`.
    """

    name: str
    device: str
    model: str
    code_packs: tuple[str, ...]
    state: WorkerState
    calls_in_hand: tuple[CurrentCall, ...]
    measured_speed: float | None
    last_heartbeat_at: datetime
    calls_done: int
    version: str
    deaths_while_loading: int
    last_error: str | None
    missing_protections: tuple[str, ...] = ()
    known_for_seconds: float = 0.0
    since: datetime | None = None
    joined_by: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CallsToday:
    """`accepted`, `completed`, `empty` and `failed` since midnight (UTC); `processing` and `waiting` are now.

    `empty`: nothing was recorded; these are not among the completed ones.
    """

    accepted: int
    completed: int
    empty: int
    failed: int
    processing: int
    waiting: int


@dataclass(frozen=True, slots=True)
class LastHour:
    """`came`: calls that were accepted, or given in again; `done`: those that became final, whenever they came."""

    came: int
    done: int


@dataclass(frozen=True, slots=True)
class DisabledEndpoint:
    """A customer whose webhooks rest, and why."""

    customer_id: int
    customer_name: str
    reason: str
    failing_since: datetime | None
    waiting: int = 0  # webhooks that are sent once it is enabled again


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What is to be sent, and what could not be."""

    pending: int
    retrying: int
    failed_last_24_hours: int
    disabled_endpoints: tuple[DisabledEndpoint, ...]
    resting: int = 0  # though their endpoints take webhooks: a restore lets them


@dataclass(frozen=True, slots=True)
class Disk:
    """Room where the data folder lies, and what of it the data folder takes."""

    total_bytes: int
    free_bytes: int
    floor_bytes: int
    recordings_bytes: int
    database_bytes: int
    backups_bytes: int


class CertificateState(StrEnum):
    """Whether clients take it, by its dates alone."""

    NOT_YET_VALID = "not_yet_valid"
    VALID = "valid"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the api shows who it is with."""

    fingerprint_sha256: str
    public_key_pin: str
    """As curl's --pinnedpubkey takes it: `sha256//` and base64. It outlives a renewal that keeps the key."""
    not_before: datetime
    not_after: datetime
    subject_alternative_names: tuple[str, ...]
    may_sign_others: bool
    """An older vBot made it, as an authority's: whoever trusts it trusts its key for every name."""

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative once it has."""
        return (self.not_after - now).days

    def state_at(self, now: datetime) -> CertificateState:
        """What every part that warns of its dates goes by."""
        if now < self.not_before:
            return CertificateState.NOT_YET_VALID
        left = self.days_left(now)
        if left < 0:
            return CertificateState.EXPIRED
        soon = ends_soon(self.not_before, self.not_after, now, CERTIFICATE_TOLD_BEFORE)
        return CertificateState.ENDS_SOON if soon else CertificateState.VALID


@dataclass(frozen=True, slots=True)
class BackupsSeen:
    """How backups fare: `last_error` is that of the last one where it failed."""

    last_done_at: datetime | None
    last_error: str | None
    next_due_at: datetime | None
    kept: int


@dataclass(frozen=True, slots=True)
class DamagedRecordings:
    """Calls whose recordings were found damaged on the disk of late, the newest first, and since when."""

    call_ids: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SilentPbx:
    """A customer whose telephone system has fallen silent when it usually sends calls; `silent_since`: for too long."""

    customer_id: int
    customer_name: str
    last_call_at: datetime
    silent_since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedPosts:
    """A customer whose posts were refused in the last hour, without one that was accepted since; the last: why."""

    customer_id: int
    count: int
    last_at: datetime
    last_problem: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, where a customer has no setting of its own."""

    recordings_days: int
    texts_days: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be asked for, where a customer has no setting of its own."""

    rate_limit_per_minute: int
    max_concurrent_calls: int
    max_storage_bytes: int
    max_audio_hours_per_day: int
    max_recording_bytes: int


@dataclass(frozen=True, slots=True)
class PlainWebhooks:
    """Customers whose webhooks would cross the internet in plain: those to whom nothing is sent, and the others."""

    refused: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """All of it."""

    boot_id: str
    started_at: datetime
    uptime_seconds: float
    now: datetime
    health: HealthStatus
    components: tuple[Component, ...]
    calls: CallsToday
    oldest_waiting_since: datetime | None
    last_hour: LastHour
    workers: tuple[Worker, ...]
    disk: Disk
    certificate: Certificate | None
    backups: BackupsSeen
    deliveries: Deliveries
    failures: Failures
    dropped_reports: Mapping[DropReason, int]
    silent_pbxs: tuple[SilentPbx, ...]
    damaged_recordings: DamagedRecordings
    retention: Retention
    limits: Limits
    settings: Mapping[str, Any]
    refused_posts: tuple[RefusedPosts, ...] = ()
    audit_broken: bool | None = None
    """Whether the last look at the audit's chain found it broken; None before the first."""

    @property
    def reasons(self) -> list[str]:
        """What somebody should look at, in words."""
        return [component.reason for component in self.components if component.state is not ComponentState.OK]
