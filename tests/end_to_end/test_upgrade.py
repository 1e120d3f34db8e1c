"""`vbot upgrade` of a box that takes calls meanwhile: real processes, versions side by side, no apt and no systemd."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import versions
from tests.support.customer import Customer
from tests.support.killed_upgrade import KILL_WHEN
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import OFFERED, SETTLES_WITHIN, Box, Sender
from tests.support.versions import make_version, package

pytestmark = pytest.mark.slow

OLD, NEW = "1.0.0", "1.1.0"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    found = Box(tmp_path)
    make_version(found.versions, OLD)
    found.installation.turn_to(OLD)
    with found:
        yield found


@pytest.fixture
def customer(box: Box, receiver: WebhookReceiver) -> Customer:
    endpoint = receiver.endpoint()
    return Customer(box.http.new_customer(webhook_url=endpoint.url), endpoint)


def new_version(tmp_path: Path, *faults: tuple[str, str], step: tuple[str, str] | None = None) -> Path:
    made = tmp_path / "made"
    return package(make_version(made, NEW, *faults, step=step), tmp_path)


def all_delivered(sender: Sender, customer: Customer) -> Counter[str]:
    """How often each accepted call's webhook came, once each has come."""
    wanted = set(sender.accepted)

    def come() -> Counter[str]:
        return Counter(one.json["call_id"] for one in list(customer.endpoint.received))

    assert wait_until(lambda: wanted <= set(come()), 120, 0.2), f"{len(wanted - set(come()))} are lost"
    assert set(come()) == wanted
    return come()


@pytest.mark.long
def test_an_upgrade_under_load_loses_no_call_and_sends_none_twice(
    box: Box, customer: Customer, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    file = new_version(tmp_path, step=versions.ADDITIVE_STEP)
    with Sender(box, customer.key) as sender:
        sender.goes_on()
        done = box.upgrade(file)
        sender.goes_on()
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{box.logs()}"
    assert done.stdout.splitlines()[-1] == f"upgraded from {OLD} to {NEW}"
    assert box.installation.current == NEW
    box.http.wait_until_healthy()
    assert sender.wrong == []
    assert sender.refused > 0  # who posted meanwhile was told when to try again
    assert set(all_delivered(sender, customer).values()) == {1}
    record_property("accepted", len(sender.accepted))
    record_property("longest_gap_seconds", round(sender.longest_gap, 2))  # reported, not judged: machines differ
    print(
        f"\naccepted {len(sender.accepted)}, longest time without an accepted call {sender.longest_gap:.2f} s, "
        f"without an answer {sender.longest_silence:.2f} s, 503 {sender.refused}, unreachable {sender.unreachable}"
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (versions.DIES_ON_THE_BOX, "api: it died: this version dies at its start"),
        pytest.param(versions.NEVER_WELL, "it does not get well within", marks=pytest.mark.long),
    ],
    ids=["dies at its start", "never gets well"],
)
@pytest.mark.long
def test_a_version_that_does_not_work_ends_with_the_old_one_running_and_the_reason_in_one_line(
    box: Box, customer: Customer, tmp_path: Path, fault: tuple[str, str], reason: str
) -> None:
    file = new_version(tmp_path, fault, step=versions.ADDITIVE_STEP)
    with Sender(box, customer.key) as sender:
        sender.goes_on()
        done = box.upgrade(file, **{SETTLES_WITHIN: "60"})
        sender.goes_on()
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vbot: the upgrade to {NEW} was taken back and {OLD} runs: {reason}"), line
    assert box.installation.current == OLD
    assert wait_until(lambda: box.http.health() == "healthy", 240), box.logs()
    assert sender.wrong == []
    assert set(all_delivered(sender, customer).values()) == {1}
    sentence = line.removeprefix("vbot: ")
    told = {one["name"]: one["reason"] for one in box.http.admin("GET", "/api/system").json()["components"]}
    assert told["upgrade"].lower().rstrip(".") == sentence.lower().rstrip(".")
    doctor = {one["name"]: one for one in json.loads(box.vbot("doctor", "--json").stdout)["findings"]}
    assert (doctor["upgrade"]["state"], doctor["upgrade"]["reason"].lower().rstrip(".")) == (
        "warning",
        sentence.lower().rstrip("."),
    )


@pytest.mark.parametrize(
    ("faults", "step", "reason"),
    [
        pytest.param(
            (versions.DIES_EVERYWHERE,),
            None,
            "it does not start on a copy of the database: this version dies",
            marks=pytest.mark.long,
        ),
        pytest.param((versions.DOCTOR_DIES,), None, "its doctor does not run", marks=pytest.mark.long),
        pytest.param((), versions.FAILING_STEP, "migrating the database to step", marks=pytest.mark.long),
    ],
    ids=["cannot start", "its doctor dies", "migration fails"],
)
def test_what_fails_on_a_copy_is_refused_and_nothing_that_runs_is_touched(
    box: Box,
    customer: Customer,
    tmp_path: Path,
    faults: tuple[tuple[str, str], ...],
    step: tuple[str, str] | None,
    reason: str,
) -> None:
    file = new_version(tmp_path, *faults, step=step)
    api = box.services._found("api")
    with Sender(box, customer.key) as sender:
        done = box.upgrade(file)
        sender.goes_on()
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vbot: the upgrade to {NEW} was refused and {OLD} runs on: "), line
    assert reason in line
    assert box.services._found("api") == api
    assert api is not None
    assert api.alive
    assert (sender.refused, sender.unreachable, sender.wrong) == (0, 0, [])
    assert not (box.data.root / "rehearsal").exists()
    assert not box.installation.staging.exists()


@pytest.mark.long
def test_after_a_migration_that_the_old_version_cannot_read_the_way_back_takes_in_again_what_came_since(
    box: Box, customer: Customer, tmp_path: Path
) -> None:
    file = new_version(tmp_path, versions.NEVER_WELL, step=versions.UNREADABLE_STEP)
    with Sender(box, customer.key) as sender:
        sender.goes_on()
        done = box.upgrade(file, **{SETTLES_WITHIN: "60"})
        sender.goes_on()
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vbot: the upgrade to {NEW} was taken back and {OLD} runs: it does not get well"), line
    assert "the newer database is in " in line
    all_delivered(sender, customer)  # each at least once: what the new version had sent is sent under another id
    assert known_calls(box) == set(sender.accepted)
    assert not list(box.data.root.glob("before-upgrade-*"))


def known_calls(box: Box) -> set[str]:
    """The ids of all calls that the box knows, page by page."""
    known: set[str] = set()
    wanted: dict[str, Any] = {"limit": 500}
    while True:
        page = box.http.admin("GET", "/api/calls", params=wanted).json()
        known |= {one["call_id"] for one in page["calls"]}
        if page["next_cursor"] is None:
            return known
        wanted["cursor"] = page["next_cursor"]


@pytest.mark.long
@pytest.mark.parametrize("moment", ["Trying", "Installing", "Switching", "start"])
def test_an_upgrade_that_is_killed_is_finished_or_undone_by_the_next(
    box: Box, customer: Customer, tmp_path: Path, moment: str
) -> None:
    file = new_version(tmp_path, step=versions.ADDITIVE_STEP)
    with Sender(box, customer.key) as sender:
        sender.goes_on(2)
        killed = box.upgrade(file, **{KILL_WHEN: moment})
        assert killed.returncode == -9, killed.stderr
        resumed = box.upgrade("--resume")
        sender.goes_on(2)
    touched = moment != "Trying"
    assert resumed.returncode == (0 if touched else 1), f"{resumed.stdout}{resumed.stderr}"
    assert box.installation.current == (NEW if touched else OLD)
    assert set(all_delivered(sender, customer).values()) == {1}
    assert box.upgrade("--resume").stdout == "no upgrade was interrupted\n"


@pytest.mark.long
def test_an_upgrade_that_is_killed_is_told_of_and_taken_back_on_demand(
    box: Box, customer: Customer, tmp_path: Path
) -> None:
    file = new_version(tmp_path, step=versions.ADDITIVE_STEP)
    with Sender(box, customer.key) as sender:
        box.upgrade("apt", **{KILL_WHEN: f"{NEW} accepts", OFFERED: str(file)})
        doctor = {one["name"]: one for one in json.loads(box.vbot("doctor", "--json").stdout)["findings"]}
        assert doctor["upgrade"]["state"] == "failed"
        assert "was interrupted while watching" in doctor["upgrade"]["reason"]
        assert "interrupted" in box.upgrade(file).stderr
        back = box.upgrade("--back")
        sender.goes_on(2)
    assert (back.returncode, back.stderr) == (0, "")
    assert box.installation.current == OLD
    assert set(all_delivered(sender, customer).values()) == {1}
