"""What the fault tests say at the end of a run: how long recovery took, and the ledger of all rounds.

Its hooks stand in tests/conftest.py, where the process that prints the summary finds them also when the tests run in
others (pytest-xdist).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest

from tests.support.ledger import Sums

# Of the rounds, a sum for each appliance (test_rounds.py).
SUMS = pytest.StashKey[list[Sums]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that only runs tests hands its sums to the one that prints."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["ledger"] = [
            {**dataclasses.asdict(sums), "rounds": dict(sums.rounds)} for sums in session.config.stash.get(SUMS, [])
        ]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process that ran tests has ended."""
    for raw in getattr(node, "workeroutput", {}).get("ledger", []):
        sums = Sums(**{**raw, "rounds": Counter(raw["rounds"])})
        node.config.stash.setdefault(SUMS, []).append(sums)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = [
        f"{report.nodeid.rpartition('::')[2]}: {what.removeprefix('seconds: ')} {seconds} s"
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if report.when == "call"
        for what, seconds in report.user_properties
        if what.startswith("seconds: ")
    ]
    if lines:
        terminalreporter.section("how long recovery took")
        for line in lines:
            terminalreporter.write_line(line)
    if found := config.stash.get(SUMS, []):
        total = Sums()
        for sums in found:
            total.add(sums)
        faults = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(total.rounds.items()))
        terminalreporter.section(f"the ledger of {total.rounds.total()} rounds of faults")
        terminalreporter.write_line(f"rounds: {faults}")
        terminalreporter.write_line(str(total))
