"""What `vbot doctor` says of a box, and a fault that is made for it to find."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterable, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from tests.support.appliance import VBOT, RunningAppliance, environment
from tests.support.machine_time import MachineTime
from tests.support.processes import wait_until

# What may be true of every test box, and no fault: its disk is the build machine's, which is kept busy by others too,
# and holds data and backups alike.
ALWAYS = {"at rest", "backup disk", "note", "decoders", "protections", "disk", "disk speed", "clock"}
# `import torch` fails at once there: what takes a minute on a busy machine is tried where it is what is looked at.
UNTRIED = "engine"
# Of what the api hears: where the machine stands still for ten seconds, it takes them for gone until it hears again.
HEARD_OF = frozenset({"queue", "worker"})
# Of those ten seconds: several of whom the api hears by may have been kept waiting, one after the other.
STOOD_STILL_SECONDS = 2.0
TRIES = 3
T = TypeVar("T")


@dataclass
class Looked:
    """What `vbot doctor --json` says."""

    code: int
    findings: list[dict[str, Any]]

    def about(self, name: str) -> dict[str, Any]:
        """The one finding of that name."""
        (found,) = [one for one in self.findings if one["name"] == name]
        return found

    def named(self, state: str) -> set[str]:
        """The parts that are so."""
        return {one["name"] for one in self.findings if one["state"] == state}


def look(data_dir: Path, settings: dict[str, str | None], *before: str, config: Path | None = None) -> Looked:
    arguments = [*before, str(VBOT), "doctor", "--json", *(["--config", str(config)] if config is not None else [])]
    done = subprocess.run(
        arguments,
        env=environment(data_dir, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["healthy"] is (done.returncode == 0)
    for one in report["findings"]:
        assert "\n" not in one["reason"]
        assert one["command"] or one["state"] == "ok", one
    return Looked(done.returncode, report["findings"])


def component(box: RunningAppliance, name: str) -> str:
    """The state that a running box gives one of its parts, or `unreachable`."""
    try:
        answer = box.admin("GET", "/api/system")
    except requests.RequestException:
        return "unreachable"
    return next(str(one["state"]) for one in answer.json()["components"] if one["name"] == name)


def heard(box: RunningAppliance, ask: Callable[[], T], misses: Callable[[T], bool], parts: Set[str] = HEARD_OF) -> T:
    """What is said of a box of which these run; where it misses one, anew when the api hears of them again.

    Only where the machine kept somebody waiting meanwhile: else what was said first counts.
    """
    for _ in range(TRIES - 1):
        since = MachineTime(box.processes)
        said = ask()
        if not misses(said) or since.taken_off < STOOD_STILL_SECONDS:
            return said
        wait_until(lambda: all(component(box, name) == "ok" for name in parts), 60, 0.2)
    return ask()


def look_at(
    box: RunningAppliance, settings: dict[str, str | None] | None = None, but: Set[str] = frozenset()
) -> Looked:
    """As `look`, at a box of which queue and worker run, but for these."""
    parts = HEARD_OF - but
    asked = partial(look, box.data_dir, settings or box.settings)
    return heard(box, asked, lambda looked: not looked.named("failed").isdisjoint(parts), parts)


@dataclass(frozen=True)
class Case:
    """A fault: who makes it, which part it is found at, how bad it is, what is said of it, what mends it."""

    fault: Callable[..., AbstractContextManager[dict[str, Any] | None]]
    part: str
    state: str
    says: str
    command: str
    besides: set[str] = field(default_factory=set)  # other parts of which something is truly wrong then
    later: set[str] = field(default_factory=set)  # parts that suffer from it after a while
    long: bool = False  # found as others are, and left to `packaging/check --all`

    @property
    def wrong(self) -> set[str]:
        """What must be found to be."""
        return self.besides | ({self.part} if self.state == "failed" else set())

    def check(self, looked: Looked) -> None:
        found = looked.about(self.part)
        assert found["state"] == self.state, found
        assert re.search(self.says, found["reason"]), found
        assert re.search(self.command, found["command"]), found
        assert (looked.named("failed") - self.later) | {UNTRIED} == self.wrong | {UNTRIED}, looked.findings
        assert looked.named("skipped") == set(), looked.findings
        assert looked.named("warning") <= ALWAYS | self.besides | self.later | {self.part}, looked.findings


def each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Run a test with each of these, under its fault's name."""
    marked = [
        pytest.param(case, id=case.fault.__name__, marks=[pytest.mark.long] if case.long else []) for case in cases
    ]
    return pytest.mark.parametrize("case", marked)
