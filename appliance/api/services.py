"""What the routes may use: the use cases by subject, and the limits; put together in `appliance.server.assembly`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from appliance.process.log.level import LogLevel
from appliance.process.log.ring import LogRing
from appliance.services.access.audit_log import AuditLog
from appliance.services.access.authentication import Authenticator
from appliance.services.access.cursors import Cursors
from appliance.services.access.limits import FailedLogins, RequestLimiter
from appliance.services.access.own_names import OwnNames
from appliance.services.access.reading_log import ReadingLog
from appliance.services.access.tokens import Tokens
from appliance.services.calls.await_result import AwaitResult
from appliance.services.calls.claim_call import ClaimCall
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.history import History
from appliance.services.calls.insights import ReadInsights
from appliance.services.calls.joined_workers import JoinedWorkers
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.renew_leases import RenewLeases
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.revisions import Revisions
from appliance.services.calls.statistics import ReadStatistics
from appliance.services.calls.submit_call import SubmitCall
from appliance.services.calls.tag_call import TagCall
from appliance.services.calls.upload_rooms import UploadRooms
from appliance.services.changes_under_way import ChangesUnderWay
from appliance.services.configuration.own_settings import OwnSettings, Restart
from appliance.services.customers.customers import Customers
from appliance.services.customers.post_refusals import PostRefusals
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.endpoint_figures import ReadEndpoints
from appliance.services.deliveries.endpoint_look import EndpointLook
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.events.live_events import LiveEvents
from appliance.services.health.damaged_recordings import ReadDamagedRecordings
from appliance.services.health.failures import ReadFailures
from appliance.services.health.prometheus.metrics import Metrics
from appliance.services.health.readings import TakeReadings
from appliance.services.health.system import DescribeSystem
from appliance.services.upkeep.backup_verification import BackupVerifications
from appliance.services.upkeep.backups import Backups
from appliance.storage.folder.recordings import RecordingStore
from appliance.webhooks.targets import WebhookTargets


@dataclass(frozen=True, slots=True)
class AccessServices:
    """Who may come in, and what was done."""

    authenticator: Authenticator
    request_limiter: RequestLimiter
    failed_logins: FailedLogins
    tokens: Tokens
    audit_log: AuditLog
    reading_log: ReadingLog
    joined_workers: JoinedWorkers


@dataclass(frozen=True, slots=True)
class CallServices:
    """Calls, from their acceptance on."""

    open_calls: OpenCalls
    upload_rooms: UploadRooms
    recordings: RecordingStore
    submit_call: SubmitCall
    claim_call: ClaimCall
    renew_leases: RenewLeases
    history: History
    revisions: Revisions
    await_result: AwaitResult
    reprocess_call: ReprocessCall
    erase_call: EraseCall
    tag_call: TagCall
    read_statistics: ReadStatistics
    read_insights: ReadInsights
    read_endpoints: ReadEndpoints
    # Opens a connection to the queue as a joined worker.
    open_queue: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    queue_is_private: bool  # nobody on another machine reaches it but through this api


@dataclass(frozen=True, slots=True)
class DeliveryServices:
    """Webhooks."""

    deliverer: Deliverer
    redeliver: Redeliver
    targets: WebhookTargets
    endpoint_look: EndpointLook


@dataclass(frozen=True, slots=True)
class HealthServices:
    """How the appliance stands, and what happens in it."""

    writable: Callable[[int], Awaitable[bool]]
    is_short_of_room: Callable[[], bool]  # a recording was just refused for want of it
    lacking: Callable[[], list[str]]
    known_languages: Callable[[], frozenset[str]]  # to those who analyse; none: unknown
    read_failures: ReadFailures
    read_damaged_recordings: ReadDamagedRecordings
    describe_system: DescribeSystem
    take_readings: TakeReadings
    metrics: Metrics
    live_events: LiveEvents
    log: LogRing
    log_level: LogLevel
    post_refusals: PostRefusals


@dataclass(frozen=True, slots=True)
class UpkeepServices:
    """Backups."""

    backups: Backups
    backup_verifications: BackupVerifications


@dataclass(frozen=True, slots=True)
class ConfigurationServices:
    """The settings, and the api's next life."""

    own_settings: OwnSettings
    restart: Restart


@dataclass(frozen=True, slots=True)
class PublishedLimits:
    """What this appliance is set to, as the OpenAPI document tells it under `x-limits`, and the documentation."""

    rate_limit_per_minute: int
    max_concurrent_calls: int
    max_recording_bytes: int
    webhook_retry_seconds: tuple[float, ...]
    webhook_timeout_seconds: float
    sentiment_of: str = "outside"
    retention_days: tuple[int, int] = (30, 365)  # recordings, texts
    max_storage_bytes: int = 500 * 1024**3
    max_audio_hours_per_day: int = 500
    # Who waits for a transcript in the answer (satellite's clients give up after 300).
    transcription_wait_seconds: float = 290.0


@dataclass(slots=True)
class Published:
    """The `limits` that are in force: some of them are changed while we run."""

    limits: PublishedLimits


@dataclass(frozen=True, slots=True)
class Services:
    """Use cases and the limits of this appliance."""

    access: AccessServices
    calls: CallServices
    customers: Customers
    deliveries: DeliveryServices
    health: HealthServices
    upkeep: UpkeepServices
    configuration: ConfigurationServices
    published: Published
    cursors: Cursors
    own_names: OwnNames
    cors_origins: frozenset[str]
    changes_under_way: ChangesUnderWay = field(default_factory=ChangesUnderWay)

    @property
    def limits(self) -> PublishedLimits:
        """Those that are in force now."""
        return self.published.limits
