"""`vbot up`: the whole appliance in the foreground. Whatever dies comes back; on SIGTERM all is gone within 15 s."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from appliance.errors import ApplianceError, ConfigurationError, PermanentFailure
from appliance.process.child_process import MICROSECONDS, Child
from appliance.process.local_socket import SUPERVISOR, UnixConnection
from appliance.process.notify_socket import NotifySocket
from appliance.queue.access import write_access
from appliance.queue.valkey import server_command
from appliance.settings import ENVIRONMENT_PREFIX
from appliance.storage.folder.data_folder import DataFolder

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1
ASK_HEALTH_EVERY_SECONDS = 0.5
ASK_TIMEOUT_SECONDS = 2.0
# What passes by itself in the first moments, such as a queue that is not there yet, is not told.
OBSTACLE_STANDS_SECONDS = 5.0
# Together less than 15 s: the parts get this long to end by themselves, then Valkey, which they need to hand back.
PARTS_STOP_SECONDS = 11.0
QUEUE_STOP_SECONDS = 2.0
# As the units' WatchdogSec. The worker's pings come every quarter of it; its own eye on hanging calls is quicker.
API_WATCHDOG_SECONDS = 30.0
WORKER_WATCHDOG_SECONDS = 60.0
# Without one of these calls wait. What else may degrade the health, such as damaged recordings, holds no start up.
NEEDED_PARTS = frozenset({"database", "queue", "results"})
# Whoever stopped us (Ctrl+Z), or does not read what we write, held us up for the rest.
LONGEST_LOOK_SECONDS = 5.0


class CannotLoad(ApplianceError):
    """A child died again and again while it loaded; the message says which, and why."""


class Supervisor:
    """Keeps the parts running until it is told to stop. One thread: it listens to the children while it waits.

    An appliance that has never been ready and has a part that cannot load ends: whoever started it sees why. Once it
    was ready, a worker or a queue that cannot load any more is no reason to end: the api goes on accepting calls, and
    says why they wait. Only without the api there is nothing left to keep running.
    """

    def __init__(self, queue: Child | None, parts: Sequence[Child], probe: HealthProbe) -> None:
        self._queue = queue
        self._parts = parts
        self._children = [*([queue] if queue else []), *parts]
        self._probe = probe
        self._notify_socket = NotifySocket()
        self._stopping = False
        self._looked_at = time.monotonic()
        for child in self._children:
            if child.says_ready:
                child.environment["NOTIFY_SOCKET"] = self._notify_socket.address
            if child.watchdog_seconds is not None:
                child.environment["WATCHDOG_USEC"] = str(round(child.watchdog_seconds * MICROSECONDS))
                child.environment["PYTHONFAULTHANDLER"] = "1"

    def stop(self) -> None:
        self._stopping = True

    def run(self, on_ready: Callable[[], None]) -> int:
        """Until `stop`: the exit code. Calls `on_ready` once, when the appliance is healthy for the first time.

        Raises CannotLoad, and PermanentFailure when a child says that no restart mends it; then all have ended.
        """
        ready = False
        obstacles = _Obstacles()
        ask_at = time.monotonic()
        try:
            while not self._stopping:
                self._look_after_children()
                self._end_where_no_restart_helps(ready)
                now = time.monotonic()
                if not ready and now >= ask_at:
                    ask_at = now + ASK_HEALTH_EVERY_SECONDS
                    if self._probe.healthy():
                        ready = True
                        on_ready()
                    else:
                        obstacles.tell(self._probe.obstacle, now)
                self._listen(LOOK_EVERY_SECONDS)
        finally:
            self._end()
        return 0

    def _look_after_children(self) -> None:
        if any(child.has_ended for child in self._children):
            self._listen(0.0)  # it may have become ready in its last moment
        now = time.monotonic()
        away_seconds, self._looked_at = now - self._looked_at, now
        for child in self._children:
            if away_seconds > LONGEST_LOOK_SECONDS:
                child.give_time(away_seconds)
            child.look_after(now)

    def _end_where_no_restart_helps(self, ready: bool) -> None:
        for child in self._children:
            if child.gave_up:
                raise PermanentFailure(child.reason)
            if child.cannot_load and (child.vital or not ready):
                raise CannotLoad(child.sentence)

    def _listen(self, seconds: float) -> None:
        """Hear what the children tell and write; wait at most so long for it."""
        outputs = [child.output for child in self._children if child.output is not None]
        wait([self._notify_socket.fileno(), *outputs], seconds)
        by_pid = {child.process.pid: child for child in self._children if child.process is not None}
        for one in self._notify_socket.received():
            if one.pid in by_pid:
                by_pid[one.pid].notified(one.assignments)
        for child in self._children:
            child.read_output()

    def _end(self) -> None:
        self._stop(self._parts, PARTS_STOP_SECONDS)
        if self._queue is not None:
            self._stop([self._queue], QUEUE_STOP_SECONDS)
        self._notify_socket.close()

    def _stop(self, children: Sequence[Child], seconds: float) -> None:
        until = time.monotonic() + seconds
        for child in children:
            child.stop()
        while any(child.lives for child in children) and time.monotonic() < until:
            self._listen(LOOK_EVERY_SECONDS)
        for child in children:
            child.end()


class _Obstacles:
    """Tells whoever started us why it takes so long: each reason once, and only one that stands."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def tell(self, obstacle: str | None, now: float) -> None:
        if obstacle is None:
            self._since.clear()
            return
        kind = re.sub(r"\d+", "", obstacle)  # of the same reason the numbers may change
        self._since = {kind: self._since.get(kind, now)}
        if now - self._since[kind] >= OBSTACLE_STANDS_SECONDS and kind not in self._told:
            self._told.add(kind)
            print(f"vbot: not ready: {obstacle} `vbot doctor` says more", file=sys.stderr, flush=True)


class HealthProbe:
    """Asks the api that we started how it is; the one that a killed predecessor left behind is not asked.

    `obstacle`: what of the parts that are needed failed at the last look, in the api's words.
    """

    def __init__(self, api: Child, api_socket: Path) -> None:
        self.obstacle: str | None = None
        self._api = api
        self._socket = api_socket

    def healthy(self) -> bool:
        """Whether calls are accepted and worked on."""
        self.obstacle = None
        if self._api.process is None:
            return False
        try:
            status = self._asked("/health", self._api.process.pid).get("status")
            if status not in ("degraded", "unhealthy"):
                return bool(status == "healthy")
            system = self._asked("/api/system", self._api.process.pid)
            failed = [one for one in system["components"] if one["state"] == "failed"]
            reasons = [one["reason"] for one in failed if one["name"] in NEEDED_PARTS]
            self.obstacle = " ".join(reasons) or None
            return status == "degraded" and not reasons and any(one["state"] == "ready" for one in system["workers"])
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError):
            return False

    def _asked(self, path: str, pid: int) -> Any:
        """The reply of this process alone; nothing where it is another's or an error."""
        connection = UnixConnection(self._socket, ASK_TIMEOUT_SECONDS)
        try:
            connection.connect()
            if connection.peer_pid() != pid:
                return {}
            connection.request("GET", path, headers={"User-Agent": SUPERVISOR})
            reply = connection.getresponse()
            return json.loads(reply.read()) if reply.status in (200, 503) else {}
        finally:
            connection.close()


def private_valkey(folder: DataFolder) -> Child:
    """The private Valkey of this data folder, for nobody but its owner."""
    socket = folder.valkey_socket
    try:
        socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = write_access(folder.queue_access, owner_needs_none=True)
    except OSError as error:
        raise ConfigurationError(f"cannot write {error.filename or folder.queue_access}: {error.strerror}") from error
    command = server_command(socket, socket_mode=0o600, users=users)
    # Our settings are none of its business, and the first admin token may be among them.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    return Child("valkey", command, environment, before_start=lambda: socket.unlink(missing_ok=True))


def api_child(config_file: Path | None, environment: dict[str, str]) -> Child:
    """`vbot api`, as systemd starts it."""
    command = _command("api", config_file)
    return Child("api", command, {**environment}, says_ready=True, vital=True, watchdog_seconds=API_WATCHDOG_SECONDS)


def worker_child(name: str, config_file: Path | None, environment: dict[str, str]) -> Child:
    """`vbot worker`, as systemd starts it; `name` is what it calls itself."""
    command = _command("worker", config_file)
    return Child(
        "worker",
        command,
        {**environment},
        shown_name=f"worker {name}",
        says_ready=True,
        watchdog_seconds=WORKER_WATCHDOG_SECONDS,
    )


def _command(part: str, config_file: Path | None) -> list[str]:
    config = ["--config", str(config_file)] if config_file else []
    return [sys.executable, "-m", "appliance.cli", *config, part]
