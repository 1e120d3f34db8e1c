"""What the journal gets to read: levels as prefixes, no second time stamp."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.process.journal import JournalFormatter, leads_to_journal, priority
from tests.support.appliance import environment, free_port
from tests.support.broken_installation import REASON, BrokenInstallation
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
    assert priority(level) == prefix


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
