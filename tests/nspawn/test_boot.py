"""A bare Debian, one command that installs the packages, a boot: a box. A second command ends in the first webhook."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from tests.nspawn.box import HEALTHY_WARNS_OF, Box, post_one, speech
from tests.nspawn.conftest import Installed
from tests.support.receiver import WebhookReceiver


@pytest.fixture(scope="module")
def fresh(boot: Callable[..., Box]) -> Box:
    """As the installation has left it, switched off and on again."""
    return boot()


def test_after_a_boot_every_unit_is_active_and_nothing_is_wrong(fresh: Box) -> None:
    fresh.wait_until_ready()
    failed = fresh.container.run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "vbot*").stdout
    assert failed == ""
    assert (
        fresh.container.run("systemctl", "is-enabled", "vbot.target", "vbot-upgrade").stdout.split() == ["enabled"] * 2
    )
    findings = json.loads(fresh.container.run("vbot", "doctor", "--json", check=False).stdout)["findings"]
    assert [one for one in findings if one["state"] in ("failed", "skipped")] == []
    assert [one for one in findings if one["state"] == "warning" and one["name"] not in HEALTHY_WARNS_OF] == []
    assert fresh.container.run("dpkg", "--verify", "vbot-appliance", "vbot-worker-cpu", "vbot-models-base").stdout == ""


def test_the_second_command_ends_with_the_first_webhook_shown(
    fresh: Box, installed: Installed, receiver: WebhookReceiver
) -> None:
    """`apt install ./vbot-*.deb`, then `vbot setup`; what is asked there is answered by a file."""
    endpoint = receiver.endpoint()
    fresh.write_answers(endpoint.url)
    began = time.monotonic()
    said = fresh.vbot("setup", "--answers", "/root/answers.toml")
    seconds = time.monotonic() - began
    fresh.let_in()
    (customer,) = fresh.http.admin("GET", "/api/customers").json()["customers"]
    webhook = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
    assert webhook["event"] == "call.completed"
    assert webhook["transcription"].strip()
    assert (fresh.container.root / "root/page.html").is_file()
    whole = (installed.seconds + seconds) / 60
    print(
        f"\n{said}\ntyped commands: 2; apt install {installed.seconds:.0f} s, vbot setup, with the webhook, "
        f"{seconds:.0f} s: {whole:.1f} minutes"
    )
    assert whole < 60  # a busy machine; the figure is what is reported


def test_what_a_customer_posts_comes_back_as_a_signed_webhook(fresh: Box, receiver: WebhookReceiver) -> None:
    customer = fresh.customer(receiver)
    answer = post_one(fresh, customer, speech(8)())
    assert answer.status_code == 200, answer.text
    customer.endpoint.wait_for(1, 600)
    (webhook,) = customer.received_about(answer.json()["call_id"])
    assert webhook.json["event"] == "call.completed"
    assert webhook.json["transcription"].strip()
