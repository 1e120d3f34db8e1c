"""The end of the appliance's log."""

from __future__ import annotations

from datetime import datetime

import msgspec

from admin_gui.client.transport.errors import Invalid
from admin_gui.client.transport.exchange import Requests

LEVELS = ("debug", "info", "warning", "error", "critical")
MOST_LINES = 1000


class LogLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line; behind an error's message stands the way to it in the program."""

    at: datetime
    level: str
    logger: str = ""
    message: str = ""
    call_id: str | None = None
    delivery_id: str | None = None
    customer_id: int | None = None


class _LogReply(msgspec.Struct):
    lines: list[LogLine]


class Log:
    """/api/log, for admins only."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def newest(self, lines: int = 200, level: str | None = None, *, reads: bool = True) -> list[LogLine]:
        """Newest first; only of this level or above; without `reads` no line that only says what was read."""
        if not reads:
            try:
                return self._requests.get("/api/log", _LogReply, lines=lines, level=level, reads="false").lines
            except Invalid as error:
                if error.problem_of("reads") is None:
                    raise  # else it is an appliance of before, which cannot leave them out
        return self._requests.get("/api/log", _LogReply, lines=lines, level=level).lines
