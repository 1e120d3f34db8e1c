"""`vbot upgrade` of a box whose master key is a credential of systemd's: tried, switched and brought back as any."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.nspawn.box import Box, all_delivered, speech
from tests.nspawn.conftest import lay_out
from tests.nspawn.packages import NEW, OLD, Packages
from tests.support import versions
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import Sender

UPGRADE_SECONDS = 2400.0
EVERY_SECONDS = 2.0
UPGRADED = ("vbot-appliance", "vbot-worker-cpu")
# It migrates what the old one cannot open then, and does not stay up: what was kept is put back.
BROKEN = (versions.UNREADABLE_FILE, versions.DIES_ON_THE_BOX)
# As systemd/README.md says; the container has no TPM.
_MAKE_CREDENTIAL = """
key=/var/lib/vbot/secrets/master.key
systemctl stop vbot.target vbot-api
install -d -m 700 /etc/credstore.encrypted
systemd-creds encrypt --with-key=host --name=vbot.master-key "$key" /etc/credstore.encrypted/vbot.master-key
shred -u "$key"
install -o vbot -g vbot -m 600 /dev/null "$key"
systemctl start vbot.target
"""
# Whoever writes it anywhere below the data folder while the upgrade runs, is seen.
_WATCH = """
while :; do
    grep --recursive --files-with-matches --no-messages "$(cat /run/key)" /var/lib/vbot >>/run/seen || true
    sleep 0.2
done
"""


@pytest.fixture(scope="module")
def offered(packages: Packages) -> Iterator[Path]:
    folder = packages.cache / "offered-to-a-credential"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    worker = packages.of("vbot-worker-cpu", version=NEW)
    lay_out(folder / "new", [*packages.of("vbot-appliance", version=NEW), *worker])
    lay_out(folder / "broken", [*packages.of("vbot-appliance", version=NEW, faults=BROKEN), *worker])
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def box(boot: Callable[..., Box], offered: Path) -> Iterator[Box]:
    found = boot(offered)
    found.change_settings()
    found.wait_until_ready()
    shutil.copy(found.container.root / "var/lib/vbot/secrets/master.key", found.container.root / "run/key")
    found.container.shell(_MAKE_CREDENTIAL)
    found.wait_until_ready()
    yield found
    found.container.cut_power()  # the next one is in the same network


def upgrade(box: Box, what: str) -> tuple[int, str, str]:
    """The exit code, and the last lines of what it said; meanwhile the key was nowhere below the data folder."""
    line = ("sh", "-c", f"exec vbot upgrade {what}")
    with box.container.started("sh", "-c", _WATCH):
        done = box.container.run(*line, check=False, seconds=UPGRADE_SECONDS)
    print(f"\n{done.stdout}{done.stderr}")
    assert (box.container.root / "run/seen").read_text() == ""
    return done.returncode, done.stdout.splitlines()[-1], done.stderr


def test_it_comes_back_from_a_broken_version_and_goes_to_a_good_one_and_no_call_is_lost(
    box: Box, receiver: WebhookReceiver
) -> None:
    customer = box.customer(receiver)
    with Sender(box, customer.key, speech(), EVERY_SECONDS) as sender:
        sender.goes_on(3)
        code, _, error = upgrade(box, "/mnt/broken/*.deb")
        assert code == 1
        assert error.startswith(f"vbot: the upgrade to {NEW} was taken back and {OLD} runs: vbot-api.service"), error
        sender.goes_on(3)
        box.wait_until_ready()

        assert upgrade(box, "/mnt/new/*.deb") == (0, f"upgraded from {OLD} to {NEW}", "")
        sender.goes_on(3)
    assert str(box.http.request("GET", "/health").json()["version"]) == NEW
    assert (box.inactive(), sender.wrong) == ({}, [])
    assert (box.container.root / "var/lib/vbot/secrets/master.key").read_bytes() == b""
    all_delivered(sender, customer, box)


def test_a_box_that_is_off_is_upgraded_as_well(box: Box) -> None:
    """Its backup is made without an api that has the key."""
    box.container.run("systemctl", "stop", "vbot.target", "vbot-api", "vbot-valkey", "vbot-worker@cpu")
    assert upgrade(box, "/mnt/new/*.deb") == (0, f"upgraded from {OLD} to {NEW}", "")
    assert str(box.http.request("GET", "/health").json()["version"]) == NEW
