"""Which addresses are this machine's own."""

from __future__ import annotations

import ifaddr
import pytest

from appliance.process.own_addresses import is_own_address


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
