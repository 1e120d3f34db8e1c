"""The parts of the api process, put together: a function a subject. What a part must tell another is handed in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from appliance.api.services import (
    AccessServices,
    CallServices,
    DeliveryServices,
    Published,
    Services,
    UpkeepServices,
)
from appliance.api.shapes.replies.audit import as_shown
from appliance.domain.clock import utc_now
from appliance.domain.customer import Customer
from appliance.process.log.ring import LogRing
from appliance.process.time_server import clock_is_set
from appliance.queue.access import Role
from appliance.queue.broker import CallQueue, connector
from appliance.queue.tunnel import open_as_joined
from appliance.relay.relay import Relay
from appliance.relay.reports import ReportConsumer, ReportTakers
from appliance.server.basis import Basis, open_basis
from appliance.server.configuration_assembly import (
    assemble_configuration,
    backup_schedule,
    published_limits,
    retry_policy,
)
from appliance.server.health_assembly import assemble_health
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.audit_export import AuditExport, exported_until
from appliance.services.access.audit_log import AuditLog
from appliance.services.access.authentication import Authenticator
from appliance.services.access.cursors import Cursors
from appliance.services.access.limits import FailedLogins, RequestLimiter
from appliance.services.access.own_names import OwnNames
from appliance.services.access.reading_log import ReadingLog
from appliance.services.access.syslog import SyslogConnection
from appliance.services.access.tokens import Tokens
from appliance.services.calls.await_result import AwaitResult
from appliance.services.calls.claim_call import ClaimCall
from appliance.services.calls.customer_quotas import CustomerQuotas
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.finish_call import CallListeners, FinishCall
from appliance.services.calls.history import History
from appliance.services.calls.insights import ReadInsights
from appliance.services.calls.reingest import ReingestLostCalls
from appliance.services.calls.renew_leases import RenewLeases
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.revisions import Revisions
from appliance.services.calls.shared_answers import SharedAnswers
from appliance.services.calls.statistics import ReadStatistics
from appliance.services.calls.submit_call import SubmitCall
from appliance.services.calls.tag_call import TagCall
from appliance.services.calls.upload_rooms import UploadRooms
from appliance.services.clock_jumps import ClockJumps
from appliance.services.customers.customers import Customers
from appliance.services.customers.plain_webhooks import LookAtPlainWebhooks
from appliance.services.customers.silent_pbxs import SilentPbxs
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.endpoint_figures import ReadEndpoints
from appliance.services.deliveries.endpoint_look import EndpointLook
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.health.background import Background
from appliance.services.health.own_protections import OwnProtections
from appliance.services.health.peer_clocks import PeerClocks
from appliance.services.health.prometheus.metrics import CountedSender
from appliance.services.health.watch import Watch
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import may_be_on_trial
from appliance.services.upkeep.backup_verification import BackupVerifications
from appliance.services.upkeep.backups import Backups
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.services.upkeep.rewrite_database import RewriteDatabase
from appliance.settings import Settings
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.tables import audit
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.sender import WebhookSender
from appliance.webhooks.targets import WebhookTargets


@dataclass(frozen=True, slots=True)
class Appliance:
    """The parts of a running api."""

    services: Services
    relay: Relay
    deliverer: Deliverer
    housekeeping: Housekeeping
    rewrite_database: RewriteDatabase
    reports: ReportConsumer
    background: Background
    watch: Watch
    silent_pbxs: SilentPbxs
    audit_export: AuditExport | None
    plain_webhooks: LookAtPlainWebhooks
    protections: OwnProtections
    sender: WebhookSender
    database_commits: Callable[[], Awaitable[bool]]


async def assemble(
    settings: Settings,
    folder: DataFolder,
    keys: Keys,
    database: Database,
    log: LogRing | None = None,
    shown: ShownCertificate | None = None,
    restart: Callable[[], None] | None = None,
) -> Appliance:
    """Put the use cases together; `restart` ends this process, where somebody would start it again."""
    basis = await open_basis(settings, folder, keys, database)
    peer_clocks = PeerClocks(utc_now)
    sender, deliveries = _deliveries(basis, peer_clocks)
    relay, reports, call_services = _calls(basis, deliveries.deliverer)
    housekeeping, upkeep = _upkeep(basis)
    access = _access(basis)
    plain_webhooks = LookAtPlainWebhooks(database, deliveries.targets)
    customers = _customers(basis, access.authenticator, deliveries.deliverer, plain_webhooks)
    silent_pbxs = await _silent_pbxs(basis)
    background = Background()
    export = _audit_export(basis)
    protections = OwnProtections(settings.redis_url, settings.queue_access)
    rewrite_database = RewriteDatabase(database, basis.disk_floor_bytes, utc_now, upkeep.backups.ensure_recent)
    watch, health = assemble_health(
        basis,
        relay,
        reports,
        upkeep.backups,
        silent_pbxs,
        plain_webhooks,
        background,
        log or LogRing(),
        shown,
        export,
        protections,
        housekeeping,
        rewrite_database,
        peer_clocks,
        access.audit_log,
        deliveries.deliverer,
    )
    published = Published(published_limits(settings))
    services = Services(
        access=access,
        calls=call_services,
        customers=customers,
        deliveries=deliveries,
        health=health,
        upkeep=upkeep,
        configuration=assemble_configuration(
            basis, housekeeping, upkeep.backups, deliveries.deliverer, health.describe_system, published, restart
        ),
        published=published,
        cursors=Cursors(keys),
        own_names=OwnNames(socket.gethostname(), lambda: None if shown is None else shown.certificate),
        cors_origins=settings.cors_origins,
    )
    return Appliance(
        services=services,
        relay=relay,
        deliverer=deliveries.deliverer,
        housekeeping=housekeeping,
        rewrite_database=rewrite_database,
        reports=reports,
        background=background,
        watch=watch,
        silent_pbxs=silent_pbxs,
        audit_export=export,
        plain_webhooks=plain_webhooks,
        protections=protections,
        sender=sender,
        database_commits=basis.write_probe.commits,
    )


def _deliveries(basis: Basis, peer_clocks: PeerClocks) -> tuple[WebhookSender, DeliveryServices]:
    settings = basis.settings
    policy = AddressPolicy(settings.webhook_allow, settings.webhook_plain_http)
    sender = WebhookSender(policy, settings.webhook_timeout_seconds, saw_clock=peer_clocks.saw)
    counted = CountedSender(sender, basis.metrics)
    deliverer = Deliverer(basis.database, basis.keys, counted, retry_policy(settings), utc_now, basis.publish)
    redeliver = Redeliver(basis.database, utc_now, deliverer.wake, basis.publish)
    look = EndpointLook(basis.database, basis.keys, sender, utc_now)
    return sender, DeliveryServices(deliverer, redeliver, WebhookTargets(policy), look)


def _calls(basis: Basis, deliverer: Deliverer) -> tuple[Relay, ReportConsumer, CallServices]:
    """The calls' use cases, and what brings them to the workers and back."""
    database, recordings, keys = basis.database, basis.recordings, basis.keys
    open_calls, leases, publish = basis.open_calls, basis.leases, basis.publish
    listeners = CallListeners(
        put_back=basis.call_waits.set,
        delivery_added=deliverer.wake,
        settled=basis.call_settled,
        finished=basis.call_finished,
        publish=publish,
        dropped=basis.report_dropped,
    )
    moods = basis.settings.sentiment_of
    finish_call = FinishCall(database, keys, open_calls, utc_now, listeners, moods)
    url = basis.settings.redis_url or valkey_url(basis.folder)
    connect = connector(url, basis.settings.queue_access, Role.API)
    queue = CallQueue(connect())
    wake = basis.call_waits
    relay = Relay(database, queue, keys, leases, finish_call, utc_now, publish=publish, wake=wake, sentiment_of=moods)
    basis.on_finished.append(relay.finished)
    takers = ReportTakers(
        finish_call.report,
        finish_call.refuse,
        basis.dropped_reports.add,
        basis.result_waits,
        finish_call.admit,
        leases.go_on,
    )
    reports = ReportConsumer(connect(), asyncio.get_running_loop(), takers)
    history = History(database, recordings)
    figures = SharedAnswers(database)
    await_result = AwaitResult(history)
    basis.on_finished.append(await_result.finished)
    basis.on_published.append(await_result.heard)
    services = CallServices(
        open_calls=open_calls,
        upload_rooms=UploadRooms(basis.write_probe, _quotas(basis)),
        recordings=recordings,
        submit_call=SubmitCall(database, recordings, keys, open_calls, utc_now, basis.call_received, publish),
        claim_call=ClaimCall(database, recordings, keys, leases, finish_call, utc_now, relay.claimed, publish),
        renew_leases=RenewLeases(keys, leases),
        history=history,
        revisions=Revisions(database),
        await_result=await_result,
        reprocess_call=ReprocessCall(database, open_calls, utc_now, relay.wake, publish, prove=recordings.prove),
        erase_call=EraseCall(database, recordings, open_calls, utc_now, leases.end, publish),
        tag_call=TagCall(database, utc_now, publish),
        read_statistics=ReadStatistics(figures, utc_now),
        read_insights=ReadInsights(figures, utc_now),
        read_endpoints=ReadEndpoints(figures, utc_now),
        open_queue=partial(open_as_joined, url, basis.settings.queue_access),
        queue_is_private=url.startswith("unix:"),
    )
    return relay, reports, services


def _quotas(basis: Basis) -> CustomerQuotas:
    settings = basis.settings
    hours = settings.max_audio_hours_per_day
    quotas = CustomerQuotas(basis.database, settings.max_storage_bytes, hours, utc_now)
    basis.on_finished.append(quotas.finished)
    return quotas


def _upkeep(basis: Basis) -> tuple[Housekeeping, UpkeepServices]:
    settings, database = basis.settings, basis.database
    jumps, schedule = ClockJumps(database, utc_now, clock_is_set), backup_schedule(settings)
    backups = Backups(database, basis.folder, basis.keys, schedule, utc_now, basis.publish, jumps)
    reingest = ReingestLostCalls(
        database,
        basis.folder,
        basis.recordings,
        basis.keys,
        basis.open_calls,
        utc_now,
        basis.call_received,
        basis.publish,
    )
    housekeeping = Housekeeping(
        database,
        basis.recordings,
        settings.retention_days,
        utc_now,
        basis.publish,
        reingest,
        wake=basis.tidying_is_due,
        expire_audit=_expire_audit(basis),
        is_on_trial=partial(may_be_on_trial, Installation.of_this_program()),
        clock_jumps=jumps,
    )

    def recovery_key() -> str:
        return recovery_key_of(basis.folder, basis.keys)

    verifications = BackupVerifications(database, backups.path, recovery_key, basis.disk_floor_bytes, utc_now)
    return housekeeping, UpkeepServices(backups, verifications)


def _expire_audit(basis: Basis) -> Callable[[Connection, datetime], int]:
    """What removes the audit's lines whose time is over: none that is still to be exported."""
    days, exported = basis.settings.audit_days, basis.settings.syslog_url is not None

    def expire(tx: Connection, now: datetime) -> int:
        if days is None:
            return 0
        return audit.expire(tx, now - timedelta(days=days), now, exported_until(tx) if exported else None)

    return expire


def _access(basis: Basis) -> AccessServices:
    database, keys = basis.database, basis.keys
    return AccessServices(
        authenticator=Authenticator(database, keys, utc_now),
        request_limiter=RequestLimiter(),
        failed_logins=FailedLogins(),
        tokens=Tokens(database, keys, utc_now, basis.joined_workers.end),
        audit_log=AuditLog(database, utc_now),
        reading_log=ReadingLog(database, utc_now),
        joined_workers=basis.joined_workers,
    )


def _audit_export(basis: Basis) -> AuditExport | None:
    target = basis.settings.syslog_url
    if target is None:
        return None
    connection = SyslogConnection(target, basis.settings.syslog_ca_file)
    return AuditExport(basis.database, connection, str(target), utc_now, as_shown, in_thread_of_its_own)


def _customers(
    basis: Basis, authenticator: Authenticator, deliverer: Deliverer, plain_webhooks: LookAtPlainWebhooks
) -> Customers:
    def on_changed() -> None:
        authenticator.forget_customers()
        deliverer.wake()
        plain_webhooks.look_soon()
        basis.tidying_is_due.set()

    return Customers(basis.database, basis.keys, utc_now, on_changed, basis.publish)


async def _silent_pbxs(basis: Basis) -> SilentPbxs:
    def full(customer: Customer) -> bool:
        limit = customer.max_concurrent_calls or basis.settings.max_concurrent_calls
        return basis.open_calls.count(customer.id) >= limit

    silent_pbxs = SilentPbxs(basis.database, basis.write_probe.writable, full, utc_now, basis.publish)
    await silent_pbxs.restore()
    return silent_pbxs
