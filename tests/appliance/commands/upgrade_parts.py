"""A box for the steps of an upgrade, without programs: what its versions would do is said by the test."""

from __future__ import annotations

import json
import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from appliance.commands.upgrade.box import UpgradedBox
from appliance.commands.upgrade.steps import Upgrade
from appliance.commands.upgrade.watching import Patience
from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import Step, UpgradeRecord, read_record, write_record
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON
from tests.support.appliance import free_port

OLD, NEW = "1.0.0", "1.1.0"
# What comes is waited for; what must not come, not for long.
PATIENCE = Patience(accepting=60, settling=60, watched=0.05, worse=60, look_every=0.01)
NO_PATIENCE = Patience(accepting=0.1, settling=0.1, watched=0.05, worse=0.05, look_every=0.01)


def nothing() -> None:
    """What happens in most moments."""


class FakeServices:
    """`running`: the version that was started last; `loads`: workers that never get ready."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.running: str | None = OLD
        self.done: list[str] = []
        self.loads: list[str] = []
        self.by_hand: list[str] = []
        self.guarded: Path | None = None
        self.on_stop: Callable[[], None] = nothing
        self.on_start: Callable[[], None] = nothing

    def workers(self) -> list[str]:
        return ["worker"]

    def work_for_another(self) -> bool:
        return False

    def remember(self, *, was_a_box: bool) -> None:
        pass

    def stop_workers(self) -> None:
        pass

    def stop(self) -> None:
        self.done.append("stop")
        self.on_stop()
        self.running = None

    def start(self, workers: list[str]) -> None:
        self.done.append(f"start {self._installation.current}")
        self.on_start()
        self.running = self._installation.current

    def loading(self, workers: Collection[str]) -> list[str]:
        return [one for one in workers if one in self.loads]

    def ailing(self) -> dict[str, str]:
        return {}

    def units_by_hand(self) -> list[str]:
        return self.by_hand

    def keep_units(self, kept: Path) -> None:
        self.done.append("keep units")

    def bring_units_back(self, kept: Path) -> None:
        if kept.exists():
            self.done.append("bring units back")

    def start_guard(self, lock: Path) -> None:
        self.guarded = lock

    def stop_guard(self) -> None:
        self.guarded = None


class FakePackages:
    """`broken`: why dpkg fails; `half`: what it has half way then."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.broken: str | None = None
        self.half: list[str] = []
        self.on_install: Callable[[], None] = nothing

    def fetch(self) -> list[Path]:
        raise NotImplementedError

    def install(self, files: Sequence[Path], unpacked: Path) -> None:
        self.on_install()
        if self.broken is not None:
            raise ConfigurationError(self.broken)
        self.half = []
        a_version(self._installation.root, NEW)

    def unfinished(self) -> list[str]:
        return self.half


def a_version(root: Path, version: str) -> Path:
    """Two files of one."""
    made = root / version
    for name in ("bin/vbot", "lib/module.py"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(version)
    return made


class Steps:
    """A box, and its upgrade at whatever step."""

    def __init__(self, folder: Path) -> None:
        self.folder = DataFolder(folder / "data")
        self.folder.create()
        self.installation = Installation(folder / "opt")
        a_version(self.installation.root, OLD)
        self.installation.turn_to(OLD)
        self.services, self.packages = FakeServices(self.installation), FakePackages(self.installation)
        self.told: list[str] = []
        self.answers: dict[str, Any] = {}
        environment = {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_TLS": "off"}
        self.box = UpgradedBox(
            settings=load(None, environment | {"VBOT_DATA_DIR": str(self.folder.root)}),
            installation=self.installation,
            services=self.services,
            packages=self.packages,
            make_backup=lambda: "",
            now=lambda: NOON,
            tell=self.told.append,
            patience=PATIENCE,
        )

    def at(self, step: Step, **more: Any) -> Upgrade:
        """One that was interrupted there."""
        a_version(self.installation.staging / "root/opt/vbot", NEW)
        (self.installation.staging / "packages").mkdir()
        if step is not Step.INSTALLING:
            a_version(self.installation.root, NEW)
        write_record(
            self.installation,
            UpgradeRecord(step=step, old=OLD, new=NEW, began_at=NOON, **{"workers": ["worker"], **more}),
        )
        return Upgrade(self.box)

    def without_patience(self) -> None:
        self.box = replace(self.box, patience=NO_PATIENCE)

    @property
    def step(self) -> Step | None:
        record = read_record(self.installation)
        return None if record is None else record.step

    def half_replaced_by_dpkg(self) -> None:
        """What runs is the copy that preinst has made; dpkg has begun to remove the files of the version."""
        shutil.copytree(self.installation.folder(OLD), self.installation.folder(f"{OLD}.kept"), copy_function=os.link)
        self.installation.turn_to(f"{OLD}.kept")
        (self.installation.folder(OLD) / "lib/module.py").unlink()

    def answer(self, route: str) -> Any:
        """Of the api that runs; None where none does."""
        if route in self.answers or self.services.running is None:
            return self.answers.get(route)
        return {"/health": {"status": "healthy", "version": self.services.running}}.get(route, {})


@contextmanager
def api_of(steps: Steps) -> Iterator[None]:
    """Answers on the local socket for what runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = steps.answer(self.path)
            body = json.dumps({"message": "nothing runs"} if found is None else found).encode()
            with suppress(OSError):
                self.send_response(503 if found is None else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def address_string(self) -> str:
            return "local"

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    with Server(str(steps.folder.api_socket), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
