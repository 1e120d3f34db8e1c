"""What was found, as an administrator reads it in ten seconds, and as a program does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import TextIO

import msgspec

from appliance import __version__
from appliance.commands.checks.finding import Finding, State
from appliance.domain.clock import contract_timestamp, utc_now

WORDS = {State.OK: "ok", State.SKIPPED: "skip", State.WARNING: "warn", State.FAILED: "WRONG"}
# The worst is read last, so that it stands right above the prompt.
LATER = (State.SKIPPED, State.WARNING, State.FAILED)
_COLOURS = {State.OK: "32", State.SKIPPED: "36", State.WARNING: "33", State.FAILED: "1;31"}
# On a terminal the reasons stand below each other; the longest name of ours is `model packs`.
_NAME_WIDTH = 12


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `healthy`: nothing is wrong; there may be warnings."""

    version: str
    at: str
    healthy: bool
    findings: list[Finding]


def report_as_json(findings: Iterable[Finding], out: TextIO) -> int:
    """All of it at the end; returns the exit code."""
    found = list(findings)
    report = Report(
        version=__version__,
        at=contract_timestamp(utc_now()),
        healthy=not any(one.state is State.FAILED for one in found),
        findings=found,
    )
    print(msgspec.json.format(msgspec.json.encode(report)).decode(), file=out)
    return 0 if report.healthy else 1


def report_in_lines(findings: Iterable[Finding], out: TextIO) -> int:
    """A line for each: what is well as soon as it is known, and then what is not; returns the exit code."""
    kept = []
    for finding in findings:
        if finding.state is State.OK:
            print(_line(finding, out), file=out, flush=True)
        else:
            kept.append(finding)
    for state in LATER:
        for finding in kept:
            if finding.state is state:
                print(_line(finding, out), file=out)
    counts = Counter(one.state for one in kept)
    print(f"\n{_summary(counts)}", file=out)
    return 1 if counts[State.FAILED] else 0


def _line(finding: Finding, out: TextIO) -> str:
    """`WRONG queue: why: what mends it`; aligned and in colour where a person looks."""
    word = f"{WORDS[finding.state]:<5}"
    if not out.isatty():
        return f"{word} {finding.name}: {finding.line}"
    if "NO_COLOR" not in os.environ:  # no-color.org
        word = f"\x1b[{_COLOURS[finding.state]}m{word}\x1b[0m"
    return f"{word} {finding.name + ':':<{_NAME_WIDTH}} {finding.line}"


def _summary(counts: Counter[State]) -> str:
    wrong, doubtful, unseen = counts[State.FAILED], counts[State.WARNING], counts[State.SKIPPED]
    said = f"{wrong} wrong, {doubtful} to look at" if wrong or doubtful else "Nothing is wrong"
    return f"{said}, not all was looked at." if unseen else f"{said}."
