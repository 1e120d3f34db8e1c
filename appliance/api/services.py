"""What the handlers may use: the use cases, put together in `appliance.server.process`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.services.audit_log import AuditLog
from appliance.services.authentication import Authenticator
from appliance.services.backup_verification import BackupVerifications
from appliance.services.backups import Backups
from appliance.services.claim_call import ClaimCall
from appliance.services.customers import Customers
from appliance.services.deliverer import Deliverer
from appliance.services.erase_call import EraseCall
from appliance.services.failures import ReadFailures
from appliance.services.history import History
from appliance.services.limits import FailedLogins, OpenCalls, RequestLimiter
from appliance.services.live_events import LiveEvents
from appliance.services.log_ring import LogRing
from appliance.services.metrics import Metrics
from appliance.services.readings import TakeReadings
from appliance.services.redeliver import Redeliver
from appliance.services.reprocess_call import ReprocessCall
from appliance.services.statistics import ReadStatistics
from appliance.services.submit_call import SubmitCall
from appliance.services.system import DescribeSystem
from appliance.services.tokens import Tokens
from appliance.storage.recordings import RecordingStore


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
