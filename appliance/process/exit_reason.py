"""Why a process died, in one line: from its error, from what it wrote on standard error, from its exit code."""

from __future__ import annotations

import logging
import re
import signal

from appliance.errors import ApplianceError

# So many deaths in a row are no accident: from then on the reason is shown wherever somebody looks.
DEATHS_THAT_TELL = 3
LONGEST_REASON = 500
# What has no end of line by then is passed on as it is.
LONGEST_LINE_BYTES = 64 * 1024

# `appliance.cli.LOG_FORMAT` and `appliance.process.log.journal.JournalFormatter`.
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) \S+: (?P<message>.*)")
_JOURNAL_LINE = re.compile(r"<(?P<priority>[0-7])>(?P<message>.*)")
_ERROR_PRIORITY = 3  # sd-daemon(3)
_SILENT = "without a word"
_OUT_OF_MEMORY = f"{_SILENT}: out of memory?"
# Of a process of which we only know that it is gone.
KILLED = f"killed {_OUT_OF_MEMORY}"


def error_line(error: BaseException) -> str:
    """An error as the last line of its traceback has it; one of our own as it is shown to the operator."""
    text = str(error)
    if not isinstance(error, ApplianceError):
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        text = f"{name}: {text}" if text else name
    return _one_line(text)


def died_while_loading(name: str, deaths: int, reason: str) -> str:
    """The one sentence about it, wherever it is shown."""
    times = "once" if deaths == 1 else f"{deaths} times"
    return f"{name} died {times} while loading: {reason}"


def exit_reason(exit_code: int, last_line: str) -> str:
    """Why a process has ended: `exit_code` as subprocess has it, `last_line` of its standard error."""
    if exit_code == -signal.SIGKILL:
        return f"killed by SIGKILL {_OUT_OF_MEMORY}"
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        return f"killed by {name}: {last_line}" if last_line else f"killed by {name} {_SILENT}"
    return last_line or f"ended with exit code {exit_code} {_SILENT}"


class StandardError:
    """What a process writes on standard error, in whole lines; `last` is the last one that may tell why it dies."""

    def __init__(self) -> None:
        self.last = ""
        self._begun = b""

    def feed(self, written: bytes) -> bytes:
        """Take what was written; returns the lines that are whole by now."""
        lines, newline, self._begun = (self._begun + written).rpartition(b"\n")
        for line in lines.split(b"\n"):
            self._read(line)
        return lines + newline + (self.end() if len(self._begun) > LONGEST_LINE_BYTES else b"")

    def end(self) -> bytes:
        """Nothing more comes; returns the last line where it has no end."""
        rest, self._begun = self._begun, b""
        self._read(rest)
        return rest

    def _read(self, line: bytes) -> None:
        # A progress bar writes over its own line.
        text = line.decode(errors="replace").rstrip().rpartition("\r")[2]
        if found := _JOURNAL_LINE.fullmatch(text):
            if int(found["priority"]) > _ERROR_PRIORITY:
                return
            text = found["message"]
        elif found := _LOG_LINE.fullmatch(text):
            if logging.getLevelNamesMapping().get(found["level"], logging.ERROR) < logging.ERROR:
                return
            text = found["message"]
        if text.strip():
            self.last = _one_line(text.removeprefix("vbot: "))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_REASON]
