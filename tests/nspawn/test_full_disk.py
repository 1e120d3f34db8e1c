"""The disk with the data folder fills up, to its last byte."""

from __future__ import annotations

from tests.nspawn.box import API, Box, all_delivered, post_one, speech
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.upgraded_box import Sender

NOTICED_SECONDS = 120.0
# The data folder as a disk of its own, small enough to be filled in a moment.
SMALL_DISK = """
systemctl stop vbot.target vbot-api vbot-valkey 'vbot-worker@*'
cp -a /var/lib/vbot /root/vbot
mount -t tmpfs -o size=600m,mode=0700 tmpfs /var/lib/vbot
chown vbot:vbot /var/lib/vbot
cp -a /root/vbot/. /var/lib/vbot/
systemctl start vbot.target vbot-worker@cpu
"""
FILL = "dd if=/dev/zero of=/var/lib/vbot/fills bs=1M 2>/dev/null || true; sync"
FREE = "rm /var/lib/vbot/fills"


def test_a_full_disk_answers_503_and_everything_comes_back_when_it_is_freed(box: Box, customer: Customer) -> None:
    box.container.shell(SMALL_DISK)
    box.wait_until_ready()
    with Sender(box, customer.key, speech(), 1.5) as sender:
        sender.goes_on(3)
        box.container.shell(FILL)
        assert wait_until(lambda: post_one(box, customer, speech()()).status_code == 503, NOTICED_SECONDS, 0.5)
        refused = post_one(box, customer, speech()())
        assert int(refused.headers["Retry-After"]) > 0
        assert box.http.health() == "unhealthy"
        box.container.run("systemctl", "restart", "--no-block", API)  # nor does a restart wedge it
        assert wait_until(lambda: sender.refused > 3 or sender.unreachable > 3, NOTICED_SECONDS, 0.5)
        box.container.shell(FREE)
        sender.goes_on(3, NOTICED_SECONDS)
    assert sender.wrong == []
    all_delivered(sender, customer, box)
    assert wait_until(lambda: box.http.health() == "healthy", NOTICED_SECONDS, 0.5), box.logs()
