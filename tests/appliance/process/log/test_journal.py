"""What the journal gets to read: levels as prefixes, no second time stamp."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.process.log.journal import (
    LONGEST_MESSAGE,
    JournalFormatter,
    JournalHandler,
    journal_handler,
    leads_to_journal,
    priority,
)
from appliance.process.log.subject import about, lines_about
from tests.support.appliance import environment, free_port
from tests.support.broken_installation import REASON, BrokenInstallation
from tests.support.journal import JournalSocket
from tests.support.valkey import Valkey


@pytest.mark.parametrize(
    ("level", "prefix"),
    [
        (logging.DEBUG, "<7>"),
        (logging.INFO, "<6>"),
        (logging.WARNING, "<4>"),
        (logging.ERROR, "<3>"),
        (logging.ERROR + 5, "<3>"),
        (logging.CRITICAL, "<2>"),
    ],
)
def test_each_level_has_its_priority(level: int, prefix: str) -> None:
    assert f"<{priority(level)}>" == prefix


def test_each_line_of_a_traceback_carries_the_level() -> None:
    error = ValueError("first\nsecond")
    record = logging.LogRecord("vbot.part", logging.ERROR, "", 0, "it %s", ("broke",), (ValueError, error, None))
    lines = JournalFormatter().format(record).splitlines()
    assert lines[0] == "<3>vbot.part: it broke"
    assert lines[-2:] == ["<3>ValueError: first", "<3>second"]
    assert all(line.startswith("<3>") for line in lines)


def test_only_the_stream_that_systemd_connected_is_the_journal(tmp_path: Path) -> None:
    with (tmp_path / "one").open("w") as one, (tmp_path / "two").open("w") as two:
        file = os.fstat(one.fileno())
        variables = {"JOURNAL_STREAM": f"{file.st_dev}:{file.st_ino}"}
        assert leads_to_journal(one, variables)
        assert not leads_to_journal(two, variables)
        assert not leads_to_journal(one, {})


@pytest.mark.parametrize("as_journal", [True, False])
def test_a_command_that_cannot_begin_says_so_at_the_right_level(tmp_path: Path, as_journal: bool) -> None:
    with (tmp_path / "log").open("w") as log:
        file = os.fstat(log.fileno())
        stream = f"{file.st_dev}:{file.st_ino}" if as_journal else "1:2"
        settings = {"JOURNAL_STREAM": stream, "VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_RETENTION_DAYS": "soon"}
        subprocess.run(
            [sys.executable, "-m", "appliance.cli", "api"],
            env=environment(tmp_path / "data", settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=60,
            check=False,
        )
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert re.match(r"<3>vbot: VBOT_RETENTION_DAYS" if as_journal else r"vbot: VBOT_RETENTION_DAYS", line)


@pytest.mark.slow
@pytest.mark.parametrize("as_journal", [True, False])
def test_a_traceback_is_an_error_in_the_journal_and_its_last_line_says_all(tmp_path: Path, as_journal: bool) -> None:
    installation = BrokenInstallation(tmp_path)
    installation.breaks()
    with (tmp_path / "log").open("w") as log, Valkey(tmp_path / "data") as queue:
        file = os.fstat(log.fileno())
        stream = f"{file.st_dev}:{file.st_ino}" if as_journal else "1:2"
        settings = {
            "JOURNAL_STREAM": stream,
            "VBOT_TLS": "off",
            "VBOT_REDIS_URL": queue.url,
            **installation.environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "appliance.cli", "worker"],
            env=environment(tmp_path / "data", {**settings, "JOURNAL_STREAM": stream}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    *traceback, last = (tmp_path / "log").read_text().splitlines()
    assert last == f"{'<3>' if as_journal else ''}vbot: {REASON}"
    assert any("Traceback" in line for line in traceback)
    if as_journal:
        assert [line for line in traceback if not line.startswith("<3>")] == []


# -- entries with fields --------------------------------------------------------------------------------------------

CALL, DELIVERY = "0b6f7a3e-52c5-4c4e-9d3b-6f0c3a0d1e2f", "7d1f0a52-9f0e-4a57-8d55-0a3a8e4a9b10"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalSocket]:
    with JournalSocket(tmp_path / "socket") as listening:
        yield listening


@pytest.fixture
def errors() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(journal: JournalSocket, errors: io.StringIO) -> Iterator[logging.Logger]:
    handler = journal_handler(errors, "vbot-api", journal.path)
    logger = logging.getLogger("tests.journal")
    logger.propagate, level = False, logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    handler.close()
    logger.propagate = True
    logger.setLevel(level)


def test_a_line_is_an_entry_that_says_where_it_comes_from_and_what_it_is_about(
    journal: JournalSocket, logger: logging.Logger, errors: io.StringIO
) -> None:
    logger.warning("call %s: late", CALL, extra=about(call_id=CALL, delivery_id=DELIVERY, customer_id=7))

    (entry,) = journal.entries()
    assert int(entry.pop("CODE_LINE")) > 0
    assert entry == {
        "MESSAGE": f"tests.journal: call {CALL}: late",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "vbot-api",
        "LOGGER": "tests.journal",
        "CODE_FILE": __file__,
        "CODE_FUNC": "test_a_line_is_an_entry_that_says_where_it_comes_from_and_what_it_is_about",
        "CALL_ID": CALL,
        "DELIVERY_ID": DELIVERY,
        "CUSTOMER_ID": "7",
    }
    assert errors.getvalue() == ""


def test_a_traceback_is_one_entry_of_the_level_err(journal: JournalSocket, logger: logging.Logger) -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("it broke")

    (entry,) = journal.entries()
    assert entry["PRIORITY"] == "3"
    assert entry["MESSAGE"].startswith("tests.journal: it broke\nTraceback")
    assert entry["MESSAGE"].endswith("ZeroDivisionError: division by zero")


def test_whatever_is_logged_on_behalf_of_a_call_is_about_it(journal: JournalSocket, logger: logging.Logger) -> None:
    with lines_about(call_id=CALL):
        logger.info("a library's")
        with lines_about(customer_id=7):
            logger.info("inside", extra=about(delivery_id=DELIVERY))
    logger.info("behind")

    library, inside, behind = journal.entries()
    assert (library["CALL_ID"], library.get("CUSTOMER_ID")) == (CALL, None)
    assert (inside["CALL_ID"], inside["DELIVERY_ID"], inside["CUSTOMER_ID"]) == (CALL, DELIVERY, "7")
    assert "CALL_ID" not in behind


async def test_tasks_that_run_side_by_side_are_each_about_their_own(
    journal: JournalSocket, logger: logging.Logger
) -> None:
    async def attempt(number: int) -> None:
        await asyncio.sleep(0)
        logger.info("%d", number)

    tasks = []
    for number in range(3):
        with lines_about(customer_id=number):
            tasks.append(asyncio.create_task(attempt(number)))
    await asyncio.gather(*tasks)

    assert {(one["MESSAGE"], one["CUSTOMER_ID"]) for one in journal.entries()} == {
        (f"tests.journal: {number}", str(number)) for number in range(3)
    }


@pytest.mark.parametrize(
    "given", ["+4930123456", "4930123456", "vbot_live_key", f"{CALL}\nPRIORITY=0", CALL.upper(), ""]
)
def test_what_is_no_id_of_ours_becomes_no_field(journal: JournalSocket, logger: logging.Logger, given: str) -> None:
    logger.info("asked for", extra=about(call_id=given, delivery_id=given))

    (entry,) = journal.entries()
    assert not {"CALL_ID", "DELIVERY_ID"} & set(entry)


def test_no_message_can_make_a_field_and_none_is_too_long(journal: JournalSocket, logger: logging.Logger) -> None:
    # Past pytest, whose own report of a line cannot hold half of a character.
    (handler,) = (one for one in logger.handlers if isinstance(one, JournalHandler))
    message = "one\nPRIORITY=0\nCALL_ID=x \udcff"
    handler.handle(logging.LogRecord("tests.journal", logging.INFO, "", 0, message, (), None))
    logger.info("begin %s end", "ä" * 10 * LONGEST_MESSAGE)

    one, long = journal.entries()
    assert one["PRIORITY"] == "6"
    assert "CALL_ID" not in one
    assert long["MESSAGE"].startswith("tests.journal: begin")
    assert long["MESSAGE"].endswith("end")


def test_what_the_journal_does_not_take_goes_to_standard_error(
    journal: JournalSocket, logger: logging.Logger, errors: io.StringIO
) -> None:
    journal.path.unlink()
    logger.error("the journal is down")
    assert errors.getvalue() == "<3>tests.journal: the journal is down\n"


def test_a_journal_that_was_started_again_is_found(
    journal: JournalSocket, logger: logging.Logger, errors: io.StringIO
) -> None:
    logger.info("before")
    journal.path.unlink()
    with JournalSocket(journal.path) as another:
        logger.info("behind")
        assert [one["MESSAGE"] for one in another.entries()] == ["tests.journal: behind"]
    assert errors.getvalue() == ""


def test_without_the_journals_socket_its_stream_gets_the_lines(tmp_path: Path, errors: io.StringIO) -> None:
    handler = journal_handler(errors, "vbot-api", tmp_path / "none")
    assert not isinstance(handler, JournalHandler)
    handler.handle(logging.LogRecord("vbot.part", logging.INFO, "", 0, "here", (), None))
    assert errors.getvalue() == "<6>vbot.part: here\n"


def test_through_the_pipe_of_vbot_up_come_lines_for_it_reads_them(journal: JournalSocket) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as pipe:
        handler = journal_handler(pipe, "vbot-worker", journal.path)
        assert not isinstance(handler, JournalHandler)


def test_a_commands_last_word_is_an_entry_too(tmp_path: Path, journal: JournalSocket) -> None:
    with (tmp_path / "log").open("w") as log:
        file = os.fstat(log.fileno())
        settings = {"JOURNAL_STREAM": f"{file.st_dev}:{file.st_ino}", "VBOT_RETENTION_DAYS": "soon"}
        program = (
            "import sys, pathlib; from appliance.cli import main; sys.exit(main(['api'], pathlib.Path(sys.argv[1])))"
        )
        subprocess.run(
            [sys.executable, "-c", program, str(journal.path)],
            env=environment(tmp_path / "data", settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=60,
            check=False,
        )
    (entry,) = journal.entries()
    assert entry["MESSAGE"].startswith("vbot: VBOT_RETENTION_DAYS")
    assert (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) == ("3", "vbot-api")
    assert (tmp_path / "log").read_text() == ""
