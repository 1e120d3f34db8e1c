"""A machine for a telephone system: a tree under an overlay in memory, with processes and mounts of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import family, wait_until

# /var/spool is one file system, and no overlay, as on a PBX: recordings are linked there, and leases tell who writes.
_ENTER = """
mount -t tmpfs -o size=2g tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root" "$1/spool"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
cp -a "$1/root/var/spool/." "$1/spool"
mount --bind "$1/spool" "$1/root/var/spool"
mount -t proc proc "$1/root/proc"
mount --bind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mkdir -p "$1/root/etc/cron.d"
exec chroot "$1/root" sh -c 'echo ready; while :; do sleep 3600; done'
"""
_ENVIRONMENT = ("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")


class Machine:
    """It shares the host's network: loopback, of which everybody in the test uses ports of their own."""

    def __init__(self, folder: Path, tree: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", _ENTER, "sh"]
        self._holder = subprocess.Popen(
            [*command, str(folder), str(tree)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        ready = self._holder.stdout.readline()
        if ready != "ready\n":
            self._holder.wait(timeout=60)
            raise AssertionError(f"no machine could be made of {tree}: exit code {self._holder.returncode}")
        # unshare's only child is the first process of the machine.
        self._first = next(one for one in family(self._holder.pid) if one.pid != self._holder.pid)
        self._processes = Path(f"/proc/{self._first.pid}/ns/pid").readlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._holder.stdout is not None
        self._first.kill()  # and with it all others, and the mounts
        self._holder.wait(timeout=60)
        self._holder.stdout.close()

    def path(self, inside: str) -> Path:
        """Where a path of the machine's is seen from here."""
        return Path(f"/proc/{self._first.pid}/root") / inside.lstrip("/")

    def titles(self) -> list[str]:
        """What runs there now, as `ps` shows it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "ns/pid").readlink() == self._processes:
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue  # it has just ended
        return found

    def write(self, inside: str, text: str) -> None:
        """A file of the machine's."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)

    def command(self, *words: str) -> list[str]:
        """What runs these there."""
        enter = ["nsenter", f"--target={self._first.pid}", "--mount", "--pid", "--root", "--wd"]
        return [*enter, "env", "-i", *_ENVIRONMENT, *words]

    def try_to_run(
        self, *words: str, said: str | None = None, seconds: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """Run one command there to its end; standard error is shown with its output."""
        return subprocess.run(
            self.command(*words),
            input=said or "",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )

    def run(self, *words: str, said: str | None = None, seconds: float = 180) -> str:
        """What it prints. AssertionError where it fails."""
        done = self.try_to_run(*words, said=said, seconds=seconds)
        assert done.returncode == 0, f"{' '.join(words)}: {done.returncode}\n{done.stdout[-4000:]}"
        return done.stdout

    def start(self, *words: str, log: Path) -> subprocess.Popen[bytes]:
        """Run one command there beside us."""
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command(*words), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )


class Asterisk:
    """One Asterisk of a machine: `/etc/NAME`, `/var/spool/NAME`, `/run/NAME`."""

    def __init__(self, machine: Machine, name: str, files: dict[str, str], folder: Path) -> None:
        self.machine, self.name = machine, name
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.etc, self.spool = f"/etc/{name}", f"/var/spool/{name}"
        own = (self.spool, f"/var/lib/{name}", f"/var/log/{name}", f"/run/{name}")
        made = [f"{own[0]}/{folder}" for folder in ("monitor", "outgoing", "outgoing_done", "tmp", "voicemail")]
        machine.run("rm", "-rf", self.etc)
        machine.run("mkdir", "-p", self.etc, *own, *made, f"{own[2]}/cdr-csv")
        machine.run("chown", "-R", "asterisk:asterisk", *own)
        (modules,) = machine.run("sh", "-c", "echo /usr/lib/*/asterisk/modules").split()
        directories = {
            "astetcdir": self.etc, "astmoddir": modules, "astdatadir": "/usr/share/asterisk", "astspooldir": own[0],
            "astvarlibdir": own[1], "astdbdir": own[1], "astkeydir": own[1], "astlogdir": own[2], "astrundir": own[3],
        }  # fmt: skip
        lines = "".join(f"{key} => {value}\n" for key, value in directories.items())
        for file, text in {"asterisk.conf": f"[directories]\n{lines}", **_ALWAYS, **files}.items():
            machine.write(f"{self.etc}/{file}", text)

    def start(self) -> Self:
        """Until it takes calls."""
        assert self._process is None
        # Sound that comes too late is left out of recordings, whoever else works on this machine.
        command = ("nice", "-n", "-15", "asterisk", "-f", "-U", "asterisk", "-C", f"{self.etc}/asterisk.conf")
        self._process = self.machine.start(*command, log=self._log)
        wait = ("asterisk", "-C", f"{self.etc}/asterisk.conf", "-rx", "core waitfullybooted")
        up = wait_until(lambda: "fully booted" in self.machine.try_to_run(*wait).stdout, 120, 0.5)
        assert up, f"{self.name} does not come up\n{self.log_tail()}"
        return self

    def cli(self, line: str) -> str:
        """What its console answers."""
        return self.machine.run("asterisk", "-C", f"{self.etc}/asterisk.conf", "-rx", line)

    def channels(self) -> list[list[str]]:
        """The fields of each channel, as `core show channels concise` has them."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.split("!") for line in lines if line.count("!") > 5]

    def is_idle(self) -> bool:
        """Whether nobody talks."""
        return not self.channels()

    def kill(self) -> None:
        """As `kill -9` does; it can be started again."""
        process, self._process = self._process, None
        if process is None:
            return
        for one in family(process.pid):
            one.kill()
        process.wait(timeout=60)

    def log_tail(self) -> str:
        """The end of what it wrote."""
        written = self.machine.path(f"/var/log/{self.name}/messages")
        texts = [path.read_text(errors="replace")[-3000:] for path in (self._log, written) if path.exists()]
        return "\n".join(texts)


_ALWAYS = {
    "modules.conf": "[modules]\nautoload = yes\nnoload = app_voicemail_odbc.so\nnoload = app_voicemail_imap.so\n",
    "logger.conf": "[logfiles]\nmessages => notice,warning,error,verbose\n",
    "indications.conf": "[general]\ncountry = us\n[us]\nringcadence = 2000,4000\nring = 440+480/2000,0/4000\n",
    "musiconhold.conf": "[default]\nmode = files\ndirectory = /usr/share/asterisk/moh\n",
}
