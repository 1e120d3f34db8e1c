"""`vbot-post`'s queue and sender within the test's own process, on a clock that the test turns."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.support.pbx_client import Installation, load_client

client = load_client()


class FakeClock:
    """Sleeping takes no time; what happens meanwhile is told by `on_sleep`."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now
        self.on_sleep: Callable[[float], None] = lambda seconds: None

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.on_sleep(seconds)
        self.now += seconds


class Log:
    """What was logged, by level."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[str] = []

    def __call__(self, text: str) -> None:
        self.lines.append(text)

    warn = misuse = __call__

    def error(self, text: str) -> None:
        self.errors.append(text)


class Pbx(Installation):
    """An installation whose hook and sender are called, not started."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        super().__init__(folder, url, settings)
        self.clock = FakeClock()
        self.log = Log()
        self.records: Any = None
        self.open()

    def open(self) -> None:
        """As after a restart: nothing of before is remembered but what lies on the disk."""
        self.write_config()
        self.read = client.read_settings(str(self.config))
        self.here = client.Spool(
            str(self.spool), self.read.max_mb * 1_000_000, self.read.min_free_mb * 1_000_000, self.clock, self.log
        )
        self.records = client.Records(self.read, str(self.spool), self.log)
        self.sender = client.Sender(
            self.read, self.here, self.clock, self.log, client.open_box, self.records, jitter=lambda: 0.5
        )

    def queue(self, path: Path | str | bytes, **fields: str) -> str:
        """As the hook does, for a recording that was closed a while ago."""
        name: str = self.here.queue([os.fsdecode(path)], {"caller_number": "1", "called_number": "2", **fields})
        return name

    def call(self, name: str, audio: bytes, **fields: str) -> str:
        """The PBX has closed this recording, and tells us."""
        path = self.recording(name, audio)
        os.utime(path, (self.clock.now - 60, self.clock.now - 60))
        return self.queue(path, **fields)

    def send(self, stay_seconds: float = 50) -> None:
        """As the timer does."""
        self.sender.drain(stay_seconds)

    def sweep(self, *words: str) -> tuple[int, int, int]:
        """Queue what was never sent."""
        found: tuple[int, int, int] = client.sweep(
            words, self.here, str(self.spool / "ledger.db"), self.clock, self.log
        )
        return found

    def as_client(self) -> Any:
        """What the commands are given."""
        return SimpleNamespace(
            settings=self.read,
            spool=self.here,
            clock=self.clock,
            log=self.log,
            ledger_path=str(self.spool / "ledger.db"),
        )

    def state(self, name: str) -> Any:
        """What the sender remembers."""
        return client.State(str(self.spool / "state.json"), self.clock)[name]
