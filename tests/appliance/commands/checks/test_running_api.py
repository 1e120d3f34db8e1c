"""What `vbot doctor` makes of where the api listens."""

from __future__ import annotations

import ifaddr
import pytest

from appliance.commands.checks.finding import Doubtful
from appliance.commands.checks.running_api import compare_families
from appliance.settings import Listen


def card(*addresses: object, name: str = "eth0") -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(one, 64, name) for one in addresses])


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("0.0.0.0", ["10.0.0.5", ("fd00::5", 0, 2)]),
        ("0.0.0.0", ["10.0.0.5"]),
        ("0.0.0.0", [("fe80::5", 0, 2)]),
        ("::", [("fd00::5", 0, 2)]),
        ("127.0.0.1", [("fd00::5", 0, 2)]),
    ],
)
def test_where_a_pbx_can_come_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch, host: str, addresses: list[object]
) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [card(*addresses)])
    compare_families(Listen(host, 8443))


@pytest.mark.parametrize("beside", ["docker0", "wg0", "ppp0"])
def test_an_office_of_ipv6_alone_does_not_reach_an_api_of_ipv4(monkeypatch: pytest.MonkeyPatch, beside: str) -> None:
    """The test call and doctor's own look go by 127.0.0.1, and all was well.

    By a tunnel another PBX may well come, and of that one nothing is said.
    """
    cards = [card(("fd00::5", 0, 2)), card("10.8.0.2", name=beside)]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    text = (
        r"it listens on 0\.0\.0\.0:8443, and in the office's network this machine has IPv6 addresses alone: "
        r"no PBX there reaches it\. Set VBOT_LISTEN to \[::\]:8443"
    )
    with pytest.raises(Doubtful, match=text):
        compare_families(Listen("0.0.0.0", 8443))
