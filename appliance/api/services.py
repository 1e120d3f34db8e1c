"""What the handlers may use: the use cases, put together in `appliance.server.process`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.services.access.audit_log import AuditLog
from appliance.services.access.authentication import Authenticator
from appliance.services.access.limits import FailedLogins, OpenCalls, RequestLimiter
from appliance.services.access.tokens import Tokens
from appliance.services.calls.claim_call import ClaimCall
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.history import History
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.statistics import ReadStatistics
from appliance.services.calls.submit_call import SubmitCall
from appliance.services.customers.customers import Customers
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.health.failures import ReadFailures
from appliance.services.health.live_events import LiveEvents
from appliance.services.health.log_ring import LogRing
from appliance.services.health.metrics import Metrics
from appliance.services.health.readings import TakeReadings
from appliance.services.health.system import DescribeSystem
from appliance.services.upkeep.backup_verification import BackupVerifications
from appliance.services.upkeep.backups import Backups
from appliance.storage.folder.recordings import RecordingStore


@dataclass(frozen=True, slots=True)
class Services:
    """Use cases and the limits of this appliance."""

    authenticator: Authenticator
    audit_log: AuditLog
    request_limiter: RequestLimiter
    failed_logins: FailedLogins
    open_calls: OpenCalls
    submit_call: SubmitCall
    claim_call: ClaimCall
    customers: Customers
    tokens: Tokens
    history: History
    reprocess_call: ReprocessCall
    erase_call: EraseCall
    redeliver: Redeliver
    deliverer: Deliverer
    backups: Backups
    backup_verifications: BackupVerifications
    recordings: RecordingStore
    live_events: LiveEvents
    metrics: Metrics
    take_readings: TakeReadings
    read_statistics: ReadStatistics
    describe_system: DescribeSystem
    read_failures: ReadFailures
    log: LogRing
    writable: Callable[[int], Awaitable[bool]]
    lacking: Callable[[], list[str]]
    cors_origins: frozenset[str]
    rate_limit_per_minute: int
    max_concurrent_calls: int
    max_recording_bytes: int
    webhook_retry_seconds: tuple[float, ...]
    webhook_timeout_seconds: float
