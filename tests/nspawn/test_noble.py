"""Ubuntu's noble: the packages install under its own systemd, and what accepts calls runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.box import API, QUEUE, Box, speech
from tests.nspawn.conftest import lay_out
from tests.nspawn.container import Container
from tests.nspawn.network import Loopback
from tests.nspawn.packages import Packages
from tests.support.processes import wait_until

SUITE = "noble"
SECONDS = 300.0


def test_the_api_runs_on_ubuntu_after_one_command_and_a_boot(
    cache: Path, bare_tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without a worker, whose libraries are tried on Debian: calls are accepted, and wait."""
    del bare_tree  # where that does not boot, nothing does
    try:
        tree = trees.bare(cache, SUITE, SUITE)
    except trees.NoTree as error:
        pytest.skip(str(error))
    shared, folder = cache / "shared-noble", tmp_path_factory.mktemp("noble")
    lay_out(shared, Packages(cache, SUITE).of("vbot-appliance"))
    try:
        with Loopback() as network, network.entered(), Container([tree], folder, network, shared) as container:
            container.boot()
            container.shell("cd /mnt; apt-get install --yes ./vbot-*.deb")
            container.shut_down()
            container.boot()
            box = Box(container)
            box.let_in()
            assert set(box.inactive()) & {"vbot.target", API, QUEUE} == set()
            record = box.http.new_customer()
            answer = box.http.submit(record["api_key"], speech()())
            assert answer.status_code == 200, answer.text
            former = box.main_pid(API)
            box.signal(API, "KILL")
            assert wait_until(lambda: box.main_pid(API) not in (0, former), SECONDS, 0.2), box.logs()
            box.let_in()
            assert box.http.admin("GET", f"/api/calls/{answer.json()['call_id']}").json()["state"] == "queued"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(shared, ignore_errors=True)
