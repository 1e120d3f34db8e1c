"""A whole appliance under test: known only by its console script, its signals and its HTTP interface."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import random
import re
import secrets
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.support.machine_time import MachineTime
from tests.support.processes import Process, family, wait_until

VBOT = Path(sys.executable).with_name("vbot")

READY_SECONDS = 300.0  # two busy cores load a model and several libraries, among others that do the same
STOP_SECONDS = 15.0  # published: every process of `vbot up` is gone within 15 s of SIGTERM
REQUEST_SECONDS = 60.0
TEST_MODEL = "whisper-tiny.en"

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)
_READY = re.compile(r"^ready (https?://\S+)\s*$")


# Below what the kernel gives to whoever asks for any.
_PORTS = range(10_000, 30_000)
_next_port = itertools.count(random.SystemRandom().randrange(len(_PORTS)))
_reserved: list[socket.socket] = []


def free_port() -> int:
    """Return a port on 127.0.0.1 that nothing listens on now, and that no other test process is given meanwhile."""
    for _ in _PORTS:
        port = _PORTS[next(_next_port) % len(_PORTS)]
        reserved = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe, contextlib.suppress(OSError):
            reserved.bind(f"\0vbot-test-port-{port}")  # a name that ends with this process
            _reserved.append(reserved)
            probe.bind(("127.0.0.1", port))
            return port
        reserved.close()
    raise AssertionError("no port is free")


def environment(data_dir: Path, settings: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return a child's environment: ours without its VBOT_ settings (but where models live), and these."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("VBOT_") or name == "VBOT_MODELS_DIR"
    }
    chosen = {"VBOT_DATA_DIR": str(data_dir), "VBOT_ASR_MODEL": TEST_MODEL, **(settings or {})}
    return inherited | {name: value for name, value in chosen.items() if value is not None}


def vbot(
    *arguments: str | Path,
    data_dir: Path,
    settings: Mapping[str, str | None] | None = None,
    seconds: float = 180,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with its output caught and no terminal."""
    return subprocess.run(
        [VBOT, *map(str, arguments)],
        env=environment(data_dir, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def shown_chain(port: int) -> str:
    """The certificate that is shown there with those behind it, as PEM: Python before 3.13 wants the authority, too.

    Raises OSError where nothing listens.
    """
    fetched = ssl.get_server_certificate(("127.0.0.1", port), timeout=60)
    asked = ["openssl", "s_client", "-showcerts", "-connect", f"127.0.0.1:{port}"]
    said = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    return "".join(_CERTIFICATE.findall(said.stdout)) or fetched


class RunningAppliance:
    """`vbot up` (or `vbot api`) with a data folder, a port and an admin token of its own.

    `settings` are VBOT_ variables; None takes one of the defaults below away. `program` runs in the place of `vbot`.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str | None] | None = None,
        *,
        command: str = "up",
        arguments: tuple[str, ...] = (),
        program: Sequence[str] | None = None,
        data_dir: Path | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = data_dir or folder / "data"
        self.log_file = folder / "appliance.log"
        self.port = free_port()
        self.admin_token = secrets.token_urlsafe(24)
        self.command = command
        self.program = [*program] if program is not None else [str(VBOT), *arguments, command]
        self.settings: dict[str, str | None] = {
            "VBOT_LISTEN": f"127.0.0.1:{self.port}",
            "VBOT_TLS": "off",
            "VBOT_ADMIN_TOKEN": self.admin_token,
            "VBOT_WEBHOOK_ALLOW": "127.0.0.0/8",
            "VBOT_WEBHOOK_RETRY_SECONDS": "1,1,1",
            "VBOT_WEBHOOK_TIMEOUT_SECONDS": "20",  # the receiver is a thread of ours, on a busy machine
            **(settings or {}),
        }
        scheme = "http" if self.settings.get("VBOT_TLS") == "off" else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.ready_line = ""
        self.http = requests.Session()
        self.http.trust_env = False
        self.ended_with: int | None = None  # its exit code, once it has ended
        self._process: subprocess.Popen[str] | None = None
        self._former: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()

    # Life

    def start(self, seconds: float = READY_SECONDS) -> Self:
        """Start it and wait until it says that it is ready. Fails with its log when it does not."""
        assert self._process is None, "it runs already"
        self._bury_former()
        with self.log_file.open("ab") as log:
            log.write(f"--- {' '.join(self.program)}\n".encode())
            self._process = subprocess.Popen(
                self.program,
                env=environment(self.data_dir, self.settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read_stdout, args=(self._process,), daemon=True)
        self._reader.start()
        try:
            self._await_ready(time.monotonic() + seconds)
        except BaseException:
            self.destroy()
            raise
        return self

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Send SIGTERM to the parent alone; fail, and kill them, when processes are left after so many seconds."""
        process = self._running()
        before = self.processes()

        def still_there() -> list[Process]:
            """With those that were born meanwhile."""
            return sorted({*(one for one in before if one.alive), *family(process.pid)})

        since = MachineTime(lambda: before)
        process.terminate()
        since.wait_until(lambda: not still_there(), seconds)
        left = still_there()
        titles = [f"{one.pid} {one.title}" for one in left]
        self.destroy()
        assert not left, f"after {seconds:g} s SIGTERM has left {titles}\n{self.log_tail()}"

    def destroy(self) -> None:
        """End whatever is left of it, at once."""
        process, self._process = self._process, None
        if process is not None:
            process.poll()  # of one that has ended by itself, its own code
            for one in family(process.pid):
                one.kill()
            self.ended_with = process.wait(timeout=60)
            self._former = process
        self._bury_former()
        self.http.close()

    def _bury_former(self) -> None:
        """Let go of the output of a process that has ended."""
        former, self._former = self._former, None
        if former is None:
            return
        for one in family(former.pid):  # what is left of its session
            one.kill()
        if self._reader is not None:
            self._reader.join(timeout=10)
        if former.stdout is not None:
            former.stdout.close()

    def kill_parent(self) -> list[Process]:
        """Kill only the process that the command line started; return what belonged to it. It can be started again."""
        process = self._running()
        before = self.processes()
        process.kill()
        process.wait(timeout=60)
        self._process, self._former = None, process
        return before

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        if kind is None:
            self.stop()
        else:
            self.destroy()

    # What it looks like from outside

    @property
    def pid(self) -> int:
        """The process that the command line started."""
        return self._running().pid

    @property
    def family_is_gone(self) -> bool:
        """It has ended by itself, and whatever belonged to it."""
        return self._running().poll() is not None and not family(self.pid)

    def processes(self) -> list[Process]:
        """Everything that belongs to it now."""
        return family(self.pid)

    def named(self, title: str) -> list[Process]:
        """Those of its processes of which `ps` shows a command that begins with, or runs, this."""
        pattern = re.compile(rf"(?:^|[/ ]){re.escape(title)}(?:\s|$)")
        return [one for one in self.processes() if pattern.search(one.title)]

    def one(self, title: str) -> Process:
        """The only process of that title. Fails when there is none, or another."""
        found = self.named(title)
        assert len(found) == 1, f"want one {title!r} in {[one.title for one in self.processes()]}"
        return found[0]

    def health(self) -> str:
        """The word in /health, or `unreachable`."""
        try:
            answer = self.request("GET", "/health", timeout=30)
            return str(answer.json()["status"])
        except (requests.RequestException, ValueError, KeyError):
            return "unreachable"

    def wait_until_healthy(self, seconds: float = 60) -> None:
        """Wait until it says that it is: for a moment a busy machine may keep it from seeing its own worker."""
        assert wait_until(lambda: self.health() == "healthy", seconds, 0.2), f"{self.health()}\n{self.log_tail()}"

    def log_tail(self, lines: int = 40) -> str:
        """The end of what it wrote on stderr (and, marked, on stdout)."""
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    # HTTP

    def request(
        self, method: str, path: str, *, key: str | None = None, bearer: str | None = None, **options: Any
    ) -> requests.Response:
        """Send one request, with a customer's key, a bearer token, both or neither."""
        headers = dict(options.pop("headers", None) or {})
        if key is not None:
            headers["X-API-Key"] = key
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        options.setdefault("timeout", REQUEST_SECONDS)
        return self.http.request(method, self.url + path, headers=headers, **options)

    def admin(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request as the first administrator."""
        return self.request(method, path, bearer=self.admin_token, **options)

    def new_customer(self, **fields: Any) -> dict[str, Any]:
        """Create a customer; fields beyond the contract's three are set by an update, as an administrator would."""
        basic = {
            "name": fields.pop("name", "Ada Example"),
            "company_name": fields.pop("company_name", "Example Ltd"),
            "email": fields.pop("email", "ada@example.com"),
        }
        answer = self.admin("POST", "/api/customers", json=basic)
        assert answer.status_code == 200, answer.text
        if fields:
            answer = self.admin("PUT", f"/api/customers/{answer.json()['id']}", json=fields)
            assert answer.status_code == 200, answer.text
        customer: dict[str, Any] = answer.json()
        return customer

    def submit(
        self,
        key: str,
        recording: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> requests.Response:
        """Post a recording as a PBX does."""
        form = {"caller_number": "+4930123456", "called_number": "+4940654321", **fields}
        return self.request(
            "POST",
            "/api/process-call",
            key=key,
            headers=headers,
            data=form,
            files={"file": ("call.wav", recording, "audio/wav")},
        )

    def accepted(self, key: str, recording: bytes, **options: Any) -> str:
        """Post a recording that must be accepted; return its call_id."""
        answer = self.submit(key, recording, **options)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["call_id"])

    def final_call(self, call_id: str, seconds: float = 240) -> dict[str, Any]:
        """Wait until a call is completed or failed, and return it."""
        call: dict[str, Any] = {}

        def done() -> bool:
            answer = self.admin("GET", f"/api/calls/{call_id}")
            assert answer.status_code == 200, answer.text
            call.clear()
            call.update(answer.json())
            return call["state"] in ("completed", "failed")

        assert wait_until(done, seconds, 0.1), f"after {seconds:g} s the call is still {call}\n{self.log_tail()}"
        return call

    def deliveries(self, call_id: str) -> list[dict[str, Any]]:
        """The deliveries of one call, newest first."""
        answer = self.admin("GET", "/api/deliveries", params={"call_id": call_id})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found

    def delivery_in_state(self, call_id: str, state: str, seconds: float = 90) -> dict[str, Any]:
        """Wait until the newest delivery of a call is in this state, and return it with its attempts."""
        newest: list[dict[str, Any]] = []

        def there() -> bool:
            newest[:] = self.deliveries(call_id)[:1]
            return bool(newest) and newest[0]["state"] == state

        assert wait_until(there, seconds, 0.1), f"after {seconds:g} s it is {newest}\n{self.log_tail()}"
        answer = self.admin("GET", f"/api/deliveries/{newest[0]['id']}")
        assert answer.status_code == 200, answer.text
        delivery: dict[str, Any] = answer.json()
        return delivery

    def trust_certificate(self) -> Path:
        """Fetch the certificate that it shows, trust it in all later requests, return the file with it."""
        certificate = self.folder / "certificate.pem"
        certificate.write_text(shown_chain(self.port))
        self.http.verify = str(certificate)
        return certificate

    # Behind the scenes

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "it does not run"
        return self._process

    def _read_stdout(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with self.log_file.open("a") as log:
            for line in process.stdout:
                log.write(f"stdout: {line}")
                log.flush()
                self._lines.put(line)
        self._lines.put(None)

    def _await_ready(self, deadline: float) -> None:
        if self.command != "up":  # a part says nothing; it is there when it answers
            self._await_answer(deadline)
            return
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"vbot up is not ready in time\n{self.log_tail()}") from None
            if line is None:
                raise AssertionError(f"vbot up ended before it was ready\n{self.log_tail()}")
            if found := _READY.match(line):
                self.ready_line = line.strip()
                self.url = found[1].rstrip("/")
                break
        if self.url.startswith("https:"):
            self.trust_certificate()

    def _await_answer(self, deadline: float) -> None:
        process = self._running()

        def answers() -> bool:
            assert process.poll() is None, f"vbot {self.command} ended\n{self.log_tail()}"
            try:
                if self.url.startswith("https:"):
                    self.trust_certificate()
            except OSError:
                return False
            return self.health() != "unreachable"

        if not wait_until(answers, deadline - time.monotonic(), 0.1):
            raise AssertionError(f"vbot {self.command} does not answer in time\n{self.log_tail()}")
