"""An installed appliance in a container, as its administrator and a telephone system see it."""

from __future__ import annotations

import io
import random
import wave
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import requests

from appliance import demo
from tests.nspawn.container import Container
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import Sender

API, QUEUE, WORKER = "vbot-api.service", "vbot-valkey.service", "vbot-worker@cpu.service"
UNITS = ("vbot.target", QUEUE, API, WORKER)
PORT = 8443
# A worker loads its models from a cold disk while other things go on.
READY_SECONDS = 600.0
DELIVERED_SECONDS = 900.0
# Of what doctor warns on a healthy one, for each is true of every container: its disk is the build machine's, without
# LUKS and with the backups on it, its kernel enforces neither MemoryMax nor IPAddressDeny, nobody asks for the time,
# nobody has carried the first boot's note away, and ffmpeg, which the packages only recommend, is not in the tree.
HEALTHY_WARNS_OF = {"at rest", "backup disk", "note", "protections", "disk", "disk speed", "clock", "ffmpeg"}
# What `vbot setup` asks.
_ANSWERS = """
names = ["vbot.example.lan"]
certificate = "made"
test_call = true
page = "/root/page.html"
[customer]
company_name = "Example Ltd"
name = "Ada Example"
email = "ada@example.com"
webhook_url = "{url}"
"""
# A server on the box itself is not what an office has.
_ALLOWED = 'webhook_allow = ["127.0.0.0/8"]\n'
SETTINGS = """
webhook_allow = ["127.0.0.0/8"]
rate_limit_per_minute = 100000
max_concurrent_calls = 1000
backup_every_hours = 0
"""


class Box:
    """`container` is one in which the packages were installed, and is on."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.http = RunningAppliance(container.folder / "client")
        self.http.port, self.http.url = PORT, f"https://127.0.0.1:{PORT}"

    def write_answers(self, url: str) -> None:
        """The file /root/answers.toml for `vbot setup`, with a first customer whose server is there."""
        config = self.container.root / "etc/vbot/vbot.toml"
        config.write_text(config.read_text() + _ALLOWED)
        (self.container.root / "root/answers.toml").write_text(_ANSWERS.format(url=url))

    def change_settings(self, lines: str = SETTINGS) -> None:
        """Add lines to vbot.toml, and start all with them."""
        with (self.container.root / "etc/vbot/vbot.toml").open("a") as file:
            file.write(lines)
        self.container.run("systemctl", "restart", "vbot.target")

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Until each unit is active, the worker has its models, and the api says that all is well."""
        assert wait_until(lambda: not self.inactive(), seconds, 0.5), f"{self.inactive()}: {self.logs()}"
        self.let_in()
        assert wait_until(lambda: self.http.health() == "healthy", seconds, 0.5), self.logs()

    def let_in(self) -> None:
        """Trust its certificate and have an administrator's token, made as an administrator does."""
        assert wait_until(self._shows_certificate, READY_SECONDS, 0.5), self.logs()
        self.http.admin_token = self.vbot("token", "create", "--role", "admin", "--name", "test").strip()

    def inactive(self) -> dict[str, str]:
        """The units that are not active, with what they are."""
        states = self.container.run("systemctl", "is-active", *UNITS, check=False).stdout.split()
        return {unit: state for unit, state in zip(UNITS, states, strict=True) if state != "active"}

    def vbot(self, *arguments: str) -> str:
        """What a command of it says, as root."""
        return self.container.run("vbot", *arguments).stdout

    def main_pid(self, unit: str) -> int:
        """As the container numbers it; 0: it does not run."""
        return int(self.container.run("systemctl", "show", "--value", "--property=MainPID", unit).stdout)

    def signal(self, unit: str, name: str) -> None:
        """Send a unit's main process a signal."""
        self.container.run("systemctl", "kill", "--kill-whom=main", f"--signal={name}", unit)

    def has_come_back(self, unit: str, former: int) -> bool:
        """Whether the unit is active, with another process."""
        return self.main_pid(unit) not in (0, former) and not self.inactive()

    def customer(self, receiver: WebhookReceiver) -> Customer:
        """A new one with an endpoint of its own."""
        endpoint = receiver.endpoint()
        return Customer(self.http.new_customer(webhook_url=endpoint.url), endpoint)

    def logs(self) -> str:
        """The ends of what its parts wrote, and how the units are."""
        asked = (
            "systemctl --no-pager --lines=0 status 'vbot*' | grep -E '●|○|×|Active:|Status:' || true; "
            "journalctl --no-pager --lines=60 --output=short-monotonic"
        )
        return self.container.run("sh", "-c", asked, check=False).stdout[-8000:]

    def _shows_certificate(self) -> bool:
        try:
            self.http.trust_certificate()
        except OSError:
            return False
        return self.http.health() != "unreachable"


def speech(seconds: float = 2.0) -> Callable[[], bytes]:
    """Recordings of so many seconds of a conversation, each unlike any other."""
    with wave.open(str(Path(demo.__file__).with_name("conversation.wav"))) as file:
        form, frames = file.getparams(), file.readframes(int(seconds * file.getframerate()))

    def made() -> bytes:
        written = io.BytesIO()
        with wave.open(written, "wb") as file:
            file.setparams(form)
            file.writeframes(frames[:-512] + random.randbytes(512))
        return written.getvalue()

    return made


def all_delivered(sender: Sender, customer: Customer, box: Box) -> str:
    """Wait for the webhook of each accepted call; fails where one is missing, or came under two ids. The figures."""
    wanted = set(sender.accepted)

    def come() -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for one in list(customer.endpoint.received):
            found[one.json["call_id"]][one.webhook_id] += 1
        return found

    def missing() -> set[str]:
        return wanted - set(come())

    assert wait_until(lambda: not missing(), DELIVERED_SECONDS, 0.5), f"{len(missing())} are lost\n{box.logs()}"
    for call_id in wanted:
        customer.received_about(call_id)  # each signature is verified
    received = come()
    assert set(received) == wanted
    assert {call_id: ids for call_id, ids in received.items() if len(ids) != 1} == {}
    twice = sum(sum(ids.values()) > 1 for ids in received.values())
    figures = f"{sender}; webhooks {len(received)}, sent once more under the same id {twice}"
    print(f"\n{figures}")
    return figures


def post_one(box: Box, customer: Customer, audio: bytes) -> requests.Response:
    """One call, as it is answered."""
    return box.http.submit(customer.key, audio)
