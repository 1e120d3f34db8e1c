"""The sockets of the api: the one for all, and the one in the data folder."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets, bind_unix_socket

from appliance.api.application import make_application
from appliance.api.http.http_server import BoundedServer, raise_descriptor_limit
from appliance.api.services import Services
from appliance.errors import ConfigurationError
from appliance.process.port_holder import port_holder
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import is_at_work
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder

# Uploads in progress may end in this time after SIGTERM; the whole appliance is gone after 15 s.
DRAIN_SECONDS = 8.0
# And what else is being changed may be answered: a commit takes some tens of milliseconds, a webhook's test far longer.
CHANGES_SECONDS = 2.0


def _why_not(error: OSError, port: int) -> str:
    holder = port_holder(port) if error.errno == errno.EADDRINUSE else None
    return f"{error.strerror}, by {holder}" if holder else str(error.strerror)


def _is_upgraded() -> bool:
    """Whether `vbot upgrade` starts us: then what answers in our place meanwhile listens there, too."""
    installation = Installation.of_this_program()
    return installation is not None and is_at_work(installation)


@contextlib.asynccontextmanager
async def listening(
    settings: Settings, folder: DataFolder, services: Services, shown: ShownCertificate | None
) -> AsyncIterator[HTTPServer]:
    """Accept requests; on leaving, let uploads in progress end for a bounded time, and a shorter one what is changed.

    Until then others are answered as well, who would find a closed port: that no upload is taken any more (503) says
    more than that, and when to come again.
    """
    limits = raise_descriptor_limit(joining=settings.queue_access is not None)
    public = BoundedServer(make_application(services), tls=shown.context if shown else None, limits=limits)
    local = BoundedServer(make_application(services, local_owner=True))
    try:
        for host in settings.listen.hosts:
            public.add_sockets(bind_sockets(settings.listen.port, host, reuse_port=_is_upgraded()))
    except OSError as error:
        reason = _why_not(error, settings.listen.port)
        raise ConfigurationError(f"cannot listen on {settings.listen}: {reason}") from error
    folder.api_socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    local.add_socket(bind_unix_socket(str(folder.api_socket), mode=0o600))
    try:
        yield public
    finally:
        local.stop()
        loop = asyncio.get_running_loop()
        changes_end_by = loop.time() + CHANGES_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while services.calls.open_calls.uploads_in_progress or (  # noqa: ASYNC110 - once, at the end
                    services.changes_under_way and loop.time() < changes_end_by
                ):
                    await asyncio.sleep(0.05)
        public.stop()
        for server in (public, local):
            await server.close_all_connections()
        folder.api_socket.unlink(missing_ok=True)
