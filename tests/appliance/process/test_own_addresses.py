"""Which addresses are this machine's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import ifaddr
import pytest

from appliance.process.own_addresses import is_own_address
from appliance.server.announcement import announced_addresses
from appliance.services.access.own_names import names_of_this_machine
from appliance.services.access.pbx_line import plain_url
from appliance.settings import Listen


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", " 127.9.9.9 "])
def test_loopback_is(address: str) -> None:
    assert is_own_address(address)


@pytest.mark.parametrize("address", ["203.0.113.77", "::ffff:203.0.113.77", "2001:db8::77", "0.0.0.0", "::", "", "box"])
def test_what_no_card_has_is_not(address: str) -> None:
    assert not is_own_address(address)


def test_every_address_of_a_card_is_the_second_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    card = ifaddr.Adapter(
        "eth0",
        "eth0",
        [
            ifaddr.IP("10.0.0.5", 24, "eth0"),
            ifaddr.IP("10.0.0.6", 24, "eth0"),
            ifaddr.IP(("fe80::1", 0, 2), 64, "eth0"),
        ],
    )
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [card])
    assert all(map(is_own_address, ["10.0.0.5", "10.0.0.6", "fe80::1", "fe80::1%eth0", "::ffff:10.0.0.6"]))
    assert not is_own_address("10.0.0.7")


def test_where_cards_are_not_shown_loopback_is_all_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden() -> None:
        raise OSError("Address family not supported by protocol")

    monkeypatch.setattr(ifaddr, "get_adapters", hidden)
    assert (is_own_address("127.0.0.1"), is_own_address("10.0.0.5")) == (True, False)


def card(name: str, *addresses: object) -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(one, 24, name) for one in addresses])


CARDS = [
    card("lo", "127.0.0.1"),
    card("eth0", "10.9.0.5", ("fe80::1", 0, 2), ("fd00::5", 0, 2)),
    card("eth1", "10.10.0.5"),
    card("docker0", "172.17.0.1"),
]


def test_the_certificate_and_what_is_announced_are_of_every_card_of_the_lan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no route leads out: the PBX may come by the second card."""
    monkeypatch.setattr("appliance.services.access.own_names.socket.getaddrinfo", lambda *_, **__: [])
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: CARDS)
    named = names_of_this_machine()
    assert {"10.9.0.5", "10.10.0.5"} <= set(named)
    assert "172.17.0.1" not in named
    assert announced_addresses(Listen("0.0.0.0", 8443)) == ["10.9.0.5", "fd00::5", "10.10.0.5"]


def routed_by(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    found = [ipaddress.ip_address(address)]
    for module in ("appliance.process.own_addresses", "appliance.services.access.own_names"):
        monkeypatch.setattr(f"{module}.routed_addresses", lambda: found)


TUNNELS = ["wg0", "tun0", "tailscale0", "zt3jnwqk4e", "ppp0", "incusbr0", "br-0123456789ab"]


@pytest.mark.parametrize("name", TUNNELS)
def test_the_address_told_to_a_pbx_is_no_tunnel_s_nor_a_container_s(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """10.8.0.2 comes before 192.168.1.20 in the alphabet."""
    cards = [card("lo", "127.0.0.1"), card(name, "10.8.0.2"), card("eth0", "192.168.1.20")]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    monkeypatch.setattr("appliance.services.access.own_names.socket.getaddrinfo", lambda *_, **__: [])
    routed_by(monkeypatch, "192.168.1.20")
    assert "10.8.0.2" not in names_of_this_machine()
    assert plain_url(Listen("0.0.0.0", 8443)) == "http://192.168.1.20:8443"


def test_what_the_machine_s_name_leads_to_is_named_but_for_tunnels_and_containers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """nss-myhostname answers with every card; a name server with what the office has there, such as a router's."""
    cards = [*CARDS, card("wg0", "10.8.0.2"), card("wg1", "10.99.0.2")]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    routed_by(monkeypatch, "10.99.0.2")
    answer = [(0, 0, 0, "", (one, 0)) for one in ("10.9.0.5", "172.17.0.1", "10.8.0.2", "10.99.0.2", "203.0.113.7")]
    monkeypatch.setattr("appliance.services.access.own_names.socket.getaddrinfo", lambda *_, **__: answer)
    monkeypatch.setattr("appliance.services.access.own_names.socket.getfqdn", lambda: "localhost")
    named = names_of_this_machine(takes=lambda _: False)
    assert {"10.99.0.2", "203.0.113.7"} <= set(named), "what leads out, and what is no card's"
    assert {"10.9.0.5", "10.10.0.5"} & set(named) == set()
    named = names_of_this_machine()
    assert {"10.9.0.5", "10.10.0.5", "10.99.0.2", "203.0.113.7"} <= set(named)
    assert {"172.17.0.1", "10.8.0.2"} & set(named) == set()


def test_of_two_cards_the_one_that_leads_out_is_told_to_a_pbx(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [card("eth1", "10.8.0.2"), card("br-lan", "192.168.1.20")]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    routed_by(monkeypatch, "192.168.1.20")
    assert {"10.8.0.2", "192.168.1.20"} <= set(names_of_this_machine())
    assert plain_url(Listen("0.0.0.0", 8443)) == "http://192.168.1.20:8443"


def test_without_tls_the_box_is_named_by_an_address_of_the_lan(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 on the page to print led the PBX to itself."""
    monkeypatch.setattr("appliance.services.access.own_names.socket.getaddrinfo", lambda *_, **__: [])
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: CARDS)
    host = urlsplit(plain_url(Listen("0.0.0.0", 8443))).hostname
    assert host not in (None, "localhost", "127.0.0.1", "::1")
    assert plain_url(Listen("127.0.0.1", 8443)) == "http://127.0.0.1:8443", "a proxy on this machine has the LAN's side"
    assert plain_url(Listen("0.0.0.0", 8443), ["vbot.example.lan"]) == "http://vbot.example.lan:8443"
