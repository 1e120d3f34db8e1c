"""The state of the box: health, and what it is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from admin_gui.client.transport.errors import NotFound, Unavailable
from admin_gui.client.transport.exchange import Requests

# Of an appliance that does not tell whether its certificate ends soon: so it was before it did.
RENEWAL_DAYS = 30


class Health(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`healthy`; `unhealthy`: accepts no call; `degraded`: accepts calls, but something is wrong.

    Queue or worker are missing, calls fail, or recordings were found damaged.
    """

    status: str
    version: str = ""
    timestamp: datetime | None = None


class Component(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One part: `state` is ok, warning or failed; `reason` is the appliance's own English words."""

    name: str
    state: str
    reason: str = ""


class Queue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    waiting: int = 0
    oldest_age_seconds: float | None = None


class CallsToday(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Since midnight UTC: accepted, completed, empty (nothing was recorded), failed. Now: processing, waiting."""

    accepted: int = 0
    completed: int = 0
    empty: int = 0
    failed: int = 0
    processing: int = 0
    waiting: int = 0


class CurrentCall(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a worker has in hand; progress is a share of 1."""

    call_id: str
    revision: int = 1
    attempt: int = 1
    progress: float = 0.0


class Worker(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A worker: `state` is loading, ready or gone; its speed is in seconds of audio a second."""

    name: str
    state: str
    host: str = ""
    # Of one on another machine: the name of the token by which it joined, and from where.
    joined_by: str | None = None
    address: str | None = None
    since: datetime | None = None
    device: str = ""
    model: str = ""
    code_packs: tuple[str, ...] = ()  # those of its model packs that run as code
    current_call: CurrentCall | None = None
    calls_in_hand: tuple[CurrentCall, ...] = ()
    measured_speed: float | None = None
    last_heartbeat_at: datetime | None = None
    calls_done: int = 0
    version: str = ""
    # So often in a row it died before it was ready, and why the last time.
    deaths_while_loading: int = 0
    last_error: str | None = None


class DataFolder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    recordings_bytes: int = 0
    database_bytes: int = 0
    backups_bytes: int = 0


class Disk(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """With fewer free bytes than the floor no calls are accepted."""

    total_bytes: int = 0
    free_bytes: int = 0
    floor_bytes: int = 0
    data_folder: DataFolder = msgspec.field(default_factory=DataFolder)


class Certificate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    fingerprint_sha256: str
    public_key_pin: str = ""  # as curl's --pinnedpubkey takes it; an older appliance does not tell it
    not_after: datetime
    days_left: int
    ends_soon: bool | None = None  # an older appliance does not tell it
    subject_alternative_names: list[str] = []

    @property
    def needs_renewal(self) -> bool:
        """Whether somebody has to do something about it."""
        ends_soon = self.days_left < RENEWAL_DAYS if self.ends_soon is None else self.ends_soon
        return ends_soon or self.days_left < 0


class BackupsSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    last_done_at: datetime | None = None
    last_error: str | None = None
    next_due_at: datetime | None = None
    kept: int = 0


class DisabledEndpoint(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    customer_id: int
    customer_name: str = ""
    reason: str = ""
    failing_since: datetime | None = None
    waiting: int = 0  # webhooks that are sent once it is enabled again; an older appliance does not tell


class FailedWebhooks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many could not be delivered to one customer in the last 24 hours."""

    customer_id: int
    customer_name: str = ""
    count: int = 0


class DeliveriesSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    pending: int = 0
    retrying: int = 0
    failed_last_24_hours: int = 0
    # The appliance does not say it here: the client asks for it where there are any.
    failed_of_customers: list[FailedWebhooks] = []
    resting: int = 0  # since a restore
    disabled_endpoints: list[DisabledEndpoint] = []


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The failed calls of one customer with one error; `example` is what the last of them says."""

    error_code: str
    customer_id: int
    customer_name: str | None = None
    count: int = 0
    example: str = ""


class Failures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the calls ended from `since` to before `until`, an hour; shares are of 1, the largest group is first."""

    since: datetime
    until: datetime
    finished: int = 0
    failed: int = 0
    share: float = 0.0
    usual_share: float | None = None
    groups: list[FailureGroup] = []


class SilentPbx(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A customer whose telephone system has fallen silent when it usually sends calls."""

    customer_id: int
    customer_name: str = ""
    last_call_at: datetime | None = None
    reason: str = ""


class RefusedPosts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A customer whose telephone system sends what is refused; why, the appliance says of the last in its own words."""

    customer_id: int
    customer_name: str = ""
    count: int = 0
    last_problem: str = ""


class DamagedRecordings(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Recordings that the disk does not give back as they were written; `call_ids` are the newest of them."""

    since: datetime | None = None
    count: int = 0
    call_ids: list[str] = []


class RetentionDays(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    recordings_days: int | None = None
    texts_days: int | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """For customers without settings of their own."""

    rate_limit_per_minute: int | None = None
    max_concurrent_calls: int | None = None
    max_storage_bytes: int | None = None
    max_audio_hours_per_day: int | None = None
    max_recording_bytes: int | None = None


class System(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the appliance stands at this moment."""

    version: str = ""
    boot_id: str = ""
    started_at: datetime | None = None
    uptime_seconds: float = 0.0
    time: datetime | None = None
    health: str = "healthy"
    reasons: list[str] = []
    components: list[Component] = []
    queue: Queue = msgspec.field(default_factory=Queue)
    calls_today: CallsToday = msgspec.field(default_factory=CallsToday)
    workers: list[Worker] = []
    disk: Disk = msgspec.field(default_factory=Disk)
    certificate: Certificate | None = None
    backups: BackupsSeen = msgspec.field(default_factory=BackupsSeen)
    deliveries: DeliveriesSeen = msgspec.field(default_factory=DeliveriesSeen)
    failures: Failures | None = None  # an older appliance does not tell
    silent_pbxs: list[SilentPbx] = []
    refused_posts: list[RefusedPosts] = []
    damaged_recordings: DamagedRecordings = msgspec.field(default_factory=DamagedRecordings)
    retention: RetentionDays = msgspec.field(default_factory=RetentionDays)
    limits: Limits = msgspec.field(default_factory=Limits)
    settings: dict[str, Any] = {}


class SystemState:
    """/health and /api/system."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def health(self) -> Health:
        """What everybody may know. An appliance that accepts no calls says so with 503."""
        try:
            return self._requests.get("/health", Health)
        except Unavailable:
            return Health(status="unhealthy")

    def state(self) -> System | None:
        """Everything about the box; None from an appliance that does not tell it yet.

        Raises Forbidden where the token is one of a viewer of some customers, who is told of them alone.
        """
        try:
            return self._requests.get("/api/system", System)
        except NotFound:
            return None
