"""Bars for people, lines for logs."""

from __future__ import annotations

import io

from engine.models import TextProgress, megabytes


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_moves() -> None:
    terminal = Terminal()
    with TextProgress(terminal).step("verifying whisper-base", 1000) as advance:
        advance(1000)
    assert "verifying whisper-base: 100%" in terminal.getvalue()


def test_a_log_gets_one_line_per_step() -> None:
    log = io.StringIO()
    with TextProgress(log).step("verifying whisper-base", 292_613_238) as advance:
        for _ in range(1000):
            advance(1)
    assert log.getvalue() == "verifying whisper-base (293 MB)\n"


def test_sizes_are_for_people() -> None:
    assert [megabytes(size) for size in (999, 20_000, 1_499_999, 292_613_238)] == ["1 kB", "20 kB", "1 MB", "293 MB"]
