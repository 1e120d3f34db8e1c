"""How the appliance stands, as gauges for Prometheus: what `GET /api/system` says in words, for who is woken by it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Gauge

from appliance.domain.health import HealthStatus
from appliance.domain.system import ComponentState, System

STATES = {ComponentState.OK: 0, ComponentState.WARNING: 1, ComponentState.FAILED: 2}
# Compared with anything it is false, so that nobody is woken for what there is none of.
NONE = math.nan


class SystemGauges:
    """Set from one look at the system; not thread-safe."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._health = Gauge(
            "vbot_health", "1 for the word that GET /health answers, 0 for the others.", ["status"], registry=registry
        )
        self._components = Gauge(
            "vbot_component_state",
            "Each part as GET /api/system has it: 0 ok, 1 warning, 2 failed.",
            ["component"],
            registry=registry,
        )
        self._oldest_wait = Gauge(
            "vbot_oldest_call_waiting_seconds",
            "How long the first of the calls that wait for a worker has waited; 0: none waits.",
            registry=registry,
        )
        self._disk_floor = Gauge(
            "vbot_disk_floor_bytes", "With less free room than this no calls are accepted.", registry=registry
        )
        self._endpoints_disabled = Gauge(
            "vbot_webhook_endpoints_disabled", "Customers whose webhooks rest.", registry=registry
        )
        self._certificate_ends = Gauge(
            "vbot_certificate_not_after_timestamp_seconds",
            "When the certificate expires, as Unix time; NaN: there is none.",
            registry=registry,
        )
        self._last_backup = Gauge(
            "vbot_last_backup_timestamp_seconds",
            "Of when the newest good backup is, as Unix time; 0: there is none.",
            registry=registry,
        )
        self._audit_broken = Gauge(
            "vbot_audit_broken",
            "Whether the last look at the audit's chain found a line changed, moved or taken away: 1 or 0; NaN: not "
            "looked yet.",
            registry=registry,
        )

    def show(self, system: System) -> None:
        """Set all of them."""
        for status in get_args(HealthStatus):
            self._health.labels(status).set(status == system.health)
        self._components.clear()
        for one in system.components:
            self._components.labels(one.name).set(STATES[one.state])
        oldest, certificate = system.oldest_waiting_since, system.certificate
        self._oldest_wait.set(0.0 if oldest is None else max(0.0, (system.now - oldest).total_seconds()))
        self._disk_floor.set(system.disk.floor_bytes)
        self._endpoints_disabled.set(len(system.deliveries.disabled_endpoints))
        self._certificate_ends.set(NONE if certificate is None else certificate.not_after.timestamp())
        self._last_backup.set(_timestamp(system.backups.last_done_at))
        self._audit_broken.set(NONE if system.audit_broken is None else system.audit_broken)


def _timestamp(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()
