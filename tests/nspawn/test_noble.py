"""Ubuntu's noble under its own systemd: vbot-appliance installs, and what accepts calls outlives what kills it there.

Without a worker, whose libraries are tried on Debian: calls are accepted, and wait. So what is looked at is that each
accepted call is still known and waits.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.box import API, QUEUE, Box, speech
from tests.nspawn.conftest import lay_out
from tests.nspawn.container import Container
from tests.nspawn.network import Loopback
from tests.nspawn.packages import OLD, Packages
from tests.nspawn.test_full_disk import FILL, FREE, SMALL_DISK
from tests.nspawn.test_removal import LEFT, processes
from tests.support.processes import wait_until

SUITE = "noble"
# A watchdog waits for a minute before; the machine does other things as well.
SECONDS = 300.0
PARTS = {"vbot.target", QUEUE, API}


@pytest.fixture(scope="module")
def shared(cache: Path) -> Iterator[Path]:
    """The package, which the container sees in /mnt."""
    folder = cache / "shared-noble"
    lay_out(folder, Packages(cache, SUITE).of("vbot-appliance"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def noble(cache: Path, bare_tree: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box after one command and a boot."""
    del bare_tree  # where that does not boot, nothing does
    try:
        tree = trees.bare(cache, SUITE, SUITE)
    except trees.NoTree as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("noble")
    try:
        with Loopback() as network, network.entered(), Container([tree], folder, network, shared) as container:
            container.boot()
            install(container)
            container.shut_down()
            container.boot()
            box = Box(container)
            box.change_settings()
            box.let_in()
            yield box
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(container: Container) -> None:
    container.shell("cd /mnt; apt-get install --yes ./vbot-*.deb")


@pytest.fixture(scope="module")
def key(noble: Box) -> str:
    """A customer's."""
    return str(noble.http.new_customer()["api_key"])


def inactive(box: Box) -> set[str]:
    return set(box.inactive()) & PARTS


def has_come_back(box: Box, unit: str, former: int) -> bool:
    return box.main_pid(unit) not in (0, former) and not inactive(box)


def waits(box: Box, call_id: str) -> bool:
    """Whether it is known, for a worker to come."""
    return box.http.admin("GET", f"/api/calls/{call_id}").json()["state"] in ("received", "queued")


def test_the_api_runs_after_one_command_and_a_boot(noble: Box, key: str) -> None:
    assert inactive(noble) == set()
    assert waits(noble, noble.http.accepted(key, speech()()))


def test_doctor_names_the_file_of_a_worker_that_no_source_of_apt_has(noble: Box) -> None:
    said = noble.container.run("vbot", "doctor", check=False).stdout
    assert f"apt-get install ./vbot-worker-cpu_{OLD}+ubuntu24.04_amd64.deb" in said, said


@pytest.mark.parametrize("unit", [QUEUE, API])
def test_a_unit_that_is_killed_comes_back_with_its_calls(noble: Box, key: str, unit: str) -> None:
    call_id, former = noble.http.accepted(key, speech()()), noble.main_pid(unit)
    noble.signal(unit, "KILL")
    assert wait_until(lambda: has_come_back(noble, unit, former), SECONDS, 0.2), noble.logs()
    noble.let_in()
    assert waits(noble, call_id)
    assert waits(noble, noble.http.accepted(key, speech()()))


@pytest.mark.parametrize("unit", [QUEUE, API])
def test_a_unit_that_is_stopped_and_started_again_has_its_calls(noble: Box, key: str, unit: str) -> None:
    call_id = noble.http.accepted(key, speech()())
    noble.container.run("systemctl", "stop", unit)
    if unit == QUEUE:  # without it calls are accepted, and wait
        assert waits(noble, noble.http.accepted(key, speech()()))
    noble.container.run("systemctl", "start", unit)
    assert wait_until(lambda: not inactive(noble), SECONDS, 0.2), noble.logs()
    noble.let_in()
    assert waits(noble, call_id)


def test_an_api_that_hangs_is_aborted_by_its_watchdog_and_the_journal_has_its_stacks(noble: Box, key: str) -> None:
    call_id, former = noble.http.accepted(key, speech()()), noble.main_pid(API)
    noble.signal(API, "STOP")
    assert wait_until(lambda: has_come_back(noble, API, former), SECONDS, 0.2), noble.logs()
    noble.let_in()
    assert waits(noble, call_id)
    journal = noble.container.run("journalctl", "--no-pager", "--output=cat", f"_PID={former}").stdout
    assert "Current thread" in journal or "Thread 0x" in journal, journal[-2000:]


def test_a_power_cut_loses_no_call(noble: Box, key: str) -> None:
    call_id = noble.http.accepted(key, speech()())
    noble.container.cut_power()
    noble.container.boot()
    assert wait_until(lambda: not inactive(noble), SECONDS, 0.5), noble.logs()
    noble.let_in()
    assert waits(noble, call_id)


def test_a_full_disk_answers_503_and_calls_are_accepted_when_it_is_freed(noble: Box, key: str) -> None:
    def status() -> int:
        return noble.http.submit(key, speech()()).status_code

    noble.container.shell(SMALL_DISK.replace(" vbot-worker@cpu", ""))
    try:
        noble.let_in()
        noble.container.shell(FILL)
        assert wait_until(lambda: status() == 503, SECONDS, 0.5)
        noble.container.shell(FREE)
        assert wait_until(lambda: status() == 200, SECONDS, 0.5), noble.logs()
    finally:
        noble.container.shell("systemctl stop vbot.target vbot-api vbot-valkey; umount /var/lib/vbot")
        noble.container.run("systemctl", "start", "vbot.target")


def test_a_purge_erases_what_was_allowed_and_leaves_nothing_running(noble: Box) -> None:
    noble.container.run("apt-get", "purge", "--yes", "vbot-appliance")  # nobody can answer: the data stays
    assert noble.container.shell(LEFT).split() == ["/var/lib/vbot/vbot.duckdb", "/var/lib/vbot", "/etc/vbot"]
    assert processes(noble) == []
    install(noble.container)
    noble.container.shell("echo vbot-appliance vbot-appliance/purge-data boolean true | debconf-set-selections")
    noble.container.run("apt-get", "purge", "--yes", "vbot-appliance")
    assert noble.container.shell(LEFT) == ""
    assert processes(noble) == []
    assert noble.container.shell("getent passwd vbot vbot-worker || true") == ""
