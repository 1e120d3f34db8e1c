"""The test call of `vbot setup` where no worker comes to it: it stops early, with the reason and what mends that."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.commands.setup.trial_call import ANALYSIS_SECONDS
from appliance.messages.queue_names import worker_name
from tests.support.appliance import VBOT, RunningAppliance, environment
from tests.support.broken_installation import REASON, BrokenInstallation
from tests.support.valkey import Valkey

pytestmark = [pytest.mark.slow, pytest.mark.long]

CPU = worker_name("cpu")
ANSWERS = """
test_call = true
[customer]
company_name = "Example Ltd"
name = "Ada Example"
email = "ada@example.com"
webhook_url = "http://127.0.0.1:9/never"
"""


class SetUp:
    """An api and its queue; `trial` runs `vbot setup` there, and returns its one line on standard error."""

    def __init__(self, folder: Path) -> None:
        self.installation = BrokenInstallation(folder)
        self.queue = Valkey(folder / "box/data").start()
        config = folder / "vbot.toml"
        config.write_text("# The installer's.\n")
        more: dict[str, str | None] = {
            **self.installation.environment, "VBOT_REDIS_URL": self.queue.url, "VBOT_DEVICE": "cpu",
        }  # fmt: skip
        self.api = RunningAppliance(folder / "box", more, command="api", arguments=("--config", str(config)))
        (folder / "answers.toml").write_text(ANSWERS)
        self.command = [str(VBOT), "--config", str(config), "setup", "--answers", str(folder / "answers.toml")]

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.api.data_dir, self.api.settings)

    def trial(self) -> str:
        began = time.monotonic()
        done = subprocess.run(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=ANALYSIS_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stdout
        assert time.monotonic() - began < ANALYSIS_SECONDS / 3
        (line,) = done.stderr.splitlines()
        assert len(re.findall("`[^`]+`", line.removesuffix(", then `vbot setup` again"))) == 1, line
        return line

    @contextmanager
    def worker_is_started_again(self) -> Iterator[None]:
        """As systemd does with one that has ended."""
        over = threading.Event()

        def starts() -> None:
            while not over.is_set():
                with subprocess.Popen(
                    [VBOT, "worker"], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                ) as worker:  # fmt: skip
                    while worker.poll() is None and not over.wait(0.1):
                        pass
                    worker.kill()

        thread = threading.Thread(target=starts, name="starts workers", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(60)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[SetUp]:
    found = SetUp(tmp_path)
    try:
        with found.api:
            yield found
    finally:
        found.queue.kill()


def test_a_worker_that_dies_while_it_loads_is_told_with_its_own_reason(box: SetUp) -> None:
    box.installation.breaks()
    with box.worker_is_started_again():
        line = box.trial()
    reason = re.escape(REASON.rstrip("."))
    assert re.match(rf"vbot: the call waits: worker {CPU} died \d+ times while loading: {reason}: `", line), line


def test_where_no_worker_is_there_it_is_told_what_starts_one(box: SetUp) -> None:
    line = box.trial()
    assert line.startswith("vbot: the call waits: No worker is there: calls are accepted and wait: `"), line


def test_a_model_pack_that_is_missing_is_told_with_the_command_that_installs_it(box: SetUp) -> None:
    box.api.settings["VBOT_MODELS_DIR"] = str(box.api.folder / "no-models")
    with box.worker_is_started_again():
        line = box.trial()
    assert "whisper-tiny.en" in line
    assert "`vbot models install whisper-tiny.en" in line


def test_a_queue_that_is_away_is_told(box: SetUp) -> None:
    box.queue.kill()
    line = box.trial()
    assert line.startswith("vbot: the call waits: The queue does not answer: calls are accepted and wait: `"), line
