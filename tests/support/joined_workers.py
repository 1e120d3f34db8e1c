"""A box without a worker of its own, and workers that join it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from appliance.storage.folder.data_folder import DataFolder
from appliance.worker.process import LONGEST_STOP_SECONDS
from tests.support.appliance import RunningAppliance, environment, vbot
from tests.support.machine_time import MachineTime
from tests.support.namespaces import Machine
from tests.support.processes import family, wait_until
from tests.support.valkey import Valkey

CHECKOUT = Path(__file__).parents[2]
LEASE_SECONDS = 60  # more than a busy machine keeps a worker waiting
SHORT_LEASE_SECONDS = 8  # for who waits for its end; four times as long as between two renewals
SETTINGS = {
    "VBOT_TLS": "auto",
    "VBOT_RATE_LIMIT_PER_MINUTE": "100000",
    "VBOT_MAX_CONCURRENT_CALLS": "1000",
    "VBOT_BACKUP_EVERY_HOURS": "0",
    "VBOT_MDNS": "off",
    "PYTHONPATH": str(CHECKOUT),
}


class JoinedWorker:
    """`vbot worker --join` with the fake engine, on another machine or on this one."""

    def __init__(self, folder: Path, url: str, token: str, pin: str, device: str, machine: Machine | None) -> None:
        folder.mkdir(parents=True)
        self.token_file, self.log_file = folder / "token", folder / "worker.log"
        self.token_file.write_text(f"{token}\n")
        self.token_file.chmod(0o600)
        (folder / "temporary").mkdir()
        arguments = ["--join", url, "--token-file", str(self.token_file), "--fingerprint", pin]
        command = [sys.executable, "-m", "tests.support.fake_joined_worker", *arguments]
        settings = {
            "VBOT_DEVICE": device,
            "VBOT_CALLS_AT_ONCE": "1",
            "TMPDIR": str(folder / "temporary"),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": str(CHECKOUT),
        }
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                command if machine is None else machine.command(command),
                env=environment(folder / "no data", settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=CHECKOUT,
            )

    def stop(self) -> int:
        """SIGTERM: it hands back what it holds, in as much of the machine's time as it has for that."""
        since = MachineTime(lambda: family(os.getpid()))  # it waits for the api and the queue as well
        self.process.terminate()
        assert since.wait_until(lambda: self.process.poll() is not None, LONGEST_STOP_SECONDS), self.log
        return self.process.wait()

    def destroy(self) -> None:
        """End it at once."""
        for one in family(self.process.pid):
            one.kill()
        self.process.wait(60)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


class JoinableBox:
    """A queue, an api with TLS, and whoever joins."""

    def __init__(self, folder: Path, lease_seconds: int = LEASE_SECONDS) -> None:
        self.folder = folder
        temporary = folder / "temporary"
        temporary.mkdir(parents=True)
        self.queue = Valkey(folder / "queue")
        access = DataFolder(folder / "queue").queue_access
        settings = {
            **SETTINGS,
            "VBOT_LEASE_SECONDS": str(lease_seconds),
            "VBOT_REDIS_URL": self.queue.url,
            "VBOT_QUEUE_ACCESS": str(access),
            "TMPDIR": str(temporary),
        }
        self.api = RunningAppliance(folder / "box", settings, command="api")
        self.api.settings["VBOT_LISTEN"] = f"0.0.0.0:{self.api.port}"
        self.workers: list[JoinedWorker] = []

    def __enter__(self) -> Self:
        made = vbot("init", data_dir=self.api.data_dir, settings=self.api.settings)
        assert made.returncode == 0, made.stderr
        self.queue.start()
        self.api.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.destroy()
        self.api.destroy()
        self.queue.kill()

    # Tokens

    def token(self, name: str = "workers") -> tuple[int, str, str]:
        """A new joining token by the command: its id, its text, and the key's fingerprint that the command prints."""
        made = vbot(
            "token",
            "create",
            "--role",
            "worker",
            "--name",
            name,
            data_dir=self.api.data_dir,
            settings=self.api.settings,
        )
        assert made.returncode == 0, made.stderr
        words = made.stderr.split()
        assert words[words.index("--join") + 1].startswith("https://")
        ids = [one["id"] for one in self.api.admin("GET", "/api/tokens").json()["tokens"] if one["name"] == name]
        return ids[-1], made.stdout.strip(), words[words.index("--fingerprint") + 1]

    def revoke(self, token_id: int) -> None:
        assert self.api.admin("DELETE", f"/api/tokens/{token_id}").status_code == 200

    # Workers

    def joins(self, token: str, pin: str, device: str = "cuda:1", machine: Machine | None = None) -> JoinedWorker:
        """Start a worker that joins."""
        host = "127.0.0.1" if machine is None else machine.box_address
        url = f"https://{host}:{self.api.port}"
        worker = JoinedWorker(self.folder / f"worker-{len(self.workers)}", url, token, pin, device, machine)
        self.workers.append(worker)
        return worker

    def shown(self) -> dict[str, dict[str, Any]]:
        """The workers in /api/system, by name."""
        return {one["name"]: one for one in self.api.admin("GET", "/api/system").json()["workers"]}

    def wait_for_ready(self, count: int, seconds: float = 120) -> dict[str, dict[str, Any]]:
        """Wait until so many workers are ready; those."""
        found: dict[str, dict[str, Any]] = {}

        def are_ready() -> bool:
            found.clear()
            found.update({name: one for name, one in self.shown().items() if one["state"] == "ready"})
            return len(found) == count

        assert wait_until(are_ready, seconds, 0.1), f"ready are {sorted(found)}\n{self.logs}\n{self.api.log_tail()}"
        return found

    @property
    def logs(self) -> str:
        """The ends of what the workers wrote."""
        return "\n".join(worker.log[-3000:] for worker in self.workers)
