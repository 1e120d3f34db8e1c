"""On a machine that is no box but has workers for one: whether they run, and whether that box lets them in."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import NotLookedAt, Wrong, as_root
from appliance.commands.checks.units import JOIN_ENV, JOINED
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.commands.checks.box import Box

# Root's file, of which systemd gives the units a copy: systemd/README.md.
JOIN_TOKEN = JOIN_ENV.with_name("join.token")
# What belongs to a box, and is nobody's loss here.
PARTS_OF_A_BOX = ("api", "queue", "waiting", "backups", "backup disk")


def check_joined_box(box: Box) -> str:
    """Asks the box for the way to its queue, as a worker does."""
    return ask_joined_box(box, JOIN_ENV, JOIN_TOKEN)


def ask_joined_box(box: Box, join_env: Path, token_file: Path) -> str:
    """Wrong: no worker runs, the box is not there or is another one, or it does not know the token."""
    from redis import RedisError  # noqa: PLC0415

    from appliance.worker.api_identity import ApiIdentity, known_by  # noqa: PLC0415
    from appliance.worker.joining.box import Box as JoinedBox  # noqa: PLC0415
    from appliance.worker.joining.queue_tunnel import connector  # noqa: PLC0415

    workers = [unit for unit in box.units if unit.name.startswith(JOINED)]
    if not any(unit.active_state in ("active", "activating") for unit in workers):
        names = " ".join(unit.name for unit in workers) or f"{JOINED}cpu"
        raise Wrong("no worker for another box runs", as_root(f"systemctl enable --now {names}"))
    told = _variables(join_env)
    url, fingerprint = told.get("VBOT_API_URL", ""), told.get("VBOT_API_FINGERPRINT")
    try:
        identity = None if not fingerprint else ApiIdentity(known_by(fingerprint))
        joined = JoinedBox(url.rstrip("/"), token_file, identity)
    except ConfigurationError as error:
        raise Wrong(f"{join_env}: {error}", as_root(f"editor {join_env}")) from error
    try:
        joined.token()
    except ConfigurationError as error:
        if isinstance(error.__cause__, PermissionError):
            raise NotLookedAt("whether its box lets it in, root alone can ask", "sudo vbot doctor") from error
        raise Wrong(str(error), as_root(f"editor {token_file}")) from error
    client = connector(joined, f"{socket.gethostname()}/doctor")()
    try:
        client.ping()
    except (RedisError, OSError) as error:
        raise Wrong(f"{url}: {error}", as_root(f"journalctl -u '{JOINED}*' -n 20")) from error
    finally:
        client.connection_pool.disconnect()
    return f"it works for {url}, which lets it in"


def _variables(file: Path) -> dict[str, str]:
    """As systemd reads an EnvironmentFile, as far as these need it."""
    lines = [line.strip() for line in file.read_text(errors="replace").splitlines()]
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith(("#", ";"))]
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}
