"""The log as text: what is new since the last look, and a line as it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QDateTime

from admin_gui.appearance.colors import Tone
from admin_gui.client.log import LogLine

translate = QCoreApplication.translate

_TONES: dict[str, Tone] = {"warning": "warn", "error": "bad", "critical": "bad"}


def fresh_lines(known: Sequence[LogLine], now: Sequence[LogLine]) -> Sequence[LogLine] | None:
    """What has come at the end, both oldest first. None: they have no line in common, all of it is new."""
    if not known:
        return now
    last = known[-1]
    for size in range(min(len(known), len(now)), 0, -1):
        # The last one alone does not say where: in the same second the same may be told again.
        if now[size - 1] == last and now[:size] == known[-size:]:
            return now[size:]
    return None


def shown_parts(line: LogLine) -> tuple[str, str, str, str]:
    """The time in the local zone, the level, who says it, and what."""
    at = QDateTime.fromSecsSinceEpoch(int(line.at.timestamp())).toString("HH:mm:ss")
    # All but a library's begin alike, and room is short.
    return at, f"{line.level.upper():<8}", line.logger.removeprefix("appliance."), line.message


def line_links(line: LogLine) -> list[tuple[str, str]]:
    """What it is about: the words for it, and the link."""
    found = []
    if line.call_id is not None:
        found.append((translate("log", "Open call"), f"call/{line.call_id}"))
    if line.delivery_id is not None:
        found.append((translate("log", "Open webhook"), f"webhook/{line.delivery_id}"))
    if line.customer_id is not None:
        found.append(
            (translate("log", "Customer %1").replace("%1", str(line.customer_id)), f"customer/{line.customer_id}")
        )
    return found


def holds(line: LogLine, wanted: str) -> bool:
    """Whether these words, in whatever case, stand in it, or are the id of what it is about."""
    told = (line.level, line.logger, line.message, line.call_id, line.delivery_id)
    return wanted.casefold() in "  ".join(filter(None, told)).casefold()


def split_by(text: str, wanted: str) -> list[str]:
    """The pieces before, between and behind, and each second one of them is what was wanted."""
    return re.split(f"({re.escape(wanted)})", text, flags=re.IGNORECASE) if wanted else [text]


def line_tone(level: str) -> Tone:
    return _TONES.get(level.lower(), "calm")
