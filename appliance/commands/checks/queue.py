"""The queue: whether its server answers us."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from appliance.commands.checks.finding import Wrong
from appliance.errors import Unavailable

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box


def check_queue(box: Box) -> str:
    """Asked as the api asks it."""
    from appliance.queue.access import Role  # noqa: PLC0415
    from appliance.queue.broker import connector, reaching_queue  # noqa: PLC0415
    from appliance.storage.folder.data_folder import valkey_url  # noqa: PLC0415

    settings = box.settings
    url = settings.redis_url or valkey_url(box.folder)
    if settings.redis_url is None and not box.folder.valkey_socket.exists():
        return "private, not running now"
    try:
        with reaching_queue():
            connector(url, settings.queue_access, Role.API)().ping()
    except Unavailable as error:
        if settings.redis_url is None and box.api.system is None:
            return "private, not running now"  # a socket that one left which was killed
        raise Wrong(f"{error}", _starts(box, url)) from None
    return "reachable"


def _starts(box: Box, url: str) -> str:
    """Ours is a unit, or a part of `vbot up`; another is started where it runs."""
    host = urlsplit(url).hostname
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        return f"ssh {host} systemctl restart valkey-server"
    return box.restart("vbot-valkey")
