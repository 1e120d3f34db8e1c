"""`vbot up`: the whole appliance in the foreground. Whatever dies comes back; on SIGTERM all is gone within 15 s."""

from __future__ import annotations

import ctypes
import http.client
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.errors import NO_RESTART_EXIT_CODE
from appliance.local_socket import UnixConnection
from appliance.queue.valkey import server_command
from appliance.settings import ENVIRONMENT_PREFIX
from appliance.storage.data_folder import DataFolder

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1
ASK_HEALTH_EVERY_SECONDS = 0.5
ASK_TIMEOUT_SECONDS = 2.0
# A child that dies is started again soon, one that dies again and again not without pause.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STEADY_AFTER_SECONDS = 30.0
# Together less than 15 s: the parts get this long to end by themselves, then Valkey, which they need to hand back.
PARTS_STOP_SECONDS = 11.0
QUEUE_STOP_SECONDS = 2.0
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process of the appliance."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    before_start: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    gave_up: bool = False
    pause_seconds: float = field(default=FIRST_PAUSE_SECONDS)

    def start(self) -> None:
        self.before_start()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            # The supervisor has one thread, so this is safe: it makes the child end when we are killed.
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )
        logger.info("%s started, pid %d", self.name, self.process.pid)

    def look_after(self, now: float) -> None:
        """Start the process again when it has ended and its pause is over."""
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        if code == NO_RESTART_EXIT_CODE:
            self.gave_up = True  # it has said why
            return
        steady = now - self.started_at >= STEADY_AFTER_SECONDS
        self.pause_seconds = FIRST_PAUSE_SECONDS if steady else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        logger.warning("%s ended (%d); started again in %.1f s", self.name, code, self.pause_seconds)
        self.process = None
        self.start_at = now + self.pause_seconds

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end until a moment of the monotonic clock; then there is no more asking."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("%s does not end; killed", self.name)
            self.process.kill()
            self.process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps the parts running until it is told to stop."""

    def __init__(self, queue: Child | None, parts: Sequence[Child], probe: HealthProbe) -> None:
        self._queue = queue
        self._parts = parts
        self._probe = probe
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    def run(self, on_ready: Callable[[], None]) -> int:
        """Until `stop`, or until a child says that no restart mends it: the exit code.

        Calls `on_ready` once, when the appliance is healthy for the first time.
        """
        ready = False
        ask_at = time.monotonic()
        children = [*([self._queue] if self._queue else []), *self._parts]
        try:
            while not self._stopping:
                now = time.monotonic()
                for child in children:
                    child.look_after(now)
                if any(child.gave_up for child in children):
                    return NO_RESTART_EXIT_CODE
                if not ready and now >= ask_at:
                    ask_at = now + ASK_HEALTH_EVERY_SECONDS
                    if self._probe.healthy():
                        ready = True
                        on_ready()
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._end()
        return 0

    def _end(self) -> None:
        until = time.monotonic() + PARTS_STOP_SECONDS
        for child in self._parts:
            child.stop()
        for child in self._parts:
            child.wait(until)
        if self._queue is not None:
            self._queue.stop()
            self._queue.wait(time.monotonic() + QUEUE_STOP_SECONDS)


class HealthProbe:
    """Asks the api that we started how it is; the one that a killed predecessor left behind is not asked."""

    def __init__(self, api: Child, api_socket: Path) -> None:
        self._api = api
        self._socket = api_socket

    def healthy(self) -> bool:
        if self._api.process is None:
            return False
        connection = UnixConnection(self._socket, ASK_TIMEOUT_SECONDS)
        try:
            connection.connect()
            if connection.peer_pid() != self._api.process.pid:
                return False
            connection.request("GET", "/health")
            reply = connection.getresponse()
            return reply.status == 200 and json.loads(reply.read()).get("status") == "healthy"
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()


def private_valkey(folder: DataFolder) -> Child:
    """The private Valkey of this data folder, for nobody but its owner."""
    socket = folder.valkey_socket
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = server_command(socket, socket_mode=0o600)
    # Our settings are none of its business, and the first admin token may be among them.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    return Child("valkey", command, environment, before_start=lambda: socket.unlink(missing_ok=True))


def part(name: str, config_file: Path | None, environment: dict[str, str]) -> Child:
    """`vbot api` or `vbot worker`, as systemd starts it."""
    config = ["--config", str(config_file)] if config_file else []
    return Child(name, [sys.executable, "-m", "appliance.cli", *config, name], environment)
