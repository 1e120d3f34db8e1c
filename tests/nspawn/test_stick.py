"""A bare system, a stick and no network: one command installs, a second ends in the first webhook."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.box import Box
from tests.nspawn.conftest import PACKAGES, SUITE
from tests.nspawn.container import Container
from tests.nspawn.network import Loopback
from tests.nspawn.packages import Packages
from tests.support.receiver import WebhookReceiver
from tests.support.stick import make_stick


@pytest.fixture
def stick(packages: Packages, cache: Path, tmp_path: Path) -> Path:
    """With all that makes a box."""
    if packages.distribution != SUITE:
        pytest.skip(f"the worker's libraries are for another Python: no CPU build of torch is locked for {SUITE}'s")
    appliance, worker, models = packages.of(*PACKAGES)
    folder = cache / "stick"  # beside the packages, which it shares with them
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return make_stick(folder, {SUITE: [appliance, worker], "any": [models]})


def test_from_a_stick_without_any_network_to_the_first_webhook(
    bare_tree: Path, stick: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del bare_tree  # where that does not boot, nothing does
    tree, folder = trees.minimal(cache, SUITE), tmp_path_factory.mktemp("stick")
    try:
        with (
            Loopback() as network,
            network.entered(),
            WebhookReceiver() as receiver,
            Container([tree], folder, network, stick) as container,
        ):
            container.boot()
            began = time.monotonic()
            container.shell("sh /mnt/install.sh --cpu")
            installed = time.monotonic() - began
            endpoint, box = receiver.endpoint(), Box(container)
            box.write_answers(endpoint.url)
            began = time.monotonic()
            said = box.vbot("setup", "--answers", "/root/answers.toml")
            set_up = time.monotonic() - began
            box.let_in()
            (customer,) = box.http.admin("GET", "/api/customers").json()["customers"]
            webhook = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
            assert webhook["event"] == "call.completed"
            assert webhook["transcription"].strip()
            print(
                f"\n{said}\ntyped commands: 2; sh install.sh {installed:.0f} s, vbot setup, with the webhook, "
                f"{set_up:.0f} s: {(installed + set_up) / 60:.1f} minutes"
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(stick.parent, ignore_errors=True)
