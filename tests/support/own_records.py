"""What our own packages say in a log, without what others say meanwhile.

asyncio, for one, tells of what an earlier test left behind when that is collected as garbage: in the middle of another.
"""

from __future__ import annotations

import logging

import pytest

OURS = ("appliance", "engine")


def own_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The lines of our packages."""
    return [record for record in caplog.records if record.name.partition(".")[0] in OURS]


def own_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Their texts."""
    return [record.getMessage() for record in own_records(caplog)]
