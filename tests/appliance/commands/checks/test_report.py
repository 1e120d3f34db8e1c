"""How what was found is written: for an administrator at a terminal, for a pipe, for a program."""

from __future__ import annotations

import io
import json
import os

import pytest

from appliance.commands.checks.finding import Finding, State, on_a_box_of_units, told
from appliance.commands.checks.report import report_as_json, report_in_lines
from appliance.errors import ConfigurationError

WRONG = Finding(name="queue", state=State.FAILED, reason="it does not answer.", command="systemctl restart vbot-valkey")
WARN = Finding(name="note", state=State.WARNING, reason="remove it by `vbot x`", command="vbot x")
WELL = Finding(name="data folder", state=State.OK, reason="/var/lib/vbot")
UNSEEN = Finding(name="the rest", state=State.SKIPPED, reason="was not looked at", command="sudo vbot doctor")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_wrong_is_read_last_with_what_mends_it() -> None:
    out = io.StringIO()
    assert report_in_lines([WRONG, UNSEEN, WARN, WELL], out) == 1
    assert out.getvalue().splitlines() == [
        "ok    data folder: /var/lib/vbot",
        "skip  the rest: was not looked at: `sudo vbot doctor`",
        "warn  note: remove it by `vbot x`",
        "WRONG queue: it does not answer: `systemctl restart vbot-valkey`",
        "",
        "1 wrong, 1 to look at, not all was looked at.",
    ]


def test_warnings_alone_are_no_failure() -> None:
    out = io.StringIO()
    assert report_in_lines([WARN, WELL], out) == 0
    assert out.getvalue().endswith("\n0 wrong, 1 to look at.\n")
    assert report_in_lines([WELL], out) == 0
    assert out.getvalue().endswith("\nNothing is wrong.\n")


@pytest.mark.parametrize("colour", [True, False])
def test_at_a_terminal_the_reasons_stand_below_each_other(monkeypatch: pytest.MonkeyPatch, *, colour: bool) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    report_in_lines([WELL, WRONG], out)
    lines = out.getvalue().splitlines()[:2]
    assert ("\x1b[1;31mWRONG\x1b[0m" in lines[1]) is colour
    assert len({line.index(reason) for line, reason in zip(lines, ("/var", "it does"), strict=True)}) == 1 + colour


@pytest.mark.parametrize(("findings", "code"), [([WELL, WARN, UNSEEN], 0), ([WRONG, WELL], 1)])
def test_a_program_reads_each_finding(findings: list[Finding], code: int) -> None:
    out = io.StringIO()
    assert report_as_json(findings, out) == code
    report = json.loads(out.getvalue())
    assert set(report) == {"version", "at", "healthy", "findings"}
    assert report["healthy"] is (code == 0)
    assert [set(one) for one in report["findings"]] == [{"name", "state", "reason", "command"}] * len(findings)
    assert {one["state"] for one in report["findings"]} == {one.state for one in findings}


def test_a_command_that_a_message_names_is_the_findings() -> None:
    found = told("database", ConfigurationError("it is damaged: `vbot repair`, or `vbot restore B`"), "journalctl")
    assert (found.state, found.command, found.line) == (State.FAILED, "vbot repair", found.reason)
    assert told("database", ConfigurationError("it rains"), "journalctl").command == "journalctl"


@pytest.mark.parametrize(
    ("euid", "came_by", "typed"),
    [(0, None, "vbot repair"), (0, "ada", "sudo vbot repair"), (1000, None, "sudo vbot repair")],
)
def test_a_command_is_named_as_whoever_asks_has_to_type_it(
    monkeypatch: pytest.MonkeyPatch, euid: int, came_by: str | None, typed: str
) -> None:
    """After `sudo vbot doctor` one is in a shell of one's own again, where what it named was refused."""
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    monkeypatch.delenv("SUDO_USER", raising=False)
    if came_by is not None:
        monkeypatch.setenv("SUDO_USER", came_by)
    found = Finding(
        name="database", state=State.FAILED, reason="it is damaged: run `vbot repair`", command="vbot repair"
    )
    seen = on_a_box_of_units(found)
    assert (seen.command, seen.line) == (typed, f"it is damaged: run `{typed}`")
    up = Finding(name="api", state=State.FAILED, reason="nothing listens", command="vbot up")
    assert on_a_box_of_units(up) == up
