"""One appliance to be ill-treated by many tests; its books are audited when it is stopped at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance
from tests.support.ledger import Ledger, Measured
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver

# Long enough for an api to be killed and back before the first retry is due.
SETTINGS = {
    "VBOT_WEBHOOK_RETRY_SECONDS": "8,1,1",
    "VBOT_WEBHOOK_TIMEOUT_SECONDS": "30",  # the receiver is a thread of ours, and the books count what came twice
}


def _appliance(folder: Path) -> RunningAppliance:
    """With a folder for temporary files that nobody else uses: what is left there is seen."""
    temporary = folder / "temporary"
    temporary.mkdir()
    return RunningAppliance(folder, {**SETTINGS, "TMPDIR": str(temporary)})


@pytest.fixture(scope="package")
def _shared(tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver) -> Iterator[Ledger]:
    box = _appliance(tmp_path_factory.mktemp("faults")).start()
    try:
        ledger = Ledger(box, receiver)
        yield ledger
        box.stop()
        ledger.audit()
    finally:
        box.destroy()


@pytest.fixture
def ledger(_shared: Ledger) -> Iterator[Ledger]:
    """The shared appliance's books, checked after each test too. It is healthy when a test begins."""
    assert wait_until(lambda: _shared.box.health() == "healthy", 60, 0.2), _shared.box.log_tail()
    yield _shared
    _shared.check()


@pytest.fixture
def box(ledger: Ledger) -> RunningAppliance:
    """The shared appliance."""
    return ledger.box


@pytest.fixture
def own_ledger(tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver) -> Iterator[Ledger]:
    """An appliance that only this test has; the test stops it, and its books are audited then."""
    box = _appliance(tmp_path_factory.mktemp("own")).start()
    try:
        yield Ledger(box, receiver)
    finally:
        box.destroy()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Note how many seconds something took; shown at the end of the run."""

    def note(what: str, seconds: float) -> None:
        request.node.user_properties.append((f"seconds: {what}", round(seconds, 1)))

    return note
