"""What `vbot doctor` makes of where the api listens."""

from __future__ import annotations

import ifaddr
import pytest

from appliance.commands.checks.finding import Doubtful
from appliance.commands.checks.running_api import compare_families
from appliance.settings import Listen


def card(*addresses: object) -> ifaddr.Adapter:
    return ifaddr.Adapter("eth0", "eth0", [ifaddr.IP(one, 64, "eth0") for one in addresses])


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


def test_an_office_of_ipv6_alone_does_not_reach_an_api_of_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test call and doctor's own look go by 127.0.0.1, and all was well."""
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [card(("fd00::5", 0, 2))])
    with pytest.raises(Doubtful, match=r"no PBX reaches it. Set VBOT_LISTEN to \[::\]:8443"):
        compare_families(Listen("0.0.0.0", 8443))
