"""What was seen of all parts at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from appliance.domain.dropped_reports import DropReason
from appliance.domain.failures import Failures
from appliance.domain.system import (
    BackupsSeen,
    Certificate,
    DamagedRecordings,
    Deliveries,
    Disk,
    PlainWebhooks,
    Postponed,
    RefusedPosts,
    Worker,
)
from appliance.domain.token import Token
from appliance.services.access.audit_export import ExportState
from appliance.services.health.peer_clocks import PeerClock
from appliance.storage.audit_chain import Broken


@dataclass(frozen=True, slots=True)
class Findings:
    """`obstacle`: why no call can be stored. `results_obstacle`: why those that were analysed cannot. `dropped_lately`:
    how many reports of workers were not taken in the last hour.
    """

    now: datetime
    obstacle: str | None
    queue_reachable: bool
    workers: tuple[Worker, ...]
    running: Mapping[str, bool]
    disk: Disk
    certificate: Certificate | None
    backups: BackupsSeen
    deliveries: Deliveries
    failures: Failures
    damaged_recordings: DamagedRecordings = field(default_factory=DamagedRecordings)
    damage: str | None = None  # of the database's file
    results_obstacle: str | None = None
    dropped_lately: Mapping[DropReason, int] = field(default_factory=dict)
    tokens: tuple[Token, ...] = ()
    export: ExportState | None = None
    plain_webhooks: PlainWebhooks = field(default_factory=PlainWebhooks)
    missing_protections: tuple[str, ...] = ()  # of the api itself
    rewriting_postponed: Postponed | None = None
    encryption_postponed: Postponed | None = None
    erasing_postponed: Postponed | None = None
    is_plain: bool = False  # the database's file, which is to be encrypted
    broken_audit_line: Broken | None = None  # where the audit's chain breaks
    first_boot_note: tuple[str, datetime] | None = None  # its name, and since when it lies there
    peer_clocks: tuple[PeerClock, ...] = ()
    settings_at_fault: str | None = None  # what was changed over the API and cannot be used
    upgrade: str | None = None  # what somebody should know of it
    refused_posts: tuple[RefusedPosts, ...] = ()
    unrecorded_attempts: int = 0  # webhooks that were sent, and what came of them cannot be written down
