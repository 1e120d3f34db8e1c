"""The table at the end of a run: what was sent and what came of it. It needs no library of the engine."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import pytest

_PROPERTY = "telephone calls"
_HEAD = ("case", "sent", "accepted", "webhooks", "WER", "words", "no party", "lost", "doubled", "wrong call")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: str
    sent: int
    accepted: int
    webhooks: int
    error_rate: float | None
    words: int
    without_party: int
    lost: int
    doubled: int
    wrong: int


def record(row: Row, record_property: Any) -> None:
    """For the table."""
    record_property(_PROPERTY, list(astuple(row)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it, whichever process the tests ran in."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    rows = [
        Row(*value)
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == _PROPERTY
    ]
    if not rows:
        return
    terminalreporter.section("calls of a real Asterisk")
    widths = (34, 5, 8, 8, 6, 6, 8, 5, 7, 10)
    cells = [_HEAD, *(_cells(row) for row in rows), _cells(_sum(rows))]
    for line in cells:
        terminalreporter.write_line(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def _cells(row: Row) -> tuple[str, ...]:
    rate = "" if row.error_rate is None else f"{row.error_rate:.3f}"
    return tuple(rate if value is row.error_rate else str(value) for value in astuple(row))


def _sum(rows: list[Row]) -> Row:
    def of(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    counts = {
        name: of(name)
        for name in ("sent", "accepted", "webhooks", "words", "without_party", "lost", "doubled", "wrong")
    }
    return Row(case="all", error_rate=None, **counts)
