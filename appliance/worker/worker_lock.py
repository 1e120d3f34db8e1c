"""One worker of a name on a queue: a second one would take the first one's leases and heartbeats for its own.

A lock of the kernel's (flock(2)): it ends with its process, however that ends. It lies where nobody but the worker's
user can write, or whoever has an account on the machine could hold it and keep the worker from starting. So it reaches
as far as the user does, or the folder. A worker of the same name elsewhere, as another user or on another machine (two
that were cloned, say), shows by its heartbeats, which go on.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ConfigurationError, Unavailable
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.process.lock_holder import UNKNOWN, LockHolder, this_process
from appliance.storage.folder.folder_lock import FolderLock

# One that is being stopped hands back first (appliance.worker.process.HAND_BACK_SECONDS).
RETRY_SECONDS = 8.0
# A worker beats every 2 s; one that sends two heartbeats in this time lives.
LISTEN_SECONDS = 5.0
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class HeldName:
    """A name that is ours until it is released or this process ends.

    `machine`: how far that reaches, this life of the kernel and the file.
    """

    machine: str
    _lock: FolderLock

    def release(self) -> None:
        self._lock.release()


def hold_worker_name(folder: Path, queue_url: str, name: str, seconds: float = RETRY_SECONDS) -> HeldName:
    """Hold the name; raises ConfigurationError that says who has it. The folder is one of `lock_folder`."""
    # No spelling of the address gets out of the folder, and no name is too long for it.
    digest = hashlib.sha256(f"{queue_url}\n{name}".encode()).hexdigest()
    path = folder / f"worker-{digest[:32]}.lock"
    lock = FolderLock(path)
    if not lock.take(this_process("vbot worker"), seconds):
        raise ConfigurationError(f"worker {name} runs already{_who(lock.holder())}: there is one for each device")
    return HeldName(_reach(path), lock)


def lock_folder(data_dir: Path) -> Path:
    """The first folder that is our user's alone: of the data folder, of the unit, at home, among the temporary files.

    Raises ConfigurationError where there is none.
    """
    for folder in _places(data_dir):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            seen = folder.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid() and not seen.st_mode & _OTHERS_WRITE:
            return folder
    raise ConfigurationError("there is no folder that this user alone can write to: set XDG_STATE_HOME to one")


def _places(data_dir: Path) -> Iterator[Path]:
    if os.access(data_dir, os.W_OK | os.X_OK) and data_dir.stat().st_uid == os.geteuid():
        yield data_dir / "run"
    if "RUNTIME_DIRECTORY" in os.environ:
        yield Path(os.environ["RUNTIME_DIRECTORY"].partition(":")[0])
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")  # noqa: PTH111 - raises nothing
    yield Path(state) / "vbot"
    yield Path(tempfile.gettempdir()) / f"vbot-{os.geteuid()}"


def _reach(path: Path) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        seen = path.stat()
    except OSError:
        return ""
    return f"{boot}/{seen.st_dev}:{seen.st_ino}"


def check_elsewhere(
    name: str,
    machine: str,
    last_heartbeat: Callable[[], WorkerHeartbeat | None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Raise ConfigurationError when a worker of that name lives elsewhere than where our lock reaches (`machine`).

    What is left of one that died there stands still.
    """
    try:
        left = last_heartbeat()
        if left is None or left.ended or (left.machine and left.machine == machine):
            return
        sleep(LISTEN_SECONDS)
        now = last_heartbeat()
    except Unavailable:
        return  # no queue, nobody on it
    if now is not None and (now.boot, now.beat) != (left.boot, left.beat):
        raise ConfigurationError(
            f"a worker {name} runs already, as another user or on another machine of the same name: give each machine "
            "its own host name, and each device one worker"
        )


def _who(holder: LockHolder | None) -> str:
    if holder is None or holder == UNKNOWN:
        return ""
    return f" ({holder.unit}, pid {holder.pid})" if holder.unit else f" (pid {holder.pid})"
