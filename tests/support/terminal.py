"""A person at a terminal: waits for what a command asks, and types."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 180.0


class TerminalSession:
    """One command on a pseudo-terminal of its own. `shown` is all that it has written."""

    def __init__(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        folder: Path,
        *,
        stdout: int | None = None,
    ) -> None:
        """`stdout`: where that goes, when not to the terminal."""
        self._master, slave = pty.openpty()
        self.shown = ""
        self._looked_at = 0
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=slave,
            stdout=slave if stdout is None else stdout,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def expect(self, text: str) -> None:
        """Wait until it has written this, behind what was waited for before."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (at := self.shown.find(text, self._looked_at)) < 0:
            left = until - time.monotonic()
            assert left > 0, f"{text!r} did not come within {PATIENCE_SECONDS:g} s:\n{self.shown}"
            assert self._read(left), f"it ended without {text!r}:\n{self.shown}"
        self._looked_at = at + len(text)

    def answer(self, question: str, line: str) -> None:
        """Type a line when this is asked."""
        self.expect(question)
        os.write(self._master, f"{line}\n".encode())

    def ends_with(self) -> int:
        """Wait for its end; its exit code."""
        while self._read(PATIENCE_SECONDS):
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self, seconds: float) -> bool:
        """More of what it writes; False at its end."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            more = os.read(self._master, 65536)
        except OSError:  # nobody holds the other end any more
            return False
        self.shown += more.decode(errors="replace").replace("\r\n", "\n")
        return bool(more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        os.close(self._master)
