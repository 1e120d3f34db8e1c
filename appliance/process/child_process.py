"""One process of `vbot up`: started again when it dies, and why it dies is known."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from appliance.errors import NO_RESTART_EXIT_CODE
from appliance.process.exit_reason import DEATHS_THAT_TELL, StandardError, died_while_loading, exit_reason
from appliance.process.log.journal import leads_to_journal

logger = logging.getLogger(__name__)

# A child that dies is started again soon, one that dies again and again not without pause.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STEADY_AFTER_SECONDS = 30.0
# As the units' TimeoutStartSec: a model may be gigabytes on a slow disk, a database big to migrate.
LONGEST_LOADING_SECONDS = 600.0
# What is aborted writes down where each of its threads is; then it is killed.
ABORT_SECONDS = 5.0
MICROSECONDS = 1_000_000
# A child that cannot say when it is ready is taken to be once it has lived so long.
READY_AFTER_SECONDS = 2.0
PR_SET_PDEATHSIG = 1
_READ_BYTES = 64 * 1024
# Read at a time: a child that never stops writing must not keep us from the others.
_MOST_READS = 64


@dataclass(slots=True)
class Child:
    """One process of the appliance. `shown_name` is its name in sentences.

    `says_ready`: it tells the service manager when it is ready (sd_notify). `vital`: without it nothing is accepted.
    `watchdog_seconds`: without a sign of life for so long it is aborted, as systemd does; None: it gives none.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    before_start: Callable[[], None] = lambda: None
    shown_name: str = ""
    says_ready: bool = False
    vital: bool = False
    watchdog_seconds: float | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    ready: bool = False
    alive_until: float = 0.0  # unless another sign of life comes
    aborted_at: float | None = None
    deaths_while_loading: int = 0
    reason: str = ""  # why it died the last time
    gave_up: bool = False
    pause_seconds: float = field(default=FIRST_PAUSE_SECONDS)
    output: int | None = None  # where we read what it writes
    _standard_error: StandardError = field(default_factory=StandardError)

    @property
    def cannot_load(self) -> bool:
        """It has died too often in a row without ever having been ready in between."""
        return self.deaths_while_loading >= DEATHS_THAT_TELL

    @property
    def sentence(self) -> str:
        """What is said of one that cannot load."""
        return died_while_loading(self.shown_name or self.name, self.deaths_while_loading, self.reason)

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def has_ended(self) -> bool:
        """It has ended, and nobody has looked why yet."""
        return self.process is not None and self.process.poll() is not None

    def start(self) -> None:
        self.before_start()
        self.started_at = time.monotonic()
        self.ready = False
        self.aborted_at = None
        self.alive_until = self.started_at + LONGEST_LOADING_SECONDS
        self._standard_error = StandardError()
        # Both ends are ours alone: no other child inherits them.
        self.output, written = os.pipe()
        os.set_blocking(self.output, False)
        try:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment | _journal_of(written),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                # The supervisor has one thread, so this is safe: it makes the child end when we are killed.
                preexec_fn=_as_our_child,  # noqa: PLW1509
            )
        finally:
            os.close(written)
        logger.info("%s started, pid %d", self.name, self.process.pid)

    def notified(self, assignments: dict[str, str]) -> None:
        """Take what it sent by sd_notify."""
        now = time.monotonic()
        if assignments.get("READY") == "1":
            self._became_ready()
        elif not self.ready and (more := assignments.get("EXTEND_TIMEOUT_USEC", "")).isdecimal():
            self.alive_until = max(self.alive_until, now + int(more) / MICROSECONDS)
        if self.ready and self.watchdog_seconds is not None:
            self.alive_until = now + self.watchdog_seconds

    def give_time(self, seconds: float) -> None:
        """We have not listened for so long: its signs of life may still be on their way."""
        self.alive_until += seconds

    def read_output(self) -> None:
        """Pass on what it has written: its standard error, and what it prints, go where ours goes."""
        if self.output is None:
            return
        for _ in range(_MOST_READS):
            try:
                written = os.read(self.output, _READ_BYTES)
            except BlockingIOError:
                return
            if not written:
                self._close_output()
                return
            _pass_on(self._standard_error.feed(written))

    def look_after(self, now: float) -> None:
        """Start the process again when it has ended and its pause is over."""
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is not None:  # seen late, it has not lived any longer for that
            self._bury(code, now)
        elif self.says_ready:
            self._end_if_stuck(self.process, now)
        elif not self.ready and now - self.started_at >= READY_AFTER_SECONDS:
            self._became_ready()

    def _end_if_stuck(self, process: subprocess.Popen[bytes], now: float) -> None:
        if self.aborted_at is not None:
            if now - self.aborted_at >= ABORT_SECONDS:
                process.kill()
        elif now >= self.alive_until and not (self.ready and self.watchdog_seconds is None):
            self.aborted_at = now
            logger.error("%s %s; aborted", self.shown_name or self.name, self._stuck)
            process.send_signal(signal.SIGABRT)
            process.send_signal(signal.SIGCONT)  # one that is frozen hears nothing else

    @property
    def _stuck(self) -> str:
        if self.ready:
            return f"gave no sign of life for {self.watchdog_seconds:.0f} s"
        return f"was not ready within {LONGEST_LOADING_SECONDS:.0f} s"

    def _bury(self, code: int, now: float) -> None:
        self.read_output()
        self._close_output()
        self.reason = self._stuck if self.aborted_at is not None else exit_reason(code, self._standard_error.last)
        if code == NO_RESTART_EXIT_CODE:
            self.gave_up = True
            return
        steady = self.ready and now - self.started_at >= STEADY_AFTER_SECONDS
        self.pause_seconds = FIRST_PAUSE_SECONDS if steady else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        # Code 0: somebody has stopped it in order.
        if not self.ready and code != 0:
            self.deaths_while_loading += 1
        if self.cannot_load:
            self.pause_seconds = LONGEST_PAUSE_SECONDS
            logger.error("%s", self.sentence)
        else:
            logger.warning("%s ended (%d): %s", self.name, code, self.reason)
        self.process = None
        self.start_at = now + self.pause_seconds

    def stop(self) -> None:
        if self.process is not None and self.lives:
            self.process.terminate()

    def end(self) -> None:
        """Whatever it does, it is over; what it wrote is passed on."""
        if self.process is None:
            return
        if self.lives:
            logger.warning("%s does not end; killed", self.name)
            self.process.kill()
        self.process.wait()
        self.read_output()
        self._close_output()

    def _became_ready(self) -> None:
        self.ready = True
        self.deaths_while_loading = 0

    def _close_output(self) -> None:
        if self.output is not None:
            _pass_on(self._standard_error.end())
            os.close(self.output)
            self.output = None


def _journal_of(stream: int) -> dict[str, str]:
    """Where our standard error is the journal's, what passes through us is written for it as well."""
    if not leads_to_journal(sys.stderr, os.environ):
        return {}
    file = os.fstat(stream)
    return {"JOURNAL_STREAM": f"{file.st_dev}:{file.st_ino}"}


def _pass_on(lines: bytes) -> None:
    """Where nobody reads our standard error any more, the children must not be held up by that."""
    try:
        while lines:
            lines = lines[os.write(sys.stderr.fileno(), lines) :]
    except OSError:
        pass


def _as_our_child() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # A closed terminal is for us to hear, who stop it in order; and the api is sent one while it cannot hear it yet.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
