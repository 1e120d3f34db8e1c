"""A box whose versions lie side by side, to be upgraded without apt and without systemd; its processes are real.

    python -m tests.support.upgraded_box VERSIONS upgrade …

is its `vbot upgrade`: with processes that this module starts in the place of units, and packages that are unpacked.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import requests

from appliance.cli import build_parser
from appliance.commands.setup.running import run_vbot
from appliance.commands.upgrade import upgrade
from appliance.commands.upgrade.box import UpgradedBox
from appliance.commands.upgrade.first_release import is_what_runs
from appliance.commands.upgrade.watching import Patience
from appliance.domain.clock import utc_now
from appliance.errors import ApplianceError
from appliance.services.upgrade.installation import CURRENT, Installation
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from tests.support.appliance import RunningAppliance, environment
from tests.support.killed_upgrade import KilledInstallation, killed_when
from tests.support.processes import Process, family, wait_until
from tests.support.spool import recording
from tests.support.without_systemd import WithoutSystemd

OFFERED = "UPGRADE_IS_OFFERED"
SETTLES_WITHIN = "UPGRADE_SETTLES_WITHIN"  # for who waits for its end
PATIENCE = Patience(
    accepting=240, settling=float(os.environ.get(SETTLES_WITHIN, "240")), watched=4, worse=30, look_every=0.2
)
STOP_SECONDS = 30.0
PARTS = ("valkey", "api", "worker")
# Of whichever version: its users, if it knows any, are that version's.
PRIVATE_VALKEY = """
import os, pathlib, sys
from appliance import supervisor
queue = supervisor.private_valkey(supervisor.DataFolder(pathlib.Path(sys.argv[1])))
queue.before_start()
os.execv(queue.command[0], [*queue.command])
"""


class ProcessServices(WithoutSystemd):
    """The parts as processes of their own, whose ids are kept in a folder: whoever comes next finds them."""

    def __init__(self, installation: Installation, folder: DataFolder, run: Path) -> None:
        self._installation = installation
        self._folder = folder
        self._run = run

    def workers(self) -> list[str]:
        return ["worker"] if (found := self._found("worker")) is not None and found.alive else []

    def stop_workers(self) -> None:
        self._stop("worker")

    def stop(self) -> None:
        for part in reversed(PARTS):
            self._stop(part)

    def start(self, workers: list[str]) -> None:
        killed_when("start")
        for part in ("valkey", "api", *workers):
            self._stop(part)
            self._start(part)

    def loading(self, workers: Collection[str]) -> list[str]:
        return [part for part in workers if (found := self._found(part)) is None or not found.alive]

    def ailing(self) -> dict[str, str]:
        ended = [part for part in PARTS if (found := self._found(part)) is not None and not found.alive]
        return {part: f"it died: {self._log(part).read_text(errors='replace').splitlines()[-1]}" for part in ended}

    def _start(self, part: str) -> None:
        current = self._installation.link / "bin"
        command = {
            "valkey": [str(current / "python"), "-P", "-c", PRIVATE_VALKEY, str(self._folder.root)],
            "api": [str(current / "vbot"), "api"],
            "worker": [str(current / "fake-worker")],
        }[part]
        with self._log(part).open("ab") as log:
            started = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        (one,) = [one for one in family(started.pid) if one.pid == started.pid] or [Process(started.pid, 0)]
        self._pid_file(part).write_text(json.dumps([one.pid, one.started]))

    def _stop(self, part: str) -> None:
        found = self._found(part)
        if found is not None:
            found.kill(signal.SIGTERM)
            if not wait_until(lambda: not found.alive, STOP_SECONDS):
                found.kill()
        self._pid_file(part).unlink(missing_ok=True)

    def _found(self, part: str) -> Process | None:
        try:
            return Process(*json.loads(self._pid_file(part).read_text()))
        except FileNotFoundError:
            return None

    def _pid_file(self, part: str) -> Path:
        return self._run / f"{part}.pid"

    def _log(self, part: str) -> Path:
        return self._run / f"{part}.log"


class UnpackedPackages:
    """What dpkg would do with the new version's files."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def fetch(self) -> list[Path]:
        return [Path(os.environ[OFFERED])]

    def install(self, files: Sequence[Path], unpacked: Path) -> None:
        assert all(file.is_file() for file in files)
        shutil.copytree(unpacked, self._installation.folder(unpacked.name), symlinks=True, dirs_exist_ok=True)

    def unfinished(self) -> list[str]:
        return []


def _tell(line: str) -> None:
    print(line, flush=True)
    killed_when(line)


def main(root: str, *arguments: str) -> int:
    """As `vbot upgrade`, on the versions in that folder."""
    installation, settings = KilledInstallation(Path(root)), load(None, os.environ)
    run = installation.root.parent / "run"
    box = UpgradedBox(
        settings=settings,
        installation=installation,
        services=ProcessServices(installation, DataFolder(settings.data_dir), run),
        packages=UnpackedPackages(installation),
        make_backup=lambda: run_vbot(settings, "backup", "create", python=installation.link / "bin/python").strip(),
        now=utc_now,
        tell=_tell,
        runs_first_release=is_what_runs(installation),
        patience=PATIENCE,
    )
    if arguments == ("start",):
        box.services.start(["worker"])
        return 0
    try:
        return upgrade(build_parser().parse_args(arguments), box)
    except ApplianceError as error:
        print(f"vbot: {error}", file=sys.stderr)
        return error.exit_code


class Box:
    """The box as a test sees it: its versions, its `vbot upgrade`, its api over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.versions, self.run = folder / "opt", folder / "run"
        self.run.mkdir()
        self.data = DataFolder(folder / "data")
        self.settings = {
            "VBOT_REDIS_URL": valkey_url(self.data),
            "VBOT_QUEUE_ACCESS": str(self.data.queue_access),
            "VBOT_RATE_LIMIT_PER_MINUTE": "100000",
            "VBOT_MAX_CONCURRENT_CALLS": "1000",
            "VBOT_BACKUP_EVERY_HOURS": "0",
            "VBOT_MDNS": "off",
            "VBOT_WEBHOOK_TIMEOUT_SECONDS": "60",  # what is sent once on a quick machine is on a busy one, too
            "TMPDIR": str(folder / "temporary"),
        }
        (folder / "temporary").mkdir()
        self.http = RunningAppliance(folder, self.settings, data_dir=self.data.root)
        self.installation = Installation(self.versions)
        self.upgrader: Path | None = None  # the version whose `vbot upgrade` it is, where not that which runs
        self.services = ProcessServices(self.installation, self.data, self.run)

    def __enter__(self) -> Self:
        self.vbot("init")
        try:
            done = self._ended(self._driver("start"), {})
            assert wait_until(lambda: self.http.health() == "healthy", 240, 0.2), f"{done.stderr}{self.logs()}"
        except BaseException:
            self.services.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.services.stop()
        self.http.http.close()

    def vbot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the version that runs."""
        return self._ended([str(self.versions / CURRENT / "bin/vbot"), *arguments], {})

    def starts_again(self) -> None:
        """As after a power cut: what the link leads to."""
        self.services.stop()
        self._ended([*self._driver("start")], {})

    def upgrade(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """`vbot upgrade` of the version that runs, or of `upgrader`."""
        return self._ended([*self._driver("upgrade"), *map(str, arguments)], more)

    def logs(self) -> str:
        """The ends of what the parts wrote."""
        found = (f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in sorted(self.run.glob("*.log")))
        return "\n".join(found)

    def _driver(self, command: str) -> list[str]:
        python = (self.upgrader or self.versions / self.installation.current) / "bin/python"
        return [str(python), "-P", "-m", "tests.support.upgraded_box", str(self.versions), command]

    def _ended(self, line: list[str], more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            line,
            env=self._environment() | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        # Where Python looks first would go before each version's own source.
        found = environment(self.data.root, self.http.settings)
        return {name: value for name, value in found.items() if name != "PYTHONPATH"}


class PostedTo(Protocol):
    """A box over HTTP; `logs` is for when it does not answer."""

    @property
    def http(self) -> RunningAppliance: ...

    def logs(self) -> str: ...


class Sender:
    """A telephone system that posts one call after the other, each until it is accepted; what it met is kept."""

    def __init__(
        self,
        box: PostedTo,
        api_key: str,
        audio: Callable[[], bytes] = lambda: recording(0.05),
        every_seconds: float = 0.1,
    ) -> None:
        """`audio` makes each call's recording; with `every_seconds` between two posts."""
        self._box, self._key = box, api_key
        self._audio, self._every_seconds = audio, every_seconds
        self.accepted: list[str] = []
        self.refused = self.unreachable = 0
        self.wrong: list[str] = []
        self.longest_gap = self.longest_silence = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._post_all, name="sender", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(120)
        assert not self._thread.is_alive()

    def goes_on(self, calls: int = 5, seconds: float = 240) -> None:
        """Wait until so many more calls were accepted."""
        wanted = len(self.accepted) + calls
        assert wait_until(lambda: len(self.accepted) >= wanted, seconds), f"{self}\n{self._box.logs()}"

    def __str__(self) -> str:
        return (
            f"accepted {len(self.accepted)}, longest time without an accepted call {self.longest_gap:.1f} s, "
            f"503 {self.refused}, unreachable {self.unreachable}, other answers {self.wrong[:3]}"
        )

    def _post_all(self) -> None:
        answered = accepted = time.monotonic()
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self._box.http.http.verify
            number = 0
            while not self._over.is_set():
                audio, number, done = self._audio(), number + 1, False
                while not done and not (self._over.is_set() and self.unreachable > 10_000):
                    answer = self._post(session, audio, number)
                    now = time.monotonic()
                    if answer is not None:
                        self.longest_silence = max(self.longest_silence, now - answered)
                        answered = now
                    if done := answer is not None and answer.status_code == 200:
                        self.longest_gap = max(self.longest_gap, now - accepted)
                        accepted = now
                    self._over.wait(self._every_seconds)

    def _post(self, session: requests.Session, audio: bytes, number: int) -> requests.Response | None:
        try:
            answer = session.post(
                f"{self._box.http.url}/api/process-call",
                headers={"X-API-Key": self._key},
                data={"caller_number": "+491", "called_number": "+492", "external_id": f"pbx-{number}"},
                files={"file": ("call.wav", audio, "audio/wav")},
                timeout=30,
            )
        except requests.RequestException:
            self.unreachable += 1
            return None
        if answer.status_code == 200:
            self.accepted.append(answer.json()["call_id"])
        elif answer.status_code == 503 and answer.headers.get("Retry-After"):
            self.refused += 1
        else:
            self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
        return answer


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(*sys.argv[1:]))
