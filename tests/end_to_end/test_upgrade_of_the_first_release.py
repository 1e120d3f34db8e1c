"""A box of the first release (commit eeb1c75), which has no `vbot upgrade`, is upgraded by the new version's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_upgrade import NEW, all_delivered, known_calls
from tests.support import versions
from tests.support.customer import Customer
from tests.support.killed_upgrade import BEFORE_THE_LINK, KILL_WHEN
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import SETTLES_WITHIN, Box, Sender
from tests.support.versions import FIRST_RELEASE, make_first_release, make_version, package

pytestmark = pytest.mark.slow

Recorder = Callable[[str, object], None]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    found = Box(tmp_path)
    make_first_release(found.versions)
    found.installation.turn_to(FIRST_RELEASE)
    found.http.settings["VBOT_QUEUE_ACCESS"] = None  # it knew no users of the queue
    found.upgrader = make_version(tmp_path / "made", NEW)
    with found:
        yield found


@pytest.fixture
def customer(box: Box, receiver: WebhookReceiver) -> Customer:
    endpoint = receiver.endpoint()
    return Customer(box.http.new_customer(webhook_url=endpoint.url), endpoint)


def test_under_load_no_call_is_lost_and_none_is_sent_twice(
    box: Box, customer: Customer, tmp_path: Path, record_property: Recorder
) -> None:
    file = package(tmp_path / "made" / NEW, tmp_path)
    with Sender(box, customer.key) as sender:
        sender.goes_on()
        done = box.upgrade(file)
        sender.goes_on()
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}{done.stderr}\n{box.logs()}"
    assert done.stdout.splitlines()[-1] == f"upgraded from {FIRST_RELEASE} to {NEW}"
    assert box.installation.current == NEW
    box.http.wait_until_healthy()
    assert sender.wrong == []
    assert set(all_delivered(sender, customer).values()) == {1}
    tell(sender, record_property)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(versions.DIES_ON_THE_BOX, "api: it died: this version dies at its start", marks=pytest.mark.long),
        pytest.param(versions.NEVER_WELL, "it does not get well within", marks=pytest.mark.long),
    ],
    ids=["dies at its start", "never gets well"],
)
def test_a_version_that_does_not_work_ends_with_the_first_release_running_and_no_call_lost(
    box: Box, customer: Customer, tmp_path: Path, fault: tuple[str, str], reason: str, record_property: Recorder
) -> None:
    file = broken(box, tmp_path, fault)
    with Sender(box, customer.key) as sender:
        sender.goes_on()
        done = box.upgrade(file, **{SETTLES_WITHIN: "60"})
        sender.goes_on()
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vbot: the upgrade to {NEW} was taken back and {FIRST_RELEASE} runs: {reason}"), line
    assert box.installation.current == FIRST_RELEASE
    assert wait_until(lambda: box.http.health() == "healthy", 240), box.logs()
    assert sender.wrong == []
    assert sender.unreachable < 10, f"{sender}"  # ten a second: it takes longer to start, and meanwhile 503 is answered
    times = all_delivered(sender, customer)
    if fault == versions.DIES_ON_THE_BOX:
        assert set(times.values()) == {1}
    assert known_calls(box) == set(sender.accepted)  # what the new version had accepted, too, under the same ids
    assert box.vbot("backup", "create").returncode == 0  # with its recovery key
    sounds = {call_id: box.http.admin("GET", f"/api/calls/{call_id}/recording").content for call_id in sender.accepted}
    assert [call_id for call_id, sound in sounds.items() if not sound.startswith(b"RIFF")] == []
    tell(sender, record_property)


@pytest.mark.long
@pytest.mark.parametrize("moment", ["Switching", "start", "accepts"])
def test_one_that_is_killed_is_finished_by_the_version_that_was_unpacked(
    box: Box, customer: Customer, tmp_path: Path, moment: str
) -> None:
    """As systemd/vbot-upgrade.service finds it where what the link leads to knows no `upgrade`."""
    file = package(tmp_path / "made" / NEW, tmp_path)
    with Sender(box, customer.key) as sender:
        sender.goes_on(2)
        killed = box.upgrade(file, **{KILL_WHEN: f"{NEW} accepts" if moment == "accepts" else moment})
        assert killed.returncode == -9, killed.stderr
        box.upgrader = box.installation.staging / "root/opt/vbot" / NEW
        resumed = box.upgrade("--resume")
        sender.goes_on(2)
    assert (resumed.returncode, box.installation.current) == (0, NEW), f"{resumed.stdout}{resumed.stderr}"
    assert set(all_delivered(sender, customer).values()) == {1}


@pytest.mark.long
def test_one_that_is_killed_on_its_way_back_comes_back_although_the_new_version_ran_once_more(
    box: Box, customer: Customer, tmp_path: Path
) -> None:
    """A power cut when the database was put back and the link not turned: what it leads to migrates that once more."""
    file = package(tmp_path / "made" / NEW, tmp_path)
    with Sender(box, customer.key) as sender:
        sender.goes_on(2)
        box.upgrade(file, **{KILL_WHEN: f"{NEW} accepts"})
        box.upgrader = box.installation.staging / "root/opt/vbot" / NEW
        sender.goes_on(2)
        killed = box.upgrade("--back", **{KILL_WHEN: BEFORE_THE_LINK})
        assert (killed.returncode, box.installation.current) == (-9, NEW), f"{killed.stdout}{killed.stderr}"
        box.starts_again()
        sender.goes_on(2)
        resumed = box.upgrade("--resume")
        sender.goes_on(2)
    assert (resumed.returncode, box.installation.current) == (1, FIRST_RELEASE), f"{resumed.stdout}{resumed.stderr}"
    assert wait_until(lambda: box.http.health() == "healthy", 240), box.logs()
    assert sender.wrong == []
    all_delivered(sender, customer)
    assert known_calls(box) == set(sender.accepted)
    assert not list(box.data.root.glob("before-upgrade-*"))


def broken(box: Box, tmp_path: Path, fault: tuple[str, str]) -> Path:
    """The package of a version with this fault, whose program upgrades the box."""
    box.upgrader = make_version(tmp_path / "broken", NEW, fault)
    return package(box.upgrader, tmp_path)


def tell(sender: Sender, record_property: Recorder) -> None:
    record_property("accepted", len(sender.accepted))
    record_property("longest_gap_seconds", round(sender.longest_gap, 2))  # reported, not judged: machines differ
    print(f"\n{sender}")
