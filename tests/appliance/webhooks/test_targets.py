"""What an administrator is told when a webhook's address is saved."""

from __future__ import annotations

import ipaddress
import socket
import threading

import pytest

from appliance.errors import TargetRefused
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.targets import WebhookTargets

PUBLIC, PRIVATE = "93.184.216.34", "192.168.1.9"


def targets(*addresses: str, policy: AddressPolicy | None = None) -> WebhookTargets:
    """With a name server that gives these addresses; none: it knows no name."""

    def lookup(_host: str, _port: int) -> list[str]:
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return list(addresses)

    return WebhookTargets(policy or AddressPolicy(), lookup)


async def test_a_name_that_is_a_public_address_takes_no_plain_http() -> None:
    with pytest.raises(TargetRefused, match=f"address {PUBLIC} is refused: plain HTTP to a public address"):
        await targets(PUBLIC).check("http://crm.example.com/hook")
    await targets(PUBLIC).check("https://crm.example.com/hook")


async def test_a_name_within_the_office_takes_it() -> None:
    await targets(PRIVATE).check("http://crm.example.lan/hook")


async def test_a_name_that_nobody_knows_yet_is_judged_when_it_is_connected_to() -> None:
    await targets().check("http://new.example.lan/hook")


async def test_a_silent_name_server_keeps_nobody_waiting() -> None:
    end, answered = threading.Event(), threading.Event()

    def silent(_host: str, _port: int) -> list[str]:
        end.wait(60)
        answered.set()
        return [PUBLIC]

    await WebhookTargets(AddressPolicy(), silent, lookup_seconds=0.1).check("http://crm.example.com/hook")
    assert not answered.is_set()
    end.set()


async def test_a_network_that_the_administrator_named_takes_it_and_is_told_all_the_same() -> None:
    named = AddressPolicy(plain_http=(ipaddress.ip_network("93.184.216.0/24"),))
    await targets(PUBLIC, policy=named).check("http://crm.example.com/hook")
    assert await targets(PUBLIC, policy=named).is_readable_on_its_way("http://crm.example.com/hook")
    assert not await targets(PUBLIC, policy=named).is_readable_on_its_way("https://crm.example.com/hook")
    assert not await targets(PRIVATE, policy=named).is_readable_on_its_way("http://crm.example.lan/hook")
