"""Composition root of the api process: wiring only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets, bind_unix_socket

from appliance.api.application import make_application
from appliance.api.http.http_server import BoundedServer, raise_descriptor_limit
from appliance.api.services import Services
from appliance.api.shapes.event_frames import EventFrames
from appliance.domain.call import CallState
from appliance.domain.clock import utc_now
from appliance.domain.customer import Customer
from appliance.errors import NO_RESTART_EXIT_CODE, ConfigurationError, Unavailable
from appliance.process.port_holder import port_holder
from appliance.process.service_manager import ServiceManager
from appliance.queue.broker import CallQueue, connect
from appliance.relay.relay import Relay
from appliance.relay.reports import ReportConsumer
from appliance.server.announcement import announce, announced_addresses, service_of
from appliance.services.access.audit_log import AuditLog
from appliance.services.access.authentication import Authenticator
from appliance.services.access.certificate import ShownCertificate, look_at_own
from appliance.services.access.limits import FailedLogins, OpenCalls, RequestLimiter
from appliance.services.access.tokens import Tokens
from appliance.services.calls.claim_call import ClaimCall
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.finish_call import CallListeners, FinishCall
from appliance.services.calls.history import History
from appliance.services.calls.leases import Leases
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.statistics import ReadStatistics
from appliance.services.calls.submit_call import SubmitCall
from appliance.services.calls.take_in_again import TakeInAgain
from appliance.services.customers.customers import Customers
from appliance.services.customers.seal_urls import seal_urls
from appliance.services.customers.silent_pbxs import SilentPbxs
from appliance.services.deliveries.deliverer import Deliverer, RetryPolicy
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.health.background import Background
from appliance.services.health.failures import ReadFailures
from appliance.services.health.live_events import LiveEvents
from appliance.services.health.log_ring import LogRing
from appliance.services.health.metrics import CountedSender, Metrics
from appliance.services.health.readings import TakeReadings
from appliance.services.health.system import Boot, DescribeSystem, Sources
from appliance.services.health.watch import Watch
from appliance.services.upkeep.backup_verification import BackupVerifications
from appliance.services.upkeep.backups import Backups, BackupSchedule
from appliance.services.upkeep.housekeeping import Housekeeping, WriteProbe
from appliance.services.upkeep.own_database import open_own_database
from appliance.settings import Settings, TlsFiles
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.storage.folder.folder_lock import hold_as_owner
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.sender import WebhookSender

logger = logging.getLogger(__name__)

# Uploads in progress may end in this time after SIGTERM; the whole appliance is gone after 15 s.
DRAIN_SECONDS = 8.0
# While the database cannot be written, the service manager is asked for patience so often.
TRY_WRITING_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Appliance:
    """The parts of a running api."""

    services: Services
    relay: Relay
    deliverer: Deliverer
    housekeeping: Housekeeping
    reports: ReportConsumer
    background: Background
    watch: Watch
    silent_pbxs: SilentPbxs
    sender: WebhookSender
    database_commits: Callable[[], Awaitable[bool]]


def serve(settings: Settings) -> int:
    """Run the api until SIGTERM. Raises ConfigurationError when it cannot begin."""
    folder = DataFolder(settings.data_dir)
    if not folder.is_initialised:
        raise ConfigurationError(f"{folder.root} is not set up: run `vbot init` first")
    folder.create()
    lock = hold_as_owner(folder, "vbot api")
    log = LogRing()
    logging.getLogger().addHandler(log)
    keys = Keys.of(folder)
    shown = _shown_certificate(settings, folder)
    database = open_own_database(folder, keys)
    # What is written there cannot be relied on, and the next life would come to the same place.
    database.on_damage = lambda: os._exit(NO_RESTART_EXIT_CODE)
    code = 1
    try:
        code = asyncio.run(_run(settings, folder, keys, shown, database, log))
    except Unavailable as error:
        if database.damage is None:
            raise
        raise database.damage.error() from error  # what is read at the start is needed
    finally:
        if not database.close():
            # A backup is writing where nothing interrupts it. What was acknowledged is committed; the next start
            # removes what it leaves.
            logging.shutdown()
            os._exit(code)
        lock.release()
    return code


def _shown_certificate(settings: Settings, folder: DataFolder) -> ShownCertificate | None:
    if settings.tls == "off":
        return None
    if isinstance(settings.tls, TlsFiles):
        files = settings.tls
    else:
        files = TlsFiles(folder.certificate, folder.certificate_key)
        look_at_own(files.certificate, files.key)
    published = {folder.shown_certificate: 0o600}
    # From systemd (RuntimeDirectory=): there the workers of another user find it. It is no secret.
    if runtime := os.environ.get("RUNTIME_DIRECTORY"):
        published[Path(runtime.split(":")[0]) / "certificate.pem"] = 0o644
    return ShownCertificate(files.certificate, files.key, published)


async def _run(
    settings: Settings,
    folder: DataFolder,
    keys: Keys,
    shown: ShownCertificate | None,
    database: Database,
    log: LogRing,
) -> int:
    stop, hangup = asyncio.Event(), asyncio.Event()
    for number, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, hangup)):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    manager = ServiceManager(os.environ)
    # To the very end: a loop that hangs while it stops is stuck as well.
    watchdog = asyncio.create_task(manager.feed_watchdog())
    appliance = await assemble(settings, folder, keys, database, log, shown)
    async with (
        _listening(settings, folder, appliance.services, shown) as public,
        _background(appliance, announcement=_announcement(settings)),
    ):
        logger.info("listening on %s", settings.listen)
        ready = asyncio.create_task(tell_when_ready(manager, settings, appliance.database_commits))
        reload = asyncio.create_task(
            _read_certificate_again(hangup, shown, public, manager, settings, ready, appliance.services.audit_log)
        )
        await stop.wait()
        logger.info("stopping")
        appliance.services.live_events.close()
        for task in (ready, reload):
            task.cancel()
        manager.stopping()
    await appliance.sender.close()
    watchdog.cancel()
    return 0


async def tell_when_ready(
    manager: ServiceManager, settings: Settings, database_commits: Callable[[], Awaitable[bool]]
) -> None:
    """Tell the service manager that the api, which listens already, can do its work."""
    while not await database_commits():
        manager.starting("the database cannot be written", more_seconds=4 * TRY_WRITING_EVERY_SECONDS)
        await asyncio.sleep(TRY_WRITING_EVERY_SECONDS)
    manager.ready(f"listening on {settings.listen}")


async def _read_certificate_again(
    hangup: asyncio.Event,
    shown: ShownCertificate | None,
    public: HTTPServer,
    manager: ServiceManager,
    settings: Settings,
    ready: asyncio.Task[None],
    audit_log: AuditLog,
) -> None:
    """On each SIGHUP, for the connections to come. A pair that cannot be used is refused, and the old one stays."""
    while True:
        await hangup.wait()
        hangup.clear()
        manager.reloading()
        status = f"listening on {settings.listen}"
        if shown is None:
            logger.info("there is no certificate to read again: VBOT_TLS is off")
        else:
            try:
                before = shown.certificate.fingerprint_sha256
                await asyncio.to_thread(shown.read_again)
                public.ssl_options = shown.context
                if (after := shown.certificate.fingerprint_sha256) != before:
                    await audit_log.certificate_replaced(before, after)
            except ConfigurationError as error:
                logger.error("the old certificate stays: %s", error)  # noqa: TRY400 - the operator's, not ours
                status += "; the new certificate was refused"
        # What interrupted the start is no end of it.
        if ready.done():
            manager.ready(status)


async def assemble(
    settings: Settings,
    folder: DataFolder,
    keys: Keys,
    database: Database,
    log: LogRing | None = None,
    shown: ShownCertificate | None = None,
) -> Appliance:
    """Put the use cases together. What one part must tell another is handed in as a function."""
    await seal_urls(database, keys)
    recordings = RecordingStore(folder.recordings, folder.incoming)
    recordings.clear_incoming()
    open_calls = OpenCalls(await database.read(calls.unfinished_by_customer))
    leases = Leases(settings.lease_seconds)
    leases.restore(await database.read(lambda tx: calls.in_state(tx, CallState.PROCESSING)))
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    metrics = Metrics(registry)
    live_events = LiveEvents(EventFrames())
    publish = live_events.publish
    database.on_write_error = metrics.database_write_errors.inc

    sender = WebhookSender(AddressPolicy(settings.webhook_allow), settings.webhook_timeout_seconds)
    retry = RetryPolicy(settings.webhook_retry_seconds, timedelta(days=settings.webhook_disable_after_days))
    deliverer = Deliverer(database, keys, CountedSender(sender, metrics), retry, utc_now, publish)
    every = timedelta(hours=settings.backup_every_hours) if settings.backup_every_hours else None
    backups = Backups(database, folder, keys, BackupSchedule(every, settings.backup_keep), utc_now, publish)
    url = settings.redis_url or valkey_url(folder)

    def on_settled(call_id: str) -> None:
        leases.end(call_id)
        housekeeping.wake()

    # `relay` and `housekeeping` are made below, from what is made here.
    listeners = CallListeners(lambda: relay.wake(), deliverer.wake, on_settled, metrics.call_finished, publish)  # noqa: PLW0108
    finish_call = FinishCall(database, open_calls, utc_now, listeners)
    relay = Relay(database, CallQueue(connect(url)), keys, leases, finish_call, utc_now, publish=publish)
    reports = ReportConsumer(connect(url), asyncio.get_running_loop(), finish_call.report)

    floor_bytes = settings.disk_floor_mb * 1024 * 1024
    probe = WriteProbe(database, floor_bytes, utc_now)
    authenticator = Authenticator(database, keys, utc_now)

    def on_received() -> None:
        metrics.calls_accepted.inc()
        relay.wake()

    take_in_again = TakeInAgain(database, folder, recordings, keys, open_calls, utc_now, on_received, publish)
    housekeeping = Housekeeping(database, recordings, settings.retention_days, utc_now, publish, take_in_again)

    def on_customer_changed() -> None:
        authenticator.forget_customers()
        deliverer.wake()
        housekeeping.wake()

    def lacking() -> list[str]:
        missing = ["database"] if database.damage is not None else []
        missing += [] if relay.reachable else ["queue"]
        return missing if any(worker.ready for worker in leases.present_workers()) else [*missing, "worker"]

    def full(customer: Customer) -> bool:
        return open_calls.count(customer.id) >= (customer.max_concurrent_calls or settings.max_concurrent_calls)

    boot = Boot(utc_now())
    read_failures = ReadFailures(database, boot.started_at, utc_now)
    watch = Watch(leases.present_workers, probe.writable, lacking, lambda: read_failures.last, publish)
    silent_pbxs = SilentPbxs(database, probe.writable, full, utc_now, publish)
    await silent_pbxs.restore()
    background = Background()
    sources = Sources(
        boot=boot,
        settings=settings,
        folder=folder,
        database=database,
        leases=leases,
        background=background,
        write_probe=probe,
        queue_reachable=lambda: relay.reachable,
        lacking=lacking,
        read_failures=read_failures,
        backups=backups.overview,
        certificate=lambda: shown.certificate if shown is not None else None,
        silent_pbxs=silent_pbxs.current,
    )
    services = Services(
        authenticator=authenticator,
        audit_log=AuditLog(database, utc_now),
        request_limiter=RequestLimiter(),
        failed_logins=FailedLogins(),
        open_calls=open_calls,
        submit_call=SubmitCall(database, recordings, keys, open_calls, utc_now, on_received, publish),
        claim_call=ClaimCall(database, recordings, keys, leases, finish_call, utc_now, relay.claimed, publish),
        customers=Customers(database, keys, utc_now, on_customer_changed, publish),
        tokens=Tokens(database, keys, utc_now),
        history=History(database, recordings),
        reprocess_call=ReprocessCall(database, open_calls, utc_now, relay.wake, publish),
        erase_call=EraseCall(database, recordings, open_calls, utc_now, leases.end, publish),
        redeliver=Redeliver(database, utc_now, deliverer.wake, publish),
        deliverer=deliverer,
        backups=backups,
        backup_verifications=BackupVerifications(database, backups.path, floor_bytes, utc_now),
        recordings=recordings,
        live_events=live_events,
        metrics=metrics,
        take_readings=TakeReadings(
            database, leases, open_calls, lambda: relay.reachable, lambda: len(silent_pbxs.current())
        ),
        read_statistics=ReadStatistics(database, utc_now),
        describe_system=DescribeSystem(sources, utc_now),
        read_failures=read_failures,
        log=log or LogRing(),
        writable=probe.writable,
        lacking=lacking,
        cors_origins=settings.cors_origins,
        rate_limit_per_minute=settings.rate_limit_per_minute,
        max_concurrent_calls=settings.max_concurrent_calls,
        max_recording_bytes=settings.max_recording_bytes,
        webhook_retry_seconds=settings.webhook_retry_seconds,
        webhook_timeout_seconds=settings.webhook_timeout_seconds,
    )
    return Appliance(
        services, relay, deliverer, housekeeping, reports, background, watch, silent_pbxs, sender, probe.commits
    )


async def _announcement(settings: Settings) -> None:
    """Tell the LAN that we are here, if that is wanted."""
    if not settings.announces_itself:
        return
    hostname = socket.gethostname()
    addresses = await asyncio.to_thread(announced_addresses, settings.listen)
    info = service_of(settings.listen, tls=settings.tls != "off", hostname=hostname, addresses=addresses)
    await announce(info)


@contextlib.asynccontextmanager
async def _background(appliance: Appliance, **others: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run what works by itself beside the requests."""
    parts = {
        "relay": appliance.relay.run(),
        "deliverer": appliance.deliverer.run(),
        "housekeeping": appliance.housekeeping.run(),
        "failures": appliance.services.read_failures.run(),
        "watch": appliance.watch.run(),
        "silent_pbxs": appliance.silent_pbxs.run(),
        "backups": appliance.services.backups.run(),
        **others,
    }
    appliance.background.start(parts)
    appliance.reports.start()
    try:
        yield
    finally:
        await asyncio.get_running_loop().run_in_executor(None, appliance.reports.stop)
        await appliance.background.stop()


def _why_not(error: OSError, port: int) -> str:
    holder = port_holder(port) if error.errno == errno.EADDRINUSE else None
    return f"{error.strerror}, by {holder}" if holder else str(error.strerror)


@contextlib.asynccontextmanager
async def _listening(
    settings: Settings, folder: DataFolder, services: Services, shown: ShownCertificate | None
) -> AsyncIterator[HTTPServer]:
    """Accept requests; on leaving, let uploads in progress end for a bounded time."""
    limits = raise_descriptor_limit()
    public = BoundedServer(make_application(services), tls=shown.context if shown else None, limits=limits)
    local = BoundedServer(make_application(services, local_owner=True))
    try:
        public.add_sockets(bind_sockets(settings.listen.port, settings.listen.host))
    except OSError as error:
        reason = _why_not(error, settings.listen.port)
        raise ConfigurationError(f"cannot listen on {settings.listen}: {reason}") from error
    folder.api_socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    local.add_socket(bind_unix_socket(str(folder.api_socket), mode=0o600))
    try:
        yield public
    finally:
        for server in (public, local):
            server.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while services.open_calls.uploads_in_progress:  # noqa: ASYNC110 - once, at the end
                    await asyncio.sleep(0.05)
        for server in (public, local):
            await server.close_all_connections()
        folder.api_socket.unlink(missing_ok=True)
