"""For all tests: torchaudio can be imported; when one with an appliance fails, the end of its log is shown with it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from appliance.process.struct_types import build_struct_types
from engine.runtime.torchaudio_stub import ensure_torchaudio
from tests.asterisk import table
from tests.faults.summary import (  # noqa: F401 - hooks, found by their names
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.support.appliance import RunningAppliance
from tests.support.receiver import WebhookReceiver

# As in the product: beside whatever build of torch the tests run, speechbrain and transformers can be imported.
ensure_torchaudio()

# The name of every fixture that starts one, with all its processes.
WHOLE_APPLIANCE = "appliance"

# A busy machine is no fault of the code: no test here is timed, those that are generated neither, nor their making.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def umask_as_before() -> Iterator[None]:
    """Commands called in this process leave files to the owner alone; the next test shall not inherit that."""
    before = _umask()
    yield
    if _umask() != before:
        os.umask(before)


def _umask() -> int:
    # Asking os.umask for it means to set it: a thread of the test could write a file in between.
    found = re.search(r"^Umask:\s*(\d+)$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1], 8)


@pytest.fixture(scope="session")
def receiver() -> Iterator[WebhookReceiver]:
    """The server of all customers."""
    with WebhookReceiver() as running:
        yield running


def pytest_configure(config: pytest.Config) -> None:
    """What the telephone tests say at the end, in the process that prints it."""
    config.pluginmanager.register(table, "calls of a real Asterisk")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a whole appliance is slow, before pytest chooses by marks.

    Files with slow tests come first: at the end no process is long alone with one of them.
    """
    for item in items:
        if WHOLE_APPLIANCE in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """As the processes do before they start threads."""
    build_struct_types()


def pytest_runtest_setup() -> None:
    """Take SpeechBrain's redirections of old names out of `sys.modules` again.

    Hypothesis looks at every module there for constants, and these warn, or fail to import k2, when looked at.
    """
    if "speechbrain" in sys.modules:
        for name, module in list(sys.modules.items()):
            if type(module).__name__ in ("LazyModule", "DeprecatedModuleRedirect"):
                del sys.modules[name]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, RunningAppliance):
                report.sections.append((f"log of {name}", value.log_tail()))
    return report
