"""A system that is booted by its own systemd, in systemd-nspawn; what it writes lies in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.nspawn.network import Loopback
from tests.support.processes import Process, family, wait_until

BOOT_SECONDS = 120.0
STOP_SECONDS = 120.0
# Some minutes for a command, on a machine that does other things as well.
COMMAND_SECONDS = 900.0
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# All in a mount namespace that ends with it. The kernel gives a cgroup2 mount of our own the one hierarchy there is, so
# each container has a group in it. $1 lower folders, $2 the folder, $3 the group, then nspawn's own arguments.
_BOOT = """
set -eu
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/$3"
echo $$ >"/sys/fs/cgroup/$3/cgroup.procs"
folder=$2
shift 3
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$folder/root" --console=pipe "$@"
"""
# What has just been killed is there for a moment.
_REMOVE_GROUP = """
mount --make-rprivate /
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for _ in $(seq 100); do
    [ -e "/sys/fs/cgroup/$1" ] || exit 0
    find "/sys/fs/cgroup/$1" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
done
echo "the control group $1 is left" >&2
"""


class Container:
    """`layers`: the trees that it sees, the uppermost first. `shared`: a folder of this machine, there /mnt."""

    def __init__(self, layers: Sequence[Path], folder: Path, network: Loopback, shared: Path | None = None) -> None:
        self._layers, self.folder, self._network, self._shared = layers, folder, network, shared
        self._group = f"vbot-test-{uuid.uuid4().hex[:12]}"
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._console: IO[bytes] | None = None
        self._init: Process | None = None
        for part in ("upper", "work", "root"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    # Life

    def boot(self) -> None:
        """Switch it on, and wait until its systemd can be asked for something."""
        assert self._nspawn is None, "it is on"
        self._console = (self.folder / "console.log").open("ab")
        arguments = [
            f"--network-namespace-path={self._network.path}",
            "--capability=CAP_NET_ADMIN",  # as a machine has it: units with a network of their own
            "--hostname=box",
            *([] if self._shared is None else [f"--bind-ro={self._shared}:/mnt"]),
        ]
        lower = ":".join(map(str, self._layers))
        self._nspawn = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", _BOOT, "sh", lower, str(self.folder), self._group, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
        )
        assert wait_until(self._has_booted, BOOT_SECONDS, 0.2), f"it does not boot: {self.console()}"

    def cut_power(self) -> None:
        """What its disk was told is on it; nothing else is left, and nobody was told."""
        self.init.kill()
        self._await_end(STOP_SECONDS)

    def shut_down(self) -> None:
        """In order, as by its button."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.run("systemctl", "poweroff", check=False, seconds=30)
        self._await_end(STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._nspawn is not None:
            for one in family(self._nspawn.pid):
                one.kill()
            self._await_end(STOP_SECONDS)
        subprocess.run(["unshare", "--mount", "sh", "-c", _REMOVE_GROUP, "sh", self._group], check=False, timeout=60)
        shutil.rmtree(self.folder / "work", ignore_errors=True)

    # What it looks like from this machine

    @property
    def init(self) -> Process:
        """Its process 1, as this machine numbers it."""
        assert self._init is not None, f"it is off: {self.console()}"
        return self._init

    @property
    def root(self) -> Path:
        """Its files, as long as it is on, with all that is mounted there."""
        return Path(f"/proc/{self.init.pid}/root")

    def console(self) -> str:
        """The end of what it wrote there."""
        return (self.folder / "console.log").read_text(errors="replace")[-3000:]

    def run(
        self, *command: str | Path, check: bool = True, seconds: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """As root in it, without a terminal."""
        done = subprocess.run(
            self.entering(*command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
            check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"[-6000:]
        return done

    def shell(self, script: str) -> str:
        """What a shell's script says on standard output."""
        return self.run("sh", "-euc", script).stdout

    def entering(self, *command: str | Path) -> list[str]:
        """The command line that runs this in it."""
        inside = ["/usr/bin/env", "-i", _PATH, "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        return ["nsenter", "--target", str(self.init.pid), "--all", "--", *inside, *map(str, command)]

    @contextlib.contextmanager
    def started(self, *command: str | Path) -> Iterator[subprocess.Popen[str]]:
        """While this runs in it; killed at the end where it still does."""
        with subprocess.Popen(
            self.entering(*command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _has_booted(self) -> bool:
        assert self._nspawn is not None
        assert self._nspawn.poll() is None, f"it ended: {self.console()}"
        if self._init is None:
            self._init = next((one for one in family(self._nspawn.pid) if _is_init(one.pid)), None)
            return False
        # Not the whole of it: that takes until a worker has loaded its models.
        return self.run("systemctl", "is-active", "basic.target", check=False, seconds=30).stdout == "active\n"

    def _await_end(self, seconds: float) -> None:
        assert self._nspawn is not None
        assert self._console is not None
        try:
            self._nspawn.wait(seconds)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()
        self._nspawn, self._init = None, None
        self._console.close()


def _is_init(pid: int) -> bool:
    """Whether it is process 1 of a namespace of its own, and systemd already."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        numbers = next(line for line in lines if line.startswith("NSpid:")).split()
        return len(numbers) == 3 and numbers[-1] == "1" and Path(f"/proc/{pid}/comm").read_text() == "systemd\n"
    except (OSError, StopIteration):
        return False


def kill_now(pid: int) -> None:
    """As the kernel does where memory runs out."""
    os.kill(pid, signal.SIGKILL)
