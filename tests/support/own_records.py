"""What is said in a log meanwhile: by our own packages alone, or by everybody of what happens in this test.

asyncio, for one, tells of what an earlier test left behind when that is collected as garbage: in the middle of another.
"""

from __future__ import annotations

import gc
import logging

import pytest

OURS = ("appliance", "engine")


def own_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The lines of our packages."""
    return [record for record in caplog.records if record.name.partition(".")[0] in OURS]


def own_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Their texts."""
    return [record.getMessage() for record in own_records(caplog)]


def forget_earlier_tests(caplog: pytest.LogCaptureFixture) -> None:
    """Let what they left behind be told now."""
    gc.collect()
    caplog.clear()


def all_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The lines of everybody, with what is only told when it is collected as garbage."""
    gc.collect()
    return list(caplog.records)
