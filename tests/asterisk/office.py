"""A PBX with `vbot-post` on it, telephones and callers at its ends, and the box to which it posts."""

from __future__ import annotations

import base64
import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.asterisk import dial_plans
from tests.asterisk.books import Expected, row_of
from tests.asterisk.machine import Asterisk, Machine
from tests.asterisk.speech import write_lines
from tests.asterisk.table import Row
from tests.support.appliance import RunningAppliance, free_port, vbot
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver

BUILD = Path(__file__).parents[2] / "packaging/pbx/build"
SPOOL, MONITOR = "/var/spool/vbot-post", "/var/spool/asterisk/monitor"
CALL_SECONDS = 180.0
RESULT_SECONDS = 300.0
PHONES = (101, 102, 103, 104, 105, 106, 108, 109, 110, 111, 112, 113, 114)


@dataclass
class Office:
    """`typed` are the commands that were typed at the PBX for its set-up."""

    folder: Path
    box: RunningAppliance
    machine: Machine
    receiver: WebhookReceiver
    pin: str
    customer: Customer = field(init=False)
    typed: list[str] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)

    def __post_init__(self) -> None:
        write_lines(self.folder / "lines")
        self.machine.run("chmod", "1777", "/")  # the PBX runs here: what a shell of its made would be seen
        self.machine.run("mkdir", "-p", dial_plans.SOUNDS)
        for file in (self.folder / "lines").iterdir():
            shutil.copy(file, self.machine.path(dial_plans.SOUNDS))
        self._numbers = itertools.count(4930_100_000)
        self.sip_port, self.ends_port, self.hold_port = free_port(), free_port(), free_port()
        self.pbx = self._pbx().start()
        self.ends = self._ends().start()

    def _pbx(self) -> Asterisk:
        ports = {str(number): self.ends_port for number in PHONES} | {"107": self.hold_port}
        files = {
            "pjsip.conf": dial_plans.endpoints(self.sip_port, ports),
            "extensions.conf": dial_plans.dial_plan_of_pbx(),
            "queues.conf": dial_plans.QUEUES,
            "voicemail.conf": dial_plans.VOICEMAIL,
            "features.conf": dial_plans.FEATURES,
            "cdr.conf": dial_plans.CDR,
            "rtp.conf": "[general]\nrtpstart = 31000\nrtpend = 31999\nstrictrtp = no\n",
        }
        return Asterisk(self.machine, "asterisk", files, self.folder)

    def _ends(self) -> Asterisk:
        globals_ = f"[globals]\nPBX_PORT = {self.sip_port}\n"
        files = {
            "pjsip.conf": dial_plans.endpoints_of_ends(self.ends_port, self.sip_port),
            "extensions.conf": globals_ + dial_plans.dial_plan_of_ends(),
            "rtp.conf": "[general]\nrtpstart = 32000\nrtpend = 32999\nstrictrtp = no\n",
        }
        return Asterisk(self.machine, "ends", files, self.folder)

    def close(self) -> None:
        """End both."""
        for one in (self.pbx, self.ends):
            one.kill()

    # Setting up, as README.md of packaging/pbx says

    def install(self) -> None:
        """The first command: the package."""
        subprocess.run([BUILD, self.folder / "package"], check=True, capture_output=True)
        (package,) = (self.folder / "package").glob("*.deb")
        shutil.copy(package, self.machine.path("/root"))
        self.type("apt-get", "-qq", "install", "-y", f"/root/{package.name}")

    def set_up(self, **customer: Any) -> None:
        """The second: address, pin and key of a new customer. What was before is gone."""
        endpoint = self.receiver.endpoint()
        self.customer = Customer(self.box.new_customer(webhook_url=endpoint.url, **customer), endpoint)
        assert self.pbx.is_idle(), self.pbx.channels()
        self.machine.run("sh", "-c", f"rm -rf {SPOOL} /etc/vbot-post {MONITOR}/*")
        self.expected.clear()
        command = ("vbot-post", "--setup", self.box.url, "--pin", self.pin, "--user", "asterisk")
        self.type(*command, said=self.customer.key)

    def type(self, *words: str, said: str | None = None) -> str:
        """A command that a person types."""
        self.typed.append(" ".join(words))
        return self.machine.run(*words, said=said, seconds=300)

    def set(self, **settings: str) -> None:
        """Lines of vbot-post's config."""
        path = self.machine.path("/etc/vbot-post/config")
        kept = [line for line in path.read_text().splitlines() if line.partition(" = ")[0] not in settings]
        path.write_text("\n".join([*kept, *(f"{name} = {value}" for name, value in settings.items()), ""]))

    def use_key(self, key: str) -> None:
        """As an administrator does who has got another one."""
        self.machine.path("/etc/vbot-post/key").write_text(key + "\n")

    # Calls

    def call(self, target: str, line: str, *clips: str, number: str | None = None, arrives: bool = True) -> str:
        """Somebody calls, says this line and hangs up; `clips` are what both say, in order. Returns their number."""
        number = number if number is not None else f"+{next(self._numbers)}"
        encoded = base64.b64encode(number.encode()).decode()
        said = {"NUMBER": encoded, "TARGET": target, "LINE": line}
        variables = "".join(f"Setvar: __{name}={value}\n" for name, value in said.items())
        text = (
            f"Channel: Local/go@callers/n\nWaitTime: 70\nMaxRetries: 0\nContext: callers\nExtension: talk\n{variables}"
        )
        name = f"{next(self._numbers)}.call"
        self.machine.write(f"/var/spool/ends/tmp/{name}", text)
        self.machine.run("chown", "asterisk:asterisk", f"/var/spool/ends/tmp/{name}")
        self.machine.path(f"/var/spool/ends/tmp/{name}").rename(self.machine.path(f"/var/spool/ends/outgoing/{name}"))
        if arrives:
            self.expected.append(Expected(number, clips))
        return number

    def wait_for_talk(self) -> None:
        """Until two people are connected on the PBX."""
        up = wait_until(lambda: sum(one[4] == "Up" for one in self.pbx.channels()) >= 2, 60, 0.2)
        assert up, f"nobody talks\n{self.pbx.log_tail()}"

    def wait_for_end(self) -> None:
        """Until all have hung up, and the hooks have told of it."""

        def is_over() -> bool:
            is_dialling = any(self.machine.path("/var/spool/ends/outgoing").iterdir())
            return not is_dialling and self.pbx.is_idle() and self.ends.is_idle() and not self._is_sending()

        assert wait_until(is_over, CALL_SECONDS, 0.5), f"calls go on: {self.pbx.channels()}\n{self.pbx.log_tail()}"

    def _is_sending(self) -> bool:
        return any("vbot-post" in title for title in self.machine.titles())

    # What becomes of them

    def send(self, later: str = "") -> None:
        """As the timer does; `later`, such as `+65m`, on a clock that is so much ahead."""
        # Files keep their real dates: else they would be as young as before.
        clock = ["env", "NO_FAKE_STAT=1", "faketime", "-f", later] if later else []
        self.machine.run(*clock, "/usr/bin/vbot-post", "--send")

    def status(self) -> str:
        """What the administrator is told, whether a person is needed or not."""
        return self.machine.try_to_run("vbot-post", "--status").stdout

    def waiting(self) -> int:
        """How many jobs wait in the spool."""
        return len(list(self.machine.path(f"{SPOOL}/wait").glob("*.job")))

    def until_sent(self, later: str = "") -> None:
        """The timer goes on until nothing waits."""

        def is_empty() -> bool:
            if self.waiting():
                self.send(later)
            return self.waiting() == 0

        assert wait_until(is_empty, 240, 1.0), self.status()

    def calls(self) -> list[dict[str, Any]]:
        """The customer's, the oldest first."""
        answer = self.box.request("GET", "/api/calls?limit=500", key=self.customer.key)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["calls"]
        return found[::-1]

    def all_final(self) -> list[dict[str, Any]]:
        """The same, once nothing is in hand."""

        def done() -> bool:
            return all(call["state"] in ("completed", "failed") for call in self.calls())

        assert wait_until(done, RESULT_SECONDS, 1.0), f"{self.calls()}\n{self.box.log_tail()}"
        return self.calls()

    def webhooks(self, count: int) -> list[dict[str, Any]]:
        """So many, each verified by the official library."""
        came = self.customer.endpoint.wait_for(count, RESULT_SECONDS)
        return [one.verified(self.customer.secret) for one in came]

    def arrived(self, case: str, later: str = "") -> tuple[Row, list[dict[str, Any]]]:
        """Wait for everything of this case and count it; the webhooks in the order of the calls."""
        self.wait_for_end()
        self.until_sent(later)
        accepted = len(self.all_final())
        assert accepted >= len(self.expected), f"{self.status()}\n{self.pbx.log_tail()}"
        told = self.webhooks(len(self.expected))
        row = row_of(case, self.expected, self.calls(), told)
        return row, [body for one in self.expected for body in told if one.is_told_by(body)]

    def pwned(self) -> list[str]:
        """Files that no shell should have made."""
        look = "find / \\( -path /proc -o -path /dev \\) -prune -o -regex '.*/pwned[0-9]+' -print"
        return self.machine.run("sh", "-c", look).splitlines()


def pin_of(box: RunningAppliance) -> str:
    """As `vbot certificate show` prints it."""
    said = vbot("certificate", "show", data_dir=box.data_dir, settings=box.settings).stdout
    (pin,) = re.findall(r"sha256//[A-Za-z0-9+/]{43}=", said)[:1]
    return str(pin)
