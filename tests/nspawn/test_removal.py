"""The packages are removed, installed again, and purged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.nspawn.box import Box, all_delivered, speech
from tests.nspawn.conftest import PACKAGES, lay_out
from tests.nspawn.packages import Packages
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import Sender

LEFT = """
for name in /var/lib/vbot/vbot.duckdb /var/lib/vbot /etc/vbot /opt/vbot /usr/lib/systemd/system/vbot.target; do
    if [ -e "$name" ]; then echo "$name"; fi
done
"""


@pytest.fixture(scope="module")
def box(packages: Packages, boot: Callable[..., Box], tmp_path_factory: pytest.TempPathFactory) -> Box:
    shared = packages.cache / "shared-removal"
    lay_out(shared, packages.of(*PACKAGES))
    found = boot(shared)
    found.change_settings()
    found.wait_until_ready()
    return found


def processes(box: Box) -> list[str]:
    """What runs there of ours, or as one of our users."""
    shown = box.container.run("ps", "-eo", "user,args", "--no-headers").stdout.splitlines()
    return [line for line in shown if "/opt/vbot" in line or line.startswith("vbot")]


def test_what_is_removed_keeps_its_data_and_a_purge_asks_before_it_erases(box: Box, receiver: WebhookReceiver) -> None:
    customer = box.customer(receiver)
    with Sender(box, customer.key, speech(), 1.0) as sender:
        sender.goes_on(2)
    all_delivered(sender, customer, box)

    box.container.run("apt-get", "remove", "--yes", "vbot-appliance", "vbot-worker-cpu")
    assert box.container.shell(LEFT).split() == ["/var/lib/vbot/vbot.duckdb", "/var/lib/vbot", "/etc/vbot"]
    assert processes(box) == []
    assert (
        box.container.run(
            "systemctl", "list-units", "--all", "--plain", "--no-legend", "--state=active", "vbot*"
        ).stdout
        == ""
    )

    box.container.shell("cd /mnt; apt-get install --yes ./vbot-*.deb")
    box.wait_until_ready()
    known = {one["call_id"] for one in box.http.admin("GET", "/api/calls").json()["calls"]}
    assert known == set(sender.accepted)

    # Nobody can answer here: the data stays.
    box.container.run("apt-get", "purge", "--yes", "vbot-appliance", "vbot-worker-cpu", "vbot-models-base")
    assert box.container.shell(LEFT).split() == ["/var/lib/vbot/vbot.duckdb", "/var/lib/vbot", "/etc/vbot"]
    assert processes(box) == []

    box.container.shell("cd /mnt; apt-get install --yes ./vbot-*.deb")
    box.wait_until_ready()
    box.container.shell("echo vbot-appliance vbot-appliance/purge-data boolean true | debconf-set-selections")
    box.container.run("apt-get", "purge", "--yes", "vbot-appliance", "vbot-worker-cpu", "vbot-models-base")
    assert box.container.shell(LEFT) == ""
    assert processes(box) == []
    assert box.container.shell("getent passwd vbot vbot-worker || true") == ""
    assert box.container.shell("systemctl list-unit-files --no-legend 'vbot*' || true") == ""
