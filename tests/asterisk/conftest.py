"""One box, one machine and its two Asterisks for all tests of a file; a new customer for each test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.asterisk.debian_tree import asterisk_tree, why_not
from tests.asterisk.machine import Machine
from tests.asterisk.office import Office, pin_of
from tests.support.appliance import RunningAppliance
from tests.support.receiver import WebhookReceiver

READY_SECONDS = 1200.0  # two cores load models, and others may be at work on them


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver) -> Iterator[Office]:
    """Asterisk runs, and vbot-post is installed from its own package."""
    if reason := why_not():
        pytest.skip(reason)
    try:
        tree = asterisk_tree()
    except AssertionError as error:
        pytest.skip(f"no Debian with an Asterisk could be made: {str(error)[-300:]}")
    # Moods and summaries are for other tests: without them a result is there at once.
    settings: dict[str, str | None] = {
        "VBOT_TLS": "auto", "VBOT_ASR_MODEL": "whisper-base", "VBOT_LANGUAGE_MODEL": "off"
    }  # fmt: skip
    box = RunningAppliance(tmp_path_factory.mktemp("box"), settings)
    with contextlib.ExitStack() as ending, Machine(tmp_path_factory.mktemp("machine"), tree) as machine:
        box.start(READY_SECONDS)
        ending.callback(box.stop)
        office = Office(tmp_path_factory.mktemp("office"), box, machine, receiver, pin_of(box))
        ending.callback(office.close)
        office.install()
        yield office


@pytest.fixture
def office(installed: Office) -> Office:
    """Set up for a customer whom nobody has called yet."""
    installed.set_up()
    return installed
