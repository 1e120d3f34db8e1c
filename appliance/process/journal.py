"""Log lines for systemd's journal: it knows the time and the unit, and reads each line's level from a prefix."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import IO

# Of sd-daemon(3); what lies in between takes the next lower one.
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.NOTSET, 7))


def leads_to_journal(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether systemd connected this very stream with the journal, and nobody has redirected it since."""
    try:
        file = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{file.st_dev}:{file.st_ino}"


def priority(level: int) -> str:
    """The prefix that gives a line of this level its priority."""
    return next(f"<{number}>" for lowest, number in PRIORITIES if level >= lowest)


class JournalFormatter(logging.Formatter):
    """Every line of a record, tracebacks too, with the record's priority and without the time."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        prefix = priority(record.levelno)
        return "\n".join(f"{prefix}{line}" for line in super().format(record).splitlines())
