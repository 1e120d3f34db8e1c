"""The log as text: what is new since the last look, and a line as it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime

from admin_gui.appearance.colors import Tone
from admin_gui.client.log import LogLine

_TONES: dict[str, Tone] = {"warning": "warn", "error": "bad", "critical": "bad"}


def fresh_lines(known: Sequence[LogLine], now: Sequence[LogLine]) -> Sequence[LogLine] | None:
    """What has come at the end, both oldest first. None: they have no line in common, all of it is new."""
    if not known:
        return now
    last = known[-1]
    for place in range(len(now) - 1, -1, -1):
        if now[place] == last:
            return now[place + 1 :]
    return None


def shown_line(line: LogLine) -> str:
    """The time in the local zone, the level, who says it, and what."""
    at = QDateTime.fromSecsSinceEpoch(int(line.at.timestamp())).toString("HH:mm:ss")
    return f"{at}  {line.level.upper():<8}  {line.logger}  {line.message}"


def line_tone(level: str) -> Tone:
    return _TONES.get(level.lower(), "calm")
