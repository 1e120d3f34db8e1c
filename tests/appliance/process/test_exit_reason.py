"""Why a process died: from its error, its standard error, its exit code."""

from __future__ import annotations

import logging
import signal

import pytest

from appliance.cli import LOG_FORMAT
from appliance.errors import ApplianceError, ConfigurationError
from appliance.process.exit_reason import LONGEST_REASON, StandardError, died_while_loading, error_line, exit_reason
from appliance.process.log.journal import JournalFormatter


class OurOwn(ApplianceError):
    pass


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError("it broke"), "RuntimeError: it broke"),
        (RuntimeError("first\n  second"), "RuntimeError: first second"),
        (MemoryError(), "MemoryError"),
        (KeyError("name"), "KeyError: 'name'"),
        (
            logging.raiseExceptions and __import__("socket").gaierror(-2, "unknown"),
            "socket.gaierror: [Errno -2] unknown",
        ),
        (ConfigurationError("whisper is not installed"), "whisper is not installed"),
        (OurOwn("told as it is"), "told as it is"),
        (ValueError("x" * 10_000), ("ValueError: " + "x" * 10_000)[:LONGEST_REASON]),
    ],
)
def test_an_error_is_one_line_as_its_traceback_ends(error: Exception, line: str) -> None:
    assert error_line(error) == line


@pytest.mark.parametrize(
    ("code", "last_line", "reason"),
    [
        (1, "RuntimeError: it broke", "RuntimeError: it broke"),
        (3, "", "ended with exit code 3 without a word"),
        (-signal.SIGKILL, "loading", "killed by SIGKILL without a word: out of memory?"),
        (-signal.SIGSEGV, "", "killed by SIGSEGV without a word"),
        (-signal.SIGABRT, "what():  no device", "killed by SIGABRT: what():  no device"),
    ],
)
def test_what_is_known_of_a_process_that_has_ended(code: int, last_line: str, reason: str) -> None:
    assert exit_reason(code, last_line) == reason


@pytest.mark.parametrize(("deaths", "times"), [(1, "once"), (2, "2 times"), (6, "6 times")])
def test_the_sentence_counts(deaths: int, times: str) -> None:
    assert (
        died_while_loading("worker vm/cpu", deaths, "it broke") == f"worker vm/cpu died {times} while loading: it broke"
    )


def logged(level: int, text: str, formatter: logging.Formatter) -> bytes:
    return formatter.format(logging.LogRecord("appliance.part", level, "", 0, text, (), None)).encode() + b"\n"


@pytest.mark.parametrize("formatter", [logging.Formatter(LOG_FORMAT), JournalFormatter()], ids=["terminal", "journal"])
def test_of_the_log_only_errors_tell_why(formatter: logging.Formatter) -> None:
    lines = StandardError()
    lines.feed(logged(logging.ERROR, "the disk is full", formatter))
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        lines.feed(logged(level, "as always", formatter))
    assert lines.last.endswith("the disk is full")


@pytest.mark.parametrize(
    ("written", "last"),
    [
        (b"vbot: whisper is not installed\n", "whisper is not installed"),
        (b"<3>vbot: whisper is not installed\n", "whisper is not installed"),
        (b"Traceback (most recent call last):\n  File x\nRuntimeError: it broke\n\n  \n", "RuntimeError: it broke"),
        (b"10%\r55%\rcannot go on\n", "cannot go on"),
        (b"\xff\xfe no text\n", "\ufffd\ufffd no text"),
        (b"", ""),
    ],
)
def test_the_last_line_is_what_was_said_without_what_stands_around_it(written: bytes, last: str) -> None:
    lines = StandardError()
    assert lines.feed(written) == written
    assert lines.last == last


def test_lines_are_passed_on_whole_and_the_last_one_without_an_end_too() -> None:
    lines = StandardError()
    passed = [lines.feed(piece) for piece in (b"on", b"e\ntw", b"o\nthree")] + [lines.end()]
    assert passed == [b"", b"one\n", b"two\n", b"three"]
    assert lines.last == "three"


def test_what_never_ends_a_line_is_passed_on_all_the_same() -> None:
    lines = StandardError()
    assert lines.feed(b"." * 100_000) == b"." * 100_000
