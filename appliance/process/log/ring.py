"""The newest lines of this process's log, kept in memory for an administrator's window."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from appliance.process.log.subject import LogSubject, subject_of

KEPT_LINES = 2000
# Kept beside the others: what is polled every few seconds is logged too, and would drive them out.
KEPT_WARNINGS = 500
LONGEST_MESSAGE = 4000
# For the `extra` of a line that says no more than that somebody has read something: a window asks every few seconds.
READING = {"reading": True}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `message` ends with the traceback where there is one. `reading`: it was logged with READING."""

    at: datetime
    level: int
    logger: str
    message: str
    subject: LogSubject = LogSubject()  # noqa: RUF009 - frozen
    reading: bool = False


class LogRing(logging.Handler):
    """A bounded ring of lines. Lines come from any thread; `newest` may be called from any."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=KEPT_LINES)
        self._without_readings: deque[LogLine] = deque(maxlen=KEPT_LINES)
        self._warnings: deque[LogLine] = deque(maxlen=KEPT_WARNINGS)
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = self.format(record)
        except Exception:  # noqa: BLE001 - as every handler of the library does it
            self.handleError(record)
            return
        if len(message) > LONGEST_MESSAGE:
            # A traceback says what happened in its last line.
            message = f"{message[: LONGEST_MESSAGE // 2]}\n…\n{message[-LONGEST_MESSAGE // 2 :]}"
        line = LogLine(
            at=datetime.fromtimestamp(record.created, UTC),
            level=record.levelno,
            logger=record.name,
            message=message,
            subject=subject_of(record),
            reading=bool(getattr(record, "reading", False)),
        )
        self._lines.append(line)
        if not line.reading:
            self._without_readings.append(line)
        if record.levelno >= logging.WARNING:
            self._warnings.append(line)

    def newest(self, count: int, level: int = logging.NOTSET, *, readings: bool = True) -> list[LogLine]:
        """At most so many lines of this level or above, newest first; without `readings` those that say more."""
        self.acquire()
        try:
            kept = self._lines if readings else self._without_readings
            lines = list(self._warnings if level >= logging.WARNING else kept)
        finally:
            self.release()
        return list(islice((line for line in reversed(lines) if line.level >= level), count))
