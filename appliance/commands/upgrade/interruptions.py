"""^C and SIGTERM during an upgrade: heard until dpkg begins, then ignored, so that what was begun comes to its end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from appliance.errors import ApplianceError
from appliance.process.exit_reason import error_line

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Interruptions:
    """Ignored from `ignore` to the end of the `with`. What is started meanwhile begins so, too."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def ignore(self) -> None:
        """Say so, once."""
        if not self._before:
            self._before = {number: signal.signal(number, signal.SIG_IGN) for number in _NUMBERS}
            self._tell("From here on ^C and SIGTERM are ignored: it ends with one of the two versions running.")


def in_a_line(error: BaseException) -> str:
    """Why it goes no further."""
    if isinstance(error, KeyboardInterrupt):
        return "it was broken off with ^C"
    return str(error) if isinstance(error, (ApplianceError, OSError)) else error_line(error)
