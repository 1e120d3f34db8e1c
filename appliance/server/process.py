"""The api process, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer

from appliance.domain.clock import utc_now
from appliance.errors import NO_RESTART_EXIT_CODE, ConfigurationError, Unavailable
from appliance.process.log.ring import LogRing
from appliance.process.service_manager import ServiceManager
from appliance.process.struct_types import build_struct_types
from appliance.server.announcement import announce, announced_addresses, service_of
from appliance.server.assembly import Appliance, assemble
from appliance.server.certificate_renewal import renew_before_it_ends
from appliance.server.listening import listening
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.audit_log import AuditLog
from appliance.services.access.certificate import complete_pair, look_at_own
from appliance.services.access.own_names import names_of
from appliance.services.upkeep.own_database import open_own_database
from appliance.settings import Settings, TlsFiles
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import hold_as_owner
from appliance.storage.folder.keys import Keys

logger = logging.getLogger(__name__)

# While the database cannot be written, the service manager is asked for patience so often.
TRY_WRITING_EVERY_SECONDS = 5.0


def serve(settings: Settings, hung_up: threading.Event) -> int:
    """Run the api until SIGTERM. Raises ConfigurationError when it cannot begin.

    `hung_up`: a SIGHUP came before we listened to them ourselves.
    """
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
        code = asyncio.run(_run(settings, folder, keys, shown, database, log, hung_up))
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
        if complete_pair(files.certificate, files.key, utc_now(), partial(names_of, settings)):
            logger.warning(
                "making a new key for the certificate was cut off: now it is done; its key's pin and its SHA-256 are "
                "others, which whoever knows the box by them has to be told (vbot certificate show)"
            )
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
    hung_up: threading.Event,
) -> int:
    build_struct_types()
    stop, hangup = asyncio.Event(), asyncio.Event()
    for number, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, hangup)):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    if hung_up.is_set():
        hangup.set()
    manager = ServiceManager(os.environ)
    # To the very end: a loop that hangs while it stops is stuck as well.
    watchdog = asyncio.create_task(manager.feed_watchdog())
    for problem in settings.passed_over:
        logger.warning("passed over: %s", problem)
    # Whoever waits to be told that we are ready starts us again, too: systemd by our unit, or `vbot up`.
    restart = stop.set if manager.listens else None
    appliance = await assemble(settings, folder, keys, database, log, shown, restart)
    async with (
        listening(settings, folder, appliance.services, shown) as public,
        _background(
            appliance,
            announcement=_announcement(settings),
            certificate_renewal=renew_before_it_ends(settings, folder, utc_now, hangup.set),
        ),
    ):
        logger.info("listening on %s", settings.listen)
        ready = asyncio.create_task(tell_when_ready(manager, settings, appliance.database_commits))
        reload = asyncio.create_task(
            _read_certificate_again(
                hangup, shown, public, manager, settings, ready, appliance.services.access.audit_log
            )
        )
        await stop.wait()
        logger.info("stopping")
        appliance.services.health.live_events.close()
        appliance.services.access.joined_workers.close()
        appliance.services.calls.await_result.close()
        appliance.services.calls.open_calls.close()
        for task in (ready, reload):
            task.cancel()
        manager.stopping()
    # Nobody can ask any more: what was read is known now.
    await appliance.services.access.reading_log.flush(at_the_end=True)
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
        "rewriting": appliance.rewrite_database.run(),
        "failures": appliance.services.health.read_failures.look.run(),
        "damaged_recordings": appliance.services.health.read_damaged_recordings.look.run(),
        "watch": appliance.watch.run(),
        "silent_pbxs": appliance.silent_pbxs.run(),
        "addresses": appliance.plain_webhooks.run(),
        "protections": appliance.protections.look(),
        "backups": appliance.services.upkeep.backups.run(),
        "audit_chain": appliance.services.access.audit_log.verify_every_day(),
        "reading_log": appliance.services.access.reading_log.run(),
        "joined_workers": appliance.services.access.joined_workers.end_expired(),
        **others,
    }
    if appliance.audit_export is not None:
        parts["audit_export"] = appliance.audit_export.run()
    appliance.background.start(parts)
    appliance.reports.start()
    try:
        yield
    finally:
        await asyncio.get_running_loop().run_in_executor(None, appliance.reports.stop)
        await appliance.background.stop()
