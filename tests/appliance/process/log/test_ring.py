"""The newest lines of the log, in memory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from appliance.process.log.ring import KEPT_LINES, KEPT_WARNINGS, LONGEST_MESSAGE, READING, LogRing
from appliance.process.log.subject import LogSubject, about, lines_about


@pytest.fixture
def ring() -> LogRing:
    return LogRing()


@pytest.fixture
def logger(ring: LogRing) -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.log_ring")
    logger.propagate, level = False, logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(ring)
    yield logger
    logger.removeHandler(ring)
    logger.propagate = True
    logger.setLevel(level)


def test_the_newest_line_comes_first_with_its_words_filled_in(ring: LogRing, logger: logging.Logger) -> None:
    logger.info("call %s attempt %d", "c", 1)
    logger.warning("gone")

    newest, before = ring.newest(10)

    assert (newest.level, newest.logger, newest.message) == (logging.WARNING, "tests.log_ring", "gone")
    assert before.message == "call c attempt 1"
    assert before.at <= newest.at
    assert before.at.tzinfo is not None
    assert [line.message for line in ring.newest(1)] == ["gone"]


@pytest.mark.parametrize(
    ("level", "seen"), [(logging.DEBUG, 4), (logging.INFO, 3), (logging.WARNING, 2), (logging.ERROR, 1)]
)
def test_only_lines_of_a_level_or_above_can_be_asked_for(
    ring: LogRing, logger: logging.Logger, level: int, seen: int
) -> None:
    for word in ("debug", "info", "warning", "error"):
        getattr(logger, word)(word)

    assert len(ring.newest(10, level)) == seen


def test_lines_are_bounded_in_number_and_warnings_outlive_the_others(ring: LogRing, logger: logging.Logger) -> None:
    logger.warning("early")
    for number in range(KEPT_LINES + 10):
        logger.info("%d", number)

    assert len(ring.newest(10**6)) == KEPT_LINES
    assert [line.message for line in ring.newest(10, logging.WARNING)] == ["early"]
    for number in range(KEPT_WARNINGS + 10):
        logger.error("%d", number)
    assert len(ring.newest(10**6, logging.WARNING)) == KEPT_WARNINGS


def test_an_error_is_shown_with_the_way_to_it(ring: LogRing, logger: logging.Logger) -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("it broke")

    (line,) = ring.newest(1)

    assert line.message.startswith("it broke\nTraceback")
    assert line.message.endswith("ZeroDivisionError: division by zero")


def test_a_message_is_bounded_and_keeps_its_two_ends(ring: LogRing, logger: logging.Logger) -> None:
    logger.info("begin %s end", "x" * LONGEST_MESSAGE)

    (line,) = ring.newest(1)

    assert len(line.message) <= LONGEST_MESSAGE + 3
    assert line.message.startswith("begin")
    assert line.message.endswith("end")


def test_lines_come_from_all_threads_while_they_are_read(ring: LogRing, logger: logging.Logger) -> None:
    def write() -> None:
        for number in range(500):
            logger.info("%d", number)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        ring.newest(1000)
    assert len(ring.newest(10**6)) == 2000


def test_a_line_that_cannot_be_written_does_not_harm_who_writes_it(
    ring: LogRing, capsys: pytest.CaptureFixture[str]
) -> None:
    ring.handle(logging.LogRecord("tests", logging.INFO, __file__, 1, "%d", ("no number",), None))

    assert ring.newest(1) == []
    assert "no number" in capsys.readouterr().err


def test_what_was_only_read_is_left_out_where_wanted_and_pushes_nothing_else_out(
    ring: LogRing, logger: logging.Logger
) -> None:
    logger.info("a change")
    for number in range(KEPT_LINES + 1):
        logger.info("GET %d", number, extra=READING)
    assert [line.message for line in ring.newest(10, readings=False)] == ["a change"]
    assert "a change" not in [line.message for line in ring.newest(KEPT_LINES)]
    assert all(line.reading for line in ring.newest(10))


def test_a_line_knows_what_it_is_about(ring: LogRing, logger: logging.Logger) -> None:
    logger.info("of a call", extra=about(call_id="6e0c", customer_id=7))
    with lines_about(delivery_id="d"):
        logger.info("of a webhook")
    logger.info("of nothing")
    assert [line.subject for line in ring.newest(3)] == [
        LogSubject(),
        LogSubject(delivery_id="d"),
        LogSubject(call_id="6e0c", customer_id=7),
    ]
