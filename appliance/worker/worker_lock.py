"""One worker of a name on a queue: a second one would take the first one's leases and heartbeats for its own.

The lock is a socket in the kernel's abstract namespace (unix(7)). It ends with its process, however that ends; it needs
no folder that all workers may write to, since a worker of the units may not even see the data folder, and one that root
starts is another user; and it tells at once who was first. It reaches as far as the machine's network does. A worker of
the same name on another machine (two that were cloned, say) shows by its heartbeats, which go on.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

from appliance.errors import ConfigurationError, Unavailable
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.process.lock_holder import unit_of

# One that is being stopped hands back first (appliance.worker.process.HAND_BACK_SECONDS).
RETRY_SECONDS = 8.0
RETRY_EVERY_SECONDS = 0.1
# A worker beats every 2 s; one that sends two heartbeats in this time lives.
LISTEN_SECONDS = 5.0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


def hold_worker_name(queue_url: str, name: str, seconds: float = RETRY_SECONDS) -> socket.socket:
    """Hold the name for as long as the socket is open; raises ConfigurationError that says who has it."""
    # No spelling of the address gets out of the abstract namespace, and no path is too long for it.
    address = "\0vbot-worker-" + hashlib.sha256(f"{queue_url}\n{name}".encode()).hexdigest()
    until = time.monotonic() + seconds
    while True:
        lock = socket.socket(socket.AF_UNIX)
        try:
            lock.bind(address)
            lock.listen()  # so that others can ask the kernel who we are
        except OSError as error:
            lock.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return lock
        if time.monotonic() >= until:
            raise ConfigurationError(f"worker {name} runs already{_who(address)}: there is one for each device")
        time.sleep(RETRY_EVERY_SECONDS)


def machine() -> str:
    """How far the lock reaches: this life of the kernel, and the network that we see of it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.stat('/proc/self/ns/net').st_ino}"  # noqa: PTH116 - no path, an identity
    except OSError:
        return ""


def check_elsewhere(
    name: str,
    last_heartbeat: Callable[[], WorkerHeartbeat | None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Raise ConfigurationError when a worker of that name lives on another machine.

    What is left of one that died there stands still.
    """
    try:
        left = last_heartbeat()
        if left is None or left.ended or (left.machine and left.machine == machine()):
            return
        sleep(LISTEN_SECONDS)
        now = last_heartbeat()
    except Unavailable:
        return  # no queue, nobody on it
    if now is not None and (now.boot, now.beat) != (left.boot, left.beat):
        raise ConfigurationError(
            f"a worker {name} runs already, on another machine of the same name: give each its own host name"
        )


def _who(address: str) -> str:
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(address)
            credentials = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        except OSError:
            return ""
    pid: int = _CREDENTIALS.unpack(credentials)[0]
    unit = unit_of(pid)
    return f" ({unit}, pid {pid})" if unit else f" (pid {pid})"
