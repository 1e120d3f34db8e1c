"""How the appliance stands: the part of the api process that looks at all others, put together."""

from __future__ import annotations

from functools import partial

from appliance.api.services import HealthServices
from appliance.domain.clock import utc_now
from appliance.process.log.level import LogLevel
from appliance.process.log.ring import LogRing
from appliance.relay.relay import Relay
from appliance.relay.reports import ReportConsumer
from appliance.server.basis import Basis
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.audit_export import AuditExport
from appliance.services.access.audit_log import AuditLog
from appliance.services.customers.plain_webhooks import LookAtPlainWebhooks
from appliance.services.customers.silent_pbxs import SilentPbxs
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.health.background import Background
from appliance.services.health.damaged_recordings import ReadDamagedRecordings
from appliance.services.health.failures import ReadFailures
from appliance.services.health.own_protections import OwnProtections
from appliance.services.health.peer_clocks import PeerClocks
from appliance.services.health.readings import TakeReadings
from appliance.services.health.system import Boot, DescribeSystem, Sources
from appliance.services.health.watch import Watch
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import what_to_know
from appliance.services.upkeep.backups import Backups
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.services.upkeep.rewrite_database import RewriteDatabase


def assemble_health(
    basis: Basis,
    relay: Relay,
    reports: ReportConsumer,
    backups: Backups,
    silent_pbxs: SilentPbxs,
    plain_webhooks: LookAtPlainWebhooks,
    background: Background,
    log: LogRing,
    shown: ShownCertificate | None,
    export: AuditExport | None,
    protections: OwnProtections,
    housekeeping: Housekeeping,
    rewrite_database: RewriteDatabase,
    peer_clocks: PeerClocks,
    audit_log: AuditLog,
    deliverer: Deliverer,
) -> tuple[Watch, HealthServices]:
    """Put together, with the watch that publishes what changes."""
    database, leases, probe = basis.database, basis.leases, basis.write_probe

    def queue_reachable() -> bool:
        return relay.reachable

    def results_obstacle() -> str | None:
        return reports.obstacle or relay.late_results

    def lacking() -> list[str]:
        missing = ["database"] if database.damage is not None else []
        missing += ["recordings"] if read_damaged_recordings.last.call_ids else []
        missing += [] if relay.reachable else ["queue"]
        missing += ["results"] if results_obstacle() is not None else []
        return missing if any(worker.takes_calls for worker in leases.present_workers()) else [*missing, "worker"]

    boot = Boot(utc_now())
    read_failures = ReadFailures(database, boot.started_at, utc_now)
    read_damaged_recordings = ReadDamagedRecordings(database, utc_now)
    sources = Sources(
        boot=boot,
        settings=basis.settings,
        folder=basis.folder,
        database=database,
        leases=leases,
        joined_worker=basis.joined_workers.of,
        background=background,
        write_probe=probe,
        queue_reachable=queue_reachable,
        results_obstacle=results_obstacle,
        dropped_reports=basis.dropped_reports,
        lacking=lacking,
        read_failures=read_failures,
        read_damaged_recordings=read_damaged_recordings,
        backups=backups.overview,
        certificate=lambda: shown.certificate if shown is not None else None,
        silent_pbxs=silent_pbxs.current,
        export=lambda: export.state if export is not None else None,
        plain_webhooks=plain_webhooks.current,
        missing_protections=protections.missing,
        rewriting_postponed=lambda: rewrite_database.postponed,
        encryption_postponed=lambda: housekeeping.encryption_postponed,
        erasing_postponed=lambda: housekeeping.erasing_postponed,
        peer_clocks=peer_clocks.current,
        audit_verdict=lambda: audit_log.last_verdict,
        upgrade=partial(what_to_know, Installation.of_this_program()),
        unrecorded_attempts=lambda: deliverer.unrecorded,
        refused_posts=basis.post_refusals.lately,
    )
    services = HealthServices(
        writable=probe.writable,
        is_short_of_room=probe.is_short_of_room,
        lacking=lacking,
        known_languages=leases.languages,
        read_failures=read_failures,
        read_damaged_recordings=read_damaged_recordings,
        describe_system=DescribeSystem(sources, utc_now),
        take_readings=TakeReadings(
            database, leases, basis.open_calls, queue_reachable, lambda: len(silent_pbxs.current())
        ),
        metrics=basis.metrics,
        live_events=basis.live_events,
        log=log,
        log_level=LogLevel(),
        post_refusals=basis.post_refusals,
    )
    watch = Watch(leases.present_workers, probe.accepts, lacking, lambda: read_failures.last, basis.publish)
    return watch, services
